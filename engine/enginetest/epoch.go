package enginetest

import (
	"math"

	"carillon"
	"carillon/engine"
)

var epochTests = []test{
	{"an epoch is neither empty nor the one that SDKs take for impossible", streams, func(r *rig) {
		for range 100 {
			if got := r.publish(r.channel(), "x", kept).Position.Epoch; got == "" || got == "_" {
				r.Fatalf("epoch %q", got)
			}
		}
	}},
	{"every stream has its own", streams, func(r *rig) {
		seen := map[string]bool{}
		for range 100 {
			epoch := r.publish(r.channel(), "x", kept).Position.Epoch
			if seen[epoch] {
				r.Fatalf("two streams have epoch %q", epoch)
			}
			seen[epoch] = true
		}
	}},
	{"the first publication carries it, and only that one", streams, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 3)
		for where, pubs := range map[string][]*carillon.Publication{
			"live": publications(r.delivered(ch)), "stored": r.history(ch, everything).Publications,
		} {
			for i, pub := range pubs {
				want := ""
				if i == 0 {
					want = top.Epoch
				}
				if pub.Epoch != want {
					r.Errorf("%s: publication %d carries epoch %q, want %q", where, i+1, pub.Epoch, want)
				}
			}
		}
	}},
	{"a position read from an unused channel stays good", streams, func(r *rig) {
		ch := r.channel()
		before := r.history(ch, engine.HistoryQuery{MetaTTL: metaTTL})
		if before.Top.Offset != 0 || len(before.Publications) != 0 {
			r.Fatalf("an unused channel has %+v", before)
		}
		if again := r.history(ch, everything); again.Top != before.Top {
			r.Errorf("the position of an unused channel was %v, and is %v", before.Top, again.Top)
		}
		top := r.publish(ch, "x", kept).Position
		if top.Offset != 1 || before.Top.Epoch != "" && top.Epoch != before.Top.Epoch {
			r.Errorf("the position was %v, the first publish has %v", before.Top, top)
		}
		q := everything
		q.Since = &before.Top
		if h := r.history(ch, q); len(h.Publications) != 1 {
			r.Errorf("since %v there is %+v", before.Top, h)
		}
	}},
	{"acceptance 4: a position of another epoch is unrecoverable", streams, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 7)
		for _, epoch := range []string{"wrong", "_", top.Epoch + "x", top.Epoch[:len(top.Epoch)-1]} {
			for _, offset := range []uint64{0, 1, 5, 7, 8, math.MaxUint64} {
				for _, limit := range []int{-1, 0, 1, 100} {
					for _, reverse := range []bool{false, true} {
						if epoch == "" || reverse && offset == 0 {
							continue
						}
						r.refuses(ch, engine.HistoryQuery{Since: since(offset, epoch), Limit: limit, Reverse: reverse, MetaTTL: metaTTL},
							carillon.ErrUnrecoverablePosition)
					}
				}
			}
		}
		r.stands(ch, top, 3, 4, 5, 6, 7)
	}},
	{"acceptance 4: a position without epoch is one of the current epoch", streams, func(r *rig) {
		ch := r.channel()
		r.fill(ch, 7)
		h := r.history(ch, engine.HistoryQuery{Since: since(5, ""), Limit: -1, MetaTTL: metaTTL})
		if got := offsetsOf(h.Publications); len(got) != 2 || got[0] != 6 {
			r.Errorf("since 5 there are %v, want 6 and 7", got)
		}
	}},
}
