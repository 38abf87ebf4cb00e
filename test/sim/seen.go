package sim

import "sync/atomic"

// Seen counts what simulations went through, to prove that they went there.
type Seen struct {
	Publications, Patches, Filtered       atomic.Int64
	Recovered, Missed, Unrecovered        atomic.Int64
	CacheHits, Unsubscribed, Disconnected atomic.Int64
}

func (s *Seen) counters() []*atomic.Int64 {
	return []*atomic.Int64{
		&s.Publications, &s.Patches, &s.Filtered, &s.Recovered, &s.Missed, &s.Unrecovered,
		&s.CacheHits, &s.Unsubscribed, &s.Disconnected,
	}
}

func (s *Seen) add(other *Seen) {
	to := s.counters()
	for i, c := range other.counters() {
		to[i].Add(c.Load())
	}
}
