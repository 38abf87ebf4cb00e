package enginetest

import (
	"fmt"
	"slices"
	"sync"

	"carillon"
	"carillon/engine"
)

// publishers and rounds make publishes meet.
const (
	publishers = 8
	rounds     = 50
)

// atOnce runs work on many goroutines that begin together.
func atOnce(n int, work func(i int)) {
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-begin
			work(i)
		})
	}
	close(begin)
	all.Wait()
}

var orderTests = []test{
	{"acceptance 17: concurrent publishes are delivered in offset order without holes", streams, func(r *rig) {
		ch := r.channel()
		given := make([][]carillon.StreamPosition, publishers)
		atOnce(publishers, func(i int) {
			for range rounds {
				result, err := r.Broker.Publish(r.ctx, ch, &carillon.Publication{Data: []byte("x")}, kept)
				if err != nil {
					r.Error(err)
					return
				}
				given[i] = append(given[i], result.Position)
			}
		})
		events := r.delivered(ch)
		if len(events) != publishers*rounds {
			r.Fatalf("%d of %d publications were delivered", len(events), publishers*rounds)
		}
		for i, ev := range events {
			if ev.Publication.Offset != uint64(i)+1 || ev.Epoch != events[0].Epoch {
				r.Fatalf("event %d has offset %d of %q, the first one is of %q", i, ev.Publication.Offset, ev.Epoch, events[0].Epoch)
			}
		}
		var offsets []uint64
		for _, positions := range given {
			if !slices.IsSortedFunc(positions, func(a, b carillon.StreamPosition) int { return int(a.Offset) - int(b.Offset) }) {
				r.Errorf("one publisher got %v", positions)
			}
			for _, p := range positions {
				offsets = append(offsets, p.Offset)
			}
		}
		slices.Sort(offsets)
		if offsets = slices.Compact(offsets); len(offsets) != publishers*rounds {
			r.Errorf("publishers were given %d different offsets", len(offsets))
		}
	}},
	{"each result names the offset of that very publication", streams, func(r *rig) {
		ch := r.channel()
		var mu sync.Mutex
		mine := map[uint64]string{}
		atOnce(publishers, func(i int) {
			for n := range rounds {
				data := fmt.Sprintf("%d-%d", i, n)
				result, err := r.Broker.Publish(r.ctx, ch, &carillon.Publication{Data: []byte(data)}, kept)
				if err != nil {
					r.Error(err)
					return
				}
				mu.Lock()
				mine[result.Position.Offset] = data
				mu.Unlock()
			}
		})
		for _, pub := range publications(r.delivered(ch)) {
			if mine[pub.Offset] != string(pub.Data) {
				r.Fatalf("offset %d was delivered with %s, its publisher had %s", pub.Offset, pub.Data, mine[pub.Offset])
			}
		}
	}},
	{"one publisher's order is everybody's, stored or not", streams, func(r *rig) {
		ch := r.channel()
		atOnce(publishers, func(i int) {
			for n := range rounds {
				o := kept
				if n%3 == 0 {
					o = engine.PublishOptions{}
				}
				if _, err := r.Broker.Publish(r.ctx, ch, &carillon.Publication{Data: fmt.Appendf(nil, "%d %d", i, n)}, o); err != nil {
					r.Error(err)
					return
				}
			}
		})
		next := [publishers]int{}
		for _, pub := range publications(r.delivered(ch)) {
			var i, n int
			if _, err := fmt.Sscan(string(pub.Data), &i, &n); err != nil {
				r.Fatal(err)
			}
			if n != next[i] {
				r.Fatalf("publisher %d: %d was delivered, %d was next", i, n, next[i])
			}
			next[i]++
		}
		for i, n := range next {
			if n != rounds {
				r.Errorf("publisher %d: %d of %d were delivered", i, n, rounds)
			}
		}
	}},
	{"many channels at once stay apart", streams, func(r *rig) {
		channels := make([]string, 64)
		for i := range channels {
			channels[i] = r.channel()
		}
		atOnce(publishers, func(i int) {
			for n := range rounds {
				ch := channels[(i*7+n)%len(channels)]
				if _, err := r.Broker.Publish(r.ctx, ch, &carillon.Publication{Data: []byte(ch)}, kept); err != nil {
					r.Error(err)
					return
				}
			}
		})
		total := 0
		for _, ch := range channels {
			events := r.delivered(ch)
			total += len(events)
			for i, pub := range publications(events) {
				if string(pub.Data) != ch || pub.Offset != uint64(i)+1 {
					r.Errorf("%s: event %d is %s with offset %d", ch, i, pub.Data, pub.Offset)
				}
			}
		}
		if total != publishers*rounds {
			r.Errorf("%d of %d publications were delivered", total, publishers*rounds)
		}
	}},
	{"reliability 16: what was delivered can be read", streams, func(r *rig) {
		ch := r.channel()
		large := kept
		large.HistorySize = rounds
		var publishing sync.WaitGroup
		publishing.Go(func() {
			for range rounds {
				if _, err := r.Broker.Publish(r.ctx, ch, &carillon.Publication{Data: []byte("x")}, large); err != nil {
					r.Error(err)
					return
				}
			}
		})
		for n := 1; n <= rounds; n++ {
			events := r.sink.wait(r.T, ch, func(events []engine.Event) bool { return len(events) >= n })
			n = len(events)
			if h := r.history(ch, everything); len(h.Publications) < n || h.Top.Offset < uint64(n) {
				r.Errorf("%d were delivered, and history has %d of %v", n, len(h.Publications), h.Top)
			}
		}
		publishing.Wait()
	}},
	{"what was acknowledged can be read", streams, func(r *rig) {
		atOnce(publishers, func(int) {
			ch := r.channel()
			for range rounds {
				result, err := r.Broker.Publish(r.ctx, ch, &carillon.Publication{Data: []byte("x")}, kept)
				if err != nil {
					r.Error(err)
					return
				}
				h, err := r.Broker.History(r.ctx, ch, everything)
				if err != nil || h.Top != result.Position || h.Publications[len(h.Publications)-1].Offset != result.Position.Offset {
					r.Errorf("after %+v history is %+v, %v", result, h, err)
					return
				}
			}
		})
	}},
}
