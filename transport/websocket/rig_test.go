package websocket

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"carillon"
	"carillon/access"
	"carillon/access/jwt"
	"carillon/channel"
	"carillon/engine/memory"
	"carillon/netloop"
	"carillon/node"
	"carillon/observe"
	"carillon/protocol"
	"carillon/session"
	"carillon/transport"

	"github.com/gobwas/ws"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// rig is a whole server around one endpoint, on the memory engine, in which
// everybody may do everything.
type rig struct {
	t       testing.TB
	node    *node.Node
	metrics *observe.Metrics
	url     string // http://host:port
}

func newRig(t testing.TB, change ...func(*Config)) *rig {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	loops, err := netloop.Open(netloop.Options{Loops: 2, WriteTimeout: time.Second, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(loops.Close)
	all := channel.Permission{Client: true, Anonymous: true}
	rules, err := channel.NewRules(channel.DefaultSyntax, 255, channel.Options{
		SubscribeBy: all, PublishBy: all, HistoryBy: all, PresenceBy: all,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	metrics := observe.NewMetrics(observe.Options{Prefix: "carillon", FrameTypes: protocol.FrameTypeNames()})
	n := node.New(node.Config{ID: uuid.NewString(), Metrics: metrics.Node, Log: log, Batch: loops.Batch}, rules)
	n.Use(memory.NewBroker(n, memory.Options{}), memory.NewPresence())
	verifier, err := jwt.New(jwt.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	env := &session.Env{
		Config: session.Config{
			PingInterval: 25 * time.Second, PongTimeout: 8 * time.Second, StaleCloseDelay: 10 * time.Second,
			PresenceInterval: 27 * time.Second, ChannelLimit: 128, QueueMaxSize: 1 << 20, HistoryLimit: 300, RecoveryLimit: 300,
		},
		Node:    n,
		Access:  access.New(n, log, &access.Config{Connection: verifier, Subscription: verifier, AnonymousWithoutToken: true}),
		Metrics: metrics.Session, Log: log, Context: ctx, Now: time.Now, Mono: netloop.Mono, Go: n.Go,
		NewID: func() [16]byte { return uuid.New() }, Random: rand.Uint64,
	}
	origins, err := transport.NewOrigins(nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Env: env, Loops: loops, Origins: origins, Log: log, Metrics: metrics.Session.Transport("websocket"),
		Gate:         transport.NewGate(transport.GateConfig{Clients: n.Clients, Limited: metrics.Node.ConnectionLimited, Log: log}),
		MessageLimit: 65536, InflatedLimit: 10 * 65536, CompressionLevel: 1,
	}
	for _, f := range change {
		f(&cfg)
	}
	srv := httptest.NewServer(New(cfg))
	t.Cleanup(srv.Close)
	return &rig{t: t, node: n, metrics: metrics, url: srv.URL}
}

// publish publishes as a backend would.
func (r *rig) publish(channel, data string) {
	r.t.Helper()
	err := r.node.Publish(r.t.Context(), r.node.Rules().Resolve(channel), &carillon.Publication{Data: []byte(data)})
	if err != nil {
		r.t.Fatal(err)
	}
}

// scrape returns the metrics in Prometheus's format.
func (r *rig) scrape() string {
	r.t.Helper()
	w := httptest.NewRecorder()
	promhttp.HandlerFor(r.metrics.Registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w.Body.String()
}

// peer is a client that speaks raw frames.
type peer struct {
	t  testing.TB
	nc net.Conn
	br *bufio.Reader
}

// upgradeRequest is a good request with some header lines more.
func upgradeRequest(path string, lines ...string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + strings.Join(append(lines, ""), "\r\n") + "\r\n"
}

// dial opens a connection and returns it with the response to the handshake.
func (r *rig) dial(request string) (*peer, *http.Response) {
	r.t.Helper()
	nc, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(20 * time.Second))
	p := &peer{r.t, nc, bufio.NewReader(nc)}
	p.write([]byte(request))
	res, err := http.ReadResponse(p.br, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return p, res
}

// open opens a WebSocket.
func (r *rig) open(path string, lines ...string) *peer {
	r.t.Helper()
	p, res := r.dial(upgradeRequest(path, lines...))
	if res.StatusCode != http.StatusSwitchingProtocols {
		r.t.Fatalf("handshake answered %s", res.Status)
	}
	return p
}

// connect opens a WebSocket and goes through the connect command.
func (r *rig) connect(path string, lines ...string) *peer {
	r.t.Helper()
	p := r.open(path, lines...)
	p.send(`{"id":1,"connect":{}}`)
	if reply := p.message(); !strings.Contains(reply, `"connect":{"client":"`) {
		r.t.Fatalf("connect answered %s", reply)
	}
	return p
}

func (p *peer) write(b []byte) {
	p.t.Helper()
	if _, err := p.nc.Write(b); err != nil {
		p.t.Fatal(err)
	}
}

// frame builds a masked frame.
func frame(op ws.OpCode, fin bool, rsv byte, payload string) []byte {
	h := ws.Header{Fin: fin, Rsv: rsv, OpCode: op, Masked: true, Mask: [4]byte{1, 2, 3, 4}, Length: int64(len(payload))}
	var out bytes.Buffer
	if err := ws.WriteHeader(&out, h); err != nil {
		panic(err)
	}
	body := []byte(payload)
	ws.Cipher(body, h.Mask, 0)
	out.Write(body)
	return out.Bytes()
}

func (p *peer) send(text string) {
	p.t.Helper()
	p.write(frame(ws.OpText, true, 0, text))
}

// receive returns the next frame.
func (p *peer) receive() ws.Frame {
	p.t.Helper()
	f, err := ws.ReadFrame(p.br)
	if err != nil {
		p.t.Fatalf("read frame: %v", err)
	}
	return f
}

// message returns the payload of the next frame, which must be text.
func (p *peer) message() string {
	p.t.Helper()
	f := p.receive()
	if f.Header.OpCode != ws.OpText || f.Header.Masked || !f.Header.Fin {
		p.t.Fatalf("got frame %+v %q, want text", f.Header, f.Payload)
	}
	return string(f.Payload)
}

// closed expects a close frame, answers it, and expects the end.
func (p *peer) closed(code ws.StatusCode, reason string) {
	p.t.Helper()
	f := p.receive()
	if f.Header.OpCode != ws.OpClose {
		p.t.Fatalf("got frame %+v %q, want close %d", f.Header, f.Payload, code)
	}
	gotCode, gotReason := ws.ParseCloseFrameData(f.Payload)
	if gotCode != code || gotReason != reason {
		p.t.Fatalf("closed with %d %q, want %d %q", gotCode, gotReason, code, reason)
	}
	p.nc.Write(frame(ws.OpClose, true, 0, string(f.Payload)))
	p.ended()
}

// ended expects the connection to end without anything more.
func (p *peer) ended() {
	p.t.Helper()
	rest, err := io.ReadAll(p.br)
	if len(rest) > 0 || err != nil && !strings.Contains(err.Error(), "reset") {
		p.t.Fatalf("connection ended with %q, %v", rest, err)
	}
}

// alive proves that the connection still works.
func (p *peer) alive() {
	p.t.Helper()
	p.send(`{"id":99,"presence_stats":{"channel":"x"}}`)
	if got := p.message(); got != `{"id":99,"error":{"code":108,"message":"not available"}}` {
		p.t.Fatalf("connection answers %s", got)
	}
}
