package sim

import (
	"fmt"
	"math/rand/v2"
)

// scheduler lets one goroutine run at a time and chooses which.
type scheduler struct {
	rng     *rand.Rand
	ready   []*task
	current *task
	// back is told when the current task parked or ended.
	back chan struct{}
	log  []string
}

type task struct {
	name   string
	resume chan struct{}
	ended  bool
}

func newScheduler(seed uint64) *scheduler {
	return &scheduler{rng: rand.New(rand.NewPCG(seed, seed)), back: make(chan struct{})}
}

// spawn makes work a task, which begins when it is chosen.
func (s *scheduler) spawn(name string, work func()) {
	t := &task{name: name, resume: make(chan struct{})}
	go func() {
		<-t.resume
		work()
		t.ended = true
		s.back <- struct{}{}
	}()
	s.ready = append(s.ready, t)
}

// gate lets others go first. It is called by tasks.
func (s *scheduler) gate() {
	t := s.current
	if t == nil {
		return // the scheduler's own goroutine
	}
	s.back <- struct{}{}
	<-t.resume
}

// step lets one task run to its next gate; false when there is none.
func (s *scheduler) step() bool {
	if len(s.ready) == 0 {
		return false
	}
	i := s.rng.IntN(len(s.ready))
	t := s.ready[i]
	s.note("run %s", t.name)
	s.current = t
	t.resume <- struct{}{}
	<-s.back
	s.current = nil
	if t.ended {
		s.ready[i] = s.ready[len(s.ready)-1]
		s.ready = s.ready[:len(s.ready)-1]
	}
	return true
}

// chance is true with a probability of n in 100.
func (s *scheduler) chance(n int) bool { return s.rng.IntN(100) < n }

// note adds a line to the story that a failure prints.
func (s *scheduler) note(format string, args ...any) {
	s.log = append(s.log, fmt.Sprintf(format, args...))
}
