package memory_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"carillon"
	"carillon/engine"
	"carillon/engine/memory"
)

// sinkFunc is a sink.
type sinkFunc func(channel string, events []engine.Event)

func (f sinkFunc) Deliver(channel string, events []engine.Event) { f(channel, events) }

var kept = engine.PublishOptions{HistorySize: 1 << 20, HistoryTTL: 60e9, HistoryMetaTTL: 3600e9}

// panics reports whether call panics.
func panics(call func()) (did bool) {
	defer func() { did = recover() != nil }()
	call()
	return false
}

// An acknowledged publication stands in every subscriber's queue.
func TestPublishReturnsWhenTheSinkHasIt(t *testing.T) {
	var mu sync.Mutex
	has := map[string]bool{}
	b := memory.NewBroker(sinkFunc(func(_ string, events []engine.Event) {
		mu.Lock()
		defer mu.Unlock()
		for _, ev := range events {
			has[string(ev.Publication.Data)] = true
		}
	}), memory.Options{})
	var publishers sync.WaitGroup
	for i := range 8 {
		publishers.Go(func() {
			for n := range 200 {
				data := fmt.Sprintf("%d-%d", i, n)
				if _, err := b.Publish(t.Context(), "c", &carillon.Publication{Data: []byte(data)}, kept); err != nil {
					t.Error(err)
				}
				mu.Lock()
				if !has[data] {
					t.Errorf("publish of %s returned before the sink had it", data)
				}
				mu.Unlock()
			}
		})
	}
	publishers.Wait()
	if got := b.Holdings().Lanes; got != 0 {
		t.Errorf("%d lanes stay in use", got)
	}
}

// While the sink takes one event, others of the channel wait for it and those of
// other channels don't.
func TestASlowSinkHoldsUpItsChannelOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		taking, goOn := make(chan struct{}), make(chan struct{})
		var calls [][]uint64
		b := memory.NewBroker(sinkFunc(func(channel string, events []engine.Event) {
			if channel != "slow" {
				return
			}
			var offsets []uint64
			for _, ev := range events {
				offsets = append(offsets, ev.Publication.Offset)
			}
			if calls = append(calls, offsets); len(calls) == 1 {
				close(taking)
				<-goOn
			}
		}), memory.Options{})
		returned := make(chan struct{}, 4)
		go func() {
			publish(t, b, "slow", kept)
			returned <- struct{}{}
		}()
		<-taking
		for range 3 {
			go func() {
				publish(t, b, "slow", kept)
				returned <- struct{}{}
			}()
		}
		for i := range 1000 {
			publish(t, b, fmt.Sprintf("other %d", i), kept)
		}
		synctest.Wait()
		if len(returned) != 0 {
			t.Errorf("%d publishes returned while the sink was busy", len(returned))
		}
		close(goOn)
		synctest.Wait()
		if len(returned) != 4 {
			t.Errorf("%d of 4 publishes returned", len(returned))
		}
		if got, want := fmt.Sprint(calls), "[[1] [2 3 4]]"; got != want {
			t.Errorf("the sink was called with %s, want %s: what waited comes at once", got, want)
		}
	})
}

// A panic of the sink goes to one of those who caused events, and stops nobody
// else.
func TestAPanickingSinkDoesNotWedgeItsChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		taking, goOn := make(chan struct{}), make(chan struct{})
		calls, delivered := 0, 0
		b := memory.NewBroker(sinkFunc(func(_ string, events []engine.Event) {
			if calls++; calls == 1 {
				close(taking)
				<-goOn
				panic("the sink is broken")
			}
			delivered += len(events)
		}), memory.Options{})
		first := make(chan bool, 1)
		go func() { first <- panics(func() { publish(t, b, "c", kept) }) }()
		<-taking
		var others sync.WaitGroup
		for range 3 {
			others.Go(func() { publish(t, b, "c", kept) })
		}
		synctest.Wait()
		close(goOn)
		others.Wait()
		if !<-first {
			t.Error("the panic got lost")
		}
		if delivered != 3 {
			t.Errorf("%d of the 3 that waited were delivered", delivered)
		}
		publish(t, b, "c", kept)
		if delivered != 4 {
			t.Errorf("%d were delivered, want 4", delivered)
		}
		h, err := b.History(t.Context(), "c", engine.HistoryQuery{Limit: -1})
		if err != nil || h.Top.Offset != 5 || len(h.Publications) != 5 {
			t.Errorf("the stream is %+v, %v", h, err)
		}
		if got := b.Holdings().Lanes; got != 0 {
			t.Errorf("%d lanes stay in use", got)
		}
	})
}

// What waited without anybody waiting for it comes with the next event.
func TestJoinsBehindAPanicComeWithTheNextEvent(t *testing.T) {
	var b *memory.Broker
	var got []engine.EventKind
	b = memory.NewBroker(sinkFunc(func(channel string, events []engine.Event) {
		for _, ev := range events {
			if channel != "c" && ev.Kind != engine.Published {
				t.Errorf("%s got an event of another channel", channel)
			}
			if channel != "c" {
				continue
			}
			if ev.Kind == engine.Published && string(ev.Publication.Data) == "break" {
				if err := b.PublishJoin(t.Context(), "c", &carillon.ClientInfo{Client: "a"}); err != nil {
					t.Error(err)
				}
				panic("the sink is broken")
			}
			got = append(got, ev.Kind)
		}
	}), memory.Options{})
	if !panics(func() { _, _ = b.Publish(t.Context(), "c", &carillon.Publication{Data: []byte("break")}, kept) }) {
		t.Error("the panic got lost")
	}
	for i := range 1000 {
		publish(t, b, fmt.Sprint(i), kept)
	}
	publish(t, b, "c", kept)
	if len(got) != 2 || got[0] != engine.Joined || got[1] != engine.Published {
		t.Errorf("behind the panic came events of kinds %v, want a join and a publication", got)
	}
}

// A subscriber that an event makes leave is announced by the goroutine that
// delivers the event.
func TestASinkMayCauseJoinsAndLeaves(t *testing.T) {
	var b *memory.Broker
	info := &carillon.ClientInfo{Client: "a"}
	var got []engine.EventKind
	b = memory.NewBroker(sinkFunc(func(_ string, events []engine.Event) {
		for _, ev := range events {
			got = append(got, ev.Kind)
			if ev.Kind == engine.Published {
				if err := b.PublishLeave(t.Context(), "c", info); err != nil {
					t.Error(err)
				}
				if err := b.PublishJoin(t.Context(), "c", info); err != nil {
					t.Error(err)
				}
			}
		}
	}), memory.Options{})
	publish(t, b, "c", kept)
	if len(got) != 3 || got[1] != engine.Left || got[2] != engine.Joined {
		t.Errorf("the sink got kinds %v, want a publication, a leave and a join", got)
	}
}
