package memory

import (
	"time"

	"carillon/engine"
)

// results remembers what publishes with an idempotency key came to. Every
// result lives equally long, so they expire in the order they came.
type results struct {
	known map[resultKey]engine.PublishResult
	queue []expiringResult
	peak  int
}

type resultKey struct{ channel, key string }

type expiringResult struct {
	key resultKey
	// until is in Unix nanoseconds.
	until int64
}

// find looks a result up. Those past their time are gone, swept or not.
func (r *results) find(key resultKey, now time.Time) (engine.PublishResult, bool) {
	r.drop(now)
	found, ok := r.known[key]
	return found, ok
}

func (r *results) add(key resultKey, result engine.PublishResult, now time.Time) {
	r.known[key] = result
	r.peak = max(r.peak, len(r.known))
	r.queue = append(r.queue, expiringResult{key, now.Add(engine.IdempotencyTTL).UnixNano()})
}

func (r *results) drop(now time.Time) {
	for len(r.queue) > 0 && r.queue[0].until <= now.UnixNano() {
		delete(r.known, r.queue[0].key)
		r.queue[0] = expiringResult{}
		r.queue = r.queue[1:]
	}
}

func (r *results) sweep(now time.Time) {
	r.drop(now)
	if len(r.queue) == 0 {
		r.queue = nil
	}
	r.known, r.peak = shrunk(r.known, r.peak)
}
