package hub

import (
	"hash/maphash"
	"slices"
	"sync"
)

// Subscriber is one subscription of one connection.
type Subscriber interface {
	// Deliver takes the events of a broadcast, in order. It must not block. It
	// may still be called shortly after Remove returned, by a broadcast that
	// was under way.
	Deliver(b *Broadcast)
}

// Member is a Subscriber's place in a channel; embed it in the Subscriber. It
// serves for one Add and one Remove, and is then done with.
type Member struct {
	sub   Subscriber // set by Add and then only read: broadcasts read it without a lock
	in    *members   // nil outside of a channel
	index int
}

const shards = 64

// Hub is the node's table of subscriptions. Safe for concurrent use.
type Hub struct {
	seed  maphash.Seed
	shard [shards]shard
}

type shard struct {
	mu       sync.Mutex
	channels map[string]*members
	// peak is the largest number of channels since the map was last rebuilt;
	// Go's maps do not give memory back by themselves.
	peak int
	subs int
}

// members are the subscribers of one channel. Guarded by the shard's lock.
type members struct {
	channel string
	list    []*Member
	// walkers counts broadcasts that read the array behind list right now;
	// generation names that array, and changes when list moves to a copy.
	walkers    int
	generation uint64
}

// New returns an empty hub.
func New() *Hub {
	h := &Hub{seed: maphash.MakeSeed()}
	for i := range h.shard {
		h.shard[i].channels = map[string]*members{}
	}
	return h
}

func (h *Hub) shardOf(channel string) *shard {
	return &h.shard[maphash.String(h.seed, channel)%shards]
}

// Add puts a subscriber into a channel through its unused Member. Events
// broadcast after Add returned reach it.
func (h *Hub) Add(channel string, m *Member, sub Subscriber) {
	s := h.shardOf(channel)
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.channels[channel]
	if in == nil {
		in = &members{channel: channel}
		s.channels[channel] = in
		s.peak = max(s.peak, len(s.channels))
	}
	m.sub, m.in, m.index = sub, in, len(in.list)
	in.list = append(in.list, m)
	s.subs++
}

// Remove takes a member out of its channel; one that is in none is left alone.
func (h *Hub) Remove(channel string, m *Member) {
	s := h.shardOf(channel)
	s.mu.Lock()
	defer s.mu.Unlock()
	in := m.in
	if in == nil {
		return
	}
	if in.walkers > 0 {
		in.list = slices.Clone(in.list)
		in.walkers, in.generation = 0, in.generation+1
	}
	last := len(in.list) - 1
	moved := in.list[last]
	in.list[m.index], moved.index = moved, m.index
	in.list[last] = nil
	in.list = in.list[:last]
	m.in = nil
	s.subs--
	switch {
	case last == 0:
		delete(s.channels, channel)
		s.shrink()
	case cap(in.list) > 64 && last < cap(in.list)/4:
		in.list = append(make([]*Member, 0, cap(in.list)/2), in.list...)
		in.walkers, in.generation = 0, in.generation+1
	}
}

// shrink rebuilds the map when it holds a small part of what it once held.
func (s *shard) shrink() {
	if s.peak < 1024 || len(s.channels) > s.peak/4 {
		return
	}
	smaller := make(map[string]*members, len(s.channels))
	for k, v := range s.channels {
		smaller[k] = v
	}
	s.channels, s.peak = smaller, len(smaller)
}

// Broadcast hands events to every subscriber of the channel and returns how
// many there were. Broadcasts of one channel must not overlap: their order is
// the order that subscribers see.
func (h *Hub) Broadcast(channel string, events []*Event) int {
	s := h.shardOf(channel)
	s.mu.Lock()
	in := s.channels[channel]
	if in == nil {
		s.mu.Unlock()
		return 0
	}
	list, generation := in.list, in.generation
	in.walkers++
	s.mu.Unlock()

	b := &Broadcast{Events: events}
	for _, m := range list {
		m.sub.Deliver(b)
	}

	s.mu.Lock()
	if in.generation == generation {
		in.walkers--
	}
	s.mu.Unlock()
	return len(list)
}

// Subscribers returns how many subscriptions the channel has on this node.
func (h *Hub) Subscribers(channel string) int {
	s := h.shardOf(channel)
	s.mu.Lock()
	defer s.mu.Unlock()
	if in := s.channels[channel]; in != nil {
		return len(in.list)
	}
	return 0
}

// Size returns the number of channels with subscribers, and of subscriptions.
func (h *Hub) Size() (channels, subscriptions int) {
	for i := range h.shard {
		s := &h.shard[i]
		s.mu.Lock()
		channels += len(s.channels)
		subscriptions += s.subs
		s.mu.Unlock()
	}
	return channels, subscriptions
}

// Channels returns every channel with subscribers, and how many it has.
func (h *Hub) Channels() map[string]int {
	found := map[string]int{}
	for i := range h.shard {
		s := &h.shard[i]
		s.mu.Lock()
		for name, in := range s.channels {
			found[name] = len(in.list)
		}
		s.mu.Unlock()
	}
	return found
}
