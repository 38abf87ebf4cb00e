package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// upgrade is a handshake as a browser sends it.
var upgrade = []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}

func TestTransportsHandshake(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	t.Run("01 without upgrade, and with POST", func(t *testing.T) {
		r := s.do("GET", "/connection/websocket", "")
		if r.status != 400 || r.header.Get("Sec-Websocket-Version") != "13" {
			t.Errorf("GET: %d, version %q", r.status, r.header.Get("Sec-Websocket-Version"))
		}
		if r := s.do("POST", "/connection/websocket", "", upgrade...); r.status != 405 {
			t.Errorf("POST: %d", r.status)
		}
	})
	t.Run("02 another origin", func(t *testing.T) {
		if got := s.refusal(t, "", "Origin", "https://evil.test"); got != 403 {
			t.Errorf("with an origin: %d", got)
		}
		if got := s.refusal(t, ""); got != 101 {
			t.Errorf("without one: %d", got)
		}
	})
	t.Run("04 subprotocols", func(t *testing.T) {
		for offer, want := range map[string]string{"centrifuge-protobuf": "centrifuge-protobuf", "foo, centrifuge-json": "centrifuge-json", "foo": ""} {
			status, header := s.shake(t, "Sec-WebSocket-Protocol", offer)
			if got := header.Get("Sec-WebSocket-Protocol"); status != 101 || got != want {
				t.Errorf("offered %q: %d with %q, want %q", offer, status, got, want)
			}
		}
	})
	t.Run("05 the format in the query", func(t *testing.T) {
		for _, query := range []string{"?format=protobuf", "?cf_protocol=protobuf"} {
			c, err := s.tryDial(t, query)
			if err != nil {
				t.Fatal(err)
			}
			connect := []byte{4, 0x08, 1, 0x22, 0} // id 1, connect {}
			if err := wsutil.WriteClientBinary(c.nc, connect); err != nil {
				t.Fatal(err)
			}
			data, op, err := c.frame()
			if err != nil || op != ws.OpBinary || len(data) == 0 || int(data[0]) != len(data)-1 {
				t.Errorf("%s: opcode %v, % x, %v", query, op, data, err)
			}
		}
	})
}

// shake does a handshake and returns the status and headers of the answer.
func (s *server) shake(t *testing.T, headers ...string) (int, http.Header) {
	t.Helper()
	req, err := http.NewRequest("GET", s.url("/connection/websocket"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for all, i := append(upgrade, headers...), 0; i < len(all); i += 2 {
		req.Header.Set(all[i], all[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode, res.Header
}

func TestTransports06MessageSize(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	command := func(size int) string {
		frame := `{"id":2,"publish":{"channel":"hist:size","data":"%s"}}`
		return fmt.Sprintf(frame, strings.Repeat("x", size-len(frame)+2))
	}
	c := s.connect(t, `{}`)
	c.ask(command(65536), `{"id":2,"publish":{}}`)
	c.send(command(65537))
	c.expectClose(1009, "")
}

func TestTransports07EmptyMessage(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	c := s.connect(t, `{}`)
	c.send("")
	c.expectClose(3501, "bad request")
}

func TestTransports08Batches(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	c := s.connect(t, `{}`)
	c.subscribe("open:8", subscribed)
	var commands []string
	for n := range 10 {
		commands = append(commands, fmt.Sprintf(`{"publish":{"channel":"open:8","data":{"n":%d}}}`, n))
	}
	s.api("batch", `{"commands":[`+strings.Join(commands, ",")+`]}`)
	for n := range 10 {
		c.expect(fmt.Sprintf(`{"push":{"channel":"open:8","pub":{"data":{"n":%d}}}}`, n))
	}
}

func TestTransports09FramePings(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"allow_anonymous_connect_without_token": true, "ping_interval": "1s", "pong_timeout": "500ms"}}`)
	c, err := s.tryDial(t, "?cf_ws_frame_ping_pong=true")
	if err != nil {
		t.Fatal(err)
	}
	c.send(`{"id":1,"connect":{}}`)
	c.expect(`{"id":1,"connect":{"client":"*","version":"*"}}`)
	for range 3 {
		data, op, err := c.frame()
		if err != nil || op != ws.OpPing {
			t.Fatalf("opcode %v, %q, %v; want a ping frame", op, data, err)
		}
		if err := wsutil.WriteClientMessage(c.nc, ws.OpPong, data); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTransports10Compression(t *testing.T) {
	t.Parallel()
	s := start(t, `{"websocket": {"compression": true}, "client": {"allow_anonymous_connect_without_token": true}}`)
	status, header := s.shake(t, "Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")
	const want = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	if got := header.Get("Sec-WebSocket-Extensions"); status != 101 || got != want {
		t.Errorf("%d with extensions %q, want %q", status, got, want)
	}
}

func TestTransports11DisconnectIsACloseFrame(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	c := s.as(t, "42")
	s.api("disconnect", `{"user":"42"}`)
	c.expectClose(3503, "force disconnect")
}

func TestTransports25Init(t *testing.T) {
	t.Parallel()
	s := start(t, `{"init": {"enabled": true}}`)
	if r := s.do("GET", "/connection/init", ""); r.status != 200 || r.body != "{}" {
		t.Errorf("GET: %d %s", r.status, r.body)
	}
	if r := s.do("POST", "/connection/init", ""); r.status != 405 {
		t.Errorf("POST: %d", r.status)
	}
}

func TestTransports26InternalPort(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	s := start(t, fmt.Sprintf(`{"http_server": {"internal_port": "%d", "internal_address": "127.0.0.1"},
		"prometheus": {"enabled": true}, "health": {"enabled": true}, "debug": {"enabled": true}}`, port))
	inner := &server{t: t, port: port}
	for path, want := range map[string]int{"/metrics": 200, "/health": 200, "/api/info": 401, "/debug/pprof/": 200, "/connection/websocket": 404} {
		method := "GET"
		if strings.HasPrefix(path, "/api") {
			method = "POST"
		}
		if r := inner.do(method, path, ""); r.status != want {
			t.Errorf("internal %s: %d, want %d", path, r.status, want)
		}
		outer := 404
		if path == "/connection/websocket" {
			outer = 400
		}
		if r := s.do(method, path, ""); r.status != outer {
			t.Errorf("external %s: %d, want %d", path, r.status, outer)
		}
	}
}

func TestTransports27Paths(t *testing.T) {
	t.Parallel()
	s := start(t, `{}`)
	if r := s.do("GET", "/connection/websocket/", "", upgrade...); r.status != 404 {
		t.Errorf("with a trailing slash: %d", r.status)
	}
	s = start(t, `{"websocket": {"handler_prefix": "/ws/"}}`)
	if r := s.do("GET", "/ws", ""); r.status != 400 {
		t.Errorf("/ws: %d", r.status)
	}
	if r := s.do("GET", "/connection/websocket", ""); r.status != 404 {
		t.Errorf("the usual path: %d", r.status)
	}
}

// TestReliability12SlowHeaders shows that a request that never comes to its
// end does not stay.
func TestReliability12SlowHeaders(t *testing.T) {
	t.Parallel()
	s := start(t, `{}`)
	nc, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := io.WriteString(nc, "GET /connection/websocket HTTP/1.1\r\nHost: x\r\n"); err != nil {
		t.Fatal(err)
	}
	_ = nc.SetReadDeadline(time.Now().Add(40 * time.Second))
	var rest bytes.Buffer
	if _, err := io.Copy(&rest, nc); err != nil {
		t.Errorf("the connection stays open: %v", err)
	}
}
