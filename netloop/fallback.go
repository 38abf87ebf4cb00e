package netloop

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// fallback serves connections that no event loop can: encrypted ones, and all
// of them on systems without epoll. A connection has a goroutine that reads,
// and one that writes while there is something to write.
type fallback struct {
	group *Group
	conns sync.WaitGroup
	wheel *sharedWheel

	mu   sync.Mutex
	open map[*goConn]struct{}
}

func (f *fallback) start(g *Group) {
	f.group, f.open = g, map[*goConn]struct{}{}
	f.wheel = newSharedWheel()
}

func (f *fallback) stop() {
	f.mu.Lock()
	for c := range f.open {
		c.end(nil)
	}
	f.mu.Unlock()
	f.conns.Wait()
	f.wheel.stop()
}

// serve starts a connection's reader.
func (f *fallback) serve(nc net.Conn, read []byte, h Handler) error {
	c := &goConn{net: nc, handler: h, in: f}
	c.owner = c
	c.resumed.L = &c.mu
	f.mu.Lock()
	f.open[c] = struct{}{}
	f.conns.Add(1)
	f.mu.Unlock()
	if !f.group.guard(func() { h.Open(c) }) {
		c.end(errPanic)
	}
	go c.readAll(append([]byte(nil), read...))
	return nil
}

// goConn is a connection with goroutines.
type goConn struct {
	timer
	net     net.Conn
	handler Handler
	in      *fallback
	closing atomic.Bool

	mu      sync.Mutex
	paused  bool
	resumed sync.Cond // paused or closing changed; L is &mu
	why     error
	// writing says that the writer runs; again that it was woken meanwhile.
	writing, again bool
	writers        sync.WaitGroup
}

// readBufferSize is small: every connection has one while it waits.
const readBufferSize = 4 << 10

func (c *goConn) readAll(early []byte) {
	defer c.in.conns.Done()
	if len(early) > 0 {
		c.deliver(early)
	}
	buf := make([]byte, readBufferSize)
	for c.mayRead() {
		n, err := c.net.Read(buf)
		if n > 0 {
			c.deliver(buf[:n])
		}
		if err != nil {
			if errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded) {
				err = fmt.Errorf("read connection: %w", err)
			}
			c.end(err)
		}
	}
	c.net.Close()
	c.writers.Wait()
	c.in.wheel.cancel(c)
	c.in.mu.Lock()
	delete(c.in.open, c)
	c.in.mu.Unlock()
	c.in.group.guard(func() { c.handler.Closed(c.why) })
	c.in.group.left()
}

func (c *goConn) deliver(b []byte) {
	if !c.closing.Load() && !c.in.group.guard(func() { c.handler.Read(b) }) {
		c.end(errPanic)
	}
}

// mayRead waits while reading is paused. It returns false at the end.
func (c *goConn) mayRead() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.paused && !c.closing.Load() {
		c.resumed.Wait()
	}
	return !c.closing.Load()
}

// end makes reader and writer stop; the first reason counts.
func (c *goConn) end(why error) {
	c.mu.Lock()
	first := !c.closing.Swap(true)
	if first {
		c.why = why
	}
	c.resumed.Broadcast()
	c.mu.Unlock()
	if first {
		// Unblocks reader and writer; the reader closes.
		_ = c.net.SetDeadline(time.Unix(1, 0))
	}
}

// CloseWrite implements Conn.
func (c *goConn) CloseWrite() {
	if half, ok := c.net.(interface{ CloseWrite() error }); ok {
		// It fails if the peer is gone, which reading will tell.
		_ = half.CloseWrite()
	}
}

// Close implements Conn.
func (c *goConn) Close() { c.end(nil) }

// Wake implements Conn.
func (c *goConn) Wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closing.Load():
	case c.writing:
		c.again = true
	default:
		c.writing = true
		c.writers.Add(1)
		go c.writeAll()
	}
}

func (c *goConn) writeAll() {
	defer c.writers.Done()
	scratch := make([]byte, 0, readBufferSize)
	for {
		var out []byte
		if !c.in.group.guard(func() { out = c.handler.Output(scratch[:0]) }) {
			c.end(errPanic)
		}
		c.mu.Lock()
		if c.closing.Load() || len(out) == 0 && !c.again {
			c.writing = false
			c.mu.Unlock()
			return
		}
		c.again = false
		c.mu.Unlock()
		if len(out) > 0 {
			c.write(out)
		}
	}
}

// write writes all of b. The peer has the write timeout anew with everything
// that it takes.
func (c *goConn) write(b []byte) {
	for len(b) > 0 && !c.closing.Load() {
		if limit := c.in.group.WriteTimeout; limit > 0 {
			_ = c.net.SetWriteDeadline(time.Now().Add(limit))
		}
		n, err := c.net.Write(b)
		b = b[n:]
		if err == nil || n > 0 && errors.Is(err, os.ErrDeadlineExceeded) {
			continue
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = ErrWriteTimeout
		}
		c.end(fmt.Errorf("write connection: %w", err))
	}
}

// PauseReading implements Conn.
func (c *goConn) PauseReading() {
	c.mu.Lock()
	c.paused = true
	c.mu.Unlock()
}

// ResumeReading implements Conn.
func (c *goConn) ResumeReading() {
	c.mu.Lock()
	c.paused = false
	c.resumed.Broadcast()
	c.mu.Unlock()
}

// WakeAt implements Conn.
func (c *goConn) WakeAt(mono int64) {
	if !c.closing.Load() {
		c.in.wheel.set(&c.timer, mono)
	}
}

func (c *goConn) expired(now int64) {
	if !c.closing.Load() && !c.in.group.guard(func() { c.handler.Tick(now) }) {
		c.end(errPanic)
	}
}

// RemoteAddr implements Conn.
func (c *goConn) RemoteAddr() net.Addr { return c.net.RemoteAddr() }
