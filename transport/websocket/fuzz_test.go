package websocket

import (
	"net"
	"testing"

	"carillon/netloop"
	"carillon/protocol"
	"carillon/session"

	"github.com/gobwas/ws"
)

// deadEnd is a netloop.Conn that leads nowhere.
type deadEnd struct{}

func (deadEnd) Wake()                {}
func (deadEnd) WakeAt(int64)         {}
func (deadEnd) PauseReading()        {}
func (deadEnd) ResumeReading()       {}
func (deadEnd) CloseWrite()          {}
func (deadEnd) Close()               {}
func (deadEnd) RemoteAddr() net.Addr { return &net.TCPAddr{} }

// FuzzRead feeds what a client may send, in pieces: whatever it is, it ends
// without a panic, and what is kept of it stays within the limit.
func FuzzRead(f *testing.F) {
	var cfg *Config
	newRig(f, func(c *Config) { cfg = c })
	cfg.MessageLimit, cfg.InflatedLimit, cfg.Compression = 1000, 5000, true
	endpoint := New(*cfg)
	frame := func(op ws.OpCode, fin bool, payload string) []byte {
		return ws.MustCompileFrame(ws.MaskFrame(ws.NewFrame(op, fin, []byte(payload))))
	}
	f.Add(frame(ws.OpText, true, `{"id":1,"connect":{}}`), uint8(3))
	f.Add(append(frame(ws.OpText, false, `{"id":1,`), frame(ws.OpContinuation, true, `"connect":{}}`)...), uint8(7))
	f.Add(append(frame(ws.OpPing, true, "ping"), frame(ws.OpClose, true, "\x03\xe8bye")...), uint8(1))
	f.Add(append(frame(ws.OpText, true, `{"id":1,"connect":{}}`), frame(ws.OpText, true, `{"id":2,"subscribe":{"channel":"a"}}`)...), uint8(50))
	f.Add([]byte("\xc1\x85\x00\x00\x00\x00\xaa\x56\x4a\x04\x00"), uint8(200))
	f.Fuzz(func(t *testing.T, input []byte, piece uint8) {
		c := &conn{endpoint: endpoint, encoding: protocol.JSON, deflate: true, request: &session.Request{}}
		c.Open(deadEnd{})
		for rest := input; len(rest) > 0; {
			n := min(int(piece)+1, len(rest))
			c.Read(append([]byte(nil), rest[:n]...))
			rest = rest[n:]
			if len(c.in.message) > cfg.MessageLimit || len(c.in.partial) > cfg.MessageLimit+ws.MaxHeaderSize+int(piece) {
				t.Fatalf("kept: %d bytes of a message, %d of a frame", len(c.in.message), len(c.in.partial))
			}
		}
		for range 100 {
			if c.Output(nil) == nil {
				break
			}
		}
		c.Closed(net.ErrClosed)
		if got := endpoint.Env.Node.(interface{ Clients() int }).Clients(); got > 1000 {
			t.Fatalf("%d clients are left behind", got)
		}
	})
}

var _ netloop.Conn = deadEnd{}
