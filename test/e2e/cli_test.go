package e2e

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shell is a folder in which commands are run.
type shell struct {
	t   *testing.T
	dir string
	env []string
}

func newShell(t *testing.T) *shell {
	return &shell{t: t, dir: t.TempDir()}
}

func (sh *shell) write(name, content string) {
	sh.t.Helper()
	if err := os.WriteFile(filepath.Join(sh.dir, name), []byte(content), 0o600); err != nil {
		sh.t.Fatal(err)
	}
}

// run runs the program, checks its exit code and returns what it writes.
func (sh *shell) run(exit int, args ...string) (stdout, stderr string) {
	sh.t.Helper()
	var out, errs strings.Builder
	cmd := exec.CommandContext(sh.t.Context(), program, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = sh.dir, sh.env, &out, &errs
	_ = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != exit {
		sh.t.Fatalf("carillon %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, exit, &out, &errs)
	}
	return out.String(), errs.String()
}

func wantText(t *testing.T, what, got, want string) {
	t.Helper()
	if !strings.Contains(got, want) {
		t.Errorf("%s: %q does not say %q", what, got, want)
	}
}

func TestOperations01Version(t *testing.T) {
	out, _ := newShell(t).run(0, "version")
	if !regexp.MustCompile(`(?m)\A.*v\d+\.\d+\.\d+.*go1\.\d+.*\n\z`).MatchString(out) {
		t.Errorf("version prints %q", out)
	}
}

func TestOperations02GenConfig(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	for _, name := range []string{"t.json", "t.yaml", "t.toml"} {
		if out, errs := sh.run(0, "genconfig", "-c", name); out+errs != "" {
			t.Errorf("%s: it says %q", name, out+errs)
		}
		info, err := os.Stat(filepath.Join(sh.dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
		sh.run(0, "checkconfig", "--strict", "-c", name)
		_, errs := sh.run(1, "genconfig", "-c", name)
		wantText(t, "a second time", errs, "error: output config file already exists: "+name)
	}
	data, err := os.ReadFile(filepath.Join(sh.dir, "t.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cfg struct {
		Client struct {
			Token struct {
				HMAC string `json:"hmac_secret_key"`
			}
		}
		HTTPAPI struct{ Key string } `json:"http_api"`
		Admin   struct{ Password, Secret string }
	}
	if err := json.Unmarshal(data, &cfg); err != nil {
		t.Fatal(err)
	}
	if len(cfg.Client.Token.HMAC) != 86 || len(cfg.HTTPAPI.Key) != 86 || len(cfg.Admin.Secret) != 86 || len(cfg.Admin.Password) != 22 {
		t.Errorf("secrets are of other lengths: %s", data)
	}
	sh.run(1, "genconfig", "-c", "t.ini")
}

func TestOperations03CheckConfig(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.write("good.json", `{}`)
	if out, errs := sh.run(0, "checkconfig", "-c", "good.json"); out+errs != "" {
		t.Errorf("it says %q", out+errs)
	}
	sh.write("unknown.json", `{"nope": 1}`)
	sh.run(0, "checkconfig", "-c", "unknown.json")
	_, errs := sh.run(1, "checkconfig", "--strict", "-c", "unknown.json")
	wantText(t, "strict", errs, "unknown keys in config: nope")
	_, errs = sh.run(1, "checkconfig", "-c", "missing.json")
	wantText(t, "a missing file", errs, "config file not found")
	sh.write("bad.json", `{"channel": {"without_namespace": {"history_size": 1}}}`)
	_, errs = sh.run(1, "checkconfig", "-c", "bad.json")
	wantText(t, "history without TTL", errs, "history_ttl")
}

func TestOperations04DefaultConfig(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	out, _ := sh.run(0, "defaultconfig", "--dry-run")
	sh.write("default.json", out)
	sh.run(0, "checkconfig", "--strict", "-c", "default.json")
	out, _ = sh.run(0, "defaultconfig", "-c", "x.yaml", "--dry-run")
	wantText(t, "YAML", out, "http_server:\n")
}

func TestOperations05DefaultEnv(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	out, _ := sh.run(0, "defaultenv")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if !slices.IsSorted(lines) {
		t.Error("the lines are not sorted")
	}
	for _, want := range []string{"CARILLON_HTTP_SERVER_PORT=8000", "CARILLON_CLIENT_PING_INTERVAL=25s", `CARILLON_LOG_LEVEL="info"`} {
		if !slices.Contains(lines, want) {
			t.Errorf("%s is missing", want)
		}
	}
	sh.write("base.json", `{"log": {"level": "debug"}}`)
	out, _ = sh.run(0, "defaultenv", "--base", "base.json", "--base-non-zero-only")
	if strings.TrimSpace(out) != `CARILLON_LOG_LEVEL="debug"` {
		t.Errorf("of a base with one key it prints %q", out)
	}
}

func TestOperations06And07Tokens(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.write("config.json", `{"client": {"token": {"hmac_secret_key": "secret"}}}`)
	token, _ := sh.run(0, "gentoken", "-c", "config.json", "-u", "42", "-q")
	var claims struct {
		Sub      string
		Exp, Iat int64
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(payload, &claims); err != nil || claims.Sub != "42" || claims.Exp-claims.Iat != 604800 || strings.HasSuffix(token, "\n") {
		t.Errorf("the token's claims are %s", payload)
	}
	out, _ := sh.run(0, "checktoken", "-c", "config.json", token)
	wantText(t, "checktoken", out, "valid token for user 42")
	token, _ = sh.run(0, "gentoken", "-c", "config.json", "-u", "42", "-q", "-t", "-1")
	if payload, _ := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1]); strings.Contains(string(payload), "exp") {
		t.Errorf("a token for ever has the claims %s", payload)
	}
	_, errs := sh.run(1, "gensubtoken", "-c", "config.json", "-u", "42")
	wantText(t, "gensubtoken", errs, "channel is required")
	token, _ = sh.run(0, "gensubtoken", "-c", "config.json", "-u", "42", "-s", "chat:index", "-q")
	sh.run(0, "checksubtoken", "-c", "config.json", token)

	for _, claims := range []map[string]any{{"sub": "42", "exp": 1600000000}, {"sub": "42"}} {
		secret := "secret"
		if claims["exp"] == nil {
			secret = "other"
		}
		_, errs := sh.run(1, "checktoken", "-c", "config.json", sign(claims, secret))
		wantText(t, "checktoken", errs, "error: ")
	}
}

func TestAuthentication30GeneratedTokenConnects(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.write("config.json", `{"client": {"token": {"hmac_secret_key": "carillon-test-secret"}}}`)
	token, _ := sh.run(0, "gentoken", "-c", "config.json", "-u", "7", "-q")
	s := start(t, authConfig("", ""))
	c := s.connect(t, `{"token":"`+token+`"}`)
	c.ask(`{"id":2,"subscribe":{"channel":"chat:x","token":"`+sign(map[string]any{"sub": "7", "channel": "chat:x"}, vectorSecret)+`"}}`, subscribed)
	wantText(t, "presence", s.api("presence", `{"channel":"chat:x"}`), `"user":"7"`)
	sh.run(1, "checktoken", "-c", "config.json", a2)
}

func TestConfiguration19Strict(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.write("c.json", `{"cliant": {"a": 1}, "channel": {"namespaces": [{"name": "ab", "presense": true}]}}`)
	sh.run(0, "checkconfig", "-c", "c.json")
	_, errs := sh.run(1, "checkconfig", "-s", "-c", "c.json")
	wantText(t, "checkconfig -s", errs, "cliant")
	wantText(t, "checkconfig -s", errs, "presense")
}

func TestHelpNamesEveryCommand(t *testing.T) {
	t.Parallel()
	out, _ := newShell(t).run(0, "--help")
	for _, command := range []string{"serve", "genconfig", "checkconfig", "gentoken", "gensubtoken", "checktoken", "checksubtoken", "defaultconfig", "defaultenv", "version"} {
		wantText(t, "--help", out, command)
	}
}

func TestMisuseIsExplained(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"servee"}, {"serve", "--nope"}, {"serve", "x"}, {"genconfig", "x"}, {"serve", "-p"}} {
		_, errs := newShell(t).run(1, args...)
		wantText(t, strings.Join(args, " "), errs, "--help' for usage")
	}
}

func TestDevelopmentModeIsForLoopbackOnly(t *testing.T) {
	t.Parallel()
	_, errs := newShell(t).run(1, "serve", "--dev", "-a", "0.0.0.0")
	wantText(t, "--dev", errs, "loopback only")
}
