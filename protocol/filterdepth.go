package protocol

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// maxFilterDepth bounds how deep the nodes of a tags filter may be nested in a
// message. The server takes fewer; this bound only keeps decoding, which
// recurses, from using much of the stack.
const maxFilterDepth = 64

// Field numbers on the way to the nodes of tags filters.
const (
	commandConnect   protowire.Number = 4
	commandSubscribe protowire.Number = 5
	connectSubs      protowire.Number = 3
	mapValue         protowire.Number = 2
	subscribeTf      protowire.Number = 13
	filterNodes      protowire.Number = 6
)

// checkFilters refuses a Protobuf command that holds too deep a tags filter,
// before generated code recurses into it.
func checkFilters(command []byte) error {
	return eachField(command, func(number protowire.Number, value []byte) error {
		switch number {
		case commandSubscribe:
			return checkSubscribe(value)
		case commandConnect:
			return eachField(value, func(number protowire.Number, entry []byte) error {
				if number != connectSubs {
					return nil
				}
				return eachField(entry, func(number protowire.Number, value []byte) error {
					if number != mapValue {
						return nil
					}
					return checkSubscribe(value)
				})
			})
		}
		return nil
	})
}

func checkSubscribe(request []byte) error {
	return eachField(request, func(number protowire.Number, value []byte) error {
		if number != subscribeTf {
			return nil
		}
		return checkNode(value, 1)
	})
}

func checkNode(node []byte, depth int) error {
	if depth > maxFilterDepth {
		return fmt.Errorf("%w: tags filter nested too deep", ErrMalformed)
	}
	return eachField(node, func(number protowire.Number, value []byte) error {
		if number != filterNodes {
			return nil
		}
		return checkNode(value, depth+1)
	})
}

// eachField calls f with the length-delimited fields of a message. It leaves
// finding fault with the message to the real decoder.
func eachField(message []byte, f func(protowire.Number, []byte) error) error {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil
		}
		message = message[n:]
		if kind == protowire.BytesType {
			value, n := protowire.ConsumeBytes(message)
			if n < 0 {
				return nil
			}
			if err := f(number, value); err != nil {
				return err
			}
			message = message[n:]
			continue
		}
		if n = protowire.ConsumeFieldValue(number, kind, message); n < 0 {
			return nil
		}
		message = message[n:]
	}
	return nil
}
