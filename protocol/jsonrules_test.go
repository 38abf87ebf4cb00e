package protocol_test

import (
	"errors"
	"strings"
	"testing"

	"carillon/protocol"
)

// What counts as a frame of commands, and what closes the connection instead.
var jsonFrames = []struct {
	rule  string
	frame string
	want  int // how many commands come before the end or the error
	bad   bool
}{
	{"one object", `{"id":1}`, 1, false},
	{"one object and LF", "{\"id\":1}\n", 1, false},
	{"two objects", "{\"id\":1}\n{\"id\":2}", 2, false},
	{"two objects and LF", "{\"id\":1}\n{\"id\":2}\n", 2, false},
	{"CR LF is white space and a separator", "{}\r\n{}\r\n", 2, false},
	{"white space between tokens", " \t\r{ \"id\" :\t1\r, \"ping\" : { } } ", 1, false},
	{"an empty object is a pong", "{}", 1, false},

	{"empty frame", "", 0, true},
	{"only LF", "\n", 0, true},
	{"LF before the first", "\n{}", 0, true},
	{"empty line in between", "{}\n\n{}", 1, true},
	{"two LF at the end", "{}\n\n", 1, true},
	{"blank line", "{}\n \n{}", 1, true},
	{"blank line at the end", "{}\n ", 1, true},
	{"LF inside an object", "{\"id\":\n1}", 0, true},
	{"two objects on one line", `{}{}`, 0, true},
	{"comma between objects", `{},{}`, 0, true},
	{"a list of commands", `[{"id":1}]`, 0, true},
	{"null", `null`, 0, true},
	{"null in a batch", "{}\nnull\n{}", 1, true},
	{"a string", `"{}"`, 0, true},
	{"a number", `1`, 0, true},
	{"a boolean", `true`, 0, true},
	{"a byte order mark", "\ufeff{}", 0, true},
	{"a NUL behind", "{}\x00", 0, true},
	{"a NUL alone", "\x00", 0, true},
	{"other white space", "{}\v", 0, true},
	{"white space of Unicode", "{}\u00a0", 0, true},
	{"text behind", `{}x`, 0, true},
	{"an object that does not end", `{`, 0, true},
	{"a comma at the end", `{"id":1,}`, 0, true},
	{"a comma at the beginning", `{,"id":1}`, 0, true},
	{"two commas", `{"id":1,,"ping":{}}`, 0, true},
	{"no comma", `{"id":1 "ping":{}}`, 0, true},
	{"no colon", `{"id" 1}`, 0, true},
	{"no value", `{"id":}`, 0, true},
	{"no key", `{:1}`, 0, true},
	{"a key without quotes", `{id:1}`, 0, true},
	{"a key in single quotes", `{'id':1}`, 0, true},
	{"null as key", `{null:1}`, 0, true},
	{"a comment", `{/**/}`, 0, true},
}

func TestJSONFraming(t *testing.T) {
	for _, c := range jsonFrames {
		commands, err := decode(protocol.JSON, []byte(c.frame))
		if len(commands) != c.want || (err != nil) != c.bad || err != nil && !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("%s: %q gives %d commands, error %v", c.rule, c.frame, len(commands), err)
		}
	}
}

// Whatever a value stands for, kept or skipped, it has to be JSON.
func TestValuesThatAreNotJSONAreRefusedEverywhere(t *testing.T) {
	values := []string{
		``, `,`, `:`, `}`, `]`, `nul`, `nulll`, `NULL`, `True`, `tru`, `truee`, `falsee`, `undefined`, `NaN`, `Infinity`,
		`01`, `00`, `-`, `-a`, `+1`, `.5`, `1.`, `1.e1`, `1e`, `1e+`, `0x10`, `1_000`, `1 2`, `--1`, `-01`, `1.5.5`, `1ee1`,
		`"`, `"a`, `"\"`, `"\`, `"\x"`, `"\u12"`, `"\u12g4"`, `"\u"`, `"\U0041"`, `'a'`, `"a"b"`, "\"\t\"", "\"\x00\"", "\"\x1f\"", `"a" "b"`,
		`[`, `[1`, `[1,`, `[1,]`, `[,1]`, `[1 2]`, `[1}`, `[[]`, `]`, `[:]`, `["a":1]`,
		`{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{"a":1]`, `{"a"}`, `{1:1}`, `{"a":1 "b":2}`, `{a:1}`, `{"a"::1}`, `{[]:1}`,
		"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"",
	}
	for _, place := range []string{
		`{"rpc":{"data":%}}`, `{"rpc":{"unknown":%}}`, `{"unknown":%}`, `{"rpc":{"data":[0,%]}}`, `{"unknown":{"a":%}}`,
		`{"subscribe":{"channel":%}}`, `{"subscribe":{"offset":%}}`, `{"subscribe":{"flag":%}}`, `{"subscribe":{"recover":%}}`,
		`{"subscribe":{"tf":%}}`, `{"sub_refresh":{"untrack":%}}`, `{"connect":{"subs":%}}`, `{"connect":{"headers":{"a":%}}}`, `{"ping":%}`,
	} {
		for _, value := range values {
			frame := strings.Replace(place, "%", value, 1)
			if commands, err := decode(protocol.JSON, []byte(frame)); !errors.Is(err, protocol.ErrMalformed) {
				t.Errorf("%q: %v, error %v", frame, commands, err)
			}
		}
	}
}

func TestNestingIsBounded(t *testing.T) {
	nest := func(open, inner, shut string, times int) string {
		return strings.Repeat(open, times) + inner + strings.Repeat(shut, times)
	}
	filter := func(depth int) string { return nest(`{"nodes":[`, `{}`, `]}`, depth-1) }
	for _, c := range []struct {
		rule  string
		frame string
		good  bool
	}{
		{"payload, deep", `{"rpc":{"data":` + nest("[", "", "]", 10_000) + `}}`, true},
		{"payload, too deep", `{"rpc":{"data":` + nest("[", "", "]", 10_001) + `}}`, false},
		{"payload of objects, too deep", `{"rpc":{"data":` + nest(`{"a":`, "1", "}", 10_001) + `}}`, false},
		{"payload, without end", `{"rpc":{"data":` + strings.Repeat(`[{"a":`, 20_000), false},
		{"unknown field, deep", `{"x":` + nest(`[{"a":`, "1", "}]", 5_000) + `}`, true},
		{"unknown field, mixed up ends", `{"x":` + nest(`[{"a":`, "1", "]}", 100) + `}`, false},
		{"unknown field, too deep", `{"x":` + nest("[", "", "]", 100_000) + `}`, false},
		{"filter, deep", `{"subscribe":{"tf":` + filter(64) + `}}`, true},
		{"filter, too deep", `{"subscribe":{"tf":` + filter(65) + `}}`, false},
		{"filter of a server-side subscription, deep", `{"connect":{"subs":{"c":{"tf":` + filter(64) + `}}}}`, true},
		{"filter of a server-side subscription, too deep", `{"connect":{"subs":{"c":{"tf":` + filter(65) + `}}}}`, false},
		{"filter without end", `{"subscribe":{"tf":` + strings.Repeat(`{"nodes":[`, 20_000), false},
	} {
		if _, err := decode(protocol.JSON, []byte(c.frame)); (err == nil) != c.good || err != nil && !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("%s: error %v", c.rule, err)
		}
	}
}
