package protocol_test

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"carillon/protocol"
	"carillon/protocol/clientpb"
)

func TestProtobufFraming(t *testing.T) {
	for _, c := range []struct {
		rule  string
		frame string
		want  int // how many commands come before the end or the error
		bad   bool
	}{
		{"one message", "\x02\x08\x01", 1, false},
		{"two messages", "\x02\x08\x01\x02\x08\x02", 2, false},
		{"an empty message is a pong", "\x00", 1, false},
		{"pongs among others", "\x00\x02\x08\x01\x00", 3, false},
		{"a length with needless bytes", "\x82\x00\x08\x01", 1, false},

		{"empty frame", "", 0, true},
		{"no length", "\x08\x01", 0, true},
		{"length that does not end", "\x80", 0, true},
		{"length that does not end behind a message", "\x00\xff", 1, true},
		{"length beyond the frame", "\x03\x08\x01", 0, true},
		{"length beyond the frame behind a message", "\x00\x05\x08", 1, true},
		{"length of 4 GiB", "\x80\x80\x80\x80\x10\x08\x01", 0, true},
		{"length of 2^63", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01\x08\x01", 0, true},
		{"length of 2^64-1", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x08\x01", 0, true},
		{"length of more than 64 bits", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x08\x01", 0, true},
		{"length of more than ten bytes", strings.Repeat("\x80", 10) + "\x01\x00", 0, true},
		{"JSON", `{"id":1}`, 0, true},
	} {
		commands, err := decode(protocol.Protobuf, []byte(c.frame))
		if len(commands) != c.want || (err != nil) != c.bad || err != nil && !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("%s: %q gives %d commands, error %v", c.rule, c.frame, len(commands), err)
		}
	}
}

// field is a length-delimited field.
func field(number protowire.Number, value string) string {
	b := protowire.AppendTag(nil, number, protowire.BytesType)
	return string(protowire.AppendString(b, value))
}

// tag begins a field.
func tag(number protowire.Number, kind protowire.Type) string {
	return string(protowire.AppendTag(nil, number, kind))
}

func TestFieldsOfACommandInProtobuf(t *testing.T) {
	connect := func(r *clientpb.ConnectRequest) *clientpb.Command { return &clientpb.Command{Connect: r} }
	for _, c := range []struct {
		rule    string
		message string
		want    *clientpb.Command // nil if malformed
	}{
		{"unknown fields of every wire type are ignored",
			tag(100, protowire.VarintType) + "\x05" + tag(101, protowire.Fixed32Type) + "1234" + tag(102, protowire.Fixed64Type) + "12345678" +
				field(103, "\xff\xff") + tag(104, protowire.StartGroupType) + "\x08\x01" + tag(104, protowire.EndGroupType) + "\x08\x07",
			&clientpb.Command{Id: 7}},
		{"reserved numbers are ignored", tag(2, protowire.VarintType) + "\x01" + field(3, "x") + "\x08\x07", &clientpb.Command{Id: 7}},
		{"unknown fields inside are ignored", field(4, field(8, "dict")+field(1, "token")), connect(&clientpb.ConnectRequest{Token: "token"})},
		{"the last of several scalars counts", "\x08\x01\x08\x02", &clientpb.Command{Id: 2}},
		{"several messages are one", field(5, field(1, "a")+field(2, "t")) + field(5, field(1, "b")),
			&clientpb.Command{Subscribe: &clientpb.SubscribeRequest{Channel: "b", Token: "t"}}},
		{"an empty message is set", field(11, ""), &clientpb.Command{Ping: &clientpb.PingRequest{}}},
		{"an entry of a map without key", field(4, field(6, field(2, "v"))), connect(&clientpb.ConnectRequest{Headers: map[string]string{"": "v"}})},
		{"an entry of a map without value", field(4, field(3, field(1, "c"))+field(6, field(1, "k"))),
			connect(&clientpb.ConnectRequest{Subs: map[string]*clientpb.SubscribeRequest{"c": {}}, Headers: map[string]string{"k": ""}})},
		{"an unknown field in an entry of a map", field(4, field(6, tag(3, protowire.VarintType)+"\x05"+field(1, "k")+field(2, "v"))),
			connect(&clientpb.ConnectRequest{Headers: map[string]string{"k": "v"}})},

		{"a tag that does not end", "\x08\x01\x80", nil},
		{"no value", "\x08", nil},
		{"a varint that does not end", "\x08\x80\x80", nil},
		{"a varint of more than ten bytes", "\x08" + strings.Repeat("\x80", 10) + "\x01", nil},
		{"a varint of more than 64 bits", "\x08" + strings.Repeat("\xff", 9) + "\x02", nil},
		{"a number of a field of 0", "\x00\x01", nil},
		{"a number of a field beyond 31 bits", "\x80\x80\x80\x80\x40\x01", nil},
		{"a length beyond the message", field(4, "\x0a\x05abc"), nil},
		{"a length of 2^63", tag(4, protowire.BytesType) + "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", nil},
		{"a length of 2^64-1", tag(4, protowire.BytesType) + strings.Repeat("\xff", 9) + "\x01", nil},
		{"a fixed value that does not end", tag(101, protowire.Fixed64Type) + "1234567", nil},
		{"an illegal wire type", "\x0e\x01", nil},
		{"a group that does not end", tag(104, protowire.StartGroupType) + "\x08\x01", nil},
		{"a group that ends as another", tag(104, protowire.StartGroupType) + tag(105, protowire.EndGroupType), nil},
		{"the end of no group", tag(104, protowire.EndGroupType), nil},
		{"an integer as bytes", field(1, "1"), nil},
		{"an integer as fixed", tag(1, protowire.Fixed32Type) + "1234", nil},
		{"a message as integer", tag(4, protowire.VarintType) + "\x01", nil},
		{"a message as group", tag(4, protowire.StartGroupType) + tag(4, protowire.EndGroupType), nil},
		{"a string as integer", field(4, tag(1, protowire.VarintType)+"\x01"), nil},
		{"a boolean as bytes", field(5, field(3, "\x01")), nil},
		{"a map as integer", field(4, tag(3, protowire.VarintType)+"\x01"), nil},
		{"the key of a map as integer", field(4, field(6, tag(1, protowire.VarintType)+"\x01k")), nil},
		{"the value of a map as integer", field(4, field(3, tag(2, protowire.VarintType)+"\x03"+field(1, "c"))), nil},
		{"a key beyond its entry", field(4, field(6, "\x0a\x03")+field(1, "token")), nil},
		{"a value beyond its entry", field(4, field(3, "\x12\x03")+field(1, "token")), nil},
	} {
		got, err := decode(protocol.Protobuf, delimited([]byte(c.message)))
		if c.want == nil {
			if !errors.Is(err, protocol.ErrMalformed) {
				t.Errorf("%s: %q is accepted: %v, error %v", c.rule, c.message, got, err)
			}
			continue
		}
		if err == nil {
			forget(got[0].ProtoReflect())
		}
		if err != nil || !proto.Equal(got[0], c.want) {
			t.Errorf("%s: %q\ngot %v, error %v\nwant %v", c.rule, c.message, got, err, c.want)
		}
	}
}

func TestFiltersInProtobufAreBounded(t *testing.T) {
	node := func(depth int) (node string) {
		for range depth - 1 {
			node = field(6, node)
		}
		return node
	}
	filter := func(depth int) string { return field(13, node(depth)) }
	subscribe := func(f string) string { return field(5, f) }
	subs := func(f string) string { return field(4, field(3, field(1, "c")+field(2, f))) }
	// What the generated decoder takes for a field to skip, or for another
	// number, and a stricter reader stops at.
	decoys := map[string]string{
		"nothing":                            "",
		"a number of a field beyond 31 bits": string(protowire.AppendVarint(nil, 1<<36|100<<3)) + "\x01",
		"a varint of more than 64 bits":      tag(100, protowire.VarintType) + strings.Repeat("\xff", 9) + "\x02",
		"a group that ends as another":       tag(104, protowire.StartGroupType) + tag(105, protowire.EndGroupType),
	}
	for decoy, hidden := range decoys {
		for place, message := range map[string]func(depth int) string{
			"subscribe":             func(n int) string { return hidden + subscribe(filter(n)) },
			"inside subscribe":      func(n int) string { return subscribe(hidden + filter(n)) },
			"subs":                  func(n int) string { return hidden + subs(filter(n)) },
			"inside subs":           func(n int) string { return subs(hidden + filter(n)) },
			"inside a node":         func(n int) string { return subscribe(field(13, hidden+field(6, node(n-1)))) },
			"an entry of subs":      func(n int) string { return field(4, field(3, hidden+field(1, "c")+field(2, filter(n)))) },
			"a value with no type":  func(n int) string { return field(4, field(3, untyped(filter(n)))) },
			"the second of several": func(n int) string { return hidden + subscribe(filter(1)) + subscribe(filter(n)) },
		} {
			if _, err := decode(protocol.Protobuf, delimited([]byte(message(65)))); !errors.Is(err, protocol.ErrMalformed) {
				t.Errorf("%s, behind %s: a filter of 65 levels gives error %v", place, decoy, err)
			}
		}
	}
	for place, message := range map[string]string{"subscribe": subscribe(filter(64)), "subs": subs(filter(64))} {
		if _, err := decode(protocol.Protobuf, delimited([]byte(message))); err != nil {
			t.Errorf("%s: a filter of 64 levels gives error %v", place, err)
		}
	}
}

// untyped is the value of an entry of a map with the wire type of an integer.
func untyped(value string) string {
	return tag(2, protowire.VarintType) + string(protowire.AppendString(nil, value))
}

// Thousands of entries that each claim the rest of the message as their key
// would take memory by the square of its size.
func TestReliability12MapEntriesDoNotOverlap(t *testing.T) {
	for _, number := range []protowire.Number{3, 6} {
		const frame = 64 << 10
		var entries []byte
		for len(entries) < frame {
			entry := "\x0a" + string(protowire.AppendVarint(nil, uint64(max(200, frame-len(entries)-10))))
			entries = append(entries, field(number, entry)...)
		}
		message := delimited([]byte(field(4, string(entries))))
		var err error
		used := memoryOf(func() { _, err = decode(protocol.Protobuf, message) })
		if !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("error %v", err)
		}
		if used > 1<<20 {
			t.Errorf("decoding %d bytes took %d bytes", len(message), used)
		}
	}
}
