package memory

import (
	"sync"

	"carillon/engine"
)

// A lane hands the events of one channel to the sink in the order in which
// they were numbered, one call at a time, without a lock held during the call.
//
// Whoever adds an event to an idle lane becomes its driver: it takes everything
// that waits, unlocks, calls the sink, and goes on until nothing waits. Whoever
// finds a driver leaves the event to it. Publishers then wait for theirs to be
// delivered, so that an acknowledged publication stands in every subscriber's
// queue; joins and leaves don't wait, because a sink may cause them while it
// takes another event.
//
// If the sink panics, the panic goes up the driver's stack, and the next one
// who comes, or who already waits, drives on.
type lane struct {
	waiting, spare []engine.Event
	driven         bool
	// added and delivered count events; changed is told of deliveries.
	added, delivered uint64
	changed          sync.Cond
	// users counts those who still look at the lane.
	users int
}

// lanes holds those in use, and some to use again.
type lanes struct {
	busy map[string]*lane
	idle []*lane
}

// idleLanes bounds the lanes kept for reuse, and laneEvents what one may hold.
const (
	idleLanes  = 8
	laneEvents = 64
)

// deliver adds an event to the channel's lane. It is called with the shard's
// mutex held and releases it.
func (s *shard) deliver(sink engine.Sink, channel string, ev engine.Event, wait bool) {
	defer s.mu.Unlock()
	l := s.lanes.enter(channel, &s.mu)
	defer s.lanes.leave(channel, l)
	l.waiting = append(l.waiting, ev)
	l.added++
	for mine := l.added; l.delivered < mine; {
		if !l.driven {
			s.drive(sink, channel, l)
		} else if wait {
			l.changed.Wait()
		} else {
			return
		}
	}
}

// drive delivers until nothing waits. The mutex is held on entry and on return,
// also when the sink panics.
func (s *shard) drive(sink engine.Sink, channel string, l *lane) {
	l.driven = true
	defer func() {
		l.driven = false
		l.changed.Broadcast()
	}()
	for len(l.waiting) > 0 {
		s.hand(sink, channel, l)
	}
}

// hand gives the sink what waits. It counts as delivered also if the sink
// panics, so that nobody waits for it any longer.
func (s *shard) hand(sink engine.Sink, channel string, l *lane) {
	batch := l.waiting
	l.waiting = l.spare[:0]
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		l.delivered += uint64(len(batch))
		clear(batch)
		l.spare = batch[:0]
		l.changed.Broadcast()
	}()
	sink.Deliver(channel, batch)
}

func (ls *lanes) enter(channel string, mu sync.Locker) *lane {
	l := ls.busy[channel]
	if l == nil {
		if last := len(ls.idle) - 1; last >= 0 {
			l, ls.idle = ls.idle[last], ls.idle[:last]
		} else {
			l = &lane{changed: sync.Cond{L: mu}}
		}
		ls.busy[channel] = l
	}
	l.users++
	return l
}

func (ls *lanes) leave(channel string, l *lane) {
	if l.users--; l.users > 0 || len(l.waiting) > 0 {
		return
	}
	delete(ls.busy, channel)
	if len(ls.idle) < idleLanes && cap(l.waiting) <= laneEvents && cap(l.spare) <= laneEvents {
		ls.idle = append(ls.idle, l)
	}
}
