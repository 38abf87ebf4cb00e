package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// bare is a server in an empty folder, started with flags and an environment
// alone.
func bare(t *testing.T, port int, args []string, env ...string) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), port: port, done: make(chan struct{})}
	s.run(args, env)
	return s
}

func TestConfiguration01NoFile(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	s := bare(t, port, nil, fmt.Sprintf("CARILLON_HTTP_SERVER_PORT=%d", port))
	s.waitListening(port)
	wantText(t, "log", s.log.String(), "config file not found")
	for path, want := range map[string]int{"/connection/websocket": 400, "/metrics": 404, "/health": 404, "/connection/sse": 404, "/": 404} {
		if r := s.do("GET", path, ""); r.status != want {
			t.Errorf("GET %s: %d, want %d", path, r.status, want)
		}
	}
	if r := s.do("POST", "/api/info", "{}"); r.status != 401 {
		t.Errorf("POST /api/info: %d", r.status)
	}
}

func TestConfiguration02And03FilesThatDoNotLoad(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.write("cfg.ini", "{}")
	sh.write("broken.json", `{"http_server": {"port": 9001`)
	for _, name := range []string{"cfg.foo", "cfg.ini", "broken.json"} {
		_, errs := sh.run(1, "-c", name)
		wantText(t, name, errs, "error reading config file")
	}
}

func TestOperations09And10WhereThePortComesFrom(t *testing.T) {
	t.Parallel()
	ports := map[string]int{}
	for _, source := range []string{"file", "env", "flag", "dotenv"} {
		ports[source] = freePort(t)
	}
	file := fmt.Sprintf(`{"http_server": {"port": %d}}`, ports["file"])
	env := fmt.Sprintf("CENTRIFUGO_HTTP_SERVER_PORT=%d", ports["env"])
	flag := fmt.Sprintf("--http_server.port=%d", ports["flag"])
	dotenv := fmt.Sprintf("CENTRIFUGO_HTTP_SERVER_PORT=%d\n", ports["dotenv"])
	for _, c := range []struct {
		want, dotenv string
		args, env    []string
	}{
		{"flag", "", []string{flag}, []string{env}},
		{"env", "", nil, []string{env}},
		{"file", "", nil, []string{"CENTRIFUGO_HTTP_SERVER_PORT="}},
		{"dotenv", dotenv, nil, nil},
		{"env", dotenv, nil, []string{env}},
	} {
		s := &server{t: t, dir: t.TempDir(), port: ports[c.want], done: make(chan struct{})}
		for name, content := range map[string]string{"config.json": file, ".env": c.dotenv} {
			if err := os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s.run(append([]string{"-c", "config.json"}, c.args...), c.env)
		s.waitListening(s.port)
		s.signal(syscall.SIGKILL)
		<-s.done
	}
}

func TestOperations12UnknownVariables(t *testing.T) {
	t.Parallel()
	s := start(t, `{}`, "CENTRIFUGO_NOPE=1", "CENTRIFUGO_VAR_X=1", "CENTRIFUGO_SERVICE_HOST=1.2.3.4", "CENTRIFUGO_PORT_8000_TCP=x")
	s.waitLog("CENTRIFUGO_NOPE")
	for _, name := range []string{"CENTRIFUGO_VAR_X", "CENTRIFUGO_SERVICE_HOST", "CENTRIFUGO_PORT_8000_TCP"} {
		if strings.Contains(s.log.String(), name) {
			t.Errorf("%s is complained of", name)
		}
	}
}

func TestOperations13NamespacesFromTheEnvironment(t *testing.T) {
	t.Parallel()
	s := start(t, `{}`, "CENTRIFUGO_CHANNEL_NAMESPACES=chat news", "CENTRIFUGO_CHANNEL_NAMESPACES_CHAT_PRESENCE=true")
	if got := s.api("presence_stats", `{"channel":"chat:x"}`); got != `{"result":{"num_clients":0,"num_users":0}}` {
		t.Errorf("chat: %s", got)
	}
	wantText(t, "news", s.api("presence_stats", `{"channel":"news:x"}`), `"code":108`)
}

func TestOperations14BadVariable(t *testing.T) {
	t.Parallel()
	s := launch(t, `{}`, "CENTRIFUGO_PROMETHEUS_ENABLED=maybe")
	if code := s.exitCode(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	wantText(t, "log", s.log.String(), "CENTRIFUGO_PROMETHEUS_ENABLED")
}

func TestConfiguration19UnknownKeysAreWarnedOf(t *testing.T) {
	t.Parallel()
	s := start(t, `{"cliant": {"a": 1}, "channel": {"namespaces": [{"name": "ab", "presense": true}]}}`)
	s.waitLog(`"cliant"`)
	s.waitLog("channel.namespaces.[0].presense")
	s.waitLog(`"did_you_mean":"client"`)
	s.waitLog(`"did_you_mean":"channel.namespaces.[0].presence"`)
}

func TestConfiguration08EmptyPrivatePrefixMeansDefault(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"token": {"hmac_secret_key": "secret"}},
		"channel": {"private_prefix": "", "without_namespace": {"allow_subscribe_for_client": true}}}`)
	c := s.as(t, "42")
	c.subscribe("$x", denied)
	c.subscribe("x", subscribed)
}

func TestConfiguration13PingsTurnedOff(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"ping_interval": "-1s", "pong_timeout": "-2s", "allow_anonymous_connect_without_token": true}}`)
	s.dial(t).ask(`{"id":1,"connect":{}}`, `{"id":1,"connect":{"client":"*","version":"*"}}`)
}

func TestConfiguration07DefaultChannelLimit(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"channel_limit": 0, "allow_anonymous_connect_without_token": true}, "channel": {"without_namespace": {
		"allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true}}}`)
	c := s.connect(t, `{}`)
	for n := range 128 {
		c.subscribe(fmt.Sprint("c", n), subscribed)
	}
	c.subscribe("one too many", `{"id":2,"error":{"code":106,"message":"limit exceeded"}}`)
}

func TestConfiguration34LogLevel(t *testing.T) {
	t.Parallel()
	s := start(t, `{"log": {"level": "chatty"}}`)
	s.waitLog("chatty")
	for line := range strings.Lines(s.log.String()) {
		if !strings.HasPrefix(line, `{"time":`) || !strings.Contains(line, `"level":"`) || !strings.Contains(line, `"message":"`) {
			t.Errorf("a line of the log is %q", line)
		}
	}
	s = start(t, `{"log": {"level": "none"}}`)
	if got := s.log.String(); got != "" {
		t.Errorf("at level none the log says %q", got)
	}
}

func TestUnbuiltPartsAreRefused(t *testing.T) {
	t.Parallel()
	for key, config := range map[string]string{
		"engine.type":      `{"engine": {"type": "redis"}}`,
		"sse.enabled":      `{"sse": {"enabled": true}}`,
		"grpc_api.enabled": `{"grpc_api": {"enabled": true}}`,
	} {
		s := launch(t, config)
		if code := s.exitCode(); code != 1 {
			t.Errorf("%s: exit code %d", key, code)
		}
		wantText(t, "log", s.log.String(), key+": ")
		wantText(t, "log", s.log.String(), "is not built yet")
	}
}

func TestOperations42TwoEndpointsAtOnePath(t *testing.T) {
	t.Parallel()
	s := launch(t, `{"prometheus": {"enabled": true, "handler_prefix": "/same"}, "health": {"enabled": true, "handler_prefix": "/same"}}`)
	if code := s.exitCode(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	wantText(t, "log", s.log.String(), "prometheus")
	wantText(t, "log", s.log.String(), "health")
}

func TestPortInUseIsExplained(t *testing.T) {
	t.Parallel()
	first := start(t, `{}`)
	second := bare(t, first.port, nil, "CARILLON_HTTP_SERVER_ADDRESS=127.0.0.1", fmt.Sprintf("CARILLON_HTTP_SERVER_PORT=%d", first.port))
	if code := second.exitCode(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	wantText(t, "log", second.log.String(), "choose another port")
}
