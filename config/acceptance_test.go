package config

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The numbers are those of the configuration's acceptance checks, as far as they
// concern what is loaded and what is refused.

func TestAcceptance2UnknownExtension(t *testing.T) {
	for _, path := range []string{"cfg.foo", writeFile(t, "cfg.ini", "{}")} {
		_, err := Load(Source{File: path})
		wantError(t, err, "error reading config file "+path+": ")
	}
}

func TestAcceptance3BrokenJSON(t *testing.T) {
	_, err := tryLoad(t, `{"http_server": {"port": 9001`)
	wantError(t, err, "error reading config file")
}

func TestAcceptance4ThreeFormatsAgree(t *testing.T) {
	files := map[string]string{
		"c.json": `{
  "http_api": {"key": "k1"},
  "client": {"token": {"hmac_secret_key": "s1"}, "allowed_origins": ["https://app.example"]},
  "channel": {"namespaces": [{"name": "chat", "presence": true, "history_size": 50, "history_ttl": "10m"}]}
}`,
		"c.yaml": `
http_api:
  key: k1
client:
  token:
    hmac_secret_key: s1
  allowed_origins: [https://app.example]
channel:
  namespaces:
    - {name: chat, presence: true, history_size: 50, history_ttl: 10m}
`,
		"c.toml": `
[http_api]
key = "k1"
[client]
allowed_origins = ["https://app.example"]
[client.token]
hmac_secret_key = "s1"
[[channel.namespaces]]
name = "chat"
presence = true
history_size = 50
history_ttl = "10m"
`,
	}
	want := mustLoad(t, files["c.json"])
	if ns := want.Config.Channel.Namespaces; len(ns) != 1 || ns[0].HistoryTTL.String() != "10m0s" || ns[0].SubscribeProxyName != "default" {
		t.Fatalf("namespaces are %+v", ns)
	}
	for name, text := range files {
		got, err := Load(Source{File: writeFile(t, name, text)})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Config, got.Config); diff != "" || len(got.Warnings) > 0 {
			t.Errorf("%s: %s %v", name, diff, got.Warnings)
		}
	}
}

func TestAcceptance5KeysIgnoreCase(t *testing.T) {
	if port := mustLoad(t, `{"HTTP_SERVER": {"Port": "9002"}}`).Config.HTTPServer.Port; port != 9002 {
		t.Errorf("port is %d", port)
	}
}

func TestAcceptance6Precedence(t *testing.T) {
	file := writeFile(t, "c.json", `{"http_server": {"port": 9001}}`)
	flags := map[string]string{"http_server.port": "9003"}
	for _, c := range []struct {
		env   []string
		flags map[string]string
		want  int
	}{
		{nil, nil, 9001},
		{[]string{"CENTRIFUGO_HTTP_SERVER_PORT=9002"}, nil, 9002},
		{[]string{"CENTRIFUGO_HTTP_SERVER_PORT=9002"}, flags, 9003},
		{[]string{"CENTRIFUGO_HTTP_SERVER_PORT="}, nil, 9001},
	} {
		l, err := Load(Source{File: file, Env: c.env, Flags: c.flags})
		if err != nil || l.Config.HTTPServer.Port != c.want {
			t.Errorf("%v %v: %v, want port %d", c.env, c.flags, err, c.want)
		}
	}
}

func TestAcceptance7And8ZeroMeansDefault(t *testing.T) {
	c := mustLoad(t, `{"client": {"channel_limit": 0, "ping_interval": "0s"}, "channel": {"private_prefix": ""}}`).Config
	if c.Client.ChannelLimit != 128 || c.Client.PingInterval.String() != "25s" || c.Channel.PrivatePrefix != "$" {
		t.Errorf("limit %d, ping %s, prefix %q", c.Client.ChannelLimit, c.Client.PingInterval, c.Channel.PrivatePrefix)
	}
}

func TestAcceptance9And10Origins(t *testing.T) {
	got := mustLoad(t, `{}`, "CENTRIFUGO_CLIENT_ALLOWED_ORIGINS=https://a.example https://b.example").Config.Client.AllowedOrigins
	if !reflect.DeepEqual(got, []string{"https://a.example", "https://b.example"}) {
		t.Errorf("from environment: %q", got)
	}
	got = mustLoad(t, `{"client": {"allowed_origins": "https://a.example,https://b.example"}}`).Config.Client.AllowedOrigins
	if !reflect.DeepEqual(got, []string{"https://a.example,https://b.example"}) {
		t.Errorf("from file: %q", got)
	}
}

func TestAcceptance11DurationsNeedAUnit(t *testing.T) {
	_, err := tryLoad(t, `{}`, "CENTRIFUGO_CLIENT_PING_INTERVAL=20")
	wantError(t, err, "error processing env: CENTRIFUGO_CLIENT_PING_INTERVAL")
	if d := mustLoad(t, `{}`, "CENTRIFUGO_CLIENT_PING_INTERVAL=20s").Config.Client.PingInterval; d.String() != "20s" {
		t.Errorf("ping interval is %s", d)
	}
}

func TestAcceptance12And13PingAndPong(t *testing.T) {
	wantError(t, mustLoad(t, `{"client": {"ping_interval": "5s"}}`).Config.Validate(), "client.ping_interval: must be greater than client.pong_timeout")
	for _, file := range []string{
		`{"client": {"ping_interval": "-1s", "pong_timeout": "-2s"}}`,
		`{"client": {"ping_interval": "-1s"}}`,
		`{"client": {"pong_timeout": "-1s"}}`,
	} {
		if err := mustLoad(t, file).Config.Validate(); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func namespaceNames(c *Config) []string {
	var names []string
	for _, ns := range c.Channel.Namespaces {
		names = append(names, ns.Name)
	}
	return names
}

func TestAcceptance14NamedListFromEnv(t *testing.T) {
	l := mustLoad(t, `{}`, `CENTRIFUGO_CHANNEL_NAMESPACES=[{"name":"n1","history_size":5,"history_ttl":"60s"}]`, "CENTRIFUGO_CHANNEL_NAMESPACES_N1_PRESENCE=1")
	ns := l.Config.Channel.Namespaces
	if len(ns) != 1 || ns[0].HistorySize != 5 || ns[0].HistoryTTL.String() != "1m0s" || !ns[0].Presence || ns[0].PublishProxyName != "default" {
		t.Errorf("namespaces are %+v", ns)
	}
	if len(l.Warnings) > 0 {
		t.Errorf("warnings: %v", l.Warnings)
	}
}

func TestAcceptance15NamesAreAppended(t *testing.T) {
	l := mustLoad(t, `{"channel": {"namespaces": [{"name": "a1"}]}}`, "CENTRIFUGO_CHANNEL_NAMESPACES=b1 b2")
	if got := namespaceNames(l.Config); !reflect.DeepEqual(got, []string{"a1", "b1", "b2"}) {
		t.Errorf("namespaces are %v", got)
	}
}

func TestAcceptance16ArrayReplaces(t *testing.T) {
	l := mustLoad(t, `{"channel": {"namespaces": [{"name": "a1", "presence": true}]}}`, `CENTRIFUGO_CHANNEL_NAMESPACES=[{"name":"c1"}]`)
	if ns := l.Config.Channel.Namespaces; len(ns) != 1 || ns[0].Name != "c1" || ns[0].Presence {
		t.Errorf("namespaces are %+v", ns)
	}
}

func TestAcceptance17ItemNamesInVariables(t *testing.T) {
	l := mustLoad(t, `{"channel": {"namespaces": [{"name": "chat-room"}, {"name": "chat.room"}, {"name": "chat"}]}}`,
		"CENTRIFUGO_CHANNEL_NAMESPACES_CHAT_ROOM_PRESENCE=true", "CENTRIFUGO_CHANNEL_NAMESPACES_CHAT_MAP_MODE=ephemeral")
	ns := l.Config.Channel.Namespaces
	if !ns[0].Presence || !ns[1].Presence || ns[2].Presence || ns[2].Map.Mode != "ephemeral" || len(l.Warnings) > 0 {
		t.Errorf("namespaces are %+v, warnings %v", ns, l.Warnings)
	}
}

func TestAcceptance18UnknownVariables(t *testing.T) {
	l := mustLoad(t, `{}`, "CENTRIFUGO_FOO=1", "CENTRIFUGO_SVC_PORT_8000_TCP=x", "CENTRIFUGO_SERVICE_HOST=1.2.3.4", "CENTRIFUGO_PORT_8000_TCP=x",
		"CENTRIFUGO_VAR_A=x", "CARILLON_VAR_A=x", "CARILLON_SVC_SERVICE_HOST=x", "FOO=1")
	if len(l.Warnings) != 1 || l.Warnings[0].Var != "CENTRIFUGO_FOO" || l.Warnings[0].Message() != "unknown var in environment" {
		t.Errorf("warnings: %v", l.Warnings)
	}
}

func TestAcceptance19UnknownKeys(t *testing.T) {
	l := mustLoad(t, `{"cliant": {"a": 1}, "channel": {"namespaces": [{"name": "ab", "presense": true}]}}`)
	if got := l.UnknownKeys(); !reflect.DeepEqual(got, []string{"channel.namespaces.[0].presense", "cliant"}) {
		t.Errorf("unknown keys are %v", got)
	}
	if m := l.Warnings[0].Message(); m != "unknown key in configuration file" {
		t.Errorf("message is %q", m)
	}
}

func TestAcceptance20Interpolation(t *testing.T) {
	const file = `{"client": {"proxy": {"connect": {"http": {"static_headers": {"X-Key": "t ${CENTRIFUGO_VAR_K}"}}}}}}`
	if got := mustLoad(t, file, "CENTRIFUGO_VAR_K=v").Config.Client.Proxy.Connect.HTTP.StaticHeaders["x-key"]; got != "t v" {
		t.Errorf("header is %q", got)
	}
	_, err := tryLoad(t, file)
	wantError(t, err, `environment variable "CENTRIFUGO_VAR_K" not found`)
}

func TestAcceptance21DuplicateHeader(t *testing.T) {
	_, err := tryLoad(t, `{"rpc": {"proxy": {"http": {"static_headers": [{"key":"a","value":"1"},{"key":"a","value":"2"}]}}}}`)
	wantError(t, err, "rpc.proxy.http.static_headers", `duplicate key "a"`)
}

func TestAcceptance22To28And31And32Refusals(t *testing.T) {
	cases := []struct{ file, want string }{
		{`{"channel": {"namespaces": [{"name": "x"}]}}`, `channel.namespaces.[0].name: invalid namespace name "x"`},
		{`{"channel": {"namespaces": [{"name": "a.b"}]}}`, ""},
		{`{"channel": {"namespaces": [{"name": "ab"}, {"name": "ab"}]}}`, "namespace name must be unique"},
		{`{"proxies": [{"name": "default", "endpoint": "http://x"}]}`, "proxy name default is reserved"},
		{`{"proxies": [{"name": "p1"}]}`, "endpoint not set"},
		{`{"broker": {"type": "rabbit"}}`, "unknown broker: rabbit"},
		{`{"http_server": {"internal_port": "9000"}}`, ""},
		{`{"client": {"subscribe_to_user_personal_channel": {"single_connection": true}}}`, "presence must be enabled on top level to maintain single connection"},
		{`{"consumers": [{"name": "k1", "type": "kafka", "enabled": true}]}`, "no Kafka brokers provided"},
		{`{"consumers": [{"name": "k1", "type": "kafka", "enabled": false}]}`, ""},
		{`{"channel": {"without_namespace": {"history_size": 10, "history_ttl": "1500ms"}}}`, "malformed duration 1.5s, sub-second precision is not supported for this key"},
	}
	for _, c := range cases {
		err := mustLoad(t, c.file).Config.Validate()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.file, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %v, want %q", c.file, err, c.want)
		}
	}
}
