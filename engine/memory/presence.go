package memory

import (
	"context"
	"hash/maphash"
	"maps"
	"sync"

	"carillon"
	"carillon/engine"
)

// Presence implements engine.Presence. No method fails.
type Presence struct {
	seed   maphash.Seed
	shards [shards]presenceShard
}

type presenceShard struct {
	mu       sync.Mutex
	channels map[string]*members
	peak     int
}

// members are the clients of one channel, and how many of them each user has.
type members struct {
	clients map[string]*carillon.ClientInfo
	users   map[string]int
	peak    int
}

// NewPresence returns an empty presence.
func NewPresence() *Presence {
	p := &Presence{seed: maphash.MakeSeed()}
	for i := range p.shards {
		p.shards[i].channels = map[string]*members{}
	}
	return p
}

func (p *Presence) shard(channel string) *presenceShard {
	return &p.shards[maphash.String(p.seed, channel)%shards]
}

// Local implements engine.Presence.
func (p *Presence) Local() bool { return true }

// Add implements engine.Presence.
func (p *Presence) Add(_ context.Context, channel string, info *carillon.ClientInfo) error {
	s := p.shard(channel)
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.channels[channel]
	if in == nil {
		in = &members{clients: map[string]*carillon.ClientInfo{}, users: map[string]int{}}
		s.channels[channel] = in
		s.peak = max(s.peak, len(s.channels))
	}
	if old := in.clients[info.Client]; old != nil {
		in.release(old.User)
	}
	in.users[info.User]++
	in.clients[info.Client] = info
	in.peak = max(in.peak, len(in.clients))
	return nil
}

// Remove implements engine.Presence.
func (p *Presence) Remove(_ context.Context, channel, client, _ string) error {
	s := p.shard(channel)
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.channels[channel]
	if in == nil || in.clients[client] == nil {
		return nil
	}
	in.release(in.clients[client].User)
	delete(in.clients, client)
	if len(in.clients) == 0 {
		delete(s.channels, channel)
		s.channels, s.peak = shrunk(s.channels, s.peak)
		return nil
	}
	if clients, peak := shrunk(in.clients, in.peak); peak != in.peak {
		users, _ := shrunk(in.users, in.peak) // never more than clients
		in.clients, in.users, in.peak = clients, users, peak
	}
	return nil
}

func (m *members) release(user string) {
	if m.users[user]--; m.users[user] == 0 {
		delete(m.users, user)
	}
}

// Get implements engine.Presence.
func (p *Presence) Get(_ context.Context, channel string) (map[string]*carillon.ClientInfo, error) {
	s := p.shard(channel)
	s.mu.Lock()
	defer s.mu.Unlock()
	if in := s.channels[channel]; in != nil {
		return maps.Clone(in.clients), nil
	}
	return map[string]*carillon.ClientInfo{}, nil
}

// Stats implements engine.Presence.
func (p *Presence) Stats(_ context.Context, channel string) (carillon.PresenceStats, error) {
	s := p.shard(channel)
	s.mu.Lock()
	defer s.mu.Unlock()
	if in := s.channels[channel]; in != nil {
		return carillon.PresenceStats{Clients: len(in.clients), Users: len(in.users)}, nil
	}
	return carillon.PresenceStats{}, nil
}

var _ engine.Presence = (*Presence)(nil)
