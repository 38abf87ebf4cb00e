package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"testing"

	"carillon/protocol/clientpb"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/proto"
)

// protobufConn is a client that speaks Protobuf.
type protobufConn struct {
	*conn
	replies []*clientpb.Reply
}

func (s *server) dialProtobuf(t *testing.T) *protobufConn {
	t.Helper()
	c, err := s.tryDial(t, "?format=protobuf")
	if err != nil {
		t.Fatal(err)
	}
	return &protobufConn{conn: c}
}

func (c *protobufConn) send(commands ...*clientpb.Command) {
	c.t.Helper()
	var frame bytes.Buffer
	for _, cmd := range commands {
		if _, err := protodelim.MarshalTo(&frame, cmd); err != nil {
			c.t.Fatal(err)
		}
	}
	if err := wsutil.WriteClientBinary(c.nc, frame.Bytes()); err != nil {
		c.t.Fatal(err)
	}
}

// reply returns the next message; an empty one is a ping.
func (c *protobufConn) reply() *clientpb.Reply {
	c.t.Helper()
	for len(c.replies) == 0 {
		data, op, err := c.frame()
		if err != nil || op != ws.OpBinary {
			c.t.Fatalf("opcode %v, %v", op, err)
		}
		for r := bytes.NewReader(data); r.Len() > 0; {
			reply := new(clientpb.Reply)
			if err := (protodelim.UnmarshalOptions{MaxSize: -1}).UnmarshalFrom(r, reply); err != nil {
				c.t.Fatal(err)
			}
			c.replies = append(c.replies, reply)
		}
	}
	reply := c.replies[0]
	c.replies = c.replies[1:]
	return reply
}

func (c *protobufConn) ask(want *clientpb.Reply, cmd *clientpb.Command) {
	c.t.Helper()
	c.send(cmd)
	if got := c.reply(); !proto.Equal(got, want) {
		c.t.Fatalf("got %v, want %v", got, want)
	}
}

func TestClientProtocol37Protobuf(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"allow_anonymous_connect_without_token": true, "ping_interval": "1s", "pong_timeout": "500ms"},
		"channel": {"without_namespace": {"allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true}}}`)
	c := s.dialProtobuf(t)
	c.send(&clientpb.Command{Id: 1, Connect: &clientpb.ConnectRequest{}})
	if reply := c.reply(); reply.Id != 1 || reply.Connect.GetPing() != 1 || !reply.Connect.GetPong() {
		t.Fatalf("reply %v", reply)
	}
	c.ask(&clientpb.Reply{Id: 2, Subscribe: &clientpb.SubscribeResult{}},
		&clientpb.Command{Id: 2, Subscribe: &clientpb.SubscribeRequest{Channel: "a"}})
	data, op, err := c.frame()
	if err != nil || op != ws.OpBinary || !bytes.Equal(data, []byte{0}) {
		t.Errorf("the ping is % x with opcode %v, %v", data, op, err)
	}
	c.send(&clientpb.Command{})
	s.publish("a", `{"n":1}`)
	if got := c.reply().GetPush().GetPub().GetData(); string(got) != `{"n":1}` {
		t.Errorf("publication %s", got)
	}
}

func TestClientProtocol18BinaryData(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	text, binary := s.connect(t, `{}`), s.dialProtobuf(t)
	text.ask(`{"id":2,"subscribe":{"channel":"open:18"}}`, subscribed)
	binary.send(&clientpb.Command{Id: 1, Connect: &clientpb.ConnectRequest{}})
	binary.reply()
	binary.ask(&clientpb.Reply{Id: 2, Subscribe: &clientpb.SubscribeResult{}},
		&clientpb.Command{Id: 2, Subscribe: &clientpb.SubscribeRequest{Channel: "open:18"}})
	raw := []byte{0, 0xff, '{'}
	s.api("publish", fmt.Sprintf(`{"channel":"open:18","b64data":%q}`, base64.StdEncoding.EncodeToString(raw)))
	text.expectClose(3506, "inappropriate protocol")
	if got := binary.reply().GetPush().GetPub().GetData(); !bytes.Equal(got, raw) {
		t.Errorf("got % x", got)
	}
}

func TestStreams26ProtobufDelta(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	c := s.dialProtobuf(t)
	c.send(&clientpb.Command{Id: 1, Connect: &clientpb.ConnectRequest{}})
	c.reply()
	c.send(&clientpb.Command{Id: 2, Subscribe: &clientpb.SubscribeRequest{Channel: "dd:26", Delta: "fossil"}})
	if reply := c.reply(); !reply.Subscribe.GetDelta() {
		t.Fatalf("reply %v", reply)
	}
	// The worked example of the delta format.
	s.publish("dd:26", `{"symbol":"BTC-USD","price":100,"volume":5000,"venue":"main"}`)
	s.publish("dd:26", `{"symbol":"BTC-USD","price":101,"volume":5000,"venue":"main"}`)
	c.reply()
	pub := c.reply().GetPush().GetPub()
	if want := "y\nU@0,1:1U@V,3HdpUV;"; !pub.GetDelta() || string(pub.GetData()) != want {
		t.Errorf("delta %v, data %q, want %q", pub.GetDelta(), pub.GetData(), want)
	}
}
