package e2e

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// emptyLabels are labels without a value, which Prometheus takes as absent.
var emptyLabels = regexp.MustCompile(`\w+="",|,?\w+=""`)

// metric returns the value of a series of the metrics, "" if it isn't there.
func (s *server) metric(series string) string {
	s.t.Helper()
	for line := range strings.Lines(emptyLabels.ReplaceAllString(s.do("GET", "/metrics", "").body, "")) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

const inflight = `carillon_client_connections_inflight{client_name="unnamed",client_version="unversioned",transport="websocket"}`

func TestOperations29Metrics(t *testing.T) {
	t.Parallel()
	s := start(t, strings.Replace(protocolConfig, "{", `{"prometheus": {"enabled": true},`, 1))
	for _, series := range []string{"carillon_node_num_clients", "go_goroutines", "process_resident_memory_bytes"} {
		if s.metric(series) == "" {
			t.Errorf("%s is missing", series)
		}
	}
	wantText(t, "metrics", s.do("GET", "/metrics", "").body, "carillon_node_build{version=")
	c := s.connect(t, `{}`)
	count := func(want string) func() bool {
		return func() bool {
			return s.metric("carillon_node_num_clients") == want && s.metric(inflight) == want
		}
	}
	eventually(t, "one client is counted", count("1"))
	c.drop()
	eventually(t, "none is counted", count("0"))
}

func TestOperations30APIMetrics(t *testing.T) {
	t.Parallel()
	s := start(t, strings.Replace(protocolConfig, "{", `{"prometheus": {"enabled": true},`, 1))
	s.publish("open:a", `1`)
	s.api("publish", `{"channel":"nope:a","data":1}`)
	for series, want := range map[string]string{
		`carillon_api_command_duration_seconds_histogram_count{method="publish",protocol="http"}`: "2",
		`carillon_node_messages_sent_count{type="publication"}`:                                   "1",
		`carillon_api_command_errors_total{error="102",method="publish",protocol="http"}`:         "1",
	} {
		if got := s.metric(series); got != want {
			t.Errorf("%s is %q, want %s", series, got, want)
		}
	}
}

func TestMetricsMayKeepTheReferencePrefix(t *testing.T) {
	t.Parallel()
	s := start(t, `{"prometheus": {"enabled": true, "metrics_prefix": "centrifugo"}}`)
	if s.metric("centrifugo_node_num_clients") != "0" || s.metric("carillon_node_num_clients") != "" {
		t.Error("the metrics have another prefix")
	}
}

func TestOperations17Health(t *testing.T) {
	t.Parallel()
	s := start(t, `{"health": {"enabled": true}}`)
	if r := s.do("GET", "/health", ""); r.status != 200 || r.header.Get("Content-Type") != "application/json" || r.body != "{}" {
		t.Errorf("%d %s %s", r.status, r.header.Get("Content-Type"), r.body)
	}
}

func TestOperations18ConnectionLimitIsCounted(t *testing.T) {
	t.Parallel()
	s := start(t, `{"prometheus": {"enabled": true}, "client": {"connection_limit": 1, "allow_anonymous_connect_without_token": true}}`)
	s.connect(t, `{}`)
	if got := s.refusal(t, ""); got != 503 {
		t.Errorf("the second: %d", got)
	}
	if got := s.metric("carillon_node_client_connection_limit"); got != "1" {
		t.Errorf("the counter is %q", got)
	}
}

func TestConfiguration29And30Reload(t *testing.T) {
	t.Parallel()
	config := func(secret, more string) string {
		return fmt.Sprintf(`{"client": {"token": {"hmac_secret_key": %q}}, "channel": {"namespaces": [%s]}}`, secret, more)
	}
	s := start(t, config("secret", ``))
	c := s.as(t, "42")
	c.subscribe("n2:a", unknown)

	s.configure(config("secret", `{"name": "n2", "allow_subscribe_for_client": true}`))
	s.signal(syscall.SIGHUP)
	s.waitLog("configuration successfully reloaded")
	c.subscribe("n2:a", subscribed)

	s.configure(`{"channel": {"without_namespace": {"history_size": 1}}}`)
	s.signal(syscall.SIGHUP)
	s.waitLog(`"level":"error"`)
	c.subscribe("n2:b", subscribed)

	s.configure(config("changed", `{"name": "n2", "allow_subscribe_for_client": true}`))
	s.signal(syscall.SIGHUP)
	eventually(t, "the old secret is refused", func() bool {
		fresh := s.dial(t)
		fresh.send(`{"id":1,"connect":{"token":` + userToken("43", "secret") + `}}`)
		_, err := fresh.next(patience)
		return err != nil && err.Error() == "closed with 3500 invalid token"
	})
	c.subscribe("n2:c", subscribed)
	s.connect(t, `{"token":`+userToken("44", "changed")+`}`)
}

func TestOperations25Shutdown(t *testing.T) {
	t.Parallel()
	pidFile := filepath.Join(t.TempDir(), "pid")
	s := start(t, strings.Replace(protocolConfig, "{", fmt.Sprintf(`{"pid_file": %q,`, pidFile), 1))
	if data, err := os.ReadFile(pidFile); err != nil || strings.TrimSpace(string(data)) != fmt.Sprint(s.cmd.Process.Pid) {
		t.Errorf("the PID file holds %q, %v", data, err)
	}
	all := make(chan *conn, 1000)
	for range cap(all) {
		all <- s.connect(t, `{}`)
	}
	close(all)
	s.signal(syscall.SIGTERM)
	began := time.Now()
	for c := range all {
		c.expectClose(3001, "shutdown")
		c.drop()
	}
	if code := s.exitCode(); code != 0 || time.Since(began) > 10*time.Second {
		t.Errorf("exit code %d after %v", code, time.Since(began))
	}
	if _, err := os.Stat(pidFile); !os.IsNotExist(err) {
		t.Errorf("the PID file is still there: %v", err)
	}
}

func TestOperations26StuckRequestAtShutdown(t *testing.T) {
	t.Parallel()
	s := start(t, `{"shutdown": {"timeout": "1s"}}`)
	nc, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := fmt.Fprintf(nc, "POST /api/info HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\nContent-Length: 10\r\n\r\n", apiKey); err != nil {
		t.Fatal(err)
	}
	// A request that is answered later than it shows that the other has been read.
	s.api("info", `{}`)
	s.signal(syscall.SIGTERM)
	if code := s.exitCode(); code != 1 {
		t.Errorf("exit code %d", code)
	}
}

func TestOperations32InstrumentedPaths(t *testing.T) {
	t.Parallel()
	s := start(t, `{"prometheus": {"enabled": true, "instrument_http_handlers": true}}`)
	s.api("info", `{}`)
	for n := range 200 {
		s.do("GET", fmt.Sprintf("/random/%d", n), "")
	}
	series := 0
	for line := range strings.Lines(s.do("GET", "/metrics", "").body) {
		if strings.Contains(line, "random") {
			t.Errorf("a path became a label: %s", line)
		}
		if strings.HasPrefix(line, "carillon_node_incoming_http_requests_total") {
			series++
		}
	}
	if series == 0 || series > 10 {
		t.Errorf("%d series of requests", series)
	}
}

// TestOperations36SecretsAreNotLogged sends canaries wherever a secret goes,
// with the log as talkative as can be.
func TestOperations36SecretsAreNotLogged(t *testing.T) {
	t.Parallel()
	s := start(t, `{"log": {"level": "trace"}, "http_api": {"key": "canary-api-key"}, "client": {"token": {"hmac_secret_key": "canary-hmac-secret"}},
		"admin": {"secret": "canary-admin-secret", "password": "canary-admin-password"}}`)
	s.do("POST", "/api/publish?api_key=canary-query-key", `{"channel":"a","data":1}`, "X-API-Key", "canary-api-key")
	s.do("POST", "/api/publish", `{`, "Authorization", "apikey canary-wrong-key")
	token := sign(map[string]any{"sub": "42"}, "canary-hmac-secret")
	forged := sign(map[string]any{"sub": "42"}, "another")
	c := s.connect(t, `{"token":"`+token+`"}`, "Cookie", "session=canary-cookie", "Authorization", "Bearer canary-bearer")
	c.ask(`{"id":2,"subscribe":{"channel":"$a","token":"`+sign(map[string]any{"sub": "42", "channel": "$a"}, "canary-hmac-secret")+`"}}`, subscribed)
	c.ask(`{"id":3,"refresh":{"token":"`+token+`"}}`, `"*"`)
	bad := s.dial(t)
	bad.send(`{"id":1,"connect":{"token":"` + forged + `","headers":{"Authorization":"canary-emulated"}}}`)
	bad.expectClose(3500, "invalid token")
	s.signal(syscall.SIGTERM)
	s.exitCode()
	log := s.log.String()
	if len(log) < 500 {
		t.Errorf("at level trace the log says little: %s", log)
	}
	for line := range strings.Lines(log) {
		for _, secret := range []string{"canary", token, forged} {
			if strings.Contains(line, secret) {
				t.Errorf("a secret is in the log: %s", line)
			}
		}
	}
}
