package protocol_test

import (
	"testing"

	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// What a command or message on the hot path may allocate. A command owns its
// memory: itself, its request, and each string and payload. A message is itself
// and its bytes. Looking through a payload with an object in it takes one more.
func TestAllocations(t *testing.T) {
	publish := &clientpb.Command{Id: 7, Publish: &clientpb.PublishRequest{Channel: "chat:index", Data: []byte(`{"text":"hello"}`)}}
	subscribe := &clientpb.Command{Id: 2, Subscribe: &clientpb.SubscribeRequest{Channel: "chat:index", Recoverable: true}}
	push := &clientpb.Reply{Push: &clientpb.Push{Channel: "chat:index", Pub: &clientpb.Publication{
		Data: []byte(`{"text":"hello"}`), Offset: 17,
		Info: &clientpb.ClientInfo{User: "42", Client: "5f5c4a0e-9a2b-4b4c-8a37-9b8f5f1c2d3e"},
	}}}
	reply := &clientpb.Reply{Id: 7, Publish: &clientpb.PublishResult{}}
	decoding := func(enc protocol.Encoding, frame []byte) func() {
		return func() {
			d := protocol.NewCommandDecoder(enc, frame)
			if _, err := d.Next(); err != nil {
				t.Fatal(err)
			}
		}
	}
	encoding := func(enc protocol.Encoding, m *clientpb.Reply) func() {
		return func() {
			if _, err := protocol.NewFrame(enc, protocol.TypePublish, m); err != nil {
				t.Fatal(err)
			}
		}
	}
	room, text := make([]byte, 0, 256), []byte(`{"text":"hello"}`)
	for _, c := range []struct {
		what string
		most float64
		run  func()
	}{
		{"publish from JSON", 5, decoding(protocol.JSON, referenceJSON(publish))},
		{"publish from Protobuf", 4, decoding(protocol.Protobuf, delimited(marshal(t, publish)))},
		{"subscribe from JSON", 3, decoding(protocol.JSON, referenceJSON(subscribe))},
		{"subscribe from Protobuf", 3, decoding(protocol.Protobuf, delimited(marshal(t, subscribe)))},
		{"pong from JSON", 1, decoding(protocol.JSON, []byte("{}"))},
		{"pong from Protobuf", 1, decoding(protocol.Protobuf, []byte{0})},
		{"publication to JSON", 3, encoding(protocol.JSON, push)},
		{"publication to Protobuf", 2, encoding(protocol.Protobuf, push)},
		{"reply to JSON", 2, encoding(protocol.JSON, reply)},
		{"reply to Protobuf", 2, encoding(protocol.Protobuf, reply)},
		{"ping", 0, func() { protocol.PingFrame(protocol.JSON) }},
		{"looking for a pong", 0, func() { protocol.IsPongFrame(protocol.JSON, room) }},
		{"payload as a string", 0, func() { protocol.AppendJSONString(room, text) }},
	} {
		if n := testing.AllocsPerRun(100, c.run); n > c.most {
			t.Errorf("%s allocates %v times, at most %v", c.what, n, c.most)
		}
	}
}
