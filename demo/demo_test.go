package demo_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"carillon/demo"
)

func get(t *testing.T, path string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	demo.Handler(demo.Config{Version: "1.2.3", APIKey: "secret"}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Result()
}

func TestPageLoadsOnlyWhatIsEmbedded(t *testing.T) {
	page := get(t, "/")
	body, err := io.ReadAll(page.Body)
	if err != nil || page.StatusCode != http.StatusOK {
		t.Fatalf("GET / = %d, %v", page.StatusCode, err)
	}
	links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(string(body), -1)
	if len(links) < 3 {
		t.Fatalf("the page links %d files; a script, a style and an icon at least were expected", len(links))
	}
	for _, link := range links {
		if asset := get(t, link[1]); asset.StatusCode != http.StatusOK {
			t.Errorf("GET %s = %d", link[1], asset.StatusCode)
		}
	}
}

func TestPageForbidsWhatItDoesNotNeed(t *testing.T) {
	csp := get(t, "/").Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("Content-Security-Policy: %q", csp)
	}
}

func TestOnlyAssetsAreCached(t *testing.T) {
	for path, want := range map[string]string{"/": "no-cache", "/demo/config.json": "no-store", "/assets/": "public, max-age=31536000, immutable"} {
		if got := get(t, path).Header.Get("Cache-Control"); got != want {
			t.Errorf("Cache-Control of %s = %q, want %q", path, got, want)
		}
	}
}

func TestPageIsToldVersionAndKey(t *testing.T) {
	var cfg demo.Config
	if err := json.NewDecoder(get(t, "/demo/config.json").Body).Decode(&cfg); err != nil {
		t.Fatal(err)
	}
	if cfg.Version != "1.2.3" || cfg.APIKey != "secret" {
		t.Errorf("config.json = %+v", cfg)
	}
}

func TestUnknownPathIsNotFound(t *testing.T) {
	if got := get(t, "/nowhere").StatusCode; got != http.StatusNotFound {
		t.Errorf("GET /nowhere = %d", got)
	}
}
