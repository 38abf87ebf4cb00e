package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// sample is a value for an option that is not its default: as JSON in a file, as
// text in a variable, and as it is found in the tree.
type sample struct {
	json, text string
	want       any
}

func sampleOf(o Option) sample {
	switch o.Type {
	case "int":
		return sample{"4321", "4321", int64(4321)}
	case "bool":
		return sample{"true", "true", true}
	case "duration":
		return sample{`"77s"`, "77s", "1m17s"}
	case "[]string":
		return sample{`["s1","s2"]`, "s1 s2", []string{"s1", "s2"}}
	case "map":
		return sample{`{"k":"v"}`, `{"k":"v"}`, []any{Tree{{"key", "k"}, {"value", "v"}}}}
	case "[]object":
		return sample{`[{},{}]`, `[{},{}]`, 2}
	}
	return sample{`"sample"`, "sample", "sample"}
}

// zeroOf is JSON for the zero value of an option.
func zeroOf(o Option) string {
	switch o.Type {
	case "int":
		return "0"
	case "bool":
		return "false"
	case "duration":
		return `"0s"`
	case "[]string", "[]object":
		return "[]"
	case "map":
		return "{}"
	}
	return `""`
}

// nest is a JSON file that sets path to value. Items of lists are called it.
func nest(path, value string) string {
	segment, rest, more := strings.Cut(path, ".")
	if !more {
		return `{"` + segment + `":` + value + `}`
	}
	if inner, ok := strings.CutPrefix(rest, "[]."); ok {
		item := nest(inner, value)
		if inner != "name" { // in items without names it is an unknown key, which only warns
			item = `{"name":"it",` + item[1:]
		}
		return `{"` + segment + `":[` + item + `]}`
	}
	return `{"` + segment + `":` + nest(rest, value) + `}`
}

// writeIn overwrites the one file of dir.
func writeIn(t *testing.T, dir, text string) string {
	t.Helper()
	path := filepath.Join(dir, "c.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// listsOf are the paths of the lists around an option, outermost first.
func listsOf(path string) []string {
	var lists []string
	for i := range path {
		if strings.HasPrefix(path[i:], ".[].") {
			lists = append(lists, path[:i])
		}
	}
	return lists
}

// TestEveryOptionTakesEffect guards against keys that are accepted and inert: each
// changes its own value and no other, whatever source sets it.
func TestEveryOptionTakesEffect(t *testing.T) {
	options := Options()
	if len(options) < 500 {
		t.Fatalf("only %d options", len(options))
	}
	env := make(map[string]string)
	for _, o := range options {
		env[o.Path] = o.Env
	}
	base := make(map[string]map[string]any) // leaves with one empty item, by path of the list
	base[""] = leaves(Default())
	dir := t.TempDir()
	load := func(file string, src Source) map[string]any {
		t.Helper()
		if file != "" {
			src.File = writeIn(t, dir, file)
		}
		l, err := Load(src)
		if err != nil {
			t.Fatal(err)
		}
		return leaves(l.Config)
	}
	for _, o := range options {
		s, lists := sampleOf(o), listsOf(o.Path)
		list := ""
		if len(lists) > 0 {
			list = lists[len(lists)-1]
			if base[list] == nil {
				base[list] = load(nest(list+".[].name", `"it"`), Source{})
			}
		}
		at := strings.ReplaceAll(o.Path, ".[]", ".[0]")
		check := func(source string, got map[string]any) {
			t.Helper()
			if !reflect.DeepEqual(got[at], s.want) {
				t.Errorf("%s from %s: %#v, want %#v", o.Path, source, got[at], s.want)
			}
			for path, value := range base[list] {
				if path != at && !reflect.DeepEqual(got[path], value) {
					t.Errorf("%s from %s changes %s to %#v", o.Path, source, path, got[path])
				}
			}
		}
		check("file", load(nest(o.Path, s.json), Source{}))
		if o.Default != "" {
			zero := load(nest(o.Path, zeroOf(o)), Source{})
			if !reflect.DeepEqual(zero, base[list]) {
				t.Errorf("%s: zero gives %v, want the default %s", o.Path, zero[at], o.Default)
			}
		}
		for _, prefix := range prefixes {
			vars := []string{}
			switch {
			case o.Env == "":
				outer := env[list]
				item := nest(strings.TrimPrefix(o.Path, list+".[]."), s.json)
				vars = append(vars, replacePrefix(outer, prefix)+"=["+item+"]")
			default:
				vars = append(vars, replacePrefix(o.Env, prefix)+"="+s.text)
			}
			if len(lists) > 0 && (o.Env != "" || len(lists) > 1) {
				vars = append(vars, replacePrefix(env[lists[0]], prefix)+"=it")
			}
			check(prefix, load("", Source{Env: vars}))
		}
		if list == "" && o.Type != "[]object" {
			check("flag", load("", Source{Flags: map[string]string{o.Path: s.text}}))
		}
	}
}

func replacePrefix(env, prefix string) string {
	return strings.ReplaceAll(prefix+strings.TrimPrefix(env, prefixes[0]), "<NAME>", "IT")
}

func TestOptionsAreDescribed(t *testing.T) {
	seen := make(map[string]string)
	for _, o := range Options() {
		if o.Doc == "" {
			t.Errorf("%s has no description", o.Path)
		}
		if o.Env == "" {
			continue
		}
		if other := seen[o.Env]; other != "" {
			t.Errorf("%s and %s share the variable %s", o.Path, other, o.Env)
		}
		seen[o.Env] = o.Path
	}
	for path, env := range map[string]string{
		"client.token.hmac_secret_key":          "CARILLON_CLIENT_TOKEN_HMAC_SECRET_KEY",
		"client.subscription_token.enabled":     "CARILLON_CLIENT_SUBSCRIPTION_TOKEN_ENABLED",
		"engine.redis.presence_ttl":             "CARILLON_ENGINE_REDIS_PRESENCE_TTL",
		"client.proxy.connect.http.tls.enabled": "CARILLON_CLIENT_PROXY_CONNECT_HTTP_TLS_ENABLED",
		"channel.without_namespace.presence":    "CARILLON_CHANNEL_WITHOUT_NAMESPACE_PRESENCE",
		"pid_file":                              "CARILLON_PID_FILE",
		"consumers.[].kafka.brokers":            "CARILLON_CONSUMERS_<NAME>_KAFKA_BROKERS",
		"prometheus.metrics_prefix":             "CARILLON_PROMETHEUS_METRICS_PREFIX",
	} {
		if seen[env] != path {
			t.Errorf("%s belongs to %q, want %s", env, seen[env], path)
		}
	}
}

func TestDefaultsAreLoadable(t *testing.T) {
	want := Default()
	if err := want.Validate(); err != nil {
		t.Fatal(err)
	}
	if warnings := want.Warnings(); len(warnings) > 0 {
		t.Errorf("warnings about defaults: %v", warnings)
	}
	full := mustLoad(t, nest("channel.namespaces.[].history_size", "5"), `CARILLON_RPC_PROXY_HTTP_STATIC_HEADERS={"X-A":"<b> & 8000 # \"c\""}`,
		"CARILLON_PROXIES=p1 p2", "CARILLON_PROXIES_P1_ENDPOINT=http://x", `CARILLON_PROXIES_P1_HTTP_STATUS_TO_CODE_TRANSFORMS=[{"status_code":404,"to_error":{"code":404,"message":"true"}}]`).Config
	for _, c := range []*Config{want, full} {
		for _, format := range []Format{JSON, YAML, TOML} {
			text, err := c.Marshal(format)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Load(Source{File: writeFile(t, "c."+string(format), string(text))})
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			if !reflect.DeepEqual(leaves(got.Config), leaves(c)) || len(got.Warnings) > 0 {
				t.Errorf("%s does not come back as it was; warnings %v", format, got.Warnings)
			}
		}
	}
}

// TestEnvTextIsLoadable reads the printed variables back as a shell would.
func TestEnvTextIsLoadable(t *testing.T) {
	want := mustLoad(t, `{"channel": {"namespaces": [{"name": "a-b", "history_size": 5}, {"name": "cd"}]}, "client": {"allowed_origins": ["x", "y"], "insecure": true}}`,
		`CARILLON_RPC_PROXY_HTTP_STATIC_HEADERS={"X-A":"\"c\" \\"}`).Config
	var env []string
	last := ""
	for line := range strings.Lines(want.EnvText(false)) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if !ok || name <= last {
			t.Errorf("line %q is malformed or out of order", line)
		}
		last = name
		if strings.HasPrefix(value, `"`) {
			list := strings.Split(value, `" "`)
			for i, item := range list {
				item = strings.TrimPrefix(item, `"`)
				list[i] = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n").Replace(strings.TrimSuffix(item, `"`))
			}
			value = strings.Join(list, " ")
		}
		env = append(env, name+"="+value)
	}
	l, err := Load(Source{Env: env})
	if err != nil {
		t.Fatal(err)
	}
	if got := leaves(l.Config); !reflect.DeepEqual(got, leaves(want)) || len(l.Warnings) > 0 {
		t.Errorf("variables do not come back as they were; warnings %v", l.Warnings)
	}
	for _, line := range []string{"CARILLON_HTTP_SERVER_PORT=8000", "CARILLON_CLIENT_PING_INTERVAL=25s", `CARILLON_LOG_LEVEL="info"`, `CARILLON_CHANNEL_NAMESPACES="a-b cd"`, `CARILLON_CLIENT_ALLOWED_ORIGINS="x" "y"`, `CARILLON_PROXIES=""`} {
		if !strings.Contains(want.EnvText(false), line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
}

func TestEnvTextNonZero(t *testing.T) {
	l, err := Load(Source{File: writeFile(t, "c.json", `{"engine": {"type": "redis"}}`), KeepZero: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Config.EnvText(true); got != "CARILLON_ENGINE_TYPE=\"redis\"\n" {
		t.Errorf("printed %q", got)
	}
}

func TestMarshalJSONKeepsOrder(t *testing.T) {
	text, err := Default().Marshal(JSON)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(text) || !strings.HasPrefix(string(text), "{\n  \"http_server\": {\n    \"address\": \"\",\n    \"port\": 8000,") {
		t.Errorf("begins with %.80s", text)
	}
	for _, part := range []string{`"history_meta_ttl": "720h0m0s"`, `"ping_interval": "25s"`, `"private_prefix": "$"`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("no %s", part)
		}
	}
}

// TestSecretsAreMarked lists the keys whose names say that they are secret.
func TestSecretsAreMarked(t *testing.T) {
	sounds := []string{"password", "secret", "hmac_", "dsn", "key_pem", "credentials_value", "connection_string", "http_api.key", "grpc_api.key"}
	for _, o := range Options() {
		for _, s := range sounds {
			if o.Type == "string" && strings.Contains(o.Path, s) && !o.Secret {
				t.Errorf("%s is not marked secret", o.Path)
			}
		}
	}
}
