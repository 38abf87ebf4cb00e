package websocket

import (
	"bytes"
	"errors"
	"io"

	"carillon/protocol"

	"github.com/gobwas/ws"
	"github.com/klauspost/compress/flate"
)

// errTooLarge says that a message is larger than it may be once inflated.
var errTooLarge = errors.New("message too big after decompression")

// flushTail is what ends every message and is not sent, RFC 7692, section
// 7.2.1. The block behind it tells the decompressor that this is the end.
const (
	flushTail = "\x00\x00\xff\xff"
	finalTail = flushTail + "\x01\x00\x00\xff\xff"
)

// deflater is a compressor and what it writes to. No context is kept between
// messages, so any connection can use any deflater.
type deflater struct {
	out bytes.Buffer
	w   *flate.Writer
}

// deflate returns message as a compressed WebSocket message.
func (e *Endpoint) deflate(scratch []byte, opcode ws.OpCode, message []byte) []byte {
	d, ok := e.deflaters.Get().(*deflater)
	if !ok {
		d = &deflater{}
		// The level was checked when the configuration was.
		d.w, _ = flate.NewWriter(&d.out, e.CompressionLevel)
	}
	defer e.deflaters.Put(d)
	d.out.Reset()
	d.w.Reset(&d.out)
	// Writing to a buffer can't fail.
	_, _ = d.w.Write(message)
	_ = d.w.Flush()
	body := bytes.TrimSuffix(d.out.Bytes(), []byte(flushTail))
	header := protocol.HeaderLen(len(body))
	if cap(scratch) < header+len(body) {
		scratch = make([]byte, 0, header+len(body))
	}
	scratch = scratch[:header]
	const rsv1 = 0x40
	protocol.PutHeader(scratch, rsv1|byte(opcode), len(body))
	return append(scratch, body...)
}

// inflater is a decompressor with its input.
type inflater struct {
	in  bytes.Reader
	end bytes.Reader
	r   io.ReadCloser
}

// inflate decompresses a message, errTooLarge if it is larger than may be. The
// work is bounded by that limit too.
func (e *Endpoint) inflate(message []byte) ([]byte, error) {
	d, ok := e.inflaters.Get().(*inflater)
	if !ok {
		d = &inflater{r: flate.NewReader(nil)}
	}
	defer e.inflaters.Put(d)
	d.in.Reset(message)
	d.end.Reset([]byte(finalTail))
	defer d.in.Reset(nil) // the message may be kept alive no longer
	if err := d.r.(flate.Resetter).Reset(io.MultiReader(&d.in, &d.end), nil); err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(d.r, int64(e.InflatedLimit)+1))
	if len(out) > e.InflatedLimit {
		return nil, errTooLarge
	}
	return out, err
}
