package websocket

import (
	"carillon"

	"github.com/gobwas/ws"
)

// framePings is liveness by pings of the WebSocket protocol, for generic tools
// that don't know the session's. Guarded by conn.mu.
type framePings struct {
	// due is when the next ping goes, pongBy when the answer to the last must
	// have come, 0 when it has.
	due, pongBy int64
}

func (c *conn) tickPings(now int64) {
	c.mu.Lock()
	p := c.pings
	dead := p.pongBy != 0 && now >= p.pongBy
	ping := !dead && now >= p.due
	if ping {
		p.due = now + int64(c.endpoint.PingInterval)
		p.pongBy = now + int64(c.endpoint.PongTimeout)
	}
	next := p.due
	if p.pongBy != 0 {
		next = min(next, p.pongBy)
	}
	c.mu.Unlock()
	if dead {
		c.session.Close(carillon.DisconnectNoPong)
		return
	}
	if ping {
		c.answer(frameOf(ws.OpPing, nil))
	}
	c.net.WakeAt(next)
}

func (c *conn) gotPong() {
	c.mu.Lock()
	c.pings.pongBy = 0
	c.mu.Unlock()
}
