package enginetest

import (
	"slices"
	"sync"

	"carillon"
)

var snapshotTests = []test{
	{"a read sees one moment of the stream", streams, func(r *rig) {
		ch := r.channel()
		r.fill(ch, 1)
		done := make(chan struct{})
		var publishing sync.WaitGroup
		publishing.Go(func() {
			defer close(done)
			for range publishers * rounds {
				if _, err := r.Broker.Publish(r.ctx, ch, &carillon.Publication{Data: []byte("x")}, kept); err != nil {
					r.Error(err)
					return
				}
			}
		})
		for running := true; running; {
			select {
			case <-done:
				running = false
			default:
			}
			h := r.history(ch, everything)
			got := offsetsOf(h.Publications)
			for i, offset := range got {
				if offset != h.Top.Offset-uint64(len(got)-1-i) {
					r.Fatalf("a read gave %v below top %v", got, h.Top)
				}
			}
			if want := min(h.Top.Offset, size); uint64(len(got)) != want {
				r.Fatalf("a read gave %v below top %v, want %d", got, h.Top, want)
			}
		}
		publishing.Wait()
	}},
	{"reliability 6: what was read stays as it was", streams, func(r *rig) {
		ch := r.channel()
		r.fill(ch, 3)
		h := r.history(ch, everything)
		for range 3 * size {
			r.publish(ch, "later", kept)
		}
		r.removeHistory(ch)
		if got := dataOf(h.Publications); !slices.Equal(got, []string{"1", "2", "3"}) {
			r.Errorf("what was read became %q", got)
		}
		if got := offsetsOf(h.Publications); !slices.Equal(got, []uint64{1, 2, 3}) {
			r.Errorf("what was read became %v", got)
		}
	}},
	{"the list that was read belongs to the reader", streams, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 3)
		clear(r.history(ch, everything).Publications)
		r.stands(ch, top, 1, 2, 3)
	}},
	{"reliability 6: what was delivered stays as it was", streams, func(r *rig) {
		ch := r.channel()
		r.fill(ch, 3)
		events := r.delivered(ch)
		for range 3 * size {
			r.publish(ch, "later", kept)
		}
		if got := dataOf(publications(events)); !slices.Equal(got, []string{"1", "2", "3"}) {
			r.Errorf("what was delivered became %q", got)
		}
	}},
}
