package enginetest

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"carillon/engine"
)

// patience is how long an event may be on its way.
const patience = 10 * time.Second

// recorder is a sink that keeps everything, and sees whether it is called as the
// contract says.
type recorder struct {
	mu      sync.Mutex
	events  map[string][]engine.Event
	inside  map[string]bool
	faults  []string
	arrived chan struct{} // closed at the next arrival
}

func newRecorder() *recorder {
	return &recorder{
		events: map[string][]engine.Event{}, inside: map[string]bool{}, arrived: make(chan struct{}),
	}
}

// Deliver implements engine.Sink. It copies the events, whose slice belongs to
// the engine.
func (r *recorder) Deliver(channel string, events []engine.Event) {
	r.mu.Lock()
	if r.inside[channel] {
		r.faults = append(r.faults, "calls of Deliver overlap in "+channel)
	}
	if len(events) == 0 {
		r.faults = append(r.faults, "Deliver of no events in "+channel)
	}
	r.inside[channel] = true
	r.mu.Unlock()
	runtime.Gosched() // so that an overlapping call gets its chance
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inside[channel] = false
	r.events[channel] = append(r.events[channel], events...)
	close(r.arrived)
	r.arrived = make(chan struct{})
}

// wait returns a channel's events as soon as enough says so.
func (r *recorder) wait(t *testing.T, channel string, enough func([]engine.Event) bool) []engine.Event {
	t.Helper()
	late := time.After(patience)
	for {
		r.mu.Lock()
		events, arrived := r.events[channel], r.arrived
		r.mu.Unlock()
		if enough(events) {
			return events
		}
		select {
		case <-arrived:
		case <-late:
			t.Fatalf("only %d events of %s arrived within %v", len(events), channel, patience)
		}
	}
}

// check fails the test if the engine called Deliver in a wrong way.
func (r *recorder) check(t *testing.T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, fault := range r.faults {
		t.Error(fault)
	}
}
