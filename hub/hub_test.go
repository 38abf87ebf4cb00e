package hub

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

// listener is a Subscriber that remembers what it was given.
type listener struct {
	Member
	mu   sync.Mutex
	got  []*Event
	then func()
}

func (l *listener) Deliver(b *Broadcast) {
	l.mu.Lock()
	l.got = append(l.got, b.Events...)
	l.mu.Unlock()
	if l.then != nil {
		l.then()
	}
}

func (l *listener) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.got)
}

func TestBroadcastReachesSubscribersOfTheChannelOnly(t *testing.T) {
	h := New()
	var a, b, other listener
	h.Add("news", &a.Member, &a)
	h.Add("news", &b.Member, &b)
	h.Add("sport", &other.Member, &other)
	if n := h.Broadcast("news", []*Event{{}, {}}); n != 2 {
		t.Errorf("broadcast to %d subscribers", n)
	}
	h.Remove("news", &a.Member)
	h.Remove("news", &a.Member) // a second time changes nothing
	if n := h.Broadcast("news", []*Event{{}}); n != 1 {
		t.Errorf("broadcast to %d subscribers", n)
	}
	if a.count() != 2 || b.count() != 3 || other.count() != 0 {
		t.Errorf("got %d, %d, %d", a.count(), b.count(), other.count())
	}
	if n := h.Broadcast("nobody", []*Event{{}}); n != 0 {
		t.Errorf("broadcast to %d subscribers", n)
	}
}

func TestSizes(t *testing.T) {
	h := New()
	ls := make([]listener, 10)
	for i := range ls {
		h.Add(fmt.Sprint("c", i%3), &ls[i].Member, &ls[i])
	}
	if c, s := h.Size(); c != 3 || s != 10 {
		t.Errorf("%d channels, %d subscriptions", c, s)
	}
	if got := h.Channels(); len(got) != 3 || got["c0"] != 4 || got["c1"] != 3 {
		t.Errorf("%v", got)
	}
	if n := h.Subscribers("c0"); n != 4 {
		t.Error(n)
	}
	for i := range ls {
		h.Remove(fmt.Sprint("c", i%3), &ls[i].Member)
	}
	if c, s := h.Size(); c != 0 || s != 0 {
		t.Errorf("%d channels, %d subscriptions are left", c, s)
	}
}

// A subscriber may add and remove members, itself included, while it is being
// delivered to; the broadcast under way still reaches everybody who was there
// when it began and stayed.
func TestMembersChangeDuringBroadcast(t *testing.T) {
	h := New()
	ls := make([]listener, 100)
	for i := range ls {
		h.Add("c", &ls[i].Member, &ls[i])
	}
	var late listener
	ls[0].then = func() {
		for i := 0; i < 50; i++ {
			h.Remove("c", &ls[i].Member)
		}
		h.Add("c", &late.Member, &late)
		ls[0].then = nil
	}
	h.Broadcast("c", []*Event{{}})
	for i := 50; i < 100; i++ {
		if ls[i].count() != 1 {
			t.Fatalf("subscriber %d, who stayed, got %d events", i, ls[i].count())
		}
	}
	h.Broadcast("c", []*Event{{}})
	for i := range ls {
		want := 2
		if i < 50 {
			want = 1
		}
		if ls[i].count() != want {
			t.Fatalf("subscriber %d got %d events, want %d", i, ls[i].count(), want)
		}
	}
	if late.count() != 1 {
		t.Errorf("late subscriber got %d events", late.count())
	}
}

func TestConcurrentUse(t *testing.T) {
	h := New()
	const channels, workers, rounds = 5, 4, 2000
	var stay [channels]listener
	for i := range stay {
		h.Add(fmt.Sprint(i), &stay[i].Member, &stay[i])
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(w)))
			for range rounds {
				name := fmt.Sprint(r.IntN(channels))
				var l listener
				h.Add(name, &l.Member, &l)
				h.Size()
				h.Remove(name, &l.Member)
			}
		})
	}
	for i := range channels { // one publisher a channel: broadcasts of a channel don't overlap
		wg.Go(func() {
			for range rounds {
				h.Broadcast(fmt.Sprint(i), []*Event{{}})
			}
		})
	}
	wg.Wait()
	for i := range stay {
		if stay[i].count() != rounds {
			t.Errorf("channel %d: %d of %d events", i, stay[i].count(), rounds)
		}
	}
	if c, s := h.Size(); c != channels || s != channels {
		t.Errorf("%d channels, %d subscriptions", c, s)
	}
}

func TestTableShrinksWithItsChannels(t *testing.T) {
	h := New()
	ls := make([]listener, 200_000)
	for i := range ls {
		h.Add(fmt.Sprint(i), &ls[i].Member, &ls[i])
	}
	for i := range ls {
		h.Remove(fmt.Sprint(i), &ls[i].Member)
	}
	for i := range h.shard {
		if h.shard[i].peak > 1024 {
			t.Fatalf("shard %d keeps room for %d channels", i, h.shard[i].peak)
		}
	}
}

func BenchmarkBroadcast1000(b *testing.B) {
	h := New()
	for range 1000 {
		l := &counter{}
		h.Add("c", &l.Member, l)
	}
	events := []*Event{{}}
	b.ReportAllocs()
	for b.Loop() {
		h.Broadcast("c", events)
	}
}

type counter struct {
	Member
	n int
}

func (c *counter) Deliver(b *Broadcast) { c.n += len(b.Events) }
