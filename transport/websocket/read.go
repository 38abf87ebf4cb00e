package websocket

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"carillon"

	"github.com/gobwas/ws"
)

// reader is what is left of earlier input. It belongs to Read.
type reader struct {
	// partial is the beginning of a frame whose end has yet to come.
	partial []byte
	// message gathers the fragments of a message; opcode is that of the first,
	// 0 when no message is under way.
	message    []byte
	opcode     ws.OpCode
	compressed bool
	// ended says that nothing more is looked at.
	ended bool
}

// Read implements netloop.Handler.
func (c *conn) Read(b []byte) {
	in := &c.in
	data := b
	if len(in.partial) > 0 {
		in.partial = append(in.partial, b...)
		data = in.partial
	}
	for len(data) > 0 && !in.ended {
		size, ok := c.frame(data)
		if !ok {
			break
		}
		data = data[size:]
	}
	switch {
	case in.ended || len(data) == 0:
		in.partial = nil
	case len(data) == len(in.partial):
		// Nothing of it was complete.
	case len(in.partial) > 0:
		in.partial = append(in.partial[:0], data...)
	default:
		in.partial = append([]byte(nil), data...)
	}
}

// frame handles the frame at the beginning of data, which it may change, and
// returns its size; ok is false if it is incomplete.
func (c *conn) frame(data []byte) (size int, ok bool) {
	h, headerSize, ok := parseHeader(data)
	if !ok {
		return 0, false
	}
	if why := c.in.violation(h, c.deflate); why != "" {
		c.fail(ws.StatusProtocolError, why)
		return 0, false
	}
	if !h.OpCode.IsControl() && h.Length > int64(c.endpoint.MessageLimit-len(c.in.message)) {
		c.fail(ws.StatusMessageTooBig, "")
		return 0, false
	}
	size = headerSize + int(h.Length)
	if len(data) < size {
		return 0, false
	}
	payload := data[headerSize:size:size]
	ws.Cipher(payload, h.Mask, 0)
	if h.OpCode.IsControl() {
		c.controlFrame(h.OpCode, payload)
		return size, true
	}
	c.fragment(h, payload)
	return size, true
}

// parseHeader reads a frame header, RFC 6455, section 5.2.
func parseHeader(b []byte) (h ws.Header, size int, ok bool) {
	if len(b) < 2 {
		return h, 0, false
	}
	h.Fin = b[0]&0x80 != 0
	h.Rsv = b[0] >> 4 & 7
	h.OpCode = ws.OpCode(b[0] & 0x0f)
	h.Masked = b[1]&0x80 != 0
	h.Length = int64(b[1] & 0x7f)
	size = 2
	switch h.Length {
	case 126:
		size = 4
		if len(b) < size {
			return h, 0, false
		}
		h.Length = int64(binary.BigEndian.Uint16(b[2:]))
	case 127:
		size = 10
		if len(b) < size {
			return h, 0, false
		}
		// A length with the top bit set is illegal; as a negative number it
		// would pass for small.
		h.Length = int64(min(binary.BigEndian.Uint64(b[2:]), 1<<63-1))
	}
	if h.Masked {
		if len(b) < size+4 {
			return h, 0, false
		}
		size += copy(h.Mask[:], b[size:size+4])
	}
	return h, size, true
}

// violation says what a header does against the protocol; empty if nothing.
func (in *reader) violation(h ws.Header, deflate bool) string {
	first := h.OpCode == ws.OpText || h.OpCode == ws.OpBinary
	const rsv1 = 4
	switch {
	case h.OpCode.IsReserved():
		return fmt.Sprintf("bad opcode %d", h.OpCode)
	case h.Rsv != 0 && !(h.Rsv == rsv1 && deflate && first):
		return "reserved bits set"
	case !h.Masked:
		return "frame is not masked"
	case h.OpCode.IsControl() && !h.Fin:
		return "control frame is fragmented"
	case h.OpCode.IsControl() && h.Length > ws.MaxControlFramePayloadSize:
		return "control frame is too long"
	case h.OpCode == ws.OpContinuation && in.opcode == 0:
		return "continuation without beginning"
	case first && in.opcode != 0:
		return "message begins inside another"
	}
	return ""
}

// fragment takes a data frame.
func (c *conn) fragment(h ws.Header, payload []byte) {
	in := &c.in
	opcode, compressed := in.opcode, in.compressed
	if h.OpCode != ws.OpContinuation {
		opcode, compressed = h.OpCode, h.Rsv != 0
	}
	if !h.Fin {
		in.opcode, in.compressed = opcode, compressed
		in.message = append(in.message, payload...)
		return
	}
	if in.opcode != 0 {
		payload = append(in.message, payload...)
		in.message, in.opcode, in.compressed = nil, 0, false
	}
	if compressed {
		inflated, err := c.endpoint.inflate(payload)
		switch {
		case err == errTooLarge:
			c.fail(ws.StatusMessageTooBig, "message too big after decompression")
			return
		case err != nil:
			c.fail(ws.StatusInvalidFramePayloadData, "message can't be decompressed")
			return
		}
		payload = inflated
	}
	if opcode == ws.OpText && !utf8.Valid(payload) {
		c.fail(ws.StatusInvalidFramePayloadData, "text is not UTF-8")
		return
	}
	if len(payload) == 0 {
		c.session.Close(carillon.DisconnectBadRequest)
		return
	}
	c.session.Receive(payload)
}

// controlFrame takes a ping, pong or close.
func (c *conn) controlFrame(opcode ws.OpCode, payload []byte) {
	switch opcode {
	case ws.OpPing:
		c.answer(frameOf(ws.OpPong, payload))
	case ws.OpPong:
		if c.pings != nil {
			c.gotPong()
		}
	case ws.OpClose:
		c.gotClose(payload)
	}
}

// answer writes a control frame as soon as possible. If one still waits, it
// takes its place: RFC 6455, section 5.5.3, allows to answer only the last of
// several pings, and behind a close nothing matters.
func (c *conn) answer(frame []byte) {
	c.mu.Lock()
	c.control = frame
	c.mu.Unlock()
	c.net.Wake()
}

// frameOf is a complete control frame.
func frameOf(opcode ws.OpCode, payload []byte) []byte {
	frame := make([]byte, 2, 2+len(payload))
	frame[0], frame[1] = 0x80|byte(opcode), byte(len(payload))
	return append(frame, payload...)
}
