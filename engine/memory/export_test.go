package memory

// Holdings are what a Broker keeps, for tests of what it gives up.
type Holdings struct {
	// Streams are those that can be read, Awaiting the places in which streams
	// wait for a sweep, Results the idempotency keys, Lanes those in use.
	Streams, Awaiting, Results, Lanes int
}

// Holdings counts.
func (b *Broker) Holdings() (h Holdings) {
	for i := range b.shards {
		s := &b.shards[i]
		s.mu.Lock()
		h.Streams += len(s.streams)
		for _, streams := range s.expiry.buckets {
			h.Awaiting += len(streams)
		}
		h.Results += len(s.results.known)
		h.Lanes += len(s.lanes.busy)
		s.mu.Unlock()
	}
	return h
}

// Channels counts the channels that a Presence keeps.
func (p *Presence) Channels() (n int) {
	for i := range p.shards {
		s := &p.shards[i]
		s.mu.Lock()
		n += len(s.channels)
		s.mu.Unlock()
	}
	return n
}
