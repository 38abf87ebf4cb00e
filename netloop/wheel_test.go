package netloop

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestWheelAgainstSortedTimes(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := &wheel{}
		now := r.Int64N(int64(time.Hour))
		w.turn(now, nil)
		timers := make([]timer, 100)
		want := map[*timer]int64{}
		due := map[*timer]int64{} // the same, but not before it was set
		for step := 0; step < 500; step++ {
			tm := &timers[r.IntN(len(timers))]
			switch r.IntN(4) {
			case 0, 1: // far and near, sometimes already late
				at := now - int64(time.Second) + r.Int64N(int64(30*time.Second))
				if old, set := want[tm]; !set || at < old {
					want[tm], due[tm] = max(at, 1), max(at, now)
				}
				w.set(tm, at)
			case 2:
				w.remove(tm)
				delete(want, tm)
			case 3:
				if next := w.next(); next != never && len(want) > 0 {
					earliest := slices.Min(values(want))
					if next > max(earliest, now)+2*int64(Resolution) {
						t.Fatalf("seed %d: next is %v after the earliest timer", seed, time.Duration(next-earliest))
					}
				}
				now += r.Int64N(int64(15 * time.Second))
				for _, tm := range w.turn(now, nil) {
					at, set := want[tm]
					if !set || at > now {
						t.Fatalf("seed %d: timer came %v early (set: %v)", seed, time.Duration(at-now), set)
					}
					delete(want, tm)
				}
				for tm := range want {
					if due[tm] <= now-int64(Resolution) {
						t.Fatalf("seed %d: timer is %v late", seed, time.Duration(now-due[tm]))
					}
				}
			}
			if w.count != len(want) {
				t.Fatalf("seed %d: wheel holds %d timers, want %d", seed, w.count, len(want))
			}
		}
	}
}

func values(m map[*timer]int64) (v []int64) {
	for _, x := range m {
		v = append(v, x)
	}
	return v
}

func BenchmarkWheelSet(b *testing.B) {
	w := &wheel{}
	timers := make([]timer, 10_000)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		t := &timers[i%len(timers)]
		w.remove(t)
		w.set(t, int64(i%25_000)*int64(time.Millisecond)+1)
		i++
	}
}
