package memory_test

import (
	"sync/atomic"
	"time"
)

// clock stands still until it is told to move.
type clock struct{ nanos atomic.Int64 }

// newClock starts in the middle of a second, so that rounding shows.
func newClock() *clock {
	c := &clock{}
	c.nanos.Store(1_700_000_000_500_000_000)
	return c
}

// Now is memory.Options.Now.
func (c *clock) Now() time.Time { return time.Unix(0, c.nanos.Load()) }

func (c *clock) pass(d time.Duration) { c.nanos.Add(int64(d)) }
