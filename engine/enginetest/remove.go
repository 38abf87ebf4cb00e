package enginetest

import (
	"carillon"
	"carillon/engine"
)

var removeTests = []test{
	{"acceptance 7: publications go, position stays, numbering goes on", streams, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 7)
		r.removeHistory(ch)
		r.stands(ch, top)
		next := r.publish(ch, "8", kept).Position
		r.stands(ch, carillon.StreamPosition{Offset: 8, Epoch: top.Epoch}, next.Offset)
	}},
	{"positions from before stay good", streams, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 7)
		r.removeHistory(ch)
		for _, offset := range []uint64{1, 5, 7} {
			h := r.history(ch, engine.HistoryQuery{Since: since(offset, top.Epoch), Limit: -1, MetaTTL: metaTTL})
			if len(h.Publications) != 0 || h.Top != top {
				r.Errorf("since %d there is %+v", offset, h)
			}
		}
	}},
	{"nothing is delivered", streams, func(r *rig) {
		ch := r.channel()
		r.fill(ch, 2)
		r.removeHistory(ch)
		r.delivers(ch, "1", "2")
	}},
	{"an unused channel and one that is empty already are no error", streams, func(r *rig) {
		ch := r.channel()
		r.removeHistory(ch)
		r.removeHistory(ch)
		top := r.fill(ch, 1)
		r.removeHistory(ch)
		r.removeHistory(ch)
		r.stands(ch, top)
	}},
	{"other channels are not concerned", streams, func(r *rig) {
		a, b := r.channel(), r.channel()
		r.fill(a, 2)
		top := r.fill(b, 2)
		r.removeHistory(a)
		r.stands(b, top, 1, 2)
	}},
	{"removing beside publishes leaves no hole", streams, func(r *rig) {
		ch := r.channel()
		r.fill(ch, 1)
		atOnce(publishers, func(i int) {
			for range rounds {
				var err error
				if i == 0 {
					err = r.Broker.RemoveHistory(r.ctx, ch)
				} else {
					_, err = r.Broker.Publish(r.ctx, ch, &carillon.Publication{Data: []byte("x")}, kept)
				}
				h, readErr := r.Broker.History(r.ctx, ch, everything)
				if err != nil || readErr != nil {
					r.Error(err, readErr)
					return
				}
				if n := len(h.Publications); n > 0 && h.Publications[n-1].Offset != h.Top.Offset {
					r.Errorf("a read gave %v below top %v", offsetsOf(h.Publications), h.Top)
					return
				}
			}
		})
		const all = 1 + (publishers-1)*rounds
		if events := r.delivered(ch); len(events) != all || events[all-1].Publication.Offset != all {
			r.Errorf("%d of %d publications were delivered", len(events), all)
		}
	}},
}
