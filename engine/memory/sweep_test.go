package memory_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"carillon/engine"
	"carillon/engine/memory"
)

// Streams come, expire, and come again while sweeps go on.
func TestSweepsBesidePublishes(t *testing.T) {
	c := newClock()
	b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
	o := engine.PublishOptions{HistorySize: 3, HistoryTTL: time.Second, HistoryMetaTTL: 3 * time.Second}
	var working, sweeping sync.WaitGroup
	done := make(chan struct{})
	sweeping.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				b.Sweep()
			}
		}
	})
	for i := range 4 {
		working.Go(func() {
			own := fmt.Sprint("own ", i)
			for n := range 2000 {
				// The clock doesn't move between the two: a stream that was just
				// published to must be there.
				got := publish(t, b, own, engine.PublishOptions{HistorySize: 1, HistoryTTL: time.Hour}).Position
				if at := top(t, b, own); at != got || got.Offset != uint64(n)+1 {
					t.Errorf("publish %d came to %v, then the stream is at %v", n, got, at)
					return
				}
				keyed := o
				keyed.IdempotencyKey = fmt.Sprint(n)
				publish(t, b, fmt.Sprint("shared ", n%7), keyed)
				c.pass(50 * time.Millisecond)
			}
		})
	}
	working.Wait()
	close(done)
	sweeping.Wait()
	c.pass(2 * engine.IdempotencyTTL)
	b.Sweep()
	if got, want := b.Holdings(), (memory.Holdings{Streams: 4, Awaiting: 4}); got != want {
		t.Errorf("the broker holds %+v, want %+v: the four that are for ever or for an hour", got, want)
	}
}

// Sweeps find everything that is due, however rarely they come.
func TestSweepsMissNothing(t *testing.T) {
	for _, pause := range []time.Duration{time.Second, 7 * time.Second, 10 * time.Minute, 30 * 24 * time.Hour} {
		c := newClock()
		b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
		for i := range 500 {
			life := time.Duration(i%97+1) * time.Second
			publish(t, b, fmt.Sprint(i), engine.PublishOptions{HistorySize: 1, HistoryTTL: life, HistoryMetaTTL: 2 * life})
		}
		for gone := time.Duration(0); gone < 200*time.Second; gone += pause {
			c.pass(pause)
			b.Sweep()
		}
		if got := b.Holdings(); got != (memory.Holdings{}) {
			t.Errorf("sweeping every %v, the broker holds %+v", pause, got)
		}
	}
}

// A clock that is set back delays sweeps and loses nothing for good.
func TestAClockSetBackLeavesNothing(t *testing.T) {
	c := newClock()
	b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
	o := engine.PublishOptions{HistorySize: 1, HistoryTTL: time.Second, HistoryMetaTTL: 2 * time.Second}
	b.Sweep()
	publish(t, b, "before", o)
	c.pass(-time.Hour)
	publish(t, b, "after", o)
	b.Sweep()
	publish(t, b, "after a sweep", o)
	c.pass(time.Hour)
	b.Sweep()
	c.pass(-10 * time.Second)
	publish(t, b, "between two sweeps", o)
	c.pass(10 * time.Second)
	if got := b.Holdings(); got.Streams < 1 || got.Awaiting != got.Streams {
		t.Errorf("the broker holds %+v", got)
	}
	for range 2*3600 + 10 {
		c.pass(time.Second)
		b.Sweep()
	}
	if got := b.Holdings(); got != (memory.Holdings{}) {
		t.Errorf("two hours later the broker holds %+v", got)
	}
}
