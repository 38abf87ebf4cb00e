package sim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"carillon"
	"carillon/access"
	"carillon/access/jwt"
	"carillon/channel"
	"carillon/engine"
	"carillon/engine/memory"
	"carillon/hub"
	"carillon/node"
	"carillon/observe"
	"carillon/protocol"
	"carillon/session"
)

// world is a node, its surroundings and its clients.
type world struct {
	*scheduler
	env     *session.Env
	node    *node.Node
	broker  *memory.Broker
	model   *model
	clients []*client
	now     time.Time
	mono    int64
	ids     uint64
	epochs  int
	// network holds events that were numbered and are not delivered yet, by
	// channel.
	network map[string][]engine.Event
	// joined are the clients that announced themselves and did not take leave,
	// by channel and client.
	joined map[string]bool
	// gentle simulations have no faults, no losses and no expiries: nobody may
	// lose a position in them. calm ends faults in the others, so that
	// everything can come to its end.
	gentle, calm bool
	// asked are the unsubscribes that the server API asked for, by client and
	// channel.
	asked map[string]bool
	// lost says that the network lost something.
	lost bool
	err  error
	// serial numbers payloads.
	serial int
	seen   Seen
}

// The channels, by the namespace that says what they are like.
var channels = []string{"stream:a", "stream:b", "small:a", "cache:a", "cache:b", "auto:a", "plain:a"}

// serverChannels are subscribed by the connection token.
var serverChannels = []string{"stream:srv", "small:srv", "cache:srv"}

var everyChannel = slices.Concat(channels, serverChannels)

const secret = "secret"

// start is when every simulation begins, Unix seconds.
const start = 1_700_000_000

// errFault is what a failing store says.
var errFault = errors.New("simulated fault")

func newWorld(seed uint64) *world {
	w := &world{
		scheduler: newScheduler(seed), model: newModel(), network: map[string][]engine.Event{}, joined: map[string]bool{}, asked: map[string]bool{},
		now: time.Unix(start, 0), mono: 1, gentle: seed%4 == 0,
	}
	log := slog.New(&logHandler{w})
	metrics := observe.NewMetrics(observe.Options{Prefix: "carillon", FrameTypes: protocol.FrameTypeNames()})
	w.node = node.New(node.Config{
		ID: "sim", Metrics: metrics.Node, Log: log, Batch: func(_ int, work func()) { work() },
	}, rules())
	w.broker = memory.NewBroker(sink{w}, memory.Options{Now: func() time.Time { return w.now }, NewEpoch: w.newEpoch})
	w.node.Use(w.broker, memory.NewPresence())
	verifier, err := jwt.New(jwt.Config{HMACSecret: secret, Now: func() time.Time { return w.now }})
	if err != nil {
		panic(err)
	}
	w.env = &session.Env{
		Config: session.Config{
			PingInterval: 25 * time.Second, PongTimeout: 8 * time.Second, StaleCloseDelay: 10 * time.Second,
			PresenceInterval: 27 * time.Second, PositionCheckDelay: 40 * time.Second,
			ChannelLimit: 128, QueueMaxSize: 64 << 10, HistoryLimit: 300, RecoveryLimit: 20,
		},
		Node:    &slowNode{w.node, w},
		Access:  access.New(w.node, log, &access.Config{Connection: verifier, Subscription: verifier, AnonymousWithoutToken: true}),
		Metrics: metrics.Session, Log: log, Context: context.Background(),
		Now: func() time.Time { return w.now }, Mono: func() int64 { return w.mono },
		Go:    func(work func()) { w.spawn("work", work) },
		NewID: w.newID, Random: w.rng.Uint64,
	}
	for i := range 4 {
		c := newClient(w, fmt.Sprintf("client %d", i), i%2 == 1, metrics.Session)
		w.clients = append(w.clients, c)
	}
	return w
}

func rules() *channel.Rules {
	all := channel.Permission{Client: true, Subscriber: true, Anonymous: true}
	base := channel.Options{SubscribeBy: all, PublishBy: all, HistoryBy: all, PresenceBy: all}
	stream := base
	stream.HistorySize, stream.HistoryTTL, stream.HistoryMetaTTL = 50, time.Minute, 5*time.Minute
	stream.ForceRecovery, stream.AllowFossilDelta, stream.AllowTagsFilter = true, true, true
	stream.Presence, stream.JoinLeave, stream.ForcePushJoinLeave = true, true, true
	small := stream
	small.HistorySize, small.Presence, small.JoinLeave, small.ForcePushJoinLeave = 3, false, false, false
	cache := stream
	cache.HistorySize, cache.RecoveryMode, cache.JoinLeave = 2, channel.RecoverCache, false
	auto := cache
	auto.AutoCacheRecover = true
	plain := base
	r, err := channel.NewRules(channel.DefaultSyntax, 255, base, []channel.Namespace{
		{Name: "stream", Options: stream}, {Name: "small", Options: small}, {Name: "cache", Options: cache},
		{Name: "auto", Options: auto}, {Name: "plain", Options: plain},
	})
	if err != nil {
		panic(err)
	}
	return r
}

func (w *world) newEpoch() string {
	w.epochs++
	return fmt.Sprintf("epoch%d", w.epochs)
}

func (w *world) newID() (id [16]byte) {
	w.ids++
	for i := range 8 {
		id[i] = byte(w.ids >> (8 * i))
	}
	id[6], id[8] = 0x40, 0x80
	return id
}

// fail ends the simulation.
func (w *world) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

// sink is the way from the engine to the node: events wait in the network.
type sink struct{ w *world }

func (s sink) Deliver(channel string, events []engine.Event) {
	for _, ev := range events {
		switch ev.Kind {
		case engine.Published:
			if err := s.w.model.published(channel, ev.Epoch, ev.Publication); err != nil {
				s.w.fail("%v", err)
			}
		case engine.Joined:
			s.w.announced(channel, ev.Info.Client, true)
		case engine.Left:
			s.w.announced(channel, ev.Info.Client, false)
		}
	}
	s.w.network[channel] = append(s.w.network[channel], events...)
}

// announced takes a join or a leave, which have to take turns.
func (w *world) announced(channel, client string, join bool) {
	who := channel + " " + client
	if w.joined[who] == join {
		w.fail("%s: two joins or two leaves in a row", who)
	}
	if join {
		w.joined[who] = true
	} else {
		delete(w.joined, who)
	}
}

// rough reports whether things may go wrong.
func (w *world) rough() bool { return !w.gentle && !w.calm }

// deliver lets some of a channel's events arrive. Now and then the network
// loses them instead.
func (w *world) deliver(channel string) {
	waiting := w.network[channel]
	if len(waiting) == 0 {
		return
	}
	n := 1 + w.rng.IntN(len(waiting))
	w.note("deliver %d of %s", n, channel)
	w.network[channel] = waiting[n:]
	if w.rough() && w.chance(3) {
		w.note("lost")
		w.lost = true
		return
	}
	w.node.Deliver(channel, waiting[:n:n])
}

// slowNode is a node whose operations can be interrupted and fail.
type slowNode struct {
	*node.Node
	w *world
}

func (n *slowNode) Local() bool { return false }

// around interrupts an operation before and after its effect, and now and then
// makes it fail.
func (n *slowNode) around(effect func() error) error {
	n.w.gate()
	if n.w.rough() && n.w.chance(1) {
		return errFault
	}
	err := effect()
	for range 1 + n.w.rng.IntN(3) {
		n.w.gate()
	}
	if n.w.rough() && n.w.chance(1) {
		return errFault
	}
	return err
}

func (n *slowNode) Subscribe(ctx context.Context, channel string, m *hub.Member, sub hub.Subscriber) error {
	return n.around(func() error { return n.Node.Subscribe(ctx, channel, m, sub) })
}

func (n *slowNode) AddPresence(ctx context.Context, channel string, info *carillon.ClientInfo) error {
	return n.around(func() error { return n.Node.AddPresence(ctx, channel, info) })
}

// RemovePresence fails nobody: an entry that could not be removed is the
// store's to expire, which is not what is simulated here.
func (n *slowNode) RemovePresence(ctx context.Context, channel string, info *carillon.ClientInfo) error {
	n.w.gate()
	return n.Node.RemovePresence(ctx, channel, info)
}

func (n *slowNode) PublishJoin(ctx context.Context, channel string, info *carillon.ClientInfo) error {
	n.w.gate()
	return n.Node.PublishJoin(ctx, channel, info)
}

func (n *slowNode) PublishLeave(ctx context.Context, channel string, info *carillon.ClientInfo) error {
	n.w.gate()
	return n.Node.PublishLeave(ctx, channel, info)
}

func (n *slowNode) Publish(ctx context.Context, ch channel.Resolved, pub *carillon.Publication) error {
	return n.around(func() error { return n.Node.Publish(ctx, ch, pub) })
}

func (n *slowNode) History(ctx context.Context, channel string, q engine.HistoryQuery) (h engine.History, err error) {
	err = n.around(func() (err error) {
		h, err = n.Node.History(ctx, channel, q)
		return err
	})
	return h, err
}

func (n *slowNode) StreamTop(ctx context.Context, channel string, ttl time.Duration) (p carillon.StreamPosition, err error) {
	err = n.around(func() (err error) {
		p, err = n.Node.StreamTop(ctx, channel, ttl)
		return err
	})
	return p, err
}

// logHandler puts the server's log into the story. A panic that a session
// contained ends the simulation.
type logHandler struct{ w *world }

func (h *logHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h *logHandler) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h *logHandler) WithGroup(string) slog.Handler            { return h }

func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool {
		text += " " + a.String()
		return true
	})
	h.w.note("log: %s", text)
	if r.Message == "panic in connection" {
		h.w.fail("%s", text)
	}
	return nil
}
