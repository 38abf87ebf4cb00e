package enginetest

import (
	"fmt"
	"sync/atomic"
	"time"

	"carillon"
	"carillon/engine"
)

// keyed are options with a key.
func keyed(o engine.PublishOptions, key string) engine.PublishOptions {
	o.IdempotencyKey = key
	return o
}

// duplicate is what repeating a publish that came to first comes to.
func duplicate(first engine.PublishResult) engine.PublishResult {
	first.Suppressed = engine.SuppressedDuplicate
	return first
}

var idempotencyTests = []test{
	{"a repeated publish has the first one's result and no other effect", streams, func(r *rig) {
		ch := r.channel()
		first := r.publish(ch, "first", keyed(kept, "i"))
		r.publish(ch, "between", kept)
		if got := r.publish(ch, "second", keyed(kept, "i")); got != duplicate(first) {
			r.Errorf("the repeated publish came to %+v, the first one to %+v", got, first)
		}
		r.delivers(ch, "first", "between")
		r.stands(ch, *since(2, first.Position.Epoch), 1, 2)
	}},
	{"options of the repeated publish don't matter", streams, func(r *rig) {
		ch := r.channel()
		first := r.publish(ch, "first", keyed(kept, "i"))
		for _, o := range []engine.PublishOptions{
			{}, {HistorySize: 1, HistoryTTL: time.Hour}, {HistorySize: size, HistoryTTL: ttl, Version: 9, Delta: true},
		} {
			if got := r.publish(ch, "second", keyed(o, "i")); got != duplicate(first) {
				r.Errorf("the repeated publish came to %+v, the first one to %+v", got, first)
			}
		}
		r.delivers(ch, "first")
		r.stands(ch, first.Position, 1)
	}},
	{"without history it works too", streams, func(r *rig) {
		ch := r.channel()
		first := r.publish(ch, "first", keyed(engine.PublishOptions{}, "i"))
		if got := r.publish(ch, "second", keyed(engine.PublishOptions{}, "i")); first != (engine.PublishResult{}) || got != duplicate(first) {
			r.Errorf("the publishes came to %+v and %+v", first, got)
		}
		r.delivers(ch, "first")
	}},
	{"a key belongs to its channel", streams, func(r *rig) {
		a, b := r.channel(), r.channel()
		r.publish(a, "a", keyed(kept, "i"))
		if got := r.publish(b, "b", keyed(kept, "i")); got.Suppressed != engine.NotSuppressed || got.Position.Offset != 1 {
			r.Errorf("the same key in another channel came to %+v", got)
		}
		r.delivers(b, "b")
	}},
	{"channel and key don't run together", streams, func(r *rig) {
		ch := r.channel()
		for _, sep := range []string{":", "_", ".", "/", "|", "#", " ", "\x00"} {
			r.publish(ch+sep+"a", "1", keyed(engine.PublishOptions{}, "b"))
			if got := r.publish(ch, "2", keyed(engine.PublishOptions{}, "a"+sep+"b")); got.Suppressed != engine.NotSuppressed {
				r.Errorf("separator %q: a key was taken for that of another channel", sep)
			}
		}
	}},
	{"different keys are different", streams, func(r *rig) {
		ch := r.channel()
		keys := []string{"i", "I", "i ", " i", "ключ", "\x00", "\n", "{i}", string(make([]byte, 4096))}
		for _, key := range keys {
			if got := r.publish(ch, "x", keyed(kept, key)); got.Suppressed != engine.NotSuppressed {
				r.Errorf("key %q was known before it was used", key)
			}
		}
		for i, key := range keys {
			if got := r.publish(ch, "x", keyed(kept, key)); got.Suppressed != engine.SuppressedDuplicate || got.Position.Offset != uint64(i)+1 {
				r.Errorf("key %q repeated came to %+v", key, got)
			}
		}
	}},
	{"no key is no key", streams, func(r *rig) {
		ch := r.channel()
		r.publish(ch, "1", kept)
		r.publish(ch, "2", kept)
		r.delivers(ch, "1", "2")
	}},
	{"a key outlives publications", streams, func(r *rig) {
		ch := r.channel()
		first := r.publish(ch, "first", keyed(kept, "i"))
		r.removeHistory(ch)
		if got := r.publish(ch, "second", keyed(kept, "i")); got != duplicate(first) {
			r.Errorf("after the history was removed, the repeated publish came to %+v", got)
		}
	}},
	{"a key is remembered for five minutes, which repeating doesn't extend", streams | clock, func(r *rig) {
		ch := r.channel()
		long := kept
		long.HistoryTTL = 2 * engine.IdempotencyTTL
		first := r.publish(ch, "first", keyed(long, "i"))
		for range 2 {
			r.Pass(engine.IdempotencyTTL/2 - time.Second)
			if got := r.publish(ch, "second", keyed(long, "i")); got != duplicate(first) {
				r.Errorf("within five minutes the repeated publish came to %+v", got)
			}
		}
		r.Pass(4 * time.Second)
		second := r.publish(ch, "third", keyed(long, "i"))
		if second.Suppressed != engine.NotSuppressed || second.Position != *since(2, first.Position.Epoch) {
			r.Errorf("after five minutes the publish came to %+v", second)
		}
		r.delivers(ch, "first", "third")
		r.Pass(engine.IdempotencyTTL - 2*time.Second)
		if got := r.publish(ch, "fourth", keyed(long, "i")); got != duplicate(second) {
			r.Errorf("the key of the second publish came to %+v", got)
		}
	}},
	{"the key is looked at before the version", streams, func(r *rig) {
		ch := r.channel()
		o := keyed(kept, "i")
		o.Version = 5
		first := r.publish(ch, "first", o)
		o.Version = 4
		if got := r.publish(ch, "second", o); got != duplicate(first) {
			r.Errorf("a known key with a stale version came to %+v", got)
		}
	}},
	{"a publish dropped for its version leaves no key", streams, func(r *rig) {
		ch := r.channel()
		o := kept
		o.Version = 5
		r.publish(ch, "first", o)
		stale := keyed(o, "i")
		if got := r.publish(ch, "stale", stale); got.Suppressed != engine.SuppressedVersion {
			r.Fatalf("a stale version came to %+v", got)
		}
		stale.Version = 6
		if got := r.publish(ch, "second", stale); got.Suppressed != engine.NotSuppressed || got.Position.Offset != 2 {
			r.Errorf("the key of the dropped publish came to %+v", got)
		}
		r.delivers(ch, "first", "second")
	}},
	{"of many at once one is published", streams, func(r *rig) {
		for _, o := range []engine.PublishOptions{kept, {}} {
			ch := r.channel()
			var published atomic.Int64
			atOnce(publishers*4, func(i int) {
				got, err := r.Broker.Publish(r.ctx, ch, &carillon.Publication{Data: fmt.Append(nil, i)}, keyed(o, "i"))
				if err != nil {
					r.Error(err)
					return
				}
				if got.Suppressed == engine.NotSuppressed {
					published.Add(1)
				}
				if want := min(uint64(o.HistorySize), 1); got.Position.Offset != want {
					r.Errorf("one of many came to %+v", got)
				}
			})
			if n := published.Load(); n != 1 {
				r.Errorf("%d of many said that they published", n)
			}
			if events := r.delivered(ch); len(events) != 1 {
				r.Errorf("%d of many were delivered", len(events))
			}
		}
	}},
}
