package access_test

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"log/slog"
	"regexp"
	"testing"
	"time"

	signer "github.com/golang-jwt/jwt/v5"

	"carillon"
	"carillon/access"
	"carillon/access/jwt"
	"carillon/channel"
	"carillon/engine/memory"
	"carillon/node"
	"carillon/observe"
	"carillon/protocol"
	"carillon/session"
)

const (
	secret = "carillon-test-secret"
	// now is the time in all tests, Unix seconds.
	now = 1_700_000_000
)

// sign makes a token of claims, which are JSON.
func sign(t testing.TB, secret, claims string) string {
	t.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(claims))
	signature, err := signer.SigningMethodHS256.Sign(text, []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + encode(signature)
}

func verifier(t testing.TB, cfg jwt.Config) *jwt.Verifier {
	t.Helper()
	cfg.Now = func() time.Time { return time.Unix(now, 0) }
	v, err := jwt.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// rules are the namespaces of the specifications' acceptance checks.
func rules(t testing.TB) *channel.Rules {
	t.Helper()
	open := channel.Permission{Client: true}
	r, err := channel.NewRules(channel.DefaultSyntax, 255, channel.Options{UserLimited: true}, []channel.Namespace{
		{Name: "chat"}, {Name: "plain"},
		{Name: "pub", Options: channel.Options{SubscribeBy: open, UserLimited: true}},
		{Name: "anon", Options: channel.Options{SubscribeBy: channel.Permission{Client: true, Anonymous: true}}},
		{Name: "anononly", Options: channel.Options{SubscribeBy: channel.Permission{Anonymous: true}}},
		{Name: "num", Options: channel.Options{SubscribeBy: open, Regex: regexp.MustCompile("^[0-9]+$")}},
		{Name: "lim", Options: channel.Options{UserLimited: true}},
		{Name: "pres", Options: channel.Options{SubscribeBy: open, Presence: true, PresenceBy: channel.Permission{Subscriber: true}}},
		{Name: "hist", Options: channel.Options{SubscribeBy: open, HistorySize: 10, HistoryTTL: time.Minute, HistoryBy: open}},
		{Name: "wr", Options: channel.Options{SubscribeBy: open, PublishBy: channel.Permission{Subscriber: true}}},
		{Name: "obj", Options: channel.Options{PublishBy: open, Format: channel.FormatJSONObject}},
		{Name: "map", Options: channel.Options{SubscribeBy: open, Type: channel.Map}},
		{Name: "meta", Options: channel.Options{SubscribeBy: open, HistoryMetaTTL: time.Hour}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rig is a node whose sessions are decided about by the package under test.
type rig struct {
	t      testing.TB
	config *access.Config
	node   *node.Node
	access *access.Access
	env    *session.Env
	wire   *observe.TransportMetrics
	ids    uint64
}

func newRig(t testing.TB, change ...func(*access.Config)) *rig {
	t.Helper()
	v := verifier(t, jwt.Config{HMACSecret: secret})
	r := &rig{t: t, config: &access.Config{Connection: v, Subscription: v, RPC: access.RPC{Boundary: ":"}}}
	for _, f := range change {
		f(r.config)
	}
	log := slog.New(slog.DiscardHandler)
	metrics := observe.NewMetrics(observe.Options{Prefix: "carillon", FrameTypes: protocol.FrameTypeNames()})
	r.node = node.New(node.Config{ID: "node", Metrics: metrics.Node, Log: log, Batch: func(_ int, work func()) { work() }}, rules(t))
	r.node.Use(memory.NewBroker(r.node, memory.Options{}), memory.NewPresence())
	r.access = access.New(r.node, log, r.config)
	r.wire = metrics.Session.Transport("test")
	r.env = &session.Env{
		Config: session.Config{Version: "v", ChannelLimit: 3, QueueMaxSize: 1 << 20, HistoryLimit: 300, RecoveryLimit: 300},
		Node:   r.node, Access: r.access, Metrics: metrics.Session, Log: log, Context: context.Background(),
		Now: func() time.Time { return time.Unix(now, 0) }, Mono: func() int64 { return 1 }, Go: func(work func()) { work() },
		NewID: r.newID, Random: func() uint64 { return 0 },
	}
	return r
}

// newID makes ids that count: they end in 1, 2, ...
func (r *rig) newID() (id [16]byte) {
	r.ids++
	binary.BigEndian.PutUint64(id[8:], r.ids)
	return id
}

// client is the far end of a session. It is its transport, too.
type client struct {
	*session.Session
	rig       *rig
	closed    carillon.Disconnect
	abandoned bool
}

func (r *rig) dial(req session.Request) *client {
	c := &client{rig: r}
	c.Session = session.New(r.env, c, req)
	return c
}

func (c *client) Metrics() *observe.TransportMetrics { return c.rig.wire }
func (c *client) Encoding() protocol.Encoding        { return protocol.JSON }
func (c *client) Wake()                              {}
func (c *client) WakeAt(int64)                       {}
func (c *client) PauseReading()                      {}
func (c *client) ResumeReading()                     {}
func (c *client) Finish(why carillon.Disconnect)     { c.closed = why }
func (c *client) Abandon()                           { c.abandoned = true }

// send sends a command and returns what the server sent until now, a line each.
func (c *client) send(command string) (lines []string) {
	c.Receive([]byte(command))
	for {
		frames := c.Pull(make([]*protocol.Frame, 0, 16))
		if len(frames) == 0 {
			return lines
		}
		for _, f := range frames {
			lines = append(lines, canonical(c.rig.t, string(f.Payload())))
		}
	}
}

// connect sends a connect command with a token.
func (c *client) connect(token string) []string {
	return c.send(`{"id":1,"connect":{"token":"` + token + `"}}`)
}

// canonical is JSON with its keys in order.
func canonical(t testing.TB, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
