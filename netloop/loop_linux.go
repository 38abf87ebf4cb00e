package netloop

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

const (
	readBuffer  = 64 << 10
	writeBuffer = 64 << 10
)

// loop is one event loop: a goroutine that reads from its connections, runs
// their timers and, beside others, flushes what they have to write.
type loop struct {
	group  *Group
	poll   *poller
	read   []byte
	events []unix.EpollEvent
	ready  []readiness
	due    []*timer
	done   chan struct{}

	// awake is set while the loop is about to look at its lists anyway.
	awake atomic.Bool

	mu    sync.Mutex
	conns []*loopConn // by slot
	free  []int32
	wheel wheel
	// until is when the loop wakes by itself.
	until int64
	// dirty connections have something for the flusher to do.
	dirty []*loopConn
	spare []*loopConn
	// fresh connections came with bytes already read.
	fresh []*loopConn
	// dead connections are to be closed by the loop.
	dead     []*loopConn
	flushing bool
	// ahead is how many bytes for each connection were left to the next flush.
	ahead    int
	flushed  sync.Cond // a flush has ended; L is &mu
	stopping bool

	write []byte // belongs to the flusher
}

type readiness struct {
	conn   *loopConn
	events uint32
}

func (g *Group) startLoops(n int) error {
	for range n {
		p, err := openPoller()
		if err != nil {
			g.stopLoops()
			return err
		}
		l := &loop{
			group: g, poll: p, done: make(chan struct{}),
			read: make([]byte, readBuffer), write: make([]byte, writeBuffer),
			events: make([]unix.EpollEvent, 512),
		}
		l.flushed.L = &l.mu
		l.wheel.turn(Mono(), nil)
		g.loops = append(g.loops, l)
		go l.run()
	}
	return nil
}

func (g *Group) stopLoops() {
	for _, l := range g.loops {
		l.mu.Lock()
		l.stopping = true
		l.mu.Unlock()
		l.poll.wake()
	}
	for _, l := range g.loops {
		<-l.done
	}
}

func (l *loop) run() {
	defer close(l.done)
	for {
		l.awake.Store(true)
		l.work()
		until, idle := l.sleepUntil()
		if !idle {
			until = 0
		}
		if until == stopped {
			break
		}
		n, err := l.poll.wait(l.events, until)
		if err != nil {
			// Only a broken program gets here: the descriptor is ours alone.
			l.group.Log.Error("event loop failed", "error", err)
			break
		}
		l.readReady(l.events[:n])
	}
	l.closeAll()
	l.poll.close()
}

const stopped = -1

// sleepUntil decides how long the loop may wait for events. idle is false when
// there is something to do at once.
func (l *loop) sleepUntil() (until int64, idle bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// From here on whoever adds to a list wakes the loop.
	l.awake.Store(false)
	switch {
	case l.stopping:
		return stopped, true
	case !l.flushing && (len(l.dirty) > 0 || len(l.dead) > 0), len(l.fresh) > 0:
		return 0, false
	}
	l.until = l.wheel.next()
	return l.until, true
}

// work does what waits in the lists: timers, first bytes, output, closing.
func (l *loop) work() {
	now := Mono()
	l.mu.Lock()
	l.due = l.wheel.turn(now, l.due[:0])
	fresh := l.fresh
	l.fresh = nil
	l.mu.Unlock()
	for _, t := range l.due {
		t.owner.expired(now)
	}
	for _, c := range fresh {
		c.deliverEarly()
	}
	l.flush()
	l.bury()
}

// readReady handles what epoll reported.
func (l *loop) readReady(events []unix.EpollEvent) {
	if len(events) == 0 {
		return
	}
	l.awake.Store(true)
	l.mu.Lock()
	ready := l.ready[:0]
	for i := range events {
		e := &events[i]
		// The slot may have been given to another connection since.
		if c := l.conns[e.Fd]; c != nil && c.generation == e.Pad {
			ready = append(ready, readiness{c, e.Events})
		}
	}
	l.ready = ready
	l.mu.Unlock()
	for _, r := range ready {
		if r.events&unix.EPOLLOUT != 0 {
			r.conn.writable()
		}
		if r.events&^unix.EPOLLOUT != 0 {
			r.conn.readable(l.read)
		}
	}
	clear(ready)
}

// aheadLimit is how many bytes batches may hand to a connection while a flush
// is under way and not wait for the next one. It lets messages gather, so that
// one system call carries many of them, and keeps publishers from running away
// from the network.
const aheadLimit = 16 << 10

// flush writes what the dirty connections have, unless somebody does so
// already. Only one flusher works on a loop at a time.
func (l *loop) flush() {
	l.mu.Lock()
	if !l.flushing {
		l.pass()
	}
	l.leave()
}

// settle writes what a batch of so many bytes for each connection has made
// dirty. If a flush is under way, it leaves that to the next one, or, if too
// much gathers, waits for that.
func (l *loop) settle(size int) {
	l.mu.Lock()
	switch {
	case !l.flushing:
		l.pass()
	case l.ahead+size <= aheadLimit:
		l.ahead += size
	default:
		// The flush under way may have begun before the last connection became
		// dirty; the next one has not.
		for range 2 {
			for l.flushing {
				l.flushed.Wait()
			}
			if len(l.dirty) == 0 {
				break
			}
			l.pass()
		}
	}
	l.leave()
}

// leave gives up the lock, and what is dirty, if nobody else sees to it, to the
// loop.
func (l *loop) leave() {
	more := !l.flushing && len(l.dirty) > 0
	l.mu.Unlock()
	if more {
		l.nudge()
	}
}

// pass is one flush. Called with the lock, which it gives up meanwhile.
func (l *loop) pass() {
	if len(l.dirty) == 0 {
		return
	}
	l.flushing, l.ahead = true, 0
	list := l.dirty
	l.dirty, l.spare = l.spare[:0], nil
	l.mu.Unlock()
	for _, c := range list {
		c.flush(l.write)
	}
	l.mu.Lock()
	clear(list)
	l.spare = list
	l.flushing = false
	l.flushed.Broadcast()
	if len(l.dead) > 0 {
		l.nudge()
	}
}

// nudge makes sure that the loop looks at its lists.
func (l *loop) nudge() {
	if !l.awake.Load() {
		l.poll.wake()
	}
}

// mark puts a connection on the dirty list.
func (l *loop) mark(c *loopConn) {
	if c.dirty.Swap(true) {
		return
	}
	l.mu.Lock()
	l.dirty = append(l.dirty, c)
	l.mu.Unlock()
	if l.group.corked() == 0 {
		l.nudge()
	}
}

// kill leaves a connection to the loop to be closed: only the loop closes
// descriptors, so that nobody ever uses the number of one that was closed.
func (l *loop) kill(c *loopConn, why error) {
	l.mu.Lock()
	if c.state != connOpen {
		l.mu.Unlock()
		return
	}
	c.state, c.why = connDying, why
	c.closing.Store(true)
	l.dead = append(l.dead, c)
	l.mu.Unlock()
	l.nudge()
}

// bury closes dead connections, unless a flush is under way, which might be
// writing to one of them: then the flusher calls again.
func (l *loop) bury() {
	l.mu.Lock()
	if l.flushing {
		l.mu.Unlock()
		return
	}
	dead := l.dead
	l.dead = nil
	for _, c := range dead {
		l.remove(c)
	}
	l.mu.Unlock()
	for _, c := range dead {
		c.closed()
	}
}

// remove takes a connection out of the loop and closes its descriptor. Called
// with the lock, with no flush under way.
func (l *loop) remove(c *loopConn) {
	c.state = connClosed
	l.wheel.remove(&c.timer)
	l.conns[c.slot] = nil
	l.free = append(l.free, c.slot)
	unix.Close(c.fd)
}

func (l *loop) closeAll() {
	l.mu.Lock()
	l.stopping = true
	for l.flushing {
		l.flushed.Wait()
	}
	var open []*loopConn
	for _, c := range l.conns {
		if c != nil {
			l.remove(c)
			open = append(open, c)
		}
	}
	l.dead = nil
	l.mu.Unlock()
	for _, c := range open {
		c.closed()
	}
}

// place makes a connection one of the loop's.
func (l *loop) place(c *loopConn) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopping {
		return net.ErrClosed
	}
	if n := len(l.free); n > 0 {
		c.slot = l.free[n-1]
		l.free = l.free[:n-1]
		l.conns[c.slot] = c
	} else {
		c.slot = int32(len(l.conns))
		l.conns = append(l.conns, c)
	}
	c.generation = generations.Add(1)
	c.interest = unix.EPOLLIN
	return nil
}

// watch begins to read from a connection, unless it was closed meanwhile.
func (l *loop) watch(c *loopConn) {
	l.mu.Lock()
	if c.state != connOpen {
		l.mu.Unlock()
		return
	}
	err := unix.EpollCtl(l.poll.fd, unix.EPOLL_CTL_ADD, c.fd, c.event())
	early := len(c.early) > 0
	if early {
		l.fresh = append(l.fresh, c)
	}
	l.mu.Unlock()
	switch {
	case err != nil:
		l.kill(c, fmt.Errorf("watch connection: %w", err))
	case early:
		l.nudge()
	}
}

// generations tell connections apart that stood in one slot one after another.
var generations atomic.Int32

// cork holds back waking loops for output: the caller will uncork.
func (g *Group) cork() { g.corks.Add(1) }

func (g *Group) corked() int32 { return g.corks.Load() }

// uncork writes what gathered. Loops that have much get to it at once, beside
// this goroutine, which then does what is left.
func (g *Group) uncork(size int) {
	g.corks.Add(-1)
	if len(g.loops) > 1 {
		for _, l := range g.loops[1:] {
			if l.hasMuch() {
				l.nudge()
			}
		}
	}
	for _, l := range g.loops {
		l.settle(size)
	}
}

// hasMuch reports whether flushing is worth another thread.
func (l *loop) hasMuch() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.dirty) >= 64
}
