package websocket

import (
	"errors"
	"sync"
	"time"

	"carillon"
	"carillon/netloop"
	"carillon/observe"
	"carillon/protocol"
	"carillon/session"
)

// conn is one connection: a netloop.Handler below and a session.Transport
// above.
type conn struct {
	endpoint *Endpoint
	net      netloop.Conn
	session  *session.Session
	request  *session.Request // until Open
	pings    *framePings      // nil unless asked for
	encoding protocol.Encoding
	deflate  bool
	in       reader

	mu sync.Mutex
	// control is a pong or a close echo that waits to be written.
	control []byte
	// farewell is the close frame that goes behind everything queued.
	farewell []byte
	stage    stage
	// peerClosed says that the client's close frame has come.
	peerClosed bool
	// failed says that the client broke the protocol.
	failed bool
	// giveUp is when the connection is dropped, by netloop.Mono; 0 is not.
	giveUp int64
}

// stage is how far a connection is on the way to its end.
type stage uint8

const (
	stageOpen stage = iota
	// stageDraining: what is queued is still written.
	stageDraining
	// stageSaid: the close frame is with the system.
	stageSaid
)

// closeTimeout is how long a client may take to answer a close frame, or to go
// after its connect was refused.
const closeTimeout = 5 * time.Second

// Open implements netloop.Handler.
func (c *conn) Open(nc netloop.Conn) {
	c.net = nc
	req := *c.request
	c.request = nil
	c.session = session.New(c.endpoint.Env, c, req)
	if c.pings != nil {
		c.pings.due = netloop.Mono() + int64(c.endpoint.PingInterval)
		nc.WakeAt(c.pings.due)
	}
}

// Closed implements netloop.Handler.
func (c *conn) Closed(why error) {
	c.in = reader{}
	if errors.Is(why, netloop.ErrWriteTimeout) {
		c.session.Close(carillon.DisconnectWriteError)
		return
	}
	c.session.Close(carillon.DisconnectConnectionClosed)
}

// Tick implements netloop.Handler.
func (c *conn) Tick(now int64) {
	c.mu.Lock()
	giveUp := c.giveUp
	c.mu.Unlock()
	switch {
	case giveUp == 0:
		c.session.Tick(now)
		if c.pings != nil {
			c.tickPings(now)
		}
	case now >= giveUp:
		c.net.Close()
	default:
		c.net.WakeAt(giveUp)
	}
}

// Metrics implements session.Transport.
func (c *conn) Metrics() *observe.TransportMetrics { return c.endpoint.Metrics }

// Encoding implements session.Transport.
func (c *conn) Encoding() protocol.Encoding { return c.encoding }

// Wake implements session.Transport.
func (c *conn) Wake() { c.net.Wake() }

// WakeAt implements session.Transport.
func (c *conn) WakeAt(mono int64) { c.net.WakeAt(mono) }

// PauseReading implements session.Transport.
func (c *conn) PauseReading() { c.net.PauseReading() }

// ResumeReading implements session.Transport.
func (c *conn) ResumeReading() { c.net.ResumeReading() }

var (
	_ netloop.Handler   = (*conn)(nil)
	_ session.Transport = (*conn)(nil)
)
