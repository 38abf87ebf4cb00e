package front

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// bufferSize bounds a request head, and a head and body that need no memory of
// their own.
const bufferSize = 8 << 10

var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// conn is one connection until it ends, is hijacked or is handed over.
type conn struct {
	server *Server
	net    net.Conn
	remote string
	// busy is set while a request is under way.
	busy atomic.Bool
	// readBy and writeBy are the deadlines in force.
	readBy, writeBy time.Time
	// What follows is reused from request to request.
	in     scratch
	body   wholeBody
	answer response
	out    []byte
}

// wholeBody is a body that has been read already.
type wholeBody struct {
	bytes.Reader
	whole []byte
}

// Bytes returns the whole body, for handlers that know of it. It is valid
// until the handler returns.
func (b *wholeBody) Bytes() []byte { return b.whole }

// Close implements io.Closer.
func (b *wholeBody) Close() error { return nil }

// keptOutput bounds the memory for responses that a connection keeps.
const keptOutput = 4 << 10

// serve handles requests one after the other.
func (c *conn) serve() {
	defer c.server.conns.Done()
	buf := buffers.Get().(*[bufferSize]byte)
	defer buffers.Put(buf)
	deadline := c.server.HeaderTimeout
	for n := 0; ; {
		if n == 0 {
			c.busy.Store(false)
			if c.server.stopping.Load() || !move(&c.readBy, time.Now(), deadline, c.net.SetReadDeadline) {
				c.close()
				return
			}
			// Without a byte the client has gone, or was silent too long.
			if n, _ = c.net.Read(buf[:]); n == 0 {
				c.close()
				return
			}
		}
		c.busy.Store(true)
		used, again := c.request(buf[:n])
		if !again {
			return
		}
		n = copy(buf[:], buf[used:n])
		deadline = c.server.IdleTimeout
	}
}

// request serves the request at the beginning of b, and returns how much of b
// it was; again is false if the connection is no longer this one's.
func (c *conn) request(b []byte) (used int, again bool) {
	r, size, length, v := c.in.parse(b, c.server.blank, c.server.Hot)
	if v != hot || length > c.server.MaxBody {
		c.handOver(b)
		return 0, false
	}
	began := time.Now()
	body := b[size:]
	if len(body) >= length {
		body = body[:length:length]
		used = size + length
	} else {
		whole := make([]byte, length)
		have := copy(whole, body)
		if !move(&c.readBy, began, c.server.BodyTimeout, c.net.SetReadDeadline) {
			c.close()
			return 0, false
		}
		if _, err := io.ReadFull(c.net, whole[have:]); err != nil {
			c.close()
			return 0, false
		}
		body, used = whole, len(b)
	}
	if length > 0 {
		c.body.whole = body
		c.body.Reset(body)
		r.Body = &c.body
	}
	if c.remote == "" {
		c.remote = c.net.RemoteAddr().String()
	}
	r.RemoteAddr = c.remote
	w := &c.answer
	w.reset(c, b[used:])
	ok := c.handle(w, r)
	c.body = wholeBody{} // An idle connection keeps no body.
	if !ok {
		if !w.hijacked {
			c.close()
		}
		return 0, false
	}
	if w.hijacked {
		return 0, false
	}
	last := c.server.stopping.Load()
	c.out = w.append(c.out[:0], last)
	if !move(&c.writeBy, began, c.server.WriteTimeout, c.net.SetWriteDeadline) {
		c.close()
		return 0, false
	}
	if _, err := c.net.Write(c.out); err != nil || last {
		c.close()
		return 0, false
	}
	if cap(c.out) > keptOutput {
		c.out = nil
	}
	return used, true
}

// handle calls the handler. A panic ends this connection and no other.
func (c *conn) handle(w *response, r *http.Request) (ok bool) {
	defer func() {
		if p := recover(); p != nil {
			if err, isError := p.(error); !isError || !errors.Is(err, http.ErrAbortHandler) {
				c.server.Log.Error("panic in HTTP handler", "panic", p, "path", r.URL.Path, "stack", string(debug.Stack()))
			}
			ok = false
		}
	}()
	c.server.Handler.ServeHTTP(w, r)
	return true
}

// handOver gives the connection to net/http, with what has been read of it.
func (c *conn) handOver(read []byte) {
	c.server.forget(c)
	if err := c.net.SetDeadline(time.Time{}); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		c.net.Close()
		return
	}
	c.server.handover.give(&replayed{Conn: c.net, rest: bytes.Clone(read)})
}

func (c *conn) close() {
	c.server.forget(c)
	c.net.Close()
}

// move sets a deadline to be timeout from now. One that is in force and almost
// the same stays: setting it costs more than the difference is worth.
func move(inForce *time.Time, now time.Time, timeout time.Duration, set func(time.Time) error) (ok bool) {
	deadline := now.Add(timeout)
	if later := deadline.Sub(*inForce); 0 <= later && later < min(timeout/16, time.Second) {
		return true
	}
	*inForce = deadline
	return set(deadline) == nil
}
