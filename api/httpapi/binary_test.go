package httpapi_test

import (
	"encoding/binary"
	"net/http"
	"testing"

	"carillon/engine"
	"carillon/protocol"
	"carillon/protocol/clientpb"
	"carillon/session"

	"github.com/golang-jwt/jwt/v5"
)

func TestAcceptance47PayloadsThatAreNotJSON(t *testing.T) {
	r := newRig(t)
	c := r.protobufSubscriber("hist:bin")
	r.answers("publish", `{"channel":"hist:bin","b64data":"AP8="}`, r.positionAfter("hist:bin", 1))
	if got := c.publication(); string(got) != "\x00\xff" {
		t.Errorf("the subscriber got %q", got)
	}

	failed := response{http.StatusInternalServerError, "text/plain; charset=utf-8", "Internal Server Error\n"}
	const body = `{"channel":"hist:bin","limit":1}`
	if got := r.post("history", body); got != failed {
		t.Errorf("history: got %+v", got)
	}
	if got := r.post("history", body, "X-Centrifugo-Error-Mode: transport"); got != failed {
		t.Errorf("history in transport mode: got %+v", got)
	}
	if got := r.post("batch", `{"commands":[{"history":`+body+`}]}`); got != failed {
		t.Errorf("batch: got %+v", got)
	}
	if got := r.legacy(`{"method":"history","params":` + body + `}`); got != failed {
		t.Errorf("the older form: got %+v", got)
	}
	r.call("subscribe", `{"user":"42","channel":"hist:bin","b64info":"AP8="}`)
	if got := r.post("presence", `{"channel":"hist:bin"}`); got != failed {
		t.Errorf("presence: got %+v", got)
	}
	h, err := r.broker.History(t.Context(), "hist:bin", engine.HistoryQuery{Limit: 1})
	if err != nil || string(h.Publications[0].Data) != "\x00\xff" {
		t.Errorf("the stream is %+v, %v", h, err)
	}
}

// positionAfter is the result of the publish with this offset in a new stream.
func (r *rig) positionAfter(channel string, offset int) string {
	r.t.Helper()
	return `{"result":{"offset":` + string('0'+rune(offset)) + `,"epoch":"` + r.epoch(channel) + `"}}`
}

// protobufSubscriber is user 42 with the binary protocol.
func (r *rig) protobufSubscriber(channel string) *client {
	r.t.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": "42"}).SignedString([]byte(tokenSecret))
	if err != nil {
		r.t.Fatal(err)
	}
	c := &client{t: r.t, metrics: r.metrics.Session.Transport("test"), enc: protocol.Protobuf}
	c.session = session.New(r.env, c, session.Request{})
	for _, cmd := range []*clientpb.Command{
		{Id: 1, Connect: &clientpb.ConnectRequest{Token: token}},
		{Id: 2, Subscribe: &clientpb.SubscribeRequest{Channel: channel}},
	} {
		body, err := cmd.MarshalVT()
		if err != nil {
			r.t.Fatal(err)
		}
		c.session.Receive(append(binary.AppendUvarint(nil, uint64(len(body))), body...))
		if got := c.read(); len(got) != 1 {
			r.t.Fatalf("command %d is answered with %q", cmd.Id, got)
		}
	}
	return c
}

// publication is the payload of the one push that waits.
func (c *client) publication() []byte {
	c.t.Helper()
	got := c.read()
	if len(got) != 1 {
		c.t.Fatalf("the client got %q", got)
	}
	_, n := binary.Uvarint([]byte(got[0]))
	var reply clientpb.Reply
	if err := reply.UnmarshalVT([]byte(got[0][n:])); err != nil || reply.Push == nil || reply.Push.Pub == nil {
		c.t.Fatalf("the client got %q, %v", got, err)
	}
	return reply.Push.Pub.Data
}
