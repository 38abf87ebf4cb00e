package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// writeFile writes a configuration file called name and returns its path.
func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tryLoad loads a JSON file and variables.
func tryLoad(t *testing.T, file string, env ...string) (*Loaded, error) {
	t.Helper()
	return Load(Source{File: writeFile(t, "c.json", file), Env: env})
}

func mustLoad(t *testing.T, file string, env ...string) *Loaded {
	t.Helper()
	l, err := tryLoad(t, file, env...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// wantError checks that err contains every part.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error is %q, want %q in it", err, part)
		}
	}
}

// leaves are the values of all keys by path; of lists of objects the length.
func leaves(c *Config) map[string]any {
	all := make(map[string]any)
	root.visit(valueOf(c), "", func(n *node, v reflect.Value, path string) {
		if n.kind == kindItems {
			all[path] = v.Len()
		} else {
			all[path] = plainValue(n, v)
		}
	})
	return all
}

func TestCoercion(t *testing.T) {
	cases := []struct {
		file, path string
		want       any // nil when refused
	}{
		{`{"node": {"name": 12}}`, "node.name", "12"},
		{`{"node": {"name": 1.50}}`, "node.name", "1.50"},
		{`{"node": {"name": true}}`, "node.name", "true"},
		{`{"node": {"name": ["a"]}}`, "node.name", nil},
		{`{"node": {"name": null}}`, "node.name", ""},
		{`{"node": null}`, "node.name", ""},
		{`{"node": "x"}`, "node.name", nil},
		{`{"http_server": {"port": "8001"}}`, "http_server.port", int64(8001)},
		{`{"http_server": {"port": "0x10"}}`, "http_server.port", int64(16)},
		{`{"http_server": {"port": 8.001e3}}`, "http_server.port", int64(8001)},
		{`{"http_server": {"port": 80.5}}`, "http_server.port", nil},
		{`{"http_server": {"port": 1e300}}`, "http_server.port", nil},
		{`{"http_server": {"port": 9223372036854775808}}`, "http_server.port", nil},
		{`{"http_server": {"port": "many"}}`, "http_server.port", nil},
		{`{"http_server": {"port": ""}}`, "http_server.port", int64(8000)},
		{`{"http_server": {"port": true}}`, "http_server.port", int64(1)},
		{`{"http_server": {"port": {}}}`, "http_server.port", nil},
		{`{"sse": {"enabled": 2}}`, "sse.enabled", true},
		{`{"sse": {"enabled": 0.5}}`, "sse.enabled", true},
		{`{"sse": {"enabled": 0}}`, "sse.enabled", false},
		{`{"sse": {"enabled": "T"}}`, "sse.enabled", true},
		{`{"sse": {"enabled": ""}}`, "sse.enabled", false},
		{`{"sse": {"enabled": "yes"}}`, "sse.enabled", nil},
		{`{"shutdown": {"timeout": "2h45m"}}`, "shutdown.timeout", "2h45m0s"},
		{`{"shutdown": {"timeout": 5000000000}}`, "shutdown.timeout", "5s"},
		{`{"shutdown": {"timeout": "0"}}`, "shutdown.timeout", "30s"},
		{`{"shutdown": {"timeout": "25"}}`, "shutdown.timeout", nil},
		{`{"shutdown": {"timeout": true}}`, "shutdown.timeout", nil},
		{`{"client": {"allowed_origins": ["a", 1]}}`, "client.allowed_origins", []string{"a", "1"}},
		{`{"client": {"allowed_origins": "a,b c"}}`, "client.allowed_origins", []string{"a,b c"}},
		{`{"client": {"allowed_origins": {}}}`, "client.allowed_origins", nil},
		{`{"engine": {"redis": {"address": []}}}`, "engine.redis.address", []string{"redis://127.0.0.1:6379"}},
		{`{"proxies": {"name": "p1"}}`, "proxies.[0].name", "p1"},
		{`{"proxies": ["p1"]}`, "proxies", nil},
		{`{"websocket": {"message_size_limit": -1}}`, "websocket.message_size_limit", int64(65536)},
		{`{"client": {"ping_interval": -1}}`, "client.ping_interval", "-1ns"},
		{`{"client": {"ping_interval": "5s"}, "Client": {"pong_timeout": "1s"}}`, "client.ping_interval", nil},
	}
	for _, c := range cases {
		l, err := tryLoad(t, c.file)
		if c.want == nil {
			if err == nil {
				t.Errorf("%s: accepted as %v", c.file, leaves(l.Config)[c.path])
			} else if !strings.Contains(err.Error(), "error unmarshalling config: ") || !strings.Contains(err.Error(), strings.Split(c.path, ".")[0]) {
				t.Errorf("%s: error %q does not say where", c.file, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
		} else if got := leaves(l.Config)[c.path]; !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %s is %#v, want %#v", c.file, c.path, got, c.want)
		}
	}
}

func TestBadFiles(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"c.json", "", "unexpected EOF"},
		{"c.json", `{"a": 1,}`, "line 1, column 9"},
		{"c.json", "{\n // comment\n}", "line 2, column 2"},
		{"c.json", `{} {}`, "unexpected text after the value"},
		{"c.json", `[1]`, "want an object at the top level, got a list"},
		{"c.yaml", "a: [", "line"},
		{"c.yaml", "a: 1\n---\nb: 2\n", "several"},
		{"c.yml", "just text", "want an object at the top level"},
		{"c.toml", "a = \n", "line 1, column 5"},
		{"c.toml", "a = 1\na = 2\n", "line 2"},
		{"c", "{}", "unsupported extension"},
	}
	for _, c := range cases {
		_, err := Load(Source{File: writeFile(t, c.name, c.text)})
		wantError(t, err, "error reading config file ", c.name, c.want)
	}
}

func TestFilesThatDoNotOpenAreNotFound(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "d.json")
	if err := os.Mkdir(directory, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{directory, filepath.Join(t.TempDir(), "missing.yaml")} {
		l, err := Load(Source{File: path})
		if err != nil || l.FileFound || l.FilePath != path {
			t.Errorf("%s: found %v as %q, error %v", path, l.FileFound, l.FilePath, err)
		}
	}
}

func TestEmptyFilesAreFine(t *testing.T) {
	for name, text := range map[string]string{"c.json": "{}", "d.json": "null", "c.yaml": "", "d.yaml": "# nothing\n", "c.toml": "", "bom.json": "\xef\xbb\xbf{}"} {
		l, err := Load(Source{File: writeFile(t, name, text)})
		if err != nil || !l.FileFound || !reflect.DeepEqual(leaves(l.Config), leaves(Default())) {
			t.Errorf("%s: found %v, error %v", name, l != nil && l.FileFound, err)
		}
	}
}

func TestFlags(t *testing.T) {
	env := []string{"CARILLON_HTTP_SERVER_PORT=9002", "CENTRIFUGO_SSE_ENABLED=maybe"}
	l, err := Load(Source{Env: env, Flags: map[string]string{"http_server.port": "9003", "sse.enabled": "false"}})
	if err != nil || l.Config.HTTPServer.Port != 9003 || l.Config.SSE.Enabled || len(l.Warnings) > 0 {
		t.Errorf("flags lose against the environment: %v", err)
	}
	for flag, text := range map[string]string{"http_server.port": "x", "nope": "1", "http_server": "1", "proxies": "1", "proxies.name": "1", "http_server.port.x": "1"} {
		_, err := Load(Source{Flags: map[string]string{flag: text}})
		wantError(t, err, "error processing flags: --"+flag)
	}
}

func TestSuspiciousDurations(t *testing.T) {
	l := mustLoad(t, `{"client": {"ping_interval": 25, "pong_timeout": -1, "stale_close_delay": 1000000}, "proxies": [{"timeout": 999999}]}`)
	var keys []string
	for _, w := range l.Warnings {
		if w.Kind != SuspiciousDuration || w.Suggestion == "" {
			t.Errorf("unexpected warning %v", w)
		}
		keys = append(keys, w.Key)
	}
	if want := []string{"client.ping_interval", "proxies.[0].timeout"}; !reflect.DeepEqual(keys, want) {
		t.Errorf("warned about %v, want %v", keys, want)
	}
}

func TestSuggestions(t *testing.T) {
	l := mustLoad(t, `{
		"cliant": 1, "token_hmac_secret_key": "x", "port": 1, "license": "x", "http_server.port": 1,
		"client": {"pnig_interval": 1, "x": 1}, "channel": {"namespaces": [{"presense": true}]}
	}`, "CENTRIFUGO_SSE_ENABLE=1", "CARILLON_XYZ=1")
	want := map[string]string{
		"cliant": "client", "token_hmac_secret_key": "client.token.hmac_secret_key", "port": "http_server.port", "license": "",
		"http_server.port": "http_server.port", "client.pnig_interval": "client.ping_interval", "client.x": "",
		"channel.namespaces.[0].presense": "channel.namespaces.[0].presence",
		"CENTRIFUGO_SSE_ENABLE":           "CENTRIFUGO_SSE_ENABLED", "CARILLON_XYZ": "",
	}
	for _, w := range l.Warnings {
		if suggestion, ok := want[w.Key+w.Var]; !ok || suggestion != w.Suggestion {
			t.Errorf("%s: suggestion %q, want %q (expected: %v)", w.Key+w.Var, w.Suggestion, suggestion, ok)
		}
		delete(want, w.Key+w.Var)
	}
	if len(want) > 0 {
		t.Errorf("no warnings for %v", want)
	}
}

func TestPrefixes(t *testing.T) {
	cases := []struct {
		env  []string
		want string
	}{
		{[]string{"CENTRIFUGO_NODE_NAME=a"}, "a"},
		{[]string{"CARILLON_NODE_NAME=b"}, "b"},
		{[]string{"CENTRIFUGO_NODE_NAME=a", "CARILLON_NODE_NAME=b"}, "b"},
		{[]string{"CENTRIFUGO_NODE_NAME=a", "CARILLON_NODE_NAME="}, "a"},
		{[]string{"CARILLON_NODE_NAME="}, "file"},
		{[]string{"carillon_node_name=c"}, "file"},
		{[]string{"CARILLON_NODE_NAME=first", "CARILLON_NODE_NAME=second"}, "first"},
	}
	for _, c := range cases {
		l := mustLoad(t, `{"node": {"name": "file"}}`, c.env...)
		if got := l.Config.Node.Name; got != c.want || len(l.Warnings) > 0 {
			t.Errorf("%v: %q, want %q; warnings %v", c.env, got, c.want, l.Warnings)
		}
	}
}

func TestEnvErrorsNameTheVariable(t *testing.T) {
	for variable, value := range map[string]string{
		"CENTRIFUGO_PROMETHEUS_ENABLED": "maybe", "CARILLON_CLIENT_PING_INTERVAL": "20", "CARILLON_HTTP_SERVER_PORT": "80 81",
		"CARILLON_CHANNEL_NAMESPACES": "[{]", "CENTRIFUGO_PROXIES": `[{"timeout":"x"}]`, "CARILLON_UNI_SSE_CONNECT_CODE_TO_HTTP_RESPONSE_TRANSFORMS": "a",
		"CARILLON_RPC_PROXY_HTTP_STATIC_HEADERS": "x=y",
	} {
		_, err := Load(Source{Env: []string{variable + "=" + value}})
		wantError(t, err, "error processing env: "+variable+": ")
	}
}

func TestStringMaps(t *testing.T) {
	const headers = "rpc.proxy.http.static_headers"
	cases := []struct {
		file string
		env  []string
		want map[string]string // nil when refused
	}{
		{`{"X-Team": "chat", "n": 1}`, nil, map[string]string{"x-team": "chat", "n": "1"}},
		{`[{"key": "X-Team", "value": "chat"}]`, nil, map[string]string{"X-Team": "chat"}},
		{`{"A": "1", "a": "2"}`, nil, nil},
		{`{"a": {"b": "c"}}`, nil, nil},
		{`[{"key": "a"}]`, nil, nil},
		{`[{"key": "a", "value": 1}]`, nil, nil},
		{`["a"]`, nil, nil},
		{`"a"`, nil, nil},
		{`{"a": "${CENTRIFUGO_VAR_A}/${CARILLON_VAR_B}/${HOME}/$CENTRIFUGO_VAR_A"}`, []string{"CENTRIFUGO_VAR_A=1", "CARILLON_VAR_B=", "HOME=h"}, map[string]string{"a": "1//${HOME}/$CENTRIFUGO_VAR_A"}},
		{`{"a": "${CENTRIFUGO_VAR_A}"}`, []string{"CARILLON_VAR_A=1"}, nil},
		{`{}`, []string{`CARILLON_RPC_PROXY_HTTP_STATIC_HEADERS={"X-A":"${CARILLON_VAR_B}"}`, "CARILLON_VAR_B=b"}, map[string]string{"X-A": "b"}},
		{`{}`, []string{`CARILLON_RPC_PROXY_HTTP_STATIC_HEADERS={"X-A":"${CARILLON_VAR_B}"}`}, nil},
		{`{}`, []string{`CARILLON_RPC_PROXY_HTTP_STATIC_HEADERS=[{"key":"X-A","value":"b"}]`}, map[string]string{"X-A": "b"}},
	}
	for _, c := range cases {
		l, err := tryLoad(t, `{"rpc": {"proxy": {"http": {"static_headers": `+c.file+`}}}}`, c.env...)
		if c.want == nil {
			if err == nil {
				t.Errorf("%s: accepted as %v", c.file, l.Config.RPC.Proxy.HTTP.StaticHeaders)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
		} else if got := l.Config.RPC.Proxy.HTTP.StaticHeaders; !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s of %s: %v, want %v", headers, c.file, got, c.want)
		}
	}
}

func TestItemsOfEnvironmentAreNotInterpolated(t *testing.T) {
	l, err := Load(Source{Env: []string{`CARILLON_PROXIES=[{"name":"p1","nope":1,"timeout":2000000000,"http":{"static_headers":{"X-A":"${CARILLON_VAR_B}"}}}]`}})
	if err != nil {
		t.Fatal(err)
	}
	p := l.Config.Proxies[0]
	if p.HTTP.StaticHeaders["X-A"] != "${CARILLON_VAR_B}" || p.Timeout.String() != "2s" || len(l.Warnings) > 0 {
		t.Errorf("loaded %+v with warnings %v", p, l.Warnings)
	}
}

func TestLoadDotEnv(t *testing.T) {
	dir := t.TempDir()
	if found, err := LoadDotEnv(dir); found || err != nil {
		t.Errorf("missing file: %v, %v", found, err)
	}
	t.Setenv("CARILLON_NODE_NAME", "exported")
	t.Setenv("CARILLON_PID_FILE", "")
	path := filepath.Join(dir, ".env")
	if err := os.WriteFile(path, []byte("# comment\nCARILLON_NODE_NAME=dotenv\nCARILLON_PID_FILE=dotenv\nCARILLON_TEST_DOTENV=\"a b\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Unsetenv("CARILLON_TEST_DOTENV") })
	if found, err := LoadDotEnv(dir); !found || err != nil {
		t.Errorf("file: %v, %v", found, err)
	}
	for name, want := range map[string]string{"CARILLON_NODE_NAME": "exported", "CARILLON_PID_FILE": "", "CARILLON_TEST_DOTENV": "a b"} {
		if got := os.Getenv(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if err := os.WriteFile(path, []byte("canary-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := LoadDotEnv(dir)
	wantError(t, err, "error loading .env file")
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("error repeats the line: %v", err)
	}
}
