package websocket

import (
	"strings"
	"testing"
	"time"

	"carillon"
	"carillon/access"
	"carillon/access/jwt"
	"carillon/node"
	"carillon/transport"

	"github.com/gobwas/ws"
)

// anonymous are all the connections of these tests.
var anonymous = node.Target{}

func TestDisconnectIsACloseFrame(t *testing.T) {
	r := newRig(t)
	p := r.connect("/")
	r.node.DisconnectUser(anonymous, carillon.DisconnectForceNoReconnect)
	p.closed(3503, "force disconnect")

	p = r.connect("/")
	long := strings.Repeat("é", 100) // 200 bytes
	r.node.DisconnectUser(anonymous, carillon.Disconnect{Code: 4001, Reason: long})
	p.closed(4001, strings.Repeat("é", 61))
}

// What was queued before a disconnect is written before the close frame.
func TestQueueIsWrittenBeforeClose(t *testing.T) {
	r := newRig(t)
	p := r.connect("/")
	p.send(`{"id":2,"subscribe":{"channel":"c"}}`)
	p.message()
	for range 100 {
		r.publish("c", `1`)
	}
	r.node.DisconnectUser(anonymous, carillon.DisconnectForceReconnect)
	for got := 0; got < 100; {
		got += len(strings.Split(p.message(), "\n"))
	}
	p.closed(3011, "force reconnect")
}

func TestFramePings(t *testing.T) {
	r := newRig(t, func(c *Config) { c.PingInterval, c.PongTimeout = 300*time.Millisecond, 300*time.Millisecond })
	p := r.open("/?cf_ws_frame_ping_pong=true")
	p.send(`{"id":1,"connect":{}}`)
	if reply := p.message(); strings.Contains(reply, "ping") || strings.Contains(reply, "pong") {
		t.Fatalf("connect answered %s", reply)
	}
	for range 3 {
		if f := p.receive(); f.Header.OpCode != ws.OpPing {
			t.Fatalf("got %+v %q, want a ping", f.Header, f.Payload)
		}
		p.write(frame(ws.OpPong, true, 0, ""))
	}
	if f := p.receive(); f.Header.OpCode != ws.OpPing {
		t.Fatalf("got %+v %q, want a ping", f.Header, f.Payload)
	}
	p.closed(3012, "no pong") // to the fourth ping there was none
}

func TestProtocolPings(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Env.PingInterval, c.Env.PongTimeout = 200*time.Millisecond, 100*time.Millisecond })
	p := r.connect("/")
	for range 2 {
		if got := p.message(); got != "{}" {
			t.Fatalf("got %s, want a ping", got)
		}
		p.send("{}")
	}
	if got := p.message(); got != "{}" {
		t.Fatalf("got %s, want a ping", got)
	}
	p.closed(3012, "no pong")
}

func TestStaleConnection(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Env.StaleCloseDelay = 100 * time.Millisecond })
	r.open("/").closed(3502, "stale")
}

// A client whose connect was refused is left to close; if it doesn't, the
// connection ends without a close frame.
func TestRefusedConnect(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Env.PingInterval = -1 })
	p := r.open("/")
	start := time.Now()
	// A token can't be verified without a key: that is a disconnect.
	p.send(`{"id":1,"connect":{"token":"x"}}`)
	p.closed(3500, "invalid token")
	if time.Since(start) > 4*time.Second {
		t.Error("the client answered the close, and the connection went on")
	}
}

// A client that takes nothing is dropped when it owes more than its queue may
// hold, and nobody else notices.
func TestSlowClient(t *testing.T) {
	r := newRig(t)
	slow, fast := r.connect("/"), r.connect("/")
	for _, p := range []*peer{slow, fast} {
		p.send(`{"id":2,"subscribe":{"channel":"c"}}`)
		p.message()
	}
	data := `"` + strings.Repeat("x", 100<<10) + `"`
	const count = 200
	for range count {
		r.publish("c", data)
		if got := fast.message(); !strings.Contains(got, `"channel":"c"`) {
			t.Fatalf("got %.80s", got)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); r.node.Clients() > 1; {
		if time.Now().After(deadline) {
			t.Fatal("the slow client is still connected")
		}
		fast.alive()
	}
	text := r.scrape()
	if !strings.Contains(text, `carillon_client_num_server_disconnects{code="3008"} 1`) &&
		!strings.Contains(text, `carillon_client_num_server_disconnects{code="3009"} 1`) {
		t.Error("no disconnect was counted for the slow client")
	}
	fast.alive()
}

func TestConnectionLimits(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Gate.SetConnectionLimit(1) })
	p := r.connect("/")
	if _, res := r.dial(upgradeRequest("/")); res.StatusCode != 503 {
		t.Errorf("second connection: %s", res.Status)
	}
	if text := r.scrape(); !strings.Contains(text, "carillon_node_client_connection_limit 1") {
		t.Error("the refusal was not counted")
	}
	p.alive()

	r = newRig(t, func(c *Config) {
		c.Gate = transport.NewGate(transport.GateConfig{RateLimit: 5, Clients: c.Gate.Clients, Limited: c.Gate.Limited, Log: c.Log})
	})
	codes := map[int]int{}
	for range 20 {
		_, res := r.dial(upgradeRequest("/"))
		codes[res.StatusCode]++
	}
	if codes[101] < 5 || codes[101] > 7 || codes[101]+codes[503] != 20 {
		t.Errorf("of 20 connections at once: %v", codes)
	}
}

func TestUserHeader(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Gate = transport.NewGate(transport.GateConfig{UserIDHeader: "X-User", Clients: c.Gate.Clients, Limited: c.Gate.Limited, Log: c.Log})
		verifier, _ := jwt.New(jwt.Config{})
		c.Env.Access = access.New(c.Env.Node.(*node.Node), c.Log, &access.Config{Connection: verifier, Subscription: verifier})
	})
	p := r.connect("/", "X-User: 7")
	r.node.DisconnectUser(node.Target{User: "7"}, carillon.DisconnectForceReconnect)
	p.closed(3011, "force reconnect")
}
