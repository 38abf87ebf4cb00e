package protocol_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"carillon/protocol"
)

// Every field of every command gets null, every wrong type, too much and more
// than one value. Nothing panics, and both codecs say what their references
// say.
func TestReliability03HostileFieldsInJSON(t *testing.T) {
	big := strings.Repeat("9", 5000)
	values := []string{
		"null", "0", "-0", "1", "-1", "1.0", "1e0", "1e400", "-1e-400", "4294967296", "18446744073709551616", big, "-" + big, "0." + big,
		`""`, `"a"`, `"0"`, `"null"`, `"` + big + `"`, `"\ud800"`, "true", "false",
		"[]", "[null]", "[[]]", "[{}]", "[1]", `["a"]`, "[true]", "[null,null]", "[[[]]]",
		"{}", `{"":null}`, `{"a":null}`, `{"a":{}}`, `{"a":[]}`, `{"a":1}`, `{"a":"b"}`, `{"a":{"a":{"a":null}}}`,
		strings.Repeat("[", 900) + strings.Repeat("]", 900), strings.Repeat(`{"a":`, 900) + "{}" + strings.Repeat("}", 900),
		strings.Repeat(`{"nodes":[`, 70) + "null" + strings.Repeat("]}", 70),
	}
	for _, p := range paths(commandSchema) {
		name := `"` + string(p[len(p)-1].Name()) + `":`
		for _, value := range values {
			checkJSON(t, []byte(within(p, name+value)))
			if len(value) > 100 {
				continue
			}
			for _, second := range []string{"null", "0", `""`, "{}", "[]", "true"} {
				checkJSON(t, []byte(within(p, name+value+","+name+second)))
				checkJSON(t, []byte(within(p, name+second+","+name+value)))
			}
		}
	}
}

// within is a command in JSON with members where p leads.
func within(p path, members string) string {
	if len(p) == 1 {
		return "{" + members + "}"
	}
	inner := within(p[1:], members)
	switch {
	case p[0].IsMap():
		inner = `{"k":` + inner + "}"
	case p[0].IsList():
		inner = "[" + inner + "]"
	}
	return `{"` + string(p[0].Name()) + `":` + inner + "}"
}

func TestReliability03HostileFieldsInProtobuf(t *testing.T) {
	values := map[protowire.Type][]string{
		protowire.VarintType:     {"\x00", "\x01", "\x7f", strings.Repeat("\xff", 9) + "\x01", strings.Repeat("\xff", 9) + "\x7f", "\x80", ""},
		protowire.Fixed32Type:    {"1234", "123"},
		protowire.Fixed64Type:    {"12345678", "\xff\xff\xff\xff\xff\xff\xff\xff", "1234567"},
		protowire.BytesType:      {"\x00", "\x01a", "\x02\x08\x01", "\x02\x0a\x00", "\x01\xff", "\x02\xc3\x28", "\x05a", "\x80", strings.Repeat("\xff", 9) + "\x01", "\xff\xff\xff\xff\x0f", ""},
		protowire.StartGroupType: {"", "\x08\x01", strings.Repeat("\x0b", 200), strings.Repeat("\x0b", 200) + strings.Repeat("\x0c", 200)},
		protowire.EndGroupType:   {""},
		6:                        {"", "\x00"},
		7:                        {"", "\x00"},
	}
	for _, p := range paths(commandSchema) {
		number := p[len(p)-1].Number()
		for kind, list := range values {
			for _, value := range list {
				one := tag(number, kind) + value
				good := tag(number, protowire.BytesType) + "\x00"
				for _, fields := range []string{one, one + one, one + good, good + one, one + tag(number, protowire.VarintType) + "\x01"} {
					checkProtobuf(t, []byte(wrapped(p, fields)))
				}
			}
		}
	}
}

// wrapped is a command in Protobuf with fields where p leads.
func wrapped(p path, fields string) string {
	if len(p) == 1 {
		return fields
	}
	inner := wrapped(p[1:], fields)
	if p[0].IsMap() {
		inner = field(1, "k") + field(2, inner)
	}
	return field(p[0].Number(), inner)
}

// Many small things in one frame cost a multiple of the frame, not its square.
func TestReliability12DecodingIsBoundedByTheFrame(t *testing.T) {
	const size = 64 << 10
	for _, c := range []struct {
		rule         string
		enc          protocol.Encoding
		head, repeat string
		tail         string
	}{
		{"pongs", protocol.Protobuf, "", "\x00", ""},
		{"pongs", protocol.JSON, "", "{}\n", ""},
		{"fields", protocol.JSON, `{"id":1`, `,"rpc":{}`, "}"},
		{"payloads", protocol.JSON, `{"id":1`, `,"rpc":{"data":[]}`, "}"},
		{"strings", protocol.JSON, `{"sub_refresh":{"untrack":[""`, `,""`, "]}}"},
		{"nodes", protocol.JSON, `{"subscribe":{"tf":{"nodes":[{}`, `,{}`, "]}}}"},
		{"subscriptions", protocol.JSON, `{"connect":{"subs":{"":{}`, `,"":{}`, "}}}"},
		{"escapes", protocol.JSON, `{"connect":{"token":"`, `\ud83d`, `"}}`},
		{"nesting", protocol.JSON, `{"rpc":{"data":`, `[`, ``},
		{"unknown fields", protocol.Protobuf, "", "\xa2\x06\x00", ""},
		{"groups", protocol.Protobuf, "", "\xa3\x06", ""},
		{"nodes", protocol.Protobuf, "", field(5, field(13, field(6, ""))), ""},
		{"subscriptions", protocol.Protobuf, "", field(4, field(3, "")), ""},
	} {
		frame := []byte(c.head + strings.Repeat(c.repeat, size/len(c.repeat)) + c.tail)
		if c.enc == protocol.Protobuf && c.rule != "pongs" {
			frame = delimited(frame)
		}
		used := memoryOf(func() {
			d := protocol.NewCommandDecoder(c.enc, frame)
			for {
				if _, err := d.Next(); err != nil {
					return
				}
			}
		})
		if limit := uint64(300 * size); used > limit {
			t.Errorf("%s in %s: a frame of %d bytes takes %d bytes", c.rule, c.enc, len(frame), used)
		}
	}
}
