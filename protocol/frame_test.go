package protocol_test

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"testing"

	"github.com/gobwas/ws"
	"google.golang.org/protobuf/proto"

	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// checkProtobufFrame checks that a message is its length and what it should be.
func checkProtobufFrame(t testing.TB, want *clientpb.Reply) {
	t.Helper()
	frame, err := protocol.NewFrame(protocol.Protobuf, protocol.TypeUnknown, want)
	if err != nil {
		t.Fatal(err)
	}
	got, message := new(clientpb.Reply), frame.Payload()
	size, n := binary.Uvarint(message)
	if n <= 0 || size != uint64(len(message)-n) {
		t.Fatalf("Protobuf message of %d bytes says that it has %d", len(message)-n, size)
	}
	if err := proto.Unmarshal(message[n:], got); err != nil || !proto.Equal(got, want) {
		t.Errorf("Protobuf: %v, error %v, want %v", got, err, want)
	}
}

// checkWebSocket reads the WebSocket frame with another implementation.
func checkWebSocket(t *testing.T, f *protocol.Frame, opcode ws.OpCode) {
	t.Helper()
	r := bytes.NewReader(f.WebSocket())
	h, err := ws.ReadHeader(r)
	if err != nil {
		t.Fatal(err)
	}
	if want := (ws.Header{Fin: true, OpCode: opcode, Length: int64(len(f.Payload()))}); h != want {
		t.Errorf("header is %+v, want %+v", h, want)
	}
	if rest := f.WebSocket()[len(f.WebSocket())-r.Len():]; !bytes.Equal(rest, f.Payload()) {
		t.Errorf("frame holds %d bytes, payload %d", len(rest), len(f.Payload()))
	}
	// The length has to be written in the fewest bytes.
	n := protocol.HeaderLen(len(f.Payload()))
	if n != len(f.WebSocket())-len(f.Payload()) || n != ws.HeaderSize(h) {
		t.Errorf("HeaderLen is %d, want %d", n, ws.HeaderSize(h))
	}
}

// Sizes around which the length of a WebSocket header or of a Protobuf length
// changes.
func TestFramesOfEverySize(t *testing.T) {
	sizes := []int{1 << 21}
	for _, edge := range []int{1, 1 << 7, 1 << 14, 1 << 16} {
		for around := -30; around <= 6; around++ {
			sizes = append(sizes, max(edge+around, 1))
		}
	}
	seen := map[int]bool{} // lengths of headers
	for _, size := range sizes {
		digits := bytes.Repeat([]byte("1"), size)
		m := &clientpb.Reply{Rpc: &clientpb.RPCResult{Data: digits}}
		text, err := protocol.NewFrame(protocol.JSON, protocol.TypeRPC, m)
		if err != nil || text.Type() != protocol.TypeRPC || string(text.Payload()) != `{"rpc":{"data":`+string(digits)+`}}` {
			t.Fatalf("payload of %d bytes: type %s, error %v", size, text.Type(), err)
		}
		checkWebSocket(t, text, ws.OpText)
		binary, err := protocol.NewFrame(protocol.Protobuf, protocol.TypePublish, m)
		if err != nil || binary.Type() != protocol.TypePublish {
			t.Fatalf("payload of %d bytes: type %s, error %v", size, binary.Type(), err)
		}
		checkWebSocket(t, binary, ws.OpBinary)
		checkProtobufFrame(t, m)
		seen[protocol.HeaderLen(len(text.Payload()))] = true
	}
	if len(seen) != 3 {
		t.Errorf("headers of %d lengths, want 3", len(seen))
	}
}

func TestPingFrames(t *testing.T) {
	for enc, want := range map[protocol.Encoding]struct {
		payload string
		opcode  ws.OpCode
	}{protocol.JSON: {"{}", ws.OpText}, protocol.Protobuf: {"\x00", ws.OpBinary}} {
		f := protocol.PingFrame(enc)
		if string(f.Payload()) != want.payload || f.Type() != protocol.TypeServerPing {
			t.Errorf("%s: ping is %q of type %s", enc, f.Payload(), f.Type())
		}
		checkWebSocket(t, f, want.opcode)
		empty, err := protocol.NewFrame(enc, protocol.TypeServerPing, &clientpb.Reply{})
		if err != nil || !bytes.Equal(empty.WebSocket(), f.WebSocket()) {
			t.Errorf("%s: ping is not an empty reply, error %v", enc, err)
		}
	}
}

func TestFrameTypes(t *testing.T) {
	// In the order in which requests are looked for.
	ordered := []struct {
		kind protocol.FrameType
		name string
		set  func(*clientpb.Command)
	}{
		{protocol.TypeConnect, "connect", func(c *clientpb.Command) { c.Connect = &clientpb.ConnectRequest{} }},
		{protocol.TypeSubscribe, "subscribe", func(c *clientpb.Command) { c.Subscribe = &clientpb.SubscribeRequest{} }},
		{protocol.TypeUnsubscribe, "unsubscribe", func(c *clientpb.Command) { c.Unsubscribe = &clientpb.UnsubscribeRequest{} }},
		{protocol.TypePublish, "publish", func(c *clientpb.Command) { c.Publish = &clientpb.PublishRequest{} }},
		{protocol.TypePresence, "presence", func(c *clientpb.Command) { c.Presence = &clientpb.PresenceRequest{} }},
		{protocol.TypePresenceStats, "presence_stats", func(c *clientpb.Command) { c.PresenceStats = &clientpb.PresenceStatsRequest{} }},
		{protocol.TypeHistory, "history", func(c *clientpb.Command) { c.History = &clientpb.HistoryRequest{} }},
		{protocol.TypeRPC, "rpc", func(c *clientpb.Command) { c.Rpc = &clientpb.RPCRequest{} }},
		{protocol.TypeSend, "send", func(c *clientpb.Command) { c.Send = &clientpb.SendRequest{} }},
		{protocol.TypeRefresh, "refresh", func(c *clientpb.Command) { c.Refresh = &clientpb.RefreshRequest{} }},
		{protocol.TypeSubRefresh, "sub_refresh", func(c *clientpb.Command) { c.SubRefresh = &clientpb.SubRefreshRequest{} }},
		{protocol.TypeUnknown, "unknown", func(c *clientpb.Command) { c.Ping = &clientpb.PingRequest{} }},
	}
	all := &clientpb.Command{Id: 1}
	for i := len(ordered) - 1; i >= 0; i-- {
		ordered[i].set(all)
		alone := &clientpb.Command{Id: 1}
		ordered[i].set(alone)
		for _, c := range []*clientpb.Command{all, alone} {
			if got := protocol.CommandType(c); got != ordered[i].kind || got.String() != ordered[i].name {
				t.Errorf("%v is of type %s, want %s", c, got, ordered[i].name)
			}
		}
		alone.Id = 0
		want := protocol.TypeClientPong
		if alone.Send != nil {
			want = protocol.TypeSend
		}
		if got := protocol.CommandType(alone); got != want || protocol.IsPong(alone) != (want == protocol.TypeClientPong) {
			t.Errorf("%v is of type %s, a pong: %v", alone, got, protocol.IsPong(alone))
		}
	}
	seen := map[string]bool{}
	for i, name := range protocol.FrameTypeNames() {
		if name == "" || seen[name] || protocol.FrameType(i).String() != name {
			t.Errorf("type %s has name %q", strconv.Itoa(i), name)
		}
		seen[name] = true
	}
}
