package enginetest

import (
	"time"

	"carillon"
	"carillon/engine"
)

// Expiry has a resolution of one second: tests keep that far away from the very
// moment.

var expiryTests = []test{
	{"publications go after their TTL, position stays", streams | clock, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 2)
		r.Pass(ttl - 2*time.Second)
		r.stands(ch, top, 1, 2)
		r.Pass(4 * time.Second)
		r.stands(ch, top)
		r.stands(ch, r.publish(ch, "3", kept).Position, 3)
		if got := r.history(ch, everything).Top; got != *since(3, top.Epoch) {
			r.Errorf("the numbering goes on at %v, it stood at %v", got, top)
		}
	}},
	{"a publish keeps older publications, unless each expires by its own age", streams | clock, func(r *rig) {
		ch := r.channel()
		r.fill(ch, 1)
		r.Pass(ttl - 2*time.Second)
		top := r.publish(ch, "2", kept).Position
		r.Pass(4 * time.Second)
		if r.ExpiresSingly {
			r.stands(ch, top, 2)
		} else {
			r.stands(ch, top, 1, 2)
		}
		r.Pass(ttl)
		r.stands(ch, top)
	}},
	{"what is published outside the stream keeps nothing", streams | clock, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 2)
		r.Pass(ttl - 2*time.Second)
		r.publish(ch, "aside", engine.PublishOptions{})
		r.Pass(4 * time.Second)
		r.stands(ch, top)
	}},
	{"a read keeps no publications", streams | clock, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 2)
		r.Pass(ttl - 2*time.Second)
		r.stands(ch, top, 1, 2)
		r.Pass(4 * time.Second)
		r.stands(ch, top)
	}},
	{"positions from before stay good", streams | clock, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 2)
		r.Pass(2 * ttl)
		h := r.history(ch, engine.HistoryQuery{Since: since(1, top.Epoch), Limit: -1, MetaTTL: metaTTL})
		if len(h.Publications) != 0 || h.Top != top {
			r.Errorf("since 1 there is %+v", h)
		}
	}},
	{"after the meta TTL another stream begins", streams | clock, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 3)
		r.Pass(metaTTL + 2*time.Second)
		if got := r.history(ch, everything); got.Top.Offset != 0 || got.Top.Epoch == top.Epoch || len(got.Publications) != 0 {
			r.Fatalf("the stream was at %v and is %+v", top, got)
		}
		r.refuses(ch, engine.HistoryQuery{Since: &top, Limit: -1, MetaTTL: metaTTL}, carillon.ErrUnrecoverablePosition)
		got := r.publish(ch, "1", kept).Position
		if got.Offset != 1 || got.Epoch == top.Epoch {
			r.Errorf("the stream was at %v, and the next publish has %v", top, got)
		}
	}},
	{"a publish after the meta TTL begins another stream", streams | clock, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 3)
		r.Pass(metaTTL + 2*time.Second)
		got := r.publish(ch, "1", kept).Position
		if got.Offset != 1 || got.Epoch == top.Epoch {
			r.Errorf("the stream was at %v, and the next publish has %v", top, got)
		}
		events := publications(r.delivered(ch))
		if last := events[len(events)-1]; last.Epoch != got.Epoch {
			r.Errorf("the first publication of the new stream carries epoch %q, want %q", last.Epoch, got.Epoch)
		}
	}},
	{"a publish renews the meta TTL", streams | clock, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 1)
		for range 3 {
			r.Pass(metaTTL - 2*time.Second)
			top = r.publish(ch, "x", kept).Position
		}
		r.stands(ch, *since(4, top.Epoch), 4)
	}},
	{"a read renews the meta TTL", streams | clock, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 1)
		for range 3 {
			r.Pass(metaTTL - 2*time.Second)
			r.stands(ch, top)
		}
		r.Pass(metaTTL + 2*time.Second)
		if got := r.history(ch, everything).Top; got.Epoch == top.Epoch {
			r.Errorf("the stream is at %v long after its time", got)
		}
	}},
	{"the meta TTL of the latest use counts", streams | clock, func(r *rig) {
		ch := r.channel()
		r.fill(ch, 1)
		short := kept
		short.HistoryTTL, short.HistoryMetaTTL = 10*time.Second, 20*time.Second
		top := r.publish(ch, "2", short).Position
		r.Pass(12 * time.Second)
		r.stands(ch, top) // which makes it an hour again
		r.Pass(22 * time.Second)
		r.stands(ch, top)
		r.publish(ch, "3", short)
		r.Pass(22 * time.Second)
		if got := r.history(ch, everything).Top; got.Epoch == top.Epoch {
			r.Errorf("the stream is at %v long after its time", got)
		}
	}},
	{"without a meta TTL the position stays for ever", streams | clock, func(r *rig) {
		ch := r.channel()
		forever := kept
		forever.HistoryMetaTTL = 0
		top := r.publish(ch, "1", forever).Position
		r.Pass(10 * 365 * 24 * time.Hour)
		if h := r.history(ch, engine.HistoryQuery{Limit: -1}); h.Top != top || len(h.Publications) != 0 {
			r.Errorf("the stream was at %v and is %+v", top, h)
		}
		if got := r.publish(ch, "2", forever).Position; got != *since(2, top.Epoch) {
			r.Errorf("the stream was at %v, and the next publish has %v", top, got)
		}
	}},
	{"reliability 4: publications don't outlive their stream", streams | clock, func(r *rig) {
		ch := r.channel()
		odd := engine.PublishOptions{HistorySize: size, HistoryTTL: time.Hour, HistoryMetaTTL: time.Minute}
		top := r.publish(ch, "1", odd).Position
		r.Pass(time.Minute + 2*time.Second)
		h := r.history(ch, engine.HistoryQuery{Limit: -1, MetaTTL: time.Minute})
		if len(h.Publications) != 0 && h.Top.Epoch != top.Epoch {
			r.Errorf("publications of %v are in the stream of %v", top, h.Top)
		}
	}},
}
