package protocol

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"carillon/protocol/clientpb"
)

// maxFilterDepth bounds how deep the nodes of a tags filter may be nested in a
// message. The server takes fewer; this bound only keeps decoding, which
// recurses, from using much of the stack.
const maxFilterDepth = 64

// Field numbers of what checkCommand looks into.
const (
	commandConnect   protowire.Number = 4
	commandSubscribe protowire.Number = 5
	connectSubs      protowire.Number = 3
	connectHeaders   protowire.Number = 6
	mapKey           protowire.Number = 1
	mapValue         protowire.Number = 2
	subscribeTf      protowire.Number = 13
	filterNodes      protowire.Number = 6
)

// decodeProtobufCommand reads one command.
func decodeProtobufCommand(message []byte, c *clientpb.Command) error {
	if err := checkCommand(message); err != nil {
		return err
	}
	if err := c.UnmarshalVT(message); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	for name, request := range c.GetConnect().GetSubs() {
		if request == nil { // an entry without a value
			c.Connect.Subs[name] = new(clientpb.SubscribeRequest)
		}
	}
	return nil
}

// checkCommand refuses what generated code would read without bounds: it
// recurses into tags filters however deep they are, and it looks neither at the
// wire types in map entries nor at their ends, so that every one of thousands
// of entries may claim the rest of the message.
func checkCommand(command []byte) error {
	return eachField(command, func(number protowire.Number, _ protowire.Type, value []byte) error {
		switch number {
		case commandSubscribe:
			return checkSubscribe(value)
		case commandConnect:
			return eachField(value, checkConnectField)
		}
		return nil
	})
}

func checkConnectField(field protowire.Number, _ protowire.Type, entry []byte) error {
	if field != connectSubs && field != connectHeaders {
		return nil
	}
	return eachField(entry, func(number protowire.Number, kind protowire.Type, value []byte) error {
		switch {
		case number != mapKey && number != mapValue:
			return nil
		case kind != protowire.BytesType:
			return fmt.Errorf("%w: wrong wire type in a map", ErrMalformed)
		case field == connectSubs && number == mapValue:
			return checkSubscribe(value)
		}
		return nil
	})
}

func checkSubscribe(request []byte) error {
	return eachField(request, func(number protowire.Number, _ protowire.Type, value []byte) error {
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
	return eachField(node, func(number protowire.Number, _ protowire.Type, value []byte) error {
		if number != filterNodes {
			return nil
		}
		return checkNode(value, depth+1)
	})
}

// eachField calls f with the fields of a message, and their values if they are
// length-delimited. Whatever generated code would read in another way than
// this is an error.
func eachField(message []byte, f func(protowire.Number, protowire.Type, []byte) error) error {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n >= 0 {
			message = message[n:]
			n = protowire.ConsumeFieldValue(number, kind, message)
		}
		if n < 0 {
			return fmt.Errorf("%w: %w", ErrMalformed, protowire.ParseError(n))
		}
		var value []byte
		if kind == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(message)
		}
		if err := f(number, kind, value); err != nil {
			return err
		}
		message = message[n:]
	}
	return nil
}
