package enginetest

import (
	"bytes"
	"slices"
	"time"

	"carillon"
	"carillon/engine"
)

var publishTests = []test{
	{"acceptance 1: offsets count from 1 in one epoch", streams, func(r *rig) {
		ch := r.channel()
		var epoch string
		for want := uint64(1); want <= 3; want++ {
			got := r.publish(ch, "x", kept)
			if want == 1 {
				epoch = got.Position.Epoch
			}
			if got.Position != (carillon.StreamPosition{Offset: want, Epoch: epoch}) || got.Suppressed != engine.NotSuppressed {
				r.Errorf("publish %d came to %+v, the epoch is %q", want, got, epoch)
			}
		}
		h := r.history(ch, engine.HistoryQuery{MetaTTL: metaTTL})
		if h.Top != *since(3, epoch) || len(h.Publications) != 0 {
			r.Errorf("the position is %+v, want offset 3 of %q and nothing else", h, epoch)
		}
	}},
	{"the event is what was published and numbered", streams, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 3)
		events := r.delivered(ch)
		if got := offsetsOf(publications(events)); !slices.Equal(got, []uint64{1, 2, 3}) {
			r.Fatalf("delivered offsets %v", got)
		}
		for _, ev := range events {
			if ev.Epoch != top.Epoch || ev.Delta || ev.Base != nil || ev.Info != nil {
				r.Errorf("event %+v, want one of epoch %q without anything about deltas", ev, top.Epoch)
			}
		}
	}},
	{"nothing of a publication gets lost", streams, func(r *rig) {
		ch := r.channel()
		want := carillon.Publication{
			Data: []byte("{\"a\": 1}\n\x00\xff"),
			Info: &carillon.ClientInfo{Client: "c", User: "ü", ConnInfo: []byte(`{"n":1}`), ChanInfo: []byte(`[]`)},
			Tags: map[string]string{"": "empty key", "k": "", "ключ": "значение\n"},
		}
		before := time.Now().Add(-time.Minute).UnixMilli()
		pub := want
		if _, err := r.Broker.Publish(r.ctx, ch, &pub, kept); err != nil {
			r.Fatal(err)
		}
		live := publications(r.delivered(ch))
		stored := r.history(ch, everything).Publications
		for where, got := range map[string][]*carillon.Publication{"live": live, "stored": stored} {
			if len(got) != 1 || !same(got[0], &want) {
				r.Errorf("%s: got %+v, want %+v", where, got, want)
			}
		}
		if r.Pass == nil && live[0].Time < before || live[0].Time <= 0 {
			r.Errorf("the publication was accepted at %d", live[0].Time)
		}
	}},
	{"without size or TTL nothing is stored and nothing numbered", streams, func(r *rig) {
		for _, o := range []engine.PublishOptions{
			{}, {HistorySize: 5}, {HistoryTTL: time.Minute}, {HistorySize: -1, HistoryTTL: time.Minute},
			{HistorySize: 5, HistoryTTL: -time.Minute}, {HistoryMetaTTL: time.Hour},
		} {
			ch := r.channel()
			if got := r.publish(ch, "x", o); got != (engine.PublishResult{}) {
				r.Errorf("with %+v the publish came to %+v, want nothing", o, got)
			}
			events := r.delivered(ch)
			if len(events) != 1 || events[0].Epoch != "" || events[0].Publication.Offset != 0 || events[0].Publication.Epoch != "" {
				r.Errorf("with %+v the event was %+v", o, events)
			}
			if h := r.history(ch, everything); h.Top.Offset != 0 || len(h.Publications) != 0 {
				r.Errorf("with %+v the stream is %+v", o, h)
			}
		}
	}},
	{"what is carried is not changed", 0, func(r *rig) {
		ch := r.channel()
		r.publish(ch, "first", engine.PublishOptions{})
		r.publish(ch, "second", engine.PublishOptions{Delta: true})
		r.delivers(ch, "first", "second")
	}},
	{"a publication outside the stream leaves its top alone", streams, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 2)
		if got := r.publish(ch, "aside", engine.PublishOptions{}); got.Position != (carillon.StreamPosition{}) {
			r.Errorf("the publication outside has position %v", got.Position)
		}
		r.stands(ch, top, 1, 2)
		if got := offsetsOf(publications(r.delivered(ch))); !slices.Equal(got, []uint64{1, 2, 0}) {
			r.Errorf("delivered offsets %v, want 1, 2, 0", got)
		}
	}},
	{"the size of the latest publish counts", streams, func(r *rig) {
		ch := r.channel()
		r.fill(ch, 5)
		small, large := kept, kept
		small.HistorySize, large.HistorySize = 2, 4
		r.stands(ch, r.publish(ch, "6", small).Position, 5, 6)
		r.publish(ch, "7", large)
		r.publish(ch, "8", large)
		r.stands(ch, r.publish(ch, "9", large).Position, 6, 7, 8, 9)
	}},
	{"channels know nothing of each other", streams, func(r *rig) {
		a, b := r.channel(), r.channel()
		top := r.fill(a, 3)
		if got := r.publish(b, "1", kept).Position; got.Offset != 1 || got.Epoch == top.Epoch {
			r.Errorf("the second channel begins at %v, the first stands at %v", got, top)
		}
		r.delivers(b, "1")
		r.stands(a, top, 1, 2, 3)
	}},
}

// same compares what a publisher gives.
func same(a, b *carillon.Publication) bool {
	if !bytes.Equal(a.Data, b.Data) || len(a.Tags) != len(b.Tags) {
		return false
	}
	for k, v := range a.Tags {
		if got, ok := b.Tags[k]; !ok || got != v {
			return false
		}
	}
	return sameInfo(a.Info, b.Info)
}

func sameInfo(a, b *carillon.ClientInfo) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Client == b.Client && a.User == b.User && bytes.Equal(a.ConnInfo, b.ConnInfo) && bytes.Equal(a.ChanInfo, b.ChanInfo)
}
