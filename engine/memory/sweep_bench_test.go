package memory_test

import (
	"strconv"
	"testing"
	"time"

	"carillon/engine"
	"carillon/engine/memory"
)

// A sweep that finds nothing due costs nothing, however much is kept.
func BenchmarkSweepOfNothingDue(b *testing.B) {
	for _, channels := range []int{1_000, 100_000} {
		b.Run(strconv.Itoa(channels), func(b *testing.B) {
			c := newClock()
			broker := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
			for i := range channels {
				publish(b, broker, strconv.Itoa(i), engine.PublishOptions{
					HistorySize: 1, HistoryTTL: time.Hour + time.Duration(i)*time.Second,
				})
			}
			for b.Loop() {
				broker.Sweep()
			}
		})
	}
}
