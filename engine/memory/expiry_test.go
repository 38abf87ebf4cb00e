package memory_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"carillon"
	"carillon/engine"
	"carillon/engine/memory"
)

// discard is a sink.
type discard struct{}

func (discard) Deliver(string, []engine.Event) {}

// publish publishes a little, and expects that this works.
func publish(tb testing.TB, b *memory.Broker, channel string, o engine.PublishOptions) engine.PublishResult {
	tb.Helper()
	result, err := b.Publish(tb.Context(), channel, &carillon.Publication{Data: []byte("x")}, o)
	if err != nil {
		tb.Fatal(err)
	}
	return result
}

// A channel that is used again and again, less often than its publications
// expire, is one channel and costs as much.
func TestDeadlinesOfOneStreamDontPileUp(t *testing.T) {
	c := newClock()
	b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
	o := engine.PublishOptions{HistorySize: 1, HistoryTTL: time.Second, HistoryMetaTTL: 720 * time.Hour}
	for range 1000 {
		publish(t, b, "c", o)
		c.pass(3 * time.Second)
		b.Sweep()
	}
	if got, want := b.Holdings(), (memory.Holdings{Streams: 1, Awaiting: 1}); got != want {
		t.Errorf("the broker holds %+v, want %+v", got, want)
	}
}

// The same holds if it is used again before a sweep has seen that it expired.
func TestReplacedStreamsDontPileUp(t *testing.T) {
	c := newClock()
	b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
	o := engine.PublishOptions{HistorySize: 1, HistoryTTL: time.Second, HistoryMetaTTL: time.Second}
	for range 10 {
		publish(t, b, "c", o)
		c.pass(3 * time.Second)
	}
	o.HistoryMetaTTL = time.Hour
	want := publish(t, b, "c", o).Position
	if got, want := b.Holdings(), (memory.Holdings{Streams: 1, Awaiting: 1}); got != want {
		t.Errorf("the broker holds %+v, want %+v", got, want)
	}
	b.Sweep()
	if got := top(t, b, "c"); got != want {
		t.Errorf("a sweep of what was replaced left %v, want %v", got, want)
	}
}

// However deadlines move, each stream waits in one place, and is found there.
func TestEachStreamAwaitsOneSweep(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	c := newClock()
	b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
	for range 20_000 {
		channel := fmt.Sprint(rng.IntN(300))
		ttl := time.Duration(1+rng.IntN(40)) * time.Second
		switch p := rng.IntN(100); {
		case p < 60:
			publish(t, b, channel, engine.PublishOptions{HistorySize: 2, HistoryTTL: ttl, HistoryMetaTTL: 2 * ttl})
		case p < 75:
			if _, err := b.History(t.Context(), channel, engine.HistoryQuery{MetaTTL: ttl}); err != nil {
				t.Fatal(err)
			}
		case p < 80:
			if err := b.RemoveHistory(t.Context(), channel); err != nil {
				t.Fatal(err)
			}
		case p < 95:
			c.pass(time.Duration(rng.IntN(1000)) * time.Millisecond)
		default:
			b.Sweep()
		}
		if got := b.Holdings(); got.Awaiting != got.Streams {
			t.Fatalf("the broker holds %+v", got)
		}
	}
	c.pass(2 * time.Minute)
	b.Sweep()
	if got := b.Holdings(); got != (memory.Holdings{}) {
		t.Errorf("in the end the broker holds %+v", got)
	}
}

// Expiry is late by up to a second, and never early.
func TestNothingExpiresBeforeItsTime(t *testing.T) {
	for _, ttl := range []time.Duration{time.Millisecond, 500 * time.Millisecond, time.Second, 1500 * time.Millisecond, time.Minute} {
		c := newClock()
		b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
		want := publish(t, b, "c", engine.PublishOptions{HistorySize: 1, HistoryTTL: ttl, HistoryMetaTTL: ttl}).Position
		c.pass(ttl - time.Microsecond)
		b.Sweep()
		h, err := b.History(t.Context(), "c", engine.HistoryQuery{Limit: -1, MetaTTL: ttl})
		if err != nil || len(h.Publications) != 1 || h.Top != want {
			t.Errorf("just before %v are over the stream is %+v, %v", ttl, h, err)
		}
		c.pass(ttl + time.Second)
		if got := top(t, b, "c"); got.Epoch == want.Epoch {
			t.Errorf("a second after %v the stream is at %v", ttl, got)
		}
	}
}
