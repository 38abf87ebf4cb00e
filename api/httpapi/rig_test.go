package httpapi_test

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"carillon/access"
	"carillon/access/jwt"
	"carillon/api"
	"carillon/api/httpapi"
	"carillon/channel"
	"carillon/engine/memory"
	"carillon/node"
	"carillon/observe"
	"carillon/protocol"
	"carillon/session"

	"github.com/google/uuid"
)

// The numbers in the names of tests are those of the acceptance checks of the
// server API; those after an H are of history, recovery and presence.

// rig is a whole node on the memory engine behind an HTTP server. Its clock
// stands still until a test moves it.
type rig struct {
	t       *testing.T
	node    *node.Node
	broker  *memory.Broker
	metrics *observe.Metrics
	env     *session.Env
	nanos   atomic.Int64
	handler http.Handler
	url     string // of a server of the handler
}

const (
	apiKey      = "k"
	tokenSecret = "secret"
)

func newRig(t *testing.T, change ...func(*httpapi.Config)) *rig {
	t.Helper()
	r := newRigWithoutServer(t, change...)
	srv := httptest.NewServer(r.handler)
	t.Cleanup(srv.Close)
	r.url = srv.URL
	return r
}

func newRigWithoutServer(t *testing.T, change ...func(*httpapi.Config)) *rig {
	t.Helper()
	r := &rig{t: t}
	r.nanos.Store(1_700_000_000e9)
	log := slog.New(slog.DiscardHandler)
	r.metrics = observe.NewMetrics(observe.Options{Prefix: "carillon", FrameTypes: protocol.FrameTypeNames()})
	r.node = node.New(node.Config{
		ID: uuid.NewString(), Name: "rig", Version: "1.2.3", Metrics: r.metrics.Node, Log: log,
		Batch: func(_ int, work func()) { work() },
	}, rules(t))
	r.broker = memory.NewBroker(r.node, memory.Options{Now: r.now})
	r.node.Use(r.broker, memory.NewPresence())
	r.env = r.sessions(log)
	snapshots := observe.NewSnapshots(r.metrics.Registry, time.Minute)
	cfg := httpapi.Config{
		Service: api.New(api.Config{
			Node: r.node, Metrics: r.metrics.API, Protocol: "http", Snapshot: snapshots.Latest, Log: log,
		}),
		Log: log, Prefix: "/api", Key: apiKey, Stopping: func() bool { return false },
	}
	for _, f := range change {
		f(&cfg)
	}
	mux := http.NewServeMux()
	httpapi.Register(mux, cfg)
	r.handler = mux
	return r
}

// sessions is what connections share. Everything runs in line, so that what a
// call causes has happened when it returns.
func (r *rig) sessions(log *slog.Logger) *session.Env {
	r.t.Helper()
	verifier, err := jwt.New(jwt.Config{HMACSecret: tokenSecret, Now: r.now})
	if err != nil {
		r.t.Fatal(err)
	}
	return &session.Env{
		Config: session.Config{
			PresenceInterval: 27 * time.Second, PositionCheckDelay: 40 * time.Second, ExpiredCloseDelay: 25 * time.Second,
			ChannelLimit: 4, QueueMaxSize: 1 << 20, HistoryLimit: 300, RecoveryLimit: 300,
		},
		Node: r.node, Access: access.New(r.node, log, &access.Config{Connection: verifier, Subscription: verifier}),
		Metrics: r.metrics.Session, Log: log, Context: context.Background(),
		Now: r.now, Mono: r.nanos.Load, Go: func(work func()) { work() },
		NewID: func() [16]byte { return uuid.New() }, Random: rand.Uint64,
	}
}

func (r *rig) now() time.Time { return time.Unix(0, r.nanos.Load()) }

func (r *rig) pass(d time.Duration) { r.nanos.Add(int64(d)) }

// rules are the namespaces of the acceptance checks, and some more.
func rules(t *testing.T) *channel.Rules {
	t.Helper()
	everybody := channel.Permission{Client: true, Subscriber: true, Anonymous: true}
	plain := channel.Options{SubscribeBy: everybody, PublishBy: everybody}
	hist := plain
	hist.HistorySize, hist.HistoryTTL, hist.HistoryMetaTTL, hist.Presence = 10, time.Minute, time.Hour, true
	long := hist
	long.HistoryTTL = 10 * time.Minute
	recoverable := hist
	recoverable.ForceRecovery = true
	delta := recoverable
	delta.AllowFossilDelta = true
	deltaPublish := delta
	deltaPublish.DeltaPublish = true
	kind := func(k channel.SubscriptionType) channel.Options {
		o := plain
		o.Type = k
		return o
	}
	format := func(f channel.DataFormat) channel.Options {
		o := plain
		o.Format = f
		return o
	}
	all, err := channel.NewRules(channel.DefaultSyntax, 255, plain, []channel.Namespace{
		{Name: "plain", Options: plain}, {Name: "hist", Options: hist}, {Name: "long", Options: long}, {Name: "rec", Options: recoverable},
		{Name: "delta", Options: delta}, {Name: "deltapub", Options: deltaPublish},
		{Name: "mp", Options: kind(channel.Map)}, {Name: "mc", Options: kind(channel.MapClients)}, {Name: "mu", Options: kind(channel.MapUsers)},
		{Name: "sp", Options: kind(channel.SharedPoll)},
		{Name: "json", Options: format(channel.FormatJSON)}, {Name: "object", Options: format(channel.FormatJSONObject)},
		{Name: "binary", Options: format(channel.FormatBinary)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// response is what came back.
type response struct {
	status int
	kind   string // Content-Type
	body   string
}

// do sends a request with these headers, each "Name: value".
func (r *rig) do(method, path, body string, headers ...string) response {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response{res.StatusCode, res.Header.Get("Content-Type"), string(got)}
}

// post calls a method with the right key.
func (r *rig) post(method, body string, headers ...string) response {
	r.t.Helper()
	return r.do(http.MethodPost, "/api/"+method, body, append(headers, "X-API-Key: "+apiKey)...)
}

// call calls a method, expects a reply in JSON and returns it.
func (r *rig) call(method, body string) string {
	r.t.Helper()
	got := r.post(method, body)
	if got.status != http.StatusOK || got.kind != "application/json" {
		r.t.Fatalf("%s %s: got %+v, want a reply", method, body, got)
	}
	return got.body
}

// answers expects exactly this reply.
func (r *rig) answers(method, body, want string) {
	r.t.Helper()
	if got := r.call(method, body); got != want {
		r.t.Errorf("%s %s:\n got %s\nwant %s", method, body, got, want)
	}
}

const (
	empty    = `{"result":{}}`
	internal = `{"error":{"code":100,"message":"internal server error"}}`
	unknown  = `{"error":{"code":102,"message":"unknown channel"}}`
	notFound = `{"error":{"code":104,"message":"not found"}}`
	bad      = `{"error":{"code":107,"message":"bad request"}}`
	off      = `{"error":{"code":108,"message":"not available"}}`
	lost     = `{"error":{"code":112,"message":"unrecoverable position"}}`
)

// malformed is the answer to a body that can't be read as a request.
var malformed = response{http.StatusBadRequest, "text/plain; charset=utf-8", "Bad Request\n"}
