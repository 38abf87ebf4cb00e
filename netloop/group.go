package netloop

import (
	"context"
	"log/slog"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Options configure a Group.
type Options struct {
	// Loops is the number of event loops; 0 is one for each processor.
	Loops int
	// WriteTimeout is how long a peer may take no byte of what waits for it;
	// 0 is for ever.
	WriteTimeout time.Duration
	// Log takes panics of handlers. Required.
	Log *slog.Logger
}

// Group runs the event loops and everything else that connections need.
type Group struct {
	Options
	loops    []*loop
	fallback fallback
	corks    atomic.Int32

	mu     sync.Mutex
	closed bool
	turn   int
	// conns counts connections until their handlers were told of the end;
	// empty, if any, is closed when there are none.
	conns int
	empty chan struct{}
}

// Open starts a group. Close ends it.
func Open(o Options) (*Group, error) {
	if o.Loops <= 0 {
		o.Loops = runtime.GOMAXPROCS(0)
	}
	g := &Group{Options: o}
	if err := g.startLoops(o.Loops); err != nil {
		return nil, err
	}
	g.fallback.start(g)
	return g, nil
}

// Serve takes a connection over. read are bytes that were already read from
// it. Handler.Open is called before Serve returns.
func (g *Group) Serve(nc net.Conn, read []byte, h Handler) error {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		nc.Close()
		return net.ErrClosed
	}
	g.turn++
	g.conns++
	turn := g.turn
	g.mu.Unlock()
	taken, err := g.serveOnLoop(turn, nc, read, h)
	if !taken && err == nil {
		err = g.fallback.serve(nc, read, h)
	}
	if err != nil {
		g.left()
	}
	return err
}

// left counts a connection that is over.
func (g *Group) left() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.conns--; g.conns == 0 && g.empty != nil {
		close(g.empty)
		g.empty = nil
	}
}

// Drain waits until no connection is left, or ctx ends. Only one call may be
// under way.
func (g *Group) Drain(ctx context.Context) {
	g.mu.Lock()
	if g.conns == 0 {
		g.mu.Unlock()
		return
	}
	empty := make(chan struct{})
	g.empty = empty
	g.mu.Unlock()
	select {
	case <-empty:
	case <-ctx.Done():
	}
}

// Batch runs work that has output for many connections, and writes it when
// work is done, together with whatever gathered meanwhile. size is how many
// bytes a connection gets of it at most. It returns when the output was offered
// to the system, or, if others are at that and size is small, when it is sure
// to be soon. It must not be called by a Handler.
func (g *Group) Batch(size int, work func()) {
	g.cork()
	defer g.uncork(size)
	work()
}

// Close closes all connections and ends the group. It returns when every
// handler was told.
func (g *Group) Close() {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return
	}
	g.closed = true
	g.mu.Unlock()
	g.stopLoops()
	g.fallback.stop()
}

// guard calls a handler and reports whether it returned without a panic.
func (g *Group) guard(call func()) (ok bool) {
	defer func() {
		if v := recover(); v != nil {
			buf := make([]byte, 16<<10)
			g.Log.Error("panic in connection handler", "panic", v, "stack", string(buf[:runtime.Stack(buf, false)]))
			ok = false
		}
	}()
	call()
	return true
}
