package protocol

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"unicode/utf8"

	"carillon/protocol/clientpb"
)

// CommandDecoder walks the commands in one transport frame. Decoded commands
// own their memory: nothing points into the frame.
type CommandDecoder struct {
	encoding Encoding
	rest     []byte
	size     int
	begun    bool
}

// NewCommandDecoder returns a decoder at the beginning of a frame, which must
// not change while it is in use.
func NewCommandDecoder(enc Encoding, frame []byte) CommandDecoder {
	return CommandDecoder{encoding: enc, rest: frame}
}

// Next returns the next command, or io.EOF behind the last. Any other error
// wraps ErrMalformed and is final. A frame without any command is malformed.
func (d *CommandDecoder) Next() (*clientpb.Command, error) {
	if len(d.rest) == 0 && d.begun {
		return nil, io.EOF
	}
	d.begun = true
	message, err := d.cut()
	if err != nil {
		return nil, err
	}
	cmd := new(clientpb.Command)
	if d.encoding == JSON {
		err = decodeJSONCommand(message, cmd)
	} else {
		err = decodeProtobufCommand(message, cmd)
	}
	if err != nil {
		d.rest = nil
		return nil, err
	}
	return cmd, nil
}

// Rest is what comes behind the last command, empty if there is nothing.
func (d *CommandDecoder) Rest() []byte { return d.rest }

// Size is the length of the last command in bytes.
func (d *CommandDecoder) Size() int { return d.size }

// cut takes the next message off the frame.
func (d *CommandDecoder) cut() (message []byte, err error) {
	if d.encoding == JSON {
		// LF separates messages; one behind the last is tolerated.
		message = d.rest
		d.rest = nil
		if i := bytes.IndexByte(message, '\n'); i >= 0 {
			message, d.rest = message[:i], message[i+1:]
		}
		d.size = len(message)
		switch {
		case len(message) == 0:
			return nil, fmt.Errorf("%w: empty line", ErrMalformed)
		case !utf8.Valid(message):
			return nil, fmt.Errorf("%w: JSON is not UTF-8", ErrMalformed)
		}
		return message, nil
	}
	size, n := binary.Uvarint(d.rest)
	if n <= 0 || size > uint64(len(d.rest)-n) {
		return nil, fmt.Errorf("%w: bad length of message", ErrMalformed)
	}
	end := n + int(size)
	message, d.rest, d.size = d.rest[n:end], d.rest[end:], end
	return message, nil
}

// IsPongFrame reports whether a frame is nothing but the answer to a ping, as
// SDKs write it. Frames that are not may still hold one.
func IsPongFrame(enc Encoding, frame []byte) bool {
	if enc == JSON {
		return len(frame) == 2 && frame[0] == '{' && frame[1] == '}'
	}
	return len(frame) == 1 && frame[0] == 0
}
