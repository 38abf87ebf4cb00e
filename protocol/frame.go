package protocol

import (
	"encoding/binary"
	"math/bits"

	"carillon/protocol/clientpb"
)

// Frame is one encoded server message. It never changes and is shared by every
// connection that gets it.
type Frame struct {
	// bytes are a WebSocket header and, from payload on, the message.
	bytes   []byte
	payload uint8
	kind    FrameType
}

// maxHeader is the room of the longest unmasked WebSocket header.
const maxHeader = 10

// NewFrame encodes a message. An error wraps ErrNotJSON.
func NewFrame(enc Encoding, kind FrameType, r *clientpb.Reply) (*Frame, error) {
	if enc == Protobuf {
		return protobufFrame(kind, r)
	}
	w := writer{out: make([]byte, maxHeader, maxHeader+estimate(r))}
	w.reply(r)
	if w.err != nil {
		return nil, w.err
	}
	return finish(kind, w.out, opText), nil
}

func protobufFrame(kind FrameType, r *clientpb.Reply) (*Frame, error) {
	size := r.SizeVT()
	prefix := uvarintLen(uint64(size))
	out := make([]byte, maxHeader+prefix+size)
	binary.PutUvarint(out[maxHeader:], uint64(size))
	if _, err := r.MarshalToSizedBufferVT(out[maxHeader+prefix:]); err != nil {
		return nil, err
	}
	return finish(kind, out, opBinary), nil
}

func uvarintLen(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

// estimate is about how long a message will be in JSON, to allocate once.
func estimate(r *clientpb.Reply) int {
	const envelope = 160
	if p := r.Push; p != nil && p.Pub != nil {
		return envelope + len(p.Channel) + len(p.Pub.Data)
	}
	return 2 * envelope
}

// WebSocket opcodes, RFC 6455, section 5.2.
const (
	opText   = 1
	opBinary = 2
	finalBit = 0x80
)

// finish puts the WebSocket header (RFC 6455, section 5.2; a server does not
// mask) right in front of the message, which begins at maxHeader.
func finish(kind FrameType, out []byte, opcode byte) *Frame {
	size := len(out) - maxHeader
	start := maxHeader - HeaderLen(size)
	PutHeader(out[start:], opcode, size)
	return &Frame{bytes: out[start:], payload: uint8(maxHeader - start), kind: kind}
}

// HeaderLen is the length of an unmasked WebSocket header for a payload.
func HeaderLen(size int) int {
	switch {
	case size < 126:
		return 2
	case size <= 0xffff:
		return 4
	}
	return maxHeader
}

// PutHeader writes the header of an unfragmented, unmasked WebSocket frame into
// the first HeaderLen(size) bytes of dst.
func PutHeader(dst []byte, opcode byte, size int) {
	dst[0] = finalBit | opcode
	switch HeaderLen(size) {
	case 2:
		dst[1] = byte(size)
	case 4:
		dst[1] = 126
		binary.BigEndian.PutUint16(dst[2:], uint16(size))
	default:
		dst[1] = 127
		binary.BigEndian.PutUint64(dst[2:], uint64(size))
	}
}

// Payload is the message: a JSON object without LF, or a Protobuf message with
// its length in front.
func (f *Frame) Payload() []byte { return f.bytes[f.payload:] }

// WebSocket is the message as a complete WebSocket frame.
func (f *Frame) WebSocket() []byte { return f.bytes }

// Type tells what the message is, for metrics.
func (f *Frame) Type() FrameType { return f.kind }

var pings = [2]*Frame{
	JSON:     finish(TypeServerPing, append(make([]byte, maxHeader), "{}"...), opText),
	Protobuf: finish(TypeServerPing, append(make([]byte, maxHeader), 0), opBinary),
}

// PingFrame is the server's ping: a reply with nothing in it.
func PingFrame(enc Encoding) *Frame { return pings[enc] }
