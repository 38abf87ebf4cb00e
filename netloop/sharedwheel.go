package netloop

import (
	"sync"
	"time"
)

// sharedWheel runs timers for connections that have no loop.
type sharedWheel struct {
	mu    sync.Mutex
	wheel wheel
	until int64         // when the goroutine wakes by itself
	bell  chan struct{} // wakes it earlier
	quit  chan struct{}
	done  chan struct{}
}

func newSharedWheel() *sharedWheel {
	w := &sharedWheel{bell: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	w.wheel.turn(Mono(), nil)
	go w.run()
	return w
}

func (w *sharedWheel) stop() {
	close(w.quit)
	<-w.done
}

func (w *sharedWheel) set(t *timer, at int64) {
	w.mu.Lock()
	sooner := w.wheel.set(t, at) && at < w.until
	w.mu.Unlock()
	if sooner {
		select {
		case w.bell <- struct{}{}:
		default:
		}
	}
}

func (w *sharedWheel) cancel(c *goConn) {
	w.mu.Lock()
	w.wheel.remove(&c.timer)
	w.mu.Unlock()
}

func (w *sharedWheel) run() {
	defer close(w.done)
	alarm := time.NewTimer(time.Hour)
	defer alarm.Stop()
	var due []*timer
	for {
		now := Mono()
		w.mu.Lock()
		due = w.wheel.turn(now, due[:0])
		w.mu.Unlock()
		for _, t := range due {
			t.owner.expired(now)
		}
		w.mu.Lock()
		w.until = w.wheel.next()
		wait := time.Hour
		if w.until != never {
			wait = time.Duration(w.until - Mono())
		}
		w.mu.Unlock()
		alarm.Reset(wait)
		select {
		case <-w.quit:
			return
		case <-w.bell:
		case <-alarm.C:
		}
	}
}
