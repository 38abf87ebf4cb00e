package netloop

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// loopConn is a connection on an event loop.
type loopConn struct {
	timer
	loop    *loop
	handler Handler
	fd      int
	dirty   atomic.Bool
	closing atomic.Bool // set once state is connDying

	// Guarded by loop.mu.
	state      connState
	slot       int32
	generation int32
	interest   uint32 // the events asked for
	wakeAt     int64  // what the handler asked for, 0 for nothing
	writeBy    int64  // when the peer must have taken something, 0 if nothing waits
	why        error

	// rest is what the system did not take yet; it belongs to the flusher.
	rest []byte
	// early came with the connection; it belongs to the loop's goroutine.
	early []byte
}

type connState uint8

const (
	connOpen connState = iota
	connDying
	connClosed
)

// serveOnLoop takes over the descriptor of a plain TCP or Unix connection. It
// doesn't take connections of other kinds.
func (g *Group) serveOnLoop(turn int, nc net.Conn, read []byte, h Handler) (taken bool, err error) {
	switch nc.(type) {
	case *net.TCPConn, *net.UnixConn:
	default:
		return false, nil
	}
	fd, err := duplicate(nc.(syscall.Conn))
	// The runtime's poller lets go of the connection with nc; the duplicate
	// keeps it open.
	nc.Close()
	if err != nil {
		return true, fmt.Errorf("take over connection: %w", err)
	}
	l := g.loops[turn%len(g.loops)]
	c := &loopConn{loop: l, handler: h, fd: fd, early: bytes.Clone(read)}
	c.owner = c
	if err := l.place(c); err != nil {
		unix.Close(fd)
		return true, fmt.Errorf("take over connection: %w", err)
	}
	if !g.guard(func() { h.Open(c) }) {
		l.kill(c, errPanic)
	}
	l.watch(c)
	return true, nil
}

func duplicate(sc syscall.Conn) (fd int, err error) {
	raw, err := sc.SyscallConn()
	if err != nil {
		return 0, err
	}
	cerr := raw.Control(func(old uintptr) {
		fd, err = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 0)
	})
	if cerr != nil {
		return 0, cerr
	}
	return fd, err
}

// Wake implements Conn.
func (c *loopConn) Wake() { c.loop.mark(c) }

// WakeAt implements Conn.
func (c *loopConn) WakeAt(mono int64) {
	l := c.loop
	l.mu.Lock()
	if c.state > connOpen || c.wakeAt != 0 && c.wakeAt <= mono {
		l.mu.Unlock()
		return
	}
	c.wakeAt = mono
	sooner := l.wheel.set(&c.timer, mono) && mono < l.until
	l.mu.Unlock()
	if sooner {
		l.nudge()
	}
}

// expired runs on the loop when the timer is due.
func (c *loopConn) expired(now int64) {
	l := c.loop
	l.mu.Lock()
	if c.state != connOpen {
		l.mu.Unlock()
		return
	}
	tick := c.wakeAt != 0 && c.wakeAt <= now
	if tick {
		c.wakeAt = 0
	}
	stuck := c.writeBy != 0 && c.writeBy <= now
	for _, at := range [2]int64{c.wakeAt, c.writeBy} {
		if at != 0 {
			l.wheel.set(&c.timer, at)
		}
	}
	l.mu.Unlock()
	switch {
	case stuck:
		l.kill(c, ErrWriteTimeout)
	case tick:
		if !l.group.guard(func() { c.handler.Tick(now) }) {
			l.kill(c, errPanic)
		}
	}
}

// PauseReading implements Conn.
func (c *loopConn) PauseReading() { c.ask(0, unix.EPOLLIN) }

// ResumeReading implements Conn.
func (c *loopConn) ResumeReading() { c.ask(unix.EPOLLIN, 0) }

// ask changes the events that the connection waits for.
func (c *loopConn) ask(add, drop uint32) {
	l := c.loop
	l.mu.Lock()
	defer l.mu.Unlock()
	want := c.interest&^drop | add
	if c.state != connOpen || want == c.interest {
		return
	}
	c.interest = want
	// A descriptor that is ours and open can't fail here.
	_ = unix.EpollCtl(l.poll.fd, unix.EPOLL_CTL_MOD, c.fd, c.event())
}

func (c *loopConn) event() *unix.EpollEvent {
	return &unix.EpollEvent{Events: c.interest, Fd: c.slot, Pad: c.generation}
}

// CloseWrite implements Conn.
func (c *loopConn) CloseWrite() {
	// It fails if the peer is gone, which reading will tell.
	_ = unix.Shutdown(c.fd, unix.SHUT_WR)
}

// Close implements Conn.
func (c *loopConn) Close() { c.loop.kill(c, nil) }

// RemoteAddr implements Conn.
func (c *loopConn) RemoteAddr() net.Addr {
	sa, err := unix.Getpeername(c.fd)
	if err != nil {
		return nil
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return &net.TCPAddr{IP: sa.Addr[:], Port: sa.Port}
	case *unix.SockaddrInet6:
		return &net.TCPAddr{IP: sa.Addr[:], Port: sa.Port}
	}
	return nil
}

// readable runs on the loop when there is something to read, or an end.
func (c *loopConn) readable(buf []byte) {
	c.deliverEarly()
	if c.closing.Load() {
		return
	}
	n, err := read(c.fd, buf)
	switch {
	case n > 0:
		c.deliver(buf[:n])
	case err == unix.EAGAIN || err == unix.EINTR:
	case err != nil:
		c.loop.kill(c, fmt.Errorf("read connection: %w", err))
	default:
		c.loop.kill(c, io.EOF)
	}
}

// deliverEarly hands over what came with the connection, before all else.
func (c *loopConn) deliverEarly() {
	if early := c.early; early != nil {
		c.early = nil
		c.deliver(early)
	}
}

func (c *loopConn) deliver(b []byte) {
	if len(b) > 0 && !c.closing.Load() && !c.loop.group.guard(func() { c.handler.Read(b) }) {
		c.loop.kill(c, errPanic)
	}
}

// writable runs on the loop when the system takes bytes again.
func (c *loopConn) writable() { c.loop.mark(c) }

// flush writes until there is no more or the system takes no more. It belongs
// to the flusher.
func (c *loopConn) flush(scratch []byte) {
	// Before looking for output: what comes later marks the connection again.
	c.dirty.Store(false)
	if c.closing.Load() {
		return
	}
	if len(c.rest) > 0 {
		if !c.send(c.rest) {
			return
		}
		c.rest = nil
		c.unblock()
	}
	for {
		var out []byte
		if !c.loop.group.guard(func() { out = c.handler.Output(scratch[:0]) }) {
			c.loop.kill(c, errPanic)
			return
		}
		if len(out) == 0 || !c.send(out) {
			return
		}
	}
}

// send writes b and reports whether all of it went. What did not is in rest.
func (c *loopConn) send(b []byte) bool {
	first := true
	for {
		n, err := write(c.fd, b)
		if n == len(b) {
			return true
		}
		switch {
		case n > 0:
			b = b[n:]
			first = false
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			if len(c.rest) == 0 || !first {
				c.block(b)
			}
			return false
		default:
			c.loop.kill(c, fmt.Errorf("write connection: %w", err))
			return false
		}
	}
}

// block keeps what the system did not take until it takes more, for as long as
// the write timeout allows.
func (c *loopConn) block(b []byte) {
	if len(c.rest) == 0 {
		b = bytes.Clone(b)
	}
	c.rest = b
	l := c.loop
	l.mu.Lock()
	if limit := l.group.WriteTimeout; limit > 0 && c.state == connOpen {
		c.writeBy = Mono() + int64(limit)
		l.wheel.set(&c.timer, c.writeBy)
	}
	l.mu.Unlock()
	c.ask(unix.EPOLLOUT, 0)
}

// unblock undoes block.
func (c *loopConn) unblock() {
	c.loop.mu.Lock()
	c.writeBy = 0
	c.loop.mu.Unlock()
	c.ask(0, unix.EPOLLOUT)
}

// closed tells the handler, once the descriptor is closed.
func (c *loopConn) closed() {
	c.rest, c.early = nil, nil
	c.loop.group.guard(func() { c.handler.Closed(c.why) })
	c.loop.group.left()
}

// read and write are the system calls on a descriptor that doesn't block. They
// skip the scheduler's bookkeeping for calls that may: it costs as much as a
// small read.
func read(fd int, b []byte) (int, error)  { return rw(unix.SYS_READ, fd, b) }
func write(fd int, b []byte) (int, error) { return rw(unix.SYS_WRITE, fd, b) }

func rw(trap uintptr, fd int, b []byte) (int, error) {
	n, _, errno := syscall.RawSyscall(trap, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
