package protocol_test

import (
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// decode reads all commands of a frame, and returns those before an error with
// it.
func decode(enc protocol.Encoding, frame []byte) (commands []*clientpb.Command, err error) {
	d := protocol.NewCommandDecoder(enc, frame)
	for {
		cmd, err := d.Next()
		if err == io.EOF {
			return commands, nil
		}
		if err == nil && !whole(cmd.ProtoReflect()) {
			err = errors.New("a message inside is nil")
		}
		if err != nil {
			return commands, err
		}
		commands = append(commands, cmd)
	}
}

// whole reports that no list or map in m holds a nil message, which proto.Equal
// takes for an empty one and handlers of commands would trip over.
func whole(m protoreflect.Message) bool {
	ok := m.IsValid()
	inside(m, func(inner protoreflect.Message) { ok = ok && whole(inner) })
	return ok
}

// decodeOne reads a frame that must hold exactly one command.
func decodeOne(t *testing.T, enc protocol.Encoding, frame []byte) *clientpb.Command {
	t.Helper()
	commands, err := decode(enc, frame)
	if err != nil || len(commands) != 1 {
		t.Fatalf("%.300q: %d commands, error %v", frame, len(commands), err)
	}
	return commands[0]
}

// delimited is a Protobuf message with its length in front.
func delimited(message []byte) []byte {
	return append(binary.AppendUvarint(nil, uint64(len(message))), message...)
}

func marshal(t testing.TB, m proto.Message) []byte {
	t.Helper()
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCommandsOfAFrameComeInTheirOrder(t *testing.T) {
	frames := map[protocol.Encoding][]byte{protocol.JSON: []byte("{\"id\":1}\n {\"id\":2}\r\n{\"id\":3}\n")}
	for id := range uint32(3) {
		message := marshal(t, &clientpb.Command{Id: id + 1})
		frames[protocol.Protobuf] = append(frames[protocol.Protobuf], delimited(message)...)
	}
	sizes := map[protocol.Encoding][]int{protocol.JSON: {8, 10, 8}, protocol.Protobuf: {3, 3, 3}}
	for enc, frame := range frames {
		d := protocol.NewCommandDecoder(enc, frame)
		for i, size := range sizes[enc] {
			cmd, err := d.Next()
			if err != nil || cmd.Id != uint32(i+1) || d.Size() != size {
				t.Fatalf("%s command %d: %v, size %d, error %v", enc, i, cmd, d.Size(), err)
			}
			if i == 1 {
				rest, err := decode(enc, d.Rest())
				if err != nil || len(rest) != 1 || rest[0].Id != 3 {
					t.Errorf("%s: rest %q gives %v, error %v", enc, d.Rest(), rest, err)
				}
			}
		}
		for range 2 {
			if cmd, err := d.Next(); err != io.EOF || cmd != nil || len(d.Rest()) != 0 {
				t.Errorf("%s, behind the last: %v, error %v, rest %q", enc, cmd, err, d.Rest())
			}
		}
	}
}

func TestCommandsBeforeAMalformedOneAreDelivered(t *testing.T) {
	for enc, frame := range map[protocol.Encoding]string{
		protocol.JSON:     "{\"id\":1}\n{\"id\":2}\n{\"id\":}\n{\"id\":4}",
		protocol.Protobuf: "\x02\x08\x01\x02\x08\x02\x02\x08\x80\x02\x08\x04",
	} {
		d := protocol.NewCommandDecoder(enc, []byte(frame))
		for id := range uint32(2) {
			if cmd, err := d.Next(); err != nil || cmd.Id != id+1 {
				t.Fatalf("%s: %v, error %v", enc, cmd, err)
			}
		}
		if cmd, err := d.Next(); !errors.Is(err, protocol.ErrMalformed) || cmd != nil {
			t.Errorf("%s: %v, error %v", enc, cmd, err)
		}
		if len(d.Rest()) != 0 {
			t.Errorf("%s: an error leaves %q to be handled", enc, d.Rest())
		}
	}
}

// A transport reuses its read buffer while commands are still being handled.
func TestCommandsOwnTheirMemory(t *testing.T) {
	want := &clientpb.Command{Id: 7, Connect: &clientpb.ConnectRequest{
		Token: "token", Data: []byte(`{"a":[1]}`), Name: "name", Headers: map[string]string{"key": "value"},
		Subs: map[string]*clientpb.SubscribeRequest{"news": {
			Epoch: "epoch", Data: []byte(`"d"`), Tf: &clientpb.FilterNode{Op: "and", Vals: []string{"x", "y"}},
		}},
	}}
	for enc, frame := range map[protocol.Encoding][]byte{
		protocol.JSON: referenceJSON(want), protocol.Protobuf: delimited(marshal(t, want)),
	} {
		got := decodeOne(t, enc, frame)
		for i := range frame {
			frame[i] = '!'
		}
		if !proto.Equal(got, want) {
			t.Errorf("%s: after the frame was overwritten: %v", enc, got)
		}
	}
}

func TestPongFrames(t *testing.T) {
	for frame, want := range map[string]protocol.Encoding{"{}": protocol.JSON, "\x00": protocol.Protobuf} {
		for _, enc := range []protocol.Encoding{protocol.JSON, protocol.Protobuf} {
			if got := protocol.IsPongFrame(enc, []byte(frame)); got != (enc == want) {
				t.Errorf("IsPongFrame(%s, %q) = %v", enc, frame, got)
			}
		}
		if cmd := decodeOne(t, want, []byte(frame)); !protocol.IsPong(cmd) {
			t.Errorf("%s %q is not a pong: %v", want, frame, cmd)
		}
	}
	for _, frame := range []string{"", "{", "{ }", "{}\n", "[]", "\x00\x00", "\x01"} {
		for _, enc := range []protocol.Encoding{protocol.JSON, protocol.Protobuf} {
			if protocol.IsPongFrame(enc, []byte(frame)) {
				t.Errorf("IsPongFrame(%s, %q)", enc, frame)
			}
		}
	}
}
