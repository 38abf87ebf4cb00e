package netloop

import (
	"math"
	"math/bits"
	"time"
)

// Resolution is how exact timers are: they come up to this much late. It is what
// lets the pings of many idle connections, and their answers, share a wake-up
// of the loop, which costs more than any of them.
const Resolution = 100 * time.Millisecond

const (
	wheelSlots = 512
	never      = math.MaxInt64
)

// wheel is a hashed timing wheel: a ring of slots, one per Resolution of time,
// each a list of the timers due in it on this turn of the wheel or a later one.
// Setting a timer is cheap and allocates nothing; a timer far away is passed
// over once a turn. Not safe for concurrent use.
type wheel struct {
	slots [wheelSlots]*timer
	used  [wheelSlots / 64]uint64 // a bit per slot that has timers
	// turned is the tick up to which slots have been looked at.
	turned int64
	count  int
}

// timer is embedded in what it belongs to. The zero value is not set.
type timer struct {
	owner      expirer
	at         int64 // Mono; 0 when not set
	slot       int32
	next, prev *timer
}

type expirer interface{ expired(now int64) }

func tickOf(at int64) int64 { return (at + int64(Resolution) - 1) / int64(Resolution) }

// set moves the timer to at unless it is set for an earlier moment. It reports
// whether the timer moved.
func (w *wheel) set(t *timer, at int64) bool {
	if t.at != 0 {
		if t.at <= at {
			return false
		}
		w.remove(t)
	}
	t.at = max(at, 1)
	// A timer that is late stands in the next slot to be looked at.
	i := max(tickOf(t.at), w.turned+1) % wheelSlots
	t.slot = int32(i)
	t.next = w.slots[i]
	if t.next != nil {
		t.next.prev = t
	}
	w.slots[i] = t
	w.used[i/64] |= 1 << (i % 64)
	w.count++
	return true
}

// remove takes a timer out, if it is set.
func (w *wheel) remove(t *timer) {
	if t.at == 0 {
		return
	}
	if t.next != nil {
		t.next.prev = t.prev
	}
	if t.prev != nil {
		t.prev.next = t.next
	} else {
		w.slots[t.slot] = t.next
		if t.next == nil {
			w.used[t.slot/64] &^= 1 << (t.slot % 64)
		}
	}
	t.at, t.next, t.prev = 0, nil, nil
	w.count--
}

// turn takes out the timers that are due at now and appends them to due.
func (w *wheel) turn(now int64, due []*timer) []*timer {
	tick := now / int64(Resolution)
	for w.turned < tick {
		if w.count == 0 {
			w.turned = tick
			break
		}
		// More than a turn behind, each slot still needs looking at only once.
		w.turned = max(w.turned, tick-wheelSlots) + 1
		for t := w.slots[w.turned%wheelSlots]; t != nil; {
			next := t.next
			if tickOf(t.at) <= tick {
				w.remove(t)
				due = append(due, t)
			}
			t = next
		}
	}
	return due
}

// next is the moment from which turn may find something, never if nothing is
// set. It may be early: a timer of a later turn stands in the same slot.
func (w *wheel) next() int64 {
	if w.count == 0 {
		return never
	}
	for ahead := int64(1); ahead <= wheelSlots; {
		i := (w.turned + ahead) % wheelSlots
		if word := w.used[i/64] >> (i % 64); word != 0 {
			ahead += int64(bits.TrailingZeros64(word))
			return (w.turned + ahead) * int64(Resolution)
		}
		ahead += 64 - i%64
	}
	return (w.turned + wheelSlots) * int64(Resolution)
}
