package memory_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"carillon"
	"carillon/engine"
	"carillon/engine/memory"
)

// heap is how much is in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers and pools held on to
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// flat expects what work does to leave no memory in use, but for a little.
func flat(t *testing.T, little uint64, work func()) {
	t.Helper()
	before := heap()
	work()
	if after := heap(); after > before+little {
		t.Errorf("%d KB of memory stay in use", (after-before)>>10)
	}
}

func TestReliability12AMillionShortLivedChannelsLeaveNothing(t *testing.T) {
	c := newClock()
	b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
	o := engine.PublishOptions{HistorySize: 10, HistoryTTL: 5 * time.Second, HistoryMetaTTL: 10 * time.Second}
	flat(t, 4<<20, func() {
		for i := range 1_000_000 {
			publish(t, b, fmt.Sprint("channel ", i), o)
			if i%1000 == 0 {
				c.pass(100 * time.Millisecond)
			}
			if i%10_000 == 0 {
				b.Sweep()
			}
			if i == 500_000 {
				// 10 seconds are the latest 100,000 channels, and a second more is
				// what the resolution allows.
				if got := b.Holdings(); got.Streams > 120_000 || got.Awaiting != got.Streams {
					t.Errorf("amid the work the broker holds %+v", got)
				}
			}
		}
		c.pass(11 * time.Second)
		b.Sweep()
	})
	if got := b.Holdings(); got != (memory.Holdings{}) {
		t.Errorf("the broker holds %+v", got)
	}
	runtime.KeepAlive(b)
}

func TestReliability12ReadsOfUnusedChannelsLeaveNothing(t *testing.T) {
	c := newClock()
	b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
	flat(t, 1<<20, func() {
		for i := range 100_000 {
			if _, err := b.History(t.Context(), fmt.Sprint("channel ", i), engine.HistoryQuery{MetaTTL: time.Minute}); err != nil {
				t.Fatal(err)
			}
		}
		c.pass(62 * time.Second)
		b.Sweep()
	})
	if got := b.Holdings(); got != (memory.Holdings{}) {
		t.Errorf("the broker holds %+v", got)
	}
	runtime.KeepAlive(b)
}

func TestReliability12IdempotencyKeysLeaveNothing(t *testing.T) {
	c := newClock()
	b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
	flat(t, 1<<20, func() {
		for i := range 100_000 {
			publish(t, b, fmt.Sprint("channel ", i%100), engine.PublishOptions{IdempotencyKey: fmt.Sprint("key ", i)})
		}
		c.pass(engine.IdempotencyTTL - time.Second)
		b.Sweep()
		if got := b.Holdings().Results; got != 100_000 {
			t.Errorf("before their time %d of 100000 keys are left", got)
		}
		c.pass(2 * time.Second)
		b.Sweep()
	})
	if got := b.Holdings(); got != (memory.Holdings{}) {
		t.Errorf("the broker holds %+v", got)
	}
	runtime.KeepAlive(b)
}

// Keys give way also where nobody sweeps, to those that come.
func TestExpiredKeysGiveWayToNewOnes(t *testing.T) {
	c := newClock()
	b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
	for i := range 10_000 {
		publish(t, b, "c", engine.PublishOptions{IdempotencyKey: fmt.Sprint(i)})
		c.pass(time.Second)
	}
	if got, want := b.Holdings().Results, int(engine.IdempotencyTTL/time.Second); got > want {
		t.Errorf("the broker holds %d keys, want at most %d", got, want)
	}
}

func TestReliability2PresenceLeavesNothing(t *testing.T) {
	p := memory.NewPresence()
	add := func(channel, client int) {
		info := &carillon.ClientInfo{Client: fmt.Sprint("client ", client), User: fmt.Sprint("user ", client)}
		if err := p.Add(t.Context(), fmt.Sprint("channel ", channel), info); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(channel, client int) {
		if err := p.Remove(t.Context(), fmt.Sprint("channel ", channel), fmt.Sprint("client ", client), fmt.Sprint("user ", client)); err != nil {
			t.Fatal(err)
		}
	}
	add(0, 0) // who stays in the channel that everybody comes to
	flat(t, 1<<20, func() {
		for i := range 100_000 {
			add(0, i+1)
			add(i+1, i+1)
		}
		if got := p.Channels(); got != 100_001 {
			t.Errorf("amid the work there are %d channels", got)
		}
		for i := range 100_000 {
			remove(0, i+1)
			remove(i+1, i+1)
		}
	})
	if got := p.Channels(); got != 1 {
		t.Errorf("%d channels are left, want 1", got)
	}
	runtime.KeepAlive(p)
}

// A trimmed, removed or expired publication is not kept by anything.
func TestGonePublicationsLeaveNothing(t *testing.T) {
	c := newClock()
	b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
	publishLarge := func() {
		const large = 100 << 10
		for range 100 {
			pub := &carillon.Publication{Data: make([]byte, large)}
			if _, err := b.Publish(t.Context(), "c", pub, engine.PublishOptions{HistorySize: 2, HistoryTTL: time.Minute}); err != nil {
				t.Fatal(err)
			}
		}
	}
	flat(t, 300<<10, publishLarge) // two are kept
	before := heap()
	if err := b.RemoveHistory(t.Context(), "c"); err != nil {
		t.Fatal(err)
	}
	if freed := int64(before) - int64(heap()); freed < 190<<10 {
		t.Errorf("removing two of 100 KB freed %d KB", freed>>10)
	}
	publishLarge()
	before = heap()
	c.pass(62 * time.Second)
	b.Sweep()
	if freed := int64(before) - int64(heap()); freed < 190<<10 {
		t.Errorf("expiry of two of 100 KB freed %d KB", freed>>10)
	}
	runtime.KeepAlive(b)
}
