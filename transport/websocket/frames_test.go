package websocket

import (
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// The tests in this file follow the classes of behaviour of the Autobahn test
// suite; the numbers are its sections.

const command = `{"id":9,"presence_stats":{"channel":"x"}}`
const answer = `{"id":9,"error":{"code":108,"message":"not available"}}`

// 1: messages of all sizes, as text and binary, whole and byte by byte.
func TestMessages(t *testing.T) {
	r := newRig(t)
	for _, op := range []ws.OpCode{ws.OpText, ws.OpBinary} {
		for _, size := range []int{len(command), 125, 126, 127, 128, 4095, 4096, 65535, 65536} {
			p := r.connect("/")
			p.write(frame(op, true, 0, pad(size)))
			if got := p.message(); got != answer {
				t.Fatalf("opcode %d, %d bytes: got %s", op, size, got)
			}
		}
	}
	p := r.connect("/")
	for _, b := range frame(ws.OpText, true, 0, command) {
		p.write([]byte{b})
	}
	if got := p.message(); got != answer {
		t.Fatalf("byte by byte: got %s", got)
	}
}

// pad makes the command as long as size with spaces.
func pad(size int) string { return command + strings.Repeat(" ", size-len(command)) }

func TestManyFramesInOneSegment(t *testing.T) {
	p := newRig(t).connect("/")
	var all []byte
	for range 50 {
		all = append(all, frame(ws.OpText, true, 0, command)...)
	}
	p.write(all)
	for got := 0; got < 50; {
		got += len(strings.Split(p.message(), "\n"))
	}
}

// 2: pings and pongs.
func TestPings(t *testing.T) {
	r := newRig(t)
	for _, payload := range []string{"", "hello", "\x00\xff\xfe", strings.Repeat("x", 125)} {
		p := r.connect("/")
		p.write(frame(ws.OpPing, true, 0, payload))
		if f := p.receive(); f.Header.OpCode != ws.OpPong || string(f.Payload) != payload {
			t.Fatalf("ping %q answered with %+v %q", payload, f.Header, f.Payload)
		}
		p.write(frame(ws.OpPong, true, 0, "unsolicited"))
		p.alive()
	}
}

func TestManyPingsAreAnsweredAtLeastByTheLast(t *testing.T) {
	p := newRig(t).connect("/")
	var all []byte
	for i := range 10 {
		all = append(all, frame(ws.OpPing, true, 0, string(rune('0'+i)))...)
	}
	p.write(all)
	for last := ""; last != "9"; {
		f := p.receive()
		if f.Header.OpCode != ws.OpPong || string(f.Payload) <= last {
			t.Fatalf("got %+v %q after %q", f.Header, f.Payload, last)
		}
		last = string(f.Payload)
	}
	p.alive()
}

// 2 to 5: what breaks the protocol.
func TestViolations(t *testing.T) {
	unmasked := frame(ws.OpText, true, 0, "")
	unmasked[1] &^= 0x80
	for name, c := range map[string]struct {
		frames []byte
		reason string
	}{
		"reserved bit 1":                {frame(ws.OpText, true, 4, command), "reserved bits set"},
		"reserved bit 2":                {frame(ws.OpText, true, 2, command), "reserved bits set"},
		"reserved bit 3":                {frame(ws.OpBinary, true, 1, command), "reserved bits set"},
		"reserved bit in ping":          {frame(ws.OpPing, true, 2, ""), "reserved bits set"},
		"opcode 3":                      {frame(3, true, 0, command), "bad opcode 3"},
		"opcode 7":                      {frame(7, true, 0, ""), "bad opcode 7"},
		"opcode 11":                     {frame(11, true, 0, ""), "bad opcode 11"},
		"opcode 15":                     {frame(15, true, 0, ""), "bad opcode 15"},
		"long ping":                     {frame(ws.OpPing, true, 0, strings.Repeat("x", 126)), "control frame is too long"},
		"long close":                    {frame(ws.OpClose, true, 0, strings.Repeat("x", 126)), "control frame is too long"},
		"fragmented ping":               {frame(ws.OpPing, false, 0, "x"), "control frame is fragmented"},
		"continuation of nothing":       {frame(ws.OpContinuation, true, 0, "x"), "continuation without beginning"},
		"unfinished continuation":       {frame(ws.OpContinuation, false, 0, "x"), "continuation without beginning"},
		"message inside a message":      {append(frame(ws.OpText, false, 0, "{"), frame(ws.OpText, true, 0, "}")...), "message begins inside another"},
		"unmasked":                      {unmasked, "frame is not masked"},
		"close with one byte":           {frame(ws.OpClose, true, 0, "x"), "close frame is too short"},
		"close 999":                     {frame(ws.OpClose, true, 0, "\x03\xe7"), "bad close code"},
		"close 1004":                    {frame(ws.OpClose, true, 0, "\x03\xec"), "bad close code"},
		"close 1005":                    {frame(ws.OpClose, true, 0, "\x03\xed"), "bad close code"},
		"close 1006":                    {frame(ws.OpClose, true, 0, "\x03\xee"), "bad close code"},
		"close 1015":                    {frame(ws.OpClose, true, 0, "\x03\xf7"), "bad close code"},
		"close 1016":                    {frame(ws.OpClose, true, 0, "\x03\xf8"), "bad close code"},
		"close 2999":                    {frame(ws.OpClose, true, 0, "\x0b\xb7"), "bad close code"},
		"close 5000":                    {frame(ws.OpClose, true, 0, "\x13\x88"), "bad close code"},
		"close 65535":                   {frame(ws.OpClose, true, 0, "\xff\xff"), "bad close code"},
		"violation behind good command": {append(frame(ws.OpPong, true, 0, ""), frame(3, true, 0, "")...), "bad opcode 3"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newRig(t).connect("/")
			p.write(c.frames)
			p.closed(ws.StatusProtocolError, c.reason)
		})
	}
}

// 5: fragmentation, with control frames between fragments.
func TestFragments(t *testing.T) {
	r := newRig(t)
	for name, frames := range map[string][][]byte{
		"two": {frame(ws.OpText, false, 0, command[:5]), frame(ws.OpContinuation, true, 0, command[5:])},
		"three, one empty": {
			frame(ws.OpText, false, 0, ""), frame(ws.OpContinuation, false, 0, command), frame(ws.OpContinuation, true, 0, ""),
		},
		"pong between": {
			frame(ws.OpBinary, false, 0, command[:9]), frame(ws.OpPong, true, 0, "x"), frame(ws.OpContinuation, true, 0, command[9:]),
		},
	} {
		p := r.connect("/")
		for _, f := range frames {
			p.write(f)
		}
		if got := p.message(); got != answer {
			t.Errorf("%s: got %s", name, got)
		}
		p.alive()
	}
	p := r.connect("/")
	p.write(frame(ws.OpText, false, 0, command[:5]))
	p.write(frame(ws.OpPing, true, 0, "between"))
	if f := p.receive(); f.Header.OpCode != ws.OpPong || string(f.Payload) != "between" {
		t.Fatalf("ping between fragments answered with %+v", f)
	}
	p.write(frame(ws.OpContinuation, true, 0, command[5:]))
	if got := p.message(); got != answer {
		t.Fatalf("got %s", got)
	}
}

// 6: text must be UTF-8; a character may be cut by a fragment.
func TestUTF8(t *testing.T) {
	r := newRig(t)
	for _, bad := range []string{"\xff", "{\"a\":\"\xc3\"}", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\xaf"} {
		p := r.connect("/")
		p.write(frame(ws.OpText, true, 0, bad))
		p.closed(ws.StatusInvalidFramePayloadData, "text is not UTF-8")
	}
	p := r.connect("/")
	whole := `{"id":9,"presence_stats":{"channel":"é"}}`
	cut := strings.Index(whole, "é") + 1
	p.write(frame(ws.OpText, false, 0, whole[:cut]))
	p.write(frame(ws.OpContinuation, true, 0, whole[cut:]))
	if got := p.message(); !strings.HasPrefix(got, `{"id":9,"error":`) {
		t.Fatalf("got %s", got)
	}
	p = r.connect("/")
	p.write(frame(ws.OpClose, true, 0, "\x03\xe8\xff"))
	p.closed(ws.StatusInvalidFramePayloadData, "close reason is not UTF-8")
}

// 7: the closing handshake.
func TestCloseIsEchoed(t *testing.T) {
	r := newRig(t)
	for _, payload := range []string{"", "\x03\xe8", "\x03\xe8bye", "\x03\xf3", "\x0b\xb8", "\x13\x87", "\x03\xe8" + strings.Repeat("x", 123)} {
		p := r.connect("/")
		p.write(frame(ws.OpClose, true, 0, payload))
		f := p.receive()
		if f.Header.OpCode != ws.OpClose || string(f.Payload) != payload[:min(2, len(payload))] {
			t.Fatalf("close %q answered with %+v %q", payload, f.Header, f.Payload)
		}
		p.ended()
	}
}

func TestNothingIsHandledBehindClose(t *testing.T) {
	p := newRig(t).connect("/")
	p.write(append(frame(ws.OpClose, true, 0, "\x03\xe8"), frame(ws.OpText, true, 0, command)...))
	if f := p.receive(); f.Header.OpCode != ws.OpClose {
		t.Fatalf("got %+v %q", f.Header, f.Payload)
	}
	p.ended()
}

// 9: limits.
func TestLimits(t *testing.T) {
	r := newRig(t)
	p := r.connect("/")
	p.write(frame(ws.OpText, true, 0, pad(65537))[:20]) // the header is enough
	p.closed(ws.StatusMessageTooBig, "")

	p = r.connect("/")
	p.write(frame(ws.OpText, false, 0, pad(65000)))
	p.write(frame(ws.OpPing, true, 0, strings.Repeat("x", 125)))
	if f := p.receive(); f.Header.OpCode != ws.OpPong {
		t.Fatalf("got %+v", f.Header)
	}
	p.write(frame(ws.OpContinuation, true, 0, strings.Repeat(" ", 537)))
	p.closed(ws.StatusMessageTooBig, "")

	p = r.connect("/")
	huge := []byte{0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4}
	p.write(huge)
	p.closed(ws.StatusMessageTooBig, "")
}

func TestEmptyMessage(t *testing.T) {
	p := newRig(t).connect("/")
	p.write(frame(ws.OpText, true, 0, ""))
	p.closed(3501, "bad request")
}

// A client that doesn't answer a close frame doesn't keep the connection.
func TestClientThatIgnoresClose(t *testing.T) {
	r := newRig(t)
	p := r.connect("/")
	start := time.Now()
	p.send(`{"id":2,"connect":{}}`) // a second connect
	if f := p.receive(); f.Header.OpCode != ws.OpClose {
		t.Fatalf("got %+v %q", f.Header, f.Payload)
	}
	p.ended()
	if took := time.Since(start); took < 4*time.Second || took > 7*time.Second {
		t.Errorf("connection was dropped after %v, want 5 s", took)
	}
}
