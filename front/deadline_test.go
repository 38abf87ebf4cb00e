package front

import (
	"testing"
	"time"
)

func TestDeadlinesAreMovedWhenItMatters(t *testing.T) {
	start := time.Unix(1_000_000, 0)
	for name, c := range map[string]struct {
		inForce time.Duration // from start; 0 is none
		timeout time.Duration
		moved   bool
	}{
		"the first":               {0, 30 * time.Second, true},
		"almost the same":         {29500 * time.Millisecond, 30 * time.Second, false},
		"the same":                {30 * time.Second, 30 * time.Second, false},
		"a second later":          {29 * time.Second, 30 * time.Second, true},
		"sooner":                  {31 * time.Second, 30 * time.Second, true},
		"long past":               {-time.Hour, 30 * time.Second, true},
		"a little of very little": {30 * time.Millisecond, 50 * time.Millisecond, true},
	} {
		var inForce, set time.Time
		if c.inForce != 0 {
			inForce = start.Add(c.inForce)
		}
		ok := move(&inForce, start, c.timeout, func(d time.Time) error { set = d; return nil })
		want := start.Add(c.timeout)
		if !ok || c.moved != set.Equal(want) || c.moved && !inForce.Equal(want) {
			t.Errorf("%s: set to %v, in force %v", name, set, inForce)
		}
	}
}
