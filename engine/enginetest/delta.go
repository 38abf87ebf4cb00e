package enginetest

import (
	"time"

	"carillon"
	"carillon/engine"
)

// deltaKept asks for a base.
func deltaKept() engine.PublishOptions {
	o := kept
	o.Delta = true
	return o
}

// bases expects the events of a channel to be for delta, with bases of these
// offsets; 0 stands for none.
func (r *rig) bases(channel string, offsets ...uint64) {
	r.Helper()
	events := r.delivered(channel)
	if len(events) != len(offsets) {
		r.Fatalf("%d events came, want %d", len(events), len(offsets))
	}
	for i, ev := range events {
		var base uint64
		if ev.Base != nil {
			base = ev.Base.Offset
		}
		if base != offsets[i] {
			r.Errorf("event %d has base %d, want %d", i+1, base, offsets[i])
		}
	}
}

var deltaTests = []test{
	{"the base is the publication before", streams, func(r *rig) {
		ch := r.channel()
		for _, data := range []string{"1", "2", "3"} {
			r.publish(ch, data, deltaKept())
		}
		r.bases(ch, 0, 1, 2)
		for i, ev := range r.delivered(ch) {
			if !ev.Delta || i > 0 && string(ev.Base.Data) != string('0'+rune(i)) {
				r.Errorf("event %d is %+v", i+1, ev)
			}
		}
	}},
	{"the base need not have been published for delta", streams, func(r *rig) {
		ch := r.channel()
		r.fill(ch, 2)
		r.publish(ch, "3", deltaKept())
		r.publish(ch, "4", kept)
		r.publish(ch, "5", deltaKept())
		r.bases(ch, 0, 0, 2, 0, 4)
		for i, ev := range r.delivered(ch) {
			if want := i == 2 || i == 4; ev.Delta != want {
				r.Errorf("event %d says delta %v", i+1, ev.Delta)
			}
		}
	}},
	{"a stream of one still has the one before as base", streams, func(r *rig) {
		ch := r.channel()
		o := deltaKept()
		o.HistorySize = 1
		for range 3 {
			r.publish(ch, "x", o)
		}
		r.bases(ch, 0, 1, 2)
	}},
	{"what lies outside the stream neither is nor has a base", streams, func(r *rig) {
		ch := r.channel()
		r.publish(ch, "1", deltaKept())
		r.publish(ch, "aside", engine.PublishOptions{Delta: true})
		r.publish(ch, "2", deltaKept())
		r.bases(ch, 0, 0, 1)
		if aside := r.delivered(ch)[1]; !aside.Delta {
			r.Errorf("the one outside is %+v, its publisher asked for delta", aside)
		}
	}},
	{"what was dropped is no base", streams, func(r *rig) {
		ch := r.channel()
		o := versioned(5, "")
		o.Delta, o.IdempotencyKey = true, "i"
		r.publish(ch, "1", o)
		r.publish(ch, "duplicate", o)
		o.IdempotencyKey = ""
		r.publish(ch, "stale", o)
		r.publish(ch, "2", deltaKept())
		r.bases(ch, 0, 1)
	}},
	{"what was removed is no base", streams, func(r *rig) {
		ch := r.channel()
		r.publish(ch, "1", deltaKept())
		r.removeHistory(ch)
		r.publish(ch, "2", deltaKept())
		r.publish(ch, "3", deltaKept())
		r.bases(ch, 0, 0, 2)
	}},
	{"what expired is no base", streams | clock, func(r *rig) {
		ch := r.channel()
		r.publish(ch, "1", deltaKept())
		r.Pass(ttl + 2*time.Second)
		r.publish(ch, "2", deltaKept())
		r.Pass(metaTTL + 2*time.Second)
		r.publish(ch, "1 again", deltaKept())
		r.bases(ch, 0, 0, 0)
	}},
	{"among many publishers it is the one before, too", streams, func(r *rig) {
		ch := r.channel()
		atOnce(publishers, func(int) {
			for range rounds {
				if _, err := r.Broker.Publish(r.ctx, ch, &carillon.Publication{Data: []byte("x")}, deltaKept()); err != nil {
					r.Error(err)
					return
				}
			}
		})
		want := make([]uint64, publishers*rounds)
		for i := range want {
			want[i] = uint64(i)
		}
		r.bases(ch, want...)
	}},
}
