package sim

import (
	"flag"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

var (
	seeds = flag.Uint64("sim.seeds", 1000, "how many seeds to run")
	seed  = flag.Uint64("sim.seed", 0, "run this seed only")
)

// TestSeeds runs many simulations. What none of them may see is written in
// check.go.
func TestSeeds(t *testing.T) {
	var seen Seen
	if *seed != 0 {
		if err := Run(*seed, &seen); err != nil {
			t.Fatal(err)
		}
		return
	}
	var next atomic.Uint64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for n := next.Add(1); n <= *seeds && !t.Failed(); n = next.Add(1) {
				if err := Run(n, &seen); err != nil {
					t.Error(err)
				}
			}
		})
	}
	workers.Wait()
	t.Logf("seen: %d publications, %d as patches, %d filtered out; %d recoveries with %d publications, %d refused, %d of a cache; %d unsubscribed, %d disconnected",
		seen.Publications.Load(), seen.Patches.Load(), seen.Filtered.Load(), seen.Recovered.Load(), seen.Missed.Load(),
		seen.Unrecovered.Load(), seen.CacheHits.Load(), seen.Unsubscribed.Load(), seen.Disconnected.Load())
	for i, c := range seen.counters() {
		if c.Load() == 0 {
			t.Errorf("no simulation met what counter %d of Seen counts", i)
		}
	}
}
