package websocket

import (
	"encoding/binary"
	"unicode/utf8"

	"carillon"
	"carillon/netloop"

	"github.com/gobwas/ws"
)

// maxReason is what RFC 6455, section 5.5, leaves for the reason of a close.
const maxReason = 123

// closeFrame is a close frame. A reason that is too long is cut.
func closeFrame(code uint16, reason string) []byte {
	for len(reason) > maxReason {
		_, last := utf8.DecodeLastRuneInString(reason)
		reason = reason[:len(reason)-last]
	}
	body := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(reason)), code)
	return frameOf(ws.OpClose, append(body, reason...))
}

// fail ends the connection because of what the client sent.
func (c *conn) fail(code ws.StatusCode, reason string) {
	c.in.ended = true
	c.mu.Lock()
	c.failed = true
	c.mu.Unlock()
	c.depart(closeFrame(uint16(code), reason))
	c.session.Close(carillon.DisconnectConnectionClosed)
}

// Finish implements session.Transport.
func (c *conn) Finish(why carillon.Disconnect) {
	if why == carillon.DisconnectConnectionClosed || why == carillon.DisconnectWriteError {
		// The client is gone, is going, or was told already.
		c.net.Wake()
		return
	}
	c.depart(closeFrame(uint16(why.Code), why.Reason))
}

// depart sends a close frame behind what is queued, unless one is on its way,
// and drops the connection when the client doesn't answer.
func (c *conn) depart(frame []byte) {
	now := netloop.Mono()
	c.mu.Lock()
	if c.stage != stageOpen {
		c.mu.Unlock()
		return
	}
	c.stage, c.farewell = stageDraining, frame
	c.giveUp = now + int64(closeTimeout)
	giveUp := c.giveUp
	c.mu.Unlock()
	c.net.WakeAt(giveUp)
	c.net.Wake()
}

// Abandon implements session.Transport.
func (c *conn) Abandon() {
	c.mu.Lock()
	c.giveUp = netloop.Mono() + int64(closeTimeout)
	giveUp := c.giveUp
	c.mu.Unlock()
	c.net.WakeAt(giveUp)
}

// gotClose takes the client's close frame. If the client began, the same code
// goes back to it.
func (c *conn) gotClose(payload []byte) {
	code, reason := ws.StatusNoStatusRcvd, ""
	switch len(payload) {
	case 0:
	case 1:
		c.fail(ws.StatusProtocolError, "close frame is too short")
		return
	default:
		code, reason = ws.StatusCode(binary.BigEndian.Uint16(payload)), string(payload[2:])
	}
	switch {
	case len(payload) > 0 && !sendable(code):
		c.fail(ws.StatusProtocolError, "bad close code")
		return
	case !utf8.ValidString(reason):
		c.fail(ws.StatusInvalidFramePayloadData, "close reason is not UTF-8")
		return
	}
	c.in.ended = true
	echo := frameOf(ws.OpClose, nil)
	if len(payload) > 0 {
		echo = closeFrame(uint16(code), "")
	}
	c.mu.Lock()
	c.peerClosed = true
	c.mu.Unlock()
	c.depart(echo)
	c.session.Close(carillon.DisconnectConnectionClosed)
	// If ours was out before, it needs no answer any more.
	c.net.Wake()
}

// sendable reports whether a peer may send a close code: RFC 6455, section
// 7.4, and the registry that it opened.
func sendable(code ws.StatusCode) bool {
	switch {
	case code >= 3000 && code <= 4999:
		return true
	case code < 1000 || code > 1014:
		return false
	}
	return code != 1004 && code != ws.StatusNoStatusRcvd && code != ws.StatusAbnormalClosure
}
