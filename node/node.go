package node

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"carillon"
	"carillon/channel"
	"carillon/engine"
	"carillon/hub"
	"carillon/observe"
	"carillon/protocol/clientpb"
	"carillon/session"
	"carillon/tagfilter"
)

// Config of a node.
type Config struct {
	// ID is a UUID, new with each start; Name is for people; Version is shown
	// to clients and operators.
	ID      string
	Name    string
	Version string
	// UserConnectionLimit bounds the connections of one user on this node; 0
	// is no limit. Anonymous connections are not counted.
	UserConnectionLimit int
	Metrics             *observe.NodeMetrics
	Log                 *slog.Logger
	// Batch runs work that has output for many connections, of size bytes each
	// at most, and writes it when work is done. It may be called from any
	// goroutine but an event loop's.
	Batch func(size int, work func())
}

// Node is one server process among those that share an engine. Safe for
// concurrent use once Use was called.
type Node struct {
	Config
	started  time.Time
	hub      *hub.Hub
	filters  hub.Filters
	rules    atomic.Pointer[channel.Rules]
	broker   engine.Broker
	presence engine.Presence
	registry registry
	meters   meters

	work struct {
		sync.Mutex
		stopping bool
		group    sync.WaitGroup
	}
}

// New returns a node that has yet to be given its engine.
func New(cfg Config, rules *channel.Rules) *Node {
	n := &Node{Config: cfg, started: time.Now(), hub: hub.New(), meters: newMeters(cfg.Metrics)}
	n.registry.init()
	n.rules.Store(rules)
	cfg.Metrics.Gauges(cfg.Version, n.sizes)
	return n
}

// Use gives the node its engine, whose events go to n as engine.Sink. It comes
// before anything else.
func (n *Node) Use(b engine.Broker, p engine.Presence) { n.broker, n.presence = b, p }

// Rules are the channel rules in force.
func (n *Node) Rules() *channel.Rules { return n.rules.Load() }

// SetRules puts new channel rules in force. Subscriptions keep the settings
// they were made with.
func (n *Node) SetRules(r *channel.Rules) { n.rules.Store(r) }

// Local reports that no operation waits for anything outside the process.
func (n *Node) Local() bool { return n.broker.Local() && n.presence.Local() }

// Go runs work on a goroutine that Stop waits for. Once the node has stopped
// it runs nothing.
func (n *Node) Go(work func()) {
	n.work.Lock()
	defer n.work.Unlock()
	if n.work.stopping {
		return
	}
	n.work.group.Go(work)
}

// Deliver implements engine.Sink.
func (n *Node) Deliver(channel string, events []engine.Event) {
	if n.hub.Subscribers(channel) == 0 {
		return
	}
	start := time.Now()
	out := make([]hub.Event, len(events))
	list := make([]*hub.Event, len(events))
	for i := range events {
		in, ev := &events[i], &out[i]
		list[i] = ev
		ev.Channel = channel
		switch in.Kind {
		case engine.Published:
			n.meters.publicationsIn.Inc()
			n.Metrics.Lag(start.Sub(time.UnixMilli(in.Publication.Time)))
			ev.Kind, ev.Publication, ev.Epoch = hub.Published, in.Publication, in.Epoch
			if in.Delta {
				ev.Base = in.Base
			}
		case engine.Joined:
			n.meters.joinsIn.Inc()
			ev.Kind, ev.Info = hub.Joined, in.Info
		case engine.Left:
			n.meters.leavesIn.Inc()
			ev.Kind, ev.Info = hub.Left, in.Info
		}
	}
	n.hub.Broadcast(channel, list)
	n.Metrics.Broadcast(time.Since(start))
}

// Subscribe implements session.Node.
func (n *Node) Subscribe(_ context.Context, channel string, m *hub.Member, sub hub.Subscriber) error {
	n.meters.addSubscription.Inc()
	n.hub.Add(channel, m, sub)
	return nil
}

// Unsubscribe implements session.Node.
func (n *Node) Unsubscribe(channel string, m *hub.Member) {
	n.meters.removeSubscription.Inc()
	n.hub.Remove(channel, m)
}

// AddPresence implements session.Node.
func (n *Node) AddPresence(ctx context.Context, channel string, info *carillon.ClientInfo) error {
	n.meters.addPresence.Inc()
	return n.presence.Add(ctx, channel, info)
}

// RemovePresence implements session.Node.
func (n *Node) RemovePresence(ctx context.Context, channel string, info *carillon.ClientInfo) error {
	n.meters.removePresence.Inc()
	return n.presence.Remove(ctx, channel, info.Client, info.User)
}

// Presence returns who is subscribed to a channel.
func (n *Node) Presence(ctx context.Context, channel string) (map[string]*carillon.ClientInfo, error) {
	n.meters.presence.Inc()
	return n.presence.Get(ctx, channel)
}

// PresenceStats returns how many are subscribed to a channel.
func (n *Node) PresenceStats(ctx context.Context, channel string) (carillon.PresenceStats, error) {
	n.meters.presenceStats.Inc()
	return n.presence.Stats(ctx, channel)
}

// PublishJoin implements session.Node.
func (n *Node) PublishJoin(ctx context.Context, channel string, info *carillon.ClientInfo) error {
	n.meters.joinsOut.Inc()
	return n.broker.PublishJoin(ctx, channel, info)
}

// PublishLeave implements session.Node.
func (n *Node) PublishLeave(ctx context.Context, channel string, info *carillon.ClientInfo) error {
	n.meters.leavesOut.Inc()
	return n.broker.PublishLeave(ctx, channel, info)
}

// Publish implements session.Node.
func (n *Node) Publish(ctx context.Context, ch channel.Resolved, pub *carillon.Publication) error {
	_, err := n.PublishWith(ctx, ch, pub, PublishOptions{})
	return err
}

// PublishOptions are what a publisher may ask for beyond the channel's options.
type PublishOptions struct {
	// SkipHistory delivers without storing.
	SkipHistory    bool
	IdempotencyKey string
	// Delta lets subscribers get a delta; the channel's options may say so too.
	Delta        bool
	Version      uint64
	VersionEpoch string
}

// PublishWith publishes into a channel whose options are known. It takes pub
// over.
func (n *Node) PublishWith(ctx context.Context, ch channel.Resolved, pub *carillon.Publication, o PublishOptions) (engine.PublishResult, error) {
	out := engine.PublishOptions{
		IdempotencyKey: o.IdempotencyKey,
		Delta:          o.Delta || ch.Options.DeltaPublish,
		Version:        o.Version, VersionEpoch: o.VersionEpoch,
	}
	if !o.SkipHistory {
		out.HistorySize, out.HistoryTTL, out.HistoryMetaTTL = ch.Options.HistorySize, ch.Options.HistoryTTL, ch.Options.HistoryMetaTTL
	}
	n.meters.publicationsOut.Inc()
	result, err := n.broker.Publish(ctx, ch.Name, pub, out)
	if err == nil && result.Suppressed != engine.NotSuppressed {
		n.Metrics.Suppressed(string(result.Suppressed))
	}
	return result, err
}

// History reads a channel's stream.
func (n *Node) History(ctx context.Context, channel string, q engine.HistoryQuery) (engine.History, error) {
	n.meters.history.Inc()
	return n.broker.History(ctx, channel, q)
}

// StreamTop implements session.Node.
func (n *Node) StreamTop(ctx context.Context, channel string, metaTTL time.Duration) (carillon.StreamPosition, error) {
	n.meters.streamTop.Inc()
	h, err := n.broker.History(ctx, channel, engine.HistoryQuery{MetaTTL: metaTTL})
	return h.Top, err
}

// RemoveHistory deletes a channel's publications; its position stays.
func (n *Node) RemoveHistory(ctx context.Context, channel string) error {
	n.meters.removeHistory.Inc()
	return n.broker.RemoveHistory(ctx, channel)
}

// Filter implements session.Node.
func (n *Node) Filter(tree *clientpb.FilterNode) (*tagfilter.Filter, error) {
	f, err := tagfilter.Compile(filterNode(tree))
	if err != nil {
		return nil, err
	}
	// Protobuf of a tree without maps is the same for equal trees.
	key, err := tree.MarshalVT()
	if err != nil {
		return f, nil
	}
	return n.filters.Intern(string(key), f), nil
}

func filterNode(in *clientpb.FilterNode) *tagfilter.Node {
	out := &tagfilter.Node{Op: in.Op, Key: in.Key, Cmp: in.Cmp, Val: in.Val, Vals: in.Vals}
	for _, child := range in.Nodes {
		out.Nodes = append(out.Nodes, filterNode(child))
	}
	return out
}

var (
	_ session.Node = (*Node)(nil)
	_ engine.Sink  = (*Node)(nil)
)
