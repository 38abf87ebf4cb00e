package memory

import (
	"context"
	"time"
)

// expiry groups streams by the second in which something of them falls due, so
// that a sweep costs what is due and not what exists. A stream is in one group
// at most. A deadline that moves further away leaves it where it is: the sweep
// that finds it early moves it on.
type expiry struct {
	buckets map[int64][]*stream
	// swept is the second up to which there are no buckets.
	swept int64
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
	e.forget(st)
	next = max(next, e.swept+1) // earlier only if the clock went back
	st.bucket, st.place = next, len(e.buckets[next])
	e.buckets[next] = append(e.buckets[next], st)
}

// forget takes a stream out of its bucket, if it is in one.
func (e *expiry) forget(st *stream) {
	if st.bucket == 0 {
		return
	}
	in := e.buckets[st.bucket]
	last := len(in) - 1
	in[st.place], in[last].place = in[last], st.place
	in[last] = nil
	if e.buckets[st.bucket] = in[:last]; last == 0 {
		delete(e.buckets, st.bucket)
	}
	st.bucket = 0
}

// take removes the buckets that are due and returns them. It goes through the
// seconds since the last time, or the buckets if these are fewer.
func (e *expiry) take(now int64) (due [][]*stream) {
	remove := func(second int64) {
		if streams := e.buckets[second]; streams != nil {
			due = append(due, streams)
			delete(e.buckets, second)
		}
	}
	if now-e.swept <= int64(len(e.buckets)) {
		for second := e.swept + 1; second <= now; second++ {
			remove(second)
		}
	} else {
		for second := range e.buckets {
			if second <= now {
				remove(second)
			}
		}
	}
	e.swept = now
	return due
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
	for _, streams := range s.expiry.take(now.Unix()) {
		for _, st := range streams {
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
