package protocol

import "errors"

// Encoding is how the messages of a connection are written. A connection keeps
// its encoding for life.
type Encoding uint8

const (
	JSON Encoding = iota
	Protobuf
)

func (e Encoding) String() string {
	if e == Protobuf {
		return "protobuf"
	}
	return "json"
}

// ErrMalformed is wrapped by every error about what a client sent.
var ErrMalformed = errors.New("malformed message")

// ErrNotJSON is wrapped when a message can't be written in JSON, because a
// bytes field, which stands in it as it is, holds something else.
var ErrNotJSON = errors.New("payload is not JSON")
