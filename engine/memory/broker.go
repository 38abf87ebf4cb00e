package memory

import (
	"context"
	"hash/maphash"
	"math/rand/v2"
	"sync"
	"time"

	"carillon"
	"carillon/engine"
)

// shards is a power of two. It bounds how often two channels share a lock.
const shards = 64

// Options change what a Broker takes from its surroundings. The zero value is
// what a server wants; simulations inject their own.
type Options struct {
	// Now is the clock. Expiry has a resolution of one second.
	Now func() time.Time
	// NewEpoch names streams: non-empty, never "_", never the same twice.
	NewEpoch func() string
}

// Broker implements engine.Broker.
type Broker struct {
	sink   engine.Sink
	opts   Options
	seed   maphash.Seed
	shards [shards]shard
}

type shard struct {
	mu      sync.Mutex
	streams map[string]*stream
	expiry  expiry
	results results
	lanes   lanes
	// peak is the most streams there were since the map was last rebuilt.
	peak int
}

// NewBroker returns a broker that delivers to sink. Run or Sweep makes room for
// what has expired.
func NewBroker(sink engine.Sink, opts Options) *Broker {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.NewEpoch == nil {
		opts.NewEpoch = newEpoch
	}
	b := &Broker{sink: sink, opts: opts, seed: maphash.MakeSeed()}
	for i := range b.shards {
		s := &b.shards[i]
		s.streams = map[string]*stream{}
		s.expiry.buckets = map[int64][]*stream{}
		s.results.known = map[resultKey]engine.PublishResult{}
		s.lanes.busy = map[string]*lane{}
	}
	return b
}

func newEpoch() string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	var name [8]byte
	for i := range name {
		name[i] = letters[rand.IntN(len(letters))]
	}
	return string(name[:])
}

func (b *Broker) shard(channel string) *shard {
	return &b.shards[maphash.String(b.seed, channel)%shards]
}

// Local implements engine.Broker.
func (b *Broker) Local() bool { return true }

// Publish implements engine.Broker. It returns once the sink has the
// publication. It never fails.
func (b *Broker) Publish(_ context.Context, channel string, pub *carillon.Publication, o engine.PublishOptions) (engine.PublishResult, error) {
	now := b.opts.Now()
	pub.Time = now.UnixMilli()
	s := b.shard(channel)
	s.mu.Lock()
	if o.IdempotencyKey != "" {
		if first, ok := s.results.find(resultKey{channel, o.IdempotencyKey}, now); ok {
			s.mu.Unlock()
			first.Suppressed = engine.SuppressedDuplicate
			return first, nil
		}
	}
	event := engine.Event{Kind: engine.Published, Publication: pub, Delta: o.Delta}
	var result engine.PublishResult
	if o.HistorySize > 0 && o.HistoryTTL > 0 {
		st := b.stream(s, channel, now)
		if st.stale(o.Version, o.VersionEpoch) {
			top := st.top()
			s.mu.Unlock()
			return engine.PublishResult{Position: top, Suppressed: engine.SuppressedVersion}, nil
		}
		if newest := st.newest(); o.Delta {
			event.Base = newest
		}
		st.append(pub, o.HistorySize)
		st.dataDue = due(now, o.HistoryTTL)
		st.metaDue = due(now, o.HistoryMetaTTL)
		s.expiry.watch(st)
		event.Epoch = st.epoch
		result.Position = st.top()
	}
	if o.IdempotencyKey != "" {
		s.results.add(resultKey{channel, o.IdempotencyKey}, result, now)
	}
	s.deliver(b.sink, channel, event, true)
	return result, nil
}

// PublishJoin implements engine.Broker. It never fails.
func (b *Broker) PublishJoin(_ context.Context, channel string, info *carillon.ClientInfo) error {
	s := b.shard(channel)
	s.mu.Lock()
	s.deliver(b.sink, channel, engine.Event{Kind: engine.Joined, Info: info}, false)
	return nil
}

// PublishLeave implements engine.Broker. It never fails.
func (b *Broker) PublishLeave(_ context.Context, channel string, info *carillon.ClientInfo) error {
	s := b.shard(channel)
	s.mu.Lock()
	s.deliver(b.sink, channel, engine.Event{Kind: engine.Left, Info: info}, false)
	return nil
}

// History implements engine.Broker. Reading a channel that was never used gives
// it a position.
func (b *Broker) History(_ context.Context, channel string, q engine.HistoryQuery) (engine.History, error) {
	now := b.opts.Now()
	s := b.shard(channel)
	s.mu.Lock()
	defer s.mu.Unlock()
	st := b.stream(s, channel, now)
	st.metaDue = due(now, q.MetaTTL)
	s.expiry.watch(st)
	return st.read(q)
}

// RemoveHistory implements engine.Broker. It never fails.
func (b *Broker) RemoveHistory(_ context.Context, channel string) error {
	s := b.shard(channel)
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.streams[channel]; st != nil {
		st.clear()
	}
	return nil
}

// stream returns a channel's stream as of now, a new one if it has none.
func (b *Broker) stream(s *shard, channel string, now time.Time) *stream {
	if st := s.streams[channel]; st != nil {
		if !st.expire(now.Unix()) {
			return st
		}
		s.expiry.forget(st)
	}
	st := &stream{channel: channel, epoch: b.opts.NewEpoch()}
	s.streams[channel] = st
	s.peak = max(s.peak, len(s.streams))
	return st
}

var _ engine.Broker = (*Broker)(nil)
