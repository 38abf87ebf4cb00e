package websocket

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

const offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"

func compressing(c *Config) { c.Compression = true }

// squeeze compresses a message by the standard library, as RFC 7692 has it.
func squeeze(t *testing.T, message string) string {
	t.Helper()
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, 9)
	if _, err := io.WriteString(w, message); err != nil {
		t.Fatal(err)
	}
	w.Flush()
	return strings.TrimSuffix(out.String(), "\x00\x00\xff\xff")
}

func unsqueeze(t *testing.T, body []byte) string {
	t.Helper()
	r := flate.NewReader(io.MultiReader(bytes.NewReader(body), strings.NewReader("\x00\x00\xff\xff\x01\x00\x00\xff\xff")))
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestDeflateNegotiation(t *testing.T) {
	const agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	for _, c := range []struct {
		on    bool
		offer string
		want  string
	}{
		{true, "permessage-deflate", agreed},
		{true, "permessage-deflate; client_max_window_bits", agreed},
		{true, "permessage-deflate; client_max_window_bits=10; server_no_context_takeover", agreed},
		{true, "permessage-deflate; server_max_window_bits=15", agreed},
		{true, "permessage-deflate; server_max_window_bits=10", ""},
		{true, "permessage-deflate; server_max_window_bits=10, permessage-deflate", agreed},
		{true, "permessage-deflate; nonsense", ""},
		{true, "x-webkit-deflate-frame", ""},
		{true, "", ""},
		{false, "permessage-deflate", ""},
	} {
		r := newRig(t, func(cfg *Config) { cfg.Compression = c.on })
		_, res := r.dial(upgradeRequest("/", "Sec-WebSocket-Extensions: "+c.offer))
		if got := res.Header.Get("Sec-WebSocket-Extensions"); res.StatusCode != 101 || got != c.want {
			t.Errorf("offer %q, compression %v: %s, %q", c.offer, c.on, res.Status, got)
		}
	}
}

func TestDeflatedMessages(t *testing.T) {
	r := newRig(t, compressing)
	p := r.open("/", offer)
	p.write(frame(ws.OpText, true, 4, squeeze(t, `{"id":1,"connect":{}}`)))
	f := p.receive()
	if f.Header.Rsv != 4 || f.Header.OpCode != ws.OpText {
		t.Fatalf("got %+v", f.Header)
	}
	if got := unsqueeze(t, f.Payload); !strings.HasPrefix(got, `{"id":1,"connect":`) {
		t.Fatal(got)
	}
	for _, size := range []int{0, 1, 100, 70_000, 200_000} {
		data := fmt.Sprintf(`"%s"`, strings.Repeat("ab", size/2))
		p.write(frame(ws.OpText, true, 4, squeeze(t, fmt.Sprintf(`{"id":2,"rpc":{"method":"m","data":%s}}`, data))))
		if got := unsqueeze(t, p.receive().Payload); got != `{"id":2,"error":{"code":108,"message":"not available"}}` {
			t.Fatal(got)
		}
	}
	// Fragmented: the bit stands on the first frame only. Uncompressed is fine too.
	squeezed := squeeze(t, command)
	p.write(frame(ws.OpText, false, 4, squeezed[:7]))
	p.write(frame(ws.OpContinuation, true, 0, squeezed[7:]))
	p.write(frame(ws.OpText, true, 0, command))
	for got := 0; got < 2; {
		got += len(strings.Split(unsqueeze(t, p.receive().Payload), "\n"))
	}
	p.write(frame(ws.OpContinuation, true, 4, "x"))
	p.closed(ws.StatusProtocolError, "reserved bits set")
}

func TestPublicationsAreDeflated(t *testing.T) {
	r := newRig(t, compressing, func(c *Config) { c.CompressionMinSize = 200 })
	p := r.connect("/", offer) // the short reply comes as it is
	p.send(`{"id":2,"subscribe":{"channel":"c"}}`)
	if got := p.message(); got != `{"id":2,"subscribe":{}}` {
		t.Fatal(got)
	}
	data := `"` + strings.Repeat("long ", 1000) + `"`
	for range 3 {
		r.publish("c", data)
		f := p.receive()
		if got := unsqueeze(t, f.Payload); f.Header.Rsv != 4 || got != `{"push":{"channel":"c","pub":{"data":`+data+`}}}` {
			t.Fatalf("%+v %.80s", f.Header, got)
		}
	}
}

func TestDeflateLimits(t *testing.T) {
	r := newRig(t, compressing)
	p := r.connect("/", offer+"\r\nX-A: b")
	bomb := squeeze(t, strings.Repeat(" ", 10<<20))
	if len(bomb) > 60<<10 {
		t.Fatalf("bomb has %d bytes", len(bomb))
	}
	p.write(frame(ws.OpText, true, 4, bomb))
	p.closed(ws.StatusMessageTooBig, "message too big after decompression")

	p = r.connect("/", offer)
	p.write(frame(ws.OpText, true, 4, "\xff\xff\xff not deflate"))
	p.closed(ws.StatusInvalidFramePayloadData, "message can't be decompressed")

	p = r.connect("/", offer)
	p.write(frame(ws.OpText, true, 4, squeeze(t, "\xff\xfe")))
	p.closed(ws.StatusInvalidFramePayloadData, "text is not UTF-8")

	p = r.connect("/", offer)
	p.write(frame(ws.OpText, true, 4, "\x00")) // RFC 7692, section 7.2.3.6
	p.closed(3501, "bad request")
}
