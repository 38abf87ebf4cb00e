package websocket

import (
	"carillon/protocol"

	"github.com/gobwas/ws"
)

// messagesAtOnce bounds the protocol messages in one WebSocket message.
const messagesAtOnce = 64

// Output implements netloop.Handler.
func (c *conn) Output(scratch []byte) []byte {
	c.mu.Lock()
	control, before := c.control, c.stage
	c.control = nil
	c.mu.Unlock()
	if len(control) > 0 {
		return control
	}
	var room [messagesAtOnce]*protocol.Frame
	if frames := c.session.Pull(room[:0]); len(frames) > 0 {
		return c.encode(scratch, frames)
	}
	switch before {
	case stageDraining:
		return c.sayFarewell()
	case stageSaid:
		c.leave()
	}
	return nil
}

// leave ends what the close frame announced, once the system has it.
func (c *conn) leave() {
	c.mu.Lock()
	over, failed := c.peerClosed, c.failed
	c.mu.Unlock()
	switch {
	case over:
		c.net.Close()
	case failed:
		// The client's answer won't be understood. Closing at once would make
		// the system reset the connection, and the client might never see why.
		c.net.CloseWrite()
	}
}

func (c *conn) sayFarewell() []byte {
	c.mu.Lock()
	frame, ours := c.farewell, !c.peerClosed
	c.stage, c.farewell = stageSaid, nil
	c.mu.Unlock()
	if ours {
		c.endpoint.Metrics.CloseSent(uint32(frame[2])<<8 | uint32(frame[3]))
	}
	return frame
}

// encode returns frames as one WebSocket message, RFC 6455, section 5.6.
func (c *conn) encode(scratch []byte, frames []*protocol.Frame) []byte {
	size := 0
	for _, f := range frames {
		n := len(f.Payload())
		size += n
		c.endpoint.Metrics.Sent(uint8(f.Type()), 1, n)
	}
	opcode := ws.OpBinary
	if c.encoding == protocol.JSON {
		opcode = ws.OpText
		size += len(frames) - 1 // line feeds
	}
	if c.deflate && size > c.endpoint.CompressionMinSize {
		return c.endpoint.deflate(scratch, opcode, c.join(nil, frames))
	}
	if len(frames) == 1 {
		return frames[0].WebSocket()
	}
	header := protocol.HeaderLen(size)
	if cap(scratch) < header+size {
		scratch = make([]byte, 0, header+size)
	}
	scratch = scratch[:header]
	protocol.PutHeader(scratch, byte(opcode), size)
	return c.join(scratch, frames)
}

// join appends the messages as the protocol batches them.
func (c *conn) join(dst []byte, frames []*protocol.Frame) []byte {
	for i, f := range frames {
		if i > 0 && c.encoding == protocol.JSON {
			dst = append(dst, '\n')
		}
		dst = append(dst, f.Payload()...)
	}
	return dst
}
