package protocol_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"carillon/protocol"
	"carillon/protocol/clientpb"
)

func encodeJSON(t testing.TB, r *clientpb.Reply) string {
	t.Helper()
	frame, err := protocol.NewFrame(protocol.JSON, protocol.TypeUnknown, r)
	if err != nil {
		t.Fatal(err)
	}
	return string(frame.Payload())
}

// Messages of the specification, byte for byte: some SDKs look at bytes.
func TestRepliesInJSON(t *testing.T) {
	info := &clientpb.ClientInfo{User: "42", Client: "c"}
	for _, c := range []struct {
		rule string
		m    *clientpb.Reply
		want string
	}{
		{"a ping", &clientpb.Reply{}, `{}`},
		{"a set but empty result is written", &clientpb.Reply{Id: 7, Publish: &clientpb.PublishResult{}}, `{"id":7,"publish":{}}`},
		{"and an empty subscribe result", &clientpb.Reply{Id: 2, Subscribe: &clientpb.SubscribeResult{}}, `{"id":2,"subscribe":{}}`},
		{"and an empty unsubscribe result", &clientpb.Reply{Id: 4, Unsubscribe: &clientpb.UnsubscribeResult{}}, `{"id":4,"unsubscribe":{}}`},
		{"and an empty rpc result", &clientpb.Reply{Id: 7, Rpc: &clientpb.RPCResult{}}, `{"id":7,"rpc":{}}`},
		{"and an empty refresh push", &clientpb.Reply{Push: &clientpb.Push{Refresh: &clientpb.Refresh{}}}, `{"push":{"refresh":{}}}`},
		{"an error", &clientpb.Reply{Id: 5, Error: &clientpb.Error{Code: 103, Message: "permission denied"}},
			`{"id":5,"error":{"code":103,"message":"permission denied"}}`},
		{"a temporary error", &clientpb.Reply{Id: 5, Error: &clientpb.Error{Code: 100, Message: "m", Temporary: true}},
			`{"id":5,"error":{"code":100,"message":"m","temporary":true}}`},
		{"a publication without position", &clientpb.Reply{Push: &clientpb.Push{Channel: "open:a", Pub: &clientpb.Publication{Data: []byte(`{"a":1}`)}}},
			`{"push":{"channel":"open:a","pub":{"data":{"a":1}}}}`},
		{"a disconnect", &clientpb.Reply{Push: &clientpb.Push{Disconnect: &clientpb.Disconnect{Code: 3001, Reason: "shutdown"}}},
			`{"push":{"disconnect":{"code":3001,"reason":"shutdown"}}}`},
		{"an unsubscribe", &clientpb.Reply{Push: &clientpb.Push{Channel: "open:a", Unsubscribe: &clientpb.Unsubscribe{Code: 2000, Reason: "server unsubscribe"}}},
			`{"push":{"channel":"open:a","unsubscribe":{"code":2000,"reason":"server unsubscribe"}}}`},
		{"a join", &clientpb.Reply{Push: &clientpb.Push{Channel: "c", Join: &clientpb.Join{Info: info}}},
			`{"push":{"channel":"c","join":{"info":{"user":"42","client":"c"}}}}`},
		{"user and client are always there", &clientpb.Reply{Push: &clientpb.Push{Channel: "c", Leave: &clientpb.Leave{Info: &clientpb.ClientInfo{}}}},
			`{"push":{"channel":"c","leave":{"info":{"user":"","client":""}}}}`},
		{"presence is always there", &clientpb.Reply{Id: 5, Presence: &clientpb.PresenceResult{}}, `{"id":5,"presence":{"presence":{}}}`},
		{"presence", &clientpb.Reply{Id: 5, Presence: &clientpb.PresenceResult{Presence: map[string]*clientpb.ClientInfo{"c": info}}},
			`{"id":5,"presence":{"presence":{"c":{"user":"42","client":"c"}}}}`},
		{"presence stats are always there", &clientpb.Reply{Id: 6, PresenceStats: &clientpb.PresenceStatsResult{}},
			`{"id":6,"presence_stats":{"num_clients":0,"num_users":0}}`},
		{"history is always there", &clientpb.Reply{Id: 6, History: &clientpb.HistoryResult{}},
			`{"id":6,"history":{"publications":[],"epoch":"","offset":0}}`},
		{"lists have commas", &clientpb.Reply{History: &clientpb.HistoryResult{Publications: []*clientpb.Publication{{Offset: 1}, {}, {Removed: true}}, Epoch: "e", Offset: 3}},
			`{"history":{"publications":[{"offset":1},{},{"removed":true}],"epoch":"e","offset":3}}`},
		{"null is a payload", &clientpb.Reply{Rpc: &clientpb.RPCResult{Data: []byte("null")}}, `{"rpc":{"data":null}}`},
		{"LF leaves a payload, other white space stays", &clientpb.Reply{Rpc: &clientpb.RPCResult{Data: []byte("\n{\r\n \"a\\n\":\t\n\n1 }\n")}},
			"{\"rpc\":{\"data\":{\r \"a\\n\":\t1 }}}"},
	} {
		if got := encodeJSON(t, c.m); got != c.want {
			t.Errorf("%s: got  %s\nwant %s", c.rule, got, c.want)
		}
	}
}

func TestStringsInJSON(t *testing.T) {
	for s, want := range map[string]string{
		`"\/`:                        `\"\\/`,
		"\n\r\t":                     `\n\r\t`,
		"\x00\x01\b\f\x1f\x7f":       `\u0000\u0001\u0008\u000c\u001f` + "\x7f",
		"<a href='x'>&</a>":          `\u003ca href='x'\u003e\u0026\u003c/a\u003e`,
		"a\u2027\u2028\u2029\u202ab": "a\u2027" + `\u2028\u2029` + "\u202ab",
		"é😀\ufffd":                   "é😀\ufffd",
		"\xff":                       `\ufffd`,
		"a\xc3":                      `a\ufffd`,
		"\xc3(":                      `\ufffd(`,
		"\xed\xa0\x80":               `\ufffd\ufffd\ufffd`,
		"\xf0\x9f\x98":               `\ufffd\ufffd\ufffd`,
	} {
		got := encodeJSON(t, &clientpb.Reply{Error: &clientpb.Error{Message: s}})
		if got != `{"error":{"message":"`+want+`"}}` {
			t.Errorf("%q is written as %s", s, got)
		}
	}
}

// Names in maps are strings like others.
func TestKeysOfMapsInJSON(t *testing.T) {
	const key = "\"<\n\xff"
	pub := &clientpb.Publication{Tags: map[string]string{key: key}}
	info := map[string]*clientpb.ClientInfo{key: {}}
	subs := map[string]*clientpb.SubscribeResult{key: {}}
	for want, m := range map[string]*clientpb.Reply{
		`{"push":{"pub":{"tags":{"\"\u003c\n\ufffd":"\"\u003c\n\ufffd"}}}}`:      {Push: &clientpb.Push{Pub: pub}},
		`{"presence":{"presence":{"\"\u003c\n\ufffd":{"user":"","client":""}}}}`: {Presence: &clientpb.PresenceResult{Presence: info}},
		`{"connect":{"subs":{"\"\u003c\n\ufffd":{}}}}`:                           {Connect: &clientpb.ConnectResult{Subs: subs}},
		`{"push":{"connect":{"subs":{"\"\u003c\n\ufffd":{}}}}}`:                  {Push: &clientpb.Push{Connect: &clientpb.Connect{Subs: subs}}},
	} {
		if got := encodeJSON(t, m); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestPayloadsThatAreNotJSONAreNotSent(t *testing.T) {
	for _, data := range []string{
		" ", "\n", "\x00", "binary", "{", "{}{}", "1\n2", "\"a\nb\"", "nul", "\xff", "\"\xff\"", "[1,]", "{\"a\":1}x", "\ufeff{}",
		strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001),
	} {
		raw := []byte(data)
		info := &clientpb.ClientInfo{ConnInfo: raw}
		for _, m := range []*clientpb.Reply{
			{Rpc: &clientpb.RPCResult{Data: raw}},
			{Push: &clientpb.Push{Pub: &clientpb.Publication{Data: raw}}},
			{Push: &clientpb.Push{Pub: &clientpb.Publication{Data: []byte("1"), Info: info}}},
			{Push: &clientpb.Push{Join: &clientpb.Join{Info: &clientpb.ClientInfo{ChanInfo: raw}}}},
			{Connect: &clientpb.ConnectResult{Data: raw, Client: "written behind a bad value"}},
			{History: &clientpb.HistoryResult{Publications: []*clientpb.Publication{{Data: raw}, {Data: []byte("1")}}}},
		} {
			if frame, err := protocol.NewFrame(protocol.JSON, protocol.TypeUnknown, m); !errors.Is(err, protocol.ErrNotJSON) || frame != nil {
				t.Errorf("%.20q: error %v", data, err)
			}
			checkProtobufFrame(t, m)
		}
	}
}

func TestAppendJSONString(t *testing.T) {
	for _, text := range []string{"", "a", "e\n6:{\"a\":2Z@6,3pArlM;", "{\"text\":\"é\u2028\"}\n", strings.Repeat("<", 1000), "\ufffd"} {
		out, ok := protocol.AppendJSONString([]byte("before"), []byte(text))
		var got string
		if !ok || string(out[:6]) != "before" || json.Unmarshal(out[6:], &got) != nil || got != text {
			t.Errorf("%q is written as %s, which stands for %q", text, out, got)
		}
	}
	for _, text := range []string{"\xff", "a\xc3", "\xc3\x28", "\xed\xa0\x80"} {
		if out, ok := protocol.AppendJSONString([]byte("before"), []byte(text)); ok || string(out) != "before" || utf8.ValidString(text) {
			t.Errorf("%q is written as %s", text, out)
		}
	}
}
