package protocol_test

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"carillon/protocol"
	"carillon/protocol/clientpb"
)

func TestFieldsOfACommandInJSON(t *testing.T) {
	sub := func(r *clientpb.SubscribeRequest) *clientpb.Command { return &clientpb.Command{Subscribe: r} }
	rpc := func(data string) *clientpb.Command {
		return &clientpb.Command{Rpc: &clientpb.RPCRequest{Data: []byte(data)}}
	}
	for _, c := range []struct {
		rule string
		text string
		want *clientpb.Command
	}{
		{"unknown fields are ignored", `{"foo":{"id":[9]},"id":2,"bar":null}`, &clientpb.Command{Id: 2}},
		{"only unknown fields", `{"id":9,"foo":{}}`, &clientpb.Command{Id: 9}},
		{"fields of newer revisions", `{"id":1,"connect":{"flag":3,"dict":"d","profile":"p"}}`,
			&clientpb.Command{Id: 1, Connect: &clientpb.ConnectRequest{Flag: 3}}},
		{"unknown fields inside", `{"subscribe":{"x":"}","channel":"c","y":[{}]}}`, sub(&clientpb.SubscribeRequest{Channel: "c"})},
		{"names match in any case", `{"ID":3,"Sub_Refresh":{"CHANNEL":"C"}}`,
			&clientpb.Command{Id: 3, SubRefresh: &clientpb.SubRefreshRequest{Channel: "C"}}},
		{"names match in any case of any letter", `{"publish":{"keY":"k"}}`,
			&clientpb.Command{Publish: &clientpb.PublishRequest{Key: "k"}}},
		{"names may be escaped", `{"\u0069\u0064":4,"p\u0069ng":{}}`, &clientpb.Command{Id: 4, Ping: &clientpb.PingRequest{}}},
		{"escaped names match in any case", `{"\u0049D":4}`, &clientpb.Command{Id: 4}},
		{"names match whole", `{"i":1,"idx":2,"id ":3,"":4}`, &clientpb.Command{}},
		{"names of other letters", `{"ıd":5,"pıng":{}}`, &clientpb.Command{}},
		{"a long unknown name", `{"` + strings.Repeat("LONG", 50) + `":1,"id":5}`, &clientpb.Command{Id: 5}},
		{"the last of several counts", `{"id":1,"subscribe":{"channel":"a","token":"t"},"id":2,"subscribe":{"channel":"b"}}`,
			&clientpb.Command{Id: 2, Subscribe: &clientpb.SubscribeRequest{Channel: "b"}}},
		{"the last of several lists counts", `{"sub_refresh":{"untrack":["a"],"untrack":["b"],"track":[{}],"track":[]}}`,
			&clientpb.Command{SubRefresh: &clientpb.SubRefreshRequest{Untrack: []string{"b"}}}},
		{"several requests", `{"id":1,"rpc":{},"connect":{}}`,
			&clientpb.Command{Id: 1, Rpc: &clientpb.RPCRequest{}, Connect: &clientpb.ConnectRequest{}}},

		{"null leaves a message unset", `{"id":1,"connect":null,"subscribe":null,"ping":null}`, &clientpb.Command{Id: 1}},
		{"null leaves an inner message unset", `{"history":{"since":null}}`, &clientpb.Command{History: &clientpb.HistoryRequest{}}},
		{"null leaves a filter unset", `{"subscribe":{"tf":null}}`, sub(&clientpb.SubscribeRequest{})},
		{"null leaves lists and maps empty", `{"connect":{"subs":null,"headers":null},"sub_refresh":{"track":null,"untrack":null}}`,
			&clientpb.Command{Connect: &clientpb.ConnectRequest{}, SubRefresh: &clientpb.SubRefreshRequest{}}},
		{"null inside lists and maps is an empty value",
			`{"connect":{"subs":{"c":null},"headers":{"h":null}},"sub_refresh":{"track":[null,{"items":[null]}],"untrack":[null]}}`,
			&clientpb.Command{
				Connect: &clientpb.ConnectRequest{Subs: map[string]*clientpb.SubscribeRequest{"c": {}}, Headers: map[string]string{"h": ""}},
				SubRefresh: &clientpb.SubRefreshRequest{Track: []*clientpb.TrackBatch{{}, {Items: []*clientpb.KeyedItem{{}}}},
					Untrack: []string{""}},
			}},
		{"null inside a filter is an empty node", `{"subscribe":{"tf":{"nodes":[null]}}}`,
			sub(&clientpb.SubscribeRequest{Tf: &clientpb.FilterNode{Nodes: []*clientpb.FilterNode{{}}}})},
		{"null is a payload", `{"rpc":{"data":null}}`, rpc("null")},

		{"a payload keeps its text", `{"rpc":{"data": { "a" : [1.50,	"\u00e9\/é"] } , "method":"m"}}`,
			&clientpb.Command{Rpc: &clientpb.RPCRequest{Data: []byte(`{ "a" : [1.50,	"\u00e9\/é"] }`), Method: "m"}}},
		{"a payload of any type: string", `{"rpc":{"data":"{}"}}`, rpc(`"{}"`)},
		{"a payload of any type: number", `{"rpc":{"data":-0.0E-5}}`, rpc(`-0.0E-5`)},
		{"a payload of any type: boolean", `{"rpc":{"data":false}}`, rpc(`false`)},
		{"a payload of any type: list", `{"rpc":{"data":[]}}`, rpc(`[]`)},

		{"strings are unescaped", `{"subscribe":{"channel":"\"\\\/\b\f\n\r\t\u0041\u00e9é"}}`,
			sub(&clientpb.SubscribeRequest{Channel: "\"\\/\b\f\n\r\tAéé"})},
		{"surrogate pairs", `{"subscribe":{"channel":"\ud83d\ude00\uD83D\uDE00"}}`, sub(&clientpb.SubscribeRequest{Channel: "😀😀"})},
		{"a lone high surrogate", `{"subscribe":{"channel":"a\ud83db"}}`, sub(&clientpb.SubscribeRequest{Channel: "a\ufffdb"})},
		{"a lone low surrogate", `{"subscribe":{"channel":"\ude00"}}`, sub(&clientpb.SubscribeRequest{Channel: "\ufffd"})},
		{"surrogates in the wrong order", `{"subscribe":{"channel":"\ude00\ud83d"}}`, sub(&clientpb.SubscribeRequest{Channel: "\ufffd\ufffd"})},
		{"a high surrogate and another character", `{"subscribe":{"channel":"\ud83d\u0041\ud83d\n"}}`,
			sub(&clientpb.SubscribeRequest{Channel: "\ufffdA\ufffd\n"})},
		{"two high surrogates and a low one", `{"subscribe":{"channel":"\ud83d\ud83d\ude00"}}`, sub(&clientpb.SubscribeRequest{Channel: "\ufffd😀"})},
		{"keys of maps keep their case", `{"connect":{"headers":{"A":"1","a":"2","\u0042":"3"}}}`,
			&clientpb.Command{Connect: &clientpb.ConnectRequest{Headers: map[string]string{"A": "1", "a": "2", "B": "3"}}}},
		{"the last of several keys of a map counts", `{"connect":{"headers":{"a":"1","a":"2"}}}`,
			&clientpb.Command{Connect: &clientpb.ConnectRequest{Headers: map[string]string{"a": "2"}}}},
	} {
		got, err := decode(protocol.JSON, []byte(c.text))
		if err != nil || len(got) != 1 || !proto.Equal(got[0], c.want) {
			t.Errorf("%s: %s\ngot %v, error %v\nwant %v", c.rule, c.text, got, err, c.want)
		}
	}
}

func TestIntegersInJSON(t *testing.T) {
	const bad = "bad"
	for _, c := range []struct {
		text                         string
		uint32, uint64, int32, int64 string // "" is the text itself
	}{
		{"0", "", "", "", ""},
		{"1", "", "", "", ""},
		{"null", "0", "0", "0", "0"},
		{"-1", bad, bad, "", ""},
		{"999999999", "", "", "", ""},
		{"1000000000", "", "", "", ""},
		{"2147483647", "", "", "", ""},
		{"2147483648", "", "", bad, ""},
		{"-2147483648", bad, bad, "", ""},
		{"-2147483649", bad, bad, bad, ""},
		{"4294967295", "", "", bad, ""},
		{"4294967296", bad, "", bad, ""},
		{"9223372036854775807", bad, "", bad, ""},
		{"9223372036854775808", bad, "", bad, bad},
		{"-9223372036854775808", bad, bad, bad, ""},
		{"-9223372036854775809", bad, bad, bad, bad},
		{"18446744073709551615", bad, "", bad, bad},
		{"18446744073709551616", bad, bad, bad, bad},
		{strings.Repeat("9", 400), bad, bad, bad, bad},
		{"1.0", bad, bad, bad, bad},
		{"1.5", bad, bad, bad, bad},
		{"1e2", bad, bad, bad, bad},
		{"1E0", bad, bad, bad, bad},
		{`"1"`, bad, bad, bad, bad},
		{"true", bad, bad, bad, bad},
		{"[1]", bad, bad, bad, bad},
		{"{}", bad, bad, bad, bad},
	} {
		for _, field := range []struct {
			name, want string
			command    func(number string) string
		}{
			{"uint32", c.uint32, func(n string) string { return `{"id":` + n + `}` }},
			{"uint64", c.uint64, func(n string) string { return `{"history":{"since":{"offset":` + n + `}}}` }},
			{"int32", c.int32, func(n string) string { return `{"history":{"limit":` + n + `}}` }},
			{"int64", c.int64, func(n string) string { return `{"connect":{"flag":` + n + `}}` }},
		} {
			got, err := decode(protocol.JSON, []byte(field.command(c.text)))
			if field.want == bad {
				if !errors.Is(err, protocol.ErrMalformed) {
					t.Errorf("%s as %s is accepted: %v", c.text, field.name, got)
				}
				continue
			}
			number := field.want
			if number == "" {
				number = c.text
			}
			want := decodeOne(t, protocol.JSON, []byte(field.command(number)))
			text := string(referenceJSON(want))
			if number != "0" && text != field.command(number) || err != nil || !proto.Equal(got[0], want) {
				t.Errorf("%s as %s: %v, error %v", c.text, field.name, got, err)
			}
		}
	}
}
