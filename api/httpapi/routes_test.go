package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"carillon/api"
	"carillon/api/httpapi"
)

// paths are all of the API's.
func paths() []string {
	all := []string{"/api", "/api/batch"}
	for _, m := range api.Methods {
		all = append(all, "/api/"+m)
	}
	return all
}

func TestAcceptance1OnlyPOST(t *testing.T) {
	r := newRig(t)
	want := response{status: http.StatusMethodNotAllowed}
	for _, path := range paths() {
		for _, method := range []string{
			http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete, "BREW",
		} {
			for _, headers := range [][]string{nil, {"X-API-Key: k"}} {
				if got := r.do(method, path, "", headers...); got != want {
					t.Errorf("%s %s with %q: got %+v", method, path, headers, got)
				}
			}
		}
	}
}

func TestUnknownPathsAreNotFound(t *testing.T) {
	r := newRig(t)
	want := response{http.StatusNotFound, "text/plain; charset=utf-8", "404 page not found\n"}
	for _, path := range []string{
		"/api/nosuch", "/api/publish/", "/api/publish/x", "/api/", "/", "/publish", "/api/Publish", "/api/publishx", "/apipublish",
	} {
		if got := r.do(http.MethodPost, path, publishPlain, "X-API-Key: k"); got != want {
			t.Errorf("%s: got %+v", path, got)
		}
	}
	for _, method := range []string{ // acceptance 46, and the rest that is paid
		"connections", "update_user_status", "get_user_status", "delete_user_status", "block_user", "unblock_user", "revoke_token",
		"invalidate_user_tokens", "device_register", "device_update", "device_remove", "device_list", "device_topic_list",
		"device_topic_update", "user_topic_list", "user_topic_update", "send_push_notification", "update_push_status", "cancel_push",
	} {
		if got := r.post(method, "{}"); got != want {
			t.Errorf("%s: got %+v", method, got)
		}
	}
}

func TestEveryMethodHasItsPath(t *testing.T) {
	r := newRig(t)
	want := []string{
		"broadcast", "channels", "disconnect", "history", "history_remove", "info", "presence", "presence_stats",
		"publish", "refresh", "rpc", "subscribe", "unsubscribe",
	}
	if got := slices.Sorted(slices.Values(api.Methods)); !slices.Equal(got, want) {
		t.Errorf("methods are %q, want %q", got, want)
	}
	for _, m := range append(want, "batch") {
		if got := r.call(m, "{}"); !strings.HasPrefix(got, `{`) {
			t.Errorf("%s: got %s", m, got)
		}
	}
}

func TestAnotherPrefix(t *testing.T) {
	r := newRig(t, func(c *httpapi.Config) { c.Prefix = "/a/b" })
	for path, status := range map[string]int{"/a/b/publish": 200, "/a/b": 200, "/api/publish": 404, "/publish": 404, "/a/publish": 404} {
		if got := r.do(http.MethodPost, path, publishPlain, "X-API-Key: k"); got.status != status {
			t.Errorf("%s: got %+v, want %d", path, got, status)
		}
	}
}

// At the root, everything that is not a method is the older form.
func TestNoPrefix(t *testing.T) {
	r := newRig(t, func(c *httpapi.Config) { c.Prefix = "" })
	if got := r.do(http.MethodPost, "/publish", publishPlain, "X-API-Key: k"); got != done {
		t.Errorf("publish: got %+v", got)
	}
	command := `{"id":3,"method":"publish","params":` + publishPlain + `}`
	for _, path := range []string{"/", "/api/info", "/nosuch", "/publish/"} {
		if got := r.do(http.MethodPost, path, command, "X-API-Key: k"); got.body != `{"id":3,"result":{}}` {
			t.Errorf("%s: got %+v", path, got)
		}
	}
}
