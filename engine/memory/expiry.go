package memory

import (
	"context"
	"time"
)

// expiry groups streams by the second in which something of them falls due, so
// that a sweep costs what is due and not what exists. A deadline that moves
// further away leaves the stream where it is: the sweep that finds it early
// moves it on.
type expiry struct {
	buckets map[int64][]*stream
}

// due returns the whole second in which ttl is over; 0 for a ttl of 0, which
// means never.
func due(now time.Time, ttl time.Duration) int64 {
	if ttl <= 0 {
		return 0
	}
	end := now.Add(ttl)
	if end.Nanosecond() > 0 {
		return end.Unix() + 1
	}
	return end.Unix()
}

// watch sees to it that the stream is swept no later than it falls due.
func (e *expiry) watch(st *stream) {
	next := st.dataDue
	if next == 0 || st.metaDue != 0 && st.metaDue < next {
		next = st.metaDue
	}
	if next == 0 || st.bucket != 0 && st.bucket <= next {
		return
	}
	st.bucket = next
	e.buckets[next] = append(e.buckets[next], st)
}

// Run sweeps once a second until ctx ends.
func (b *Broker) Run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			b.Sweep()
		case <-ctx.Done():
			return
		}
	}
}

// Sweep gives up what has expired. Expired data is never seen even without it;
// Sweep returns the memory.
func (b *Broker) Sweep() {
	now := b.opts.Now()
	for i := range b.shards {
		b.shards[i].sweep(now)
	}
}

func (s *shard) sweep(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.results.sweep(now)
	for second, streams := range s.expiry.buckets {
		if second > now.Unix() {
			continue
		}
		delete(s.expiry.buckets, second)
		for _, st := range streams {
			if st.bucket != second || s.streams[st.channel] != st {
				continue // awaits another sweep, or has been replaced
			}
			st.bucket = 0
			if st.expire(now.Unix()) {
				delete(s.streams, st.channel)
				continue
			}
			s.expiry.watch(st)
		}
	}
	s.streams, s.peak = shrunk(s.streams, s.peak)
}

// shrunk returns m, or a copy of it when m has become much smaller than its
// peak: Go's maps never give memory back.
func shrunk[K comparable, V any](m map[K]V, peak int) (map[K]V, int) {
	const worthwhile = 64
	if peak < worthwhile || len(m) > peak/4 {
		return m, peak
	}
	small := make(map[K]V, len(m))
	for k, v := range m {
		small[k] = v
	}
	return small, len(m)
}
