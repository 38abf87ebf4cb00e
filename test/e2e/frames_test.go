package e2e

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"

	"carillon/protocol/clientpb"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
)

// TestReliability06Frames sends payloads of 1 byte to 10 MB to clients of both
// encodings, with and without compression, and compares their checksums. What
// is not too big for it also goes the other way.
func TestReliability06Frames(t *testing.T) {
	t.Parallel()
	for _, compression := range []bool{false, true} {
		t.Run(fmt.Sprintf("compression %v", compression), func(t *testing.T) {
			t.Parallel()
			s := start(t, fmt.Sprintf(`{"websocket": {"compression": %v, "message_size_limit": 1048576, "write_timeout": "20s"},
				"client": {"queue_max_size": 67108864, "allow_anonymous_connect_without_token": true},
				"channel": {"without_namespace": {"allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true,
				"allow_publish_for_client": true, "allow_publish_for_anonymous": true}}}`, compression))
			text := s.dialCompressed(t, compression, "")
			text.ask(`{"id":1,"connect":{}}`, `{"id":1,"connect":"*"}`)
			text.subscribe("big", subscribed)
			binary := &protobufConn{conn: s.dialCompressed(t, compression, "?format=protobuf")}
			binary.send(&clientpb.Command{Id: 1, Connect: &clientpb.ConnectRequest{}},
				&clientpb.Command{Id: 2, Subscribe: &clientpb.SubscribeRequest{Channel: "big"}})
			binary.reply()
			binary.reply()
			for _, size := range []int{1, 2, 100, 120, 125, 126, 127, 200, 4000, 65_500, 65_536, 70_000, 1_000_000, 10_000_000} {
				payload := samplePayload(size)
				fromClient := size < 1<<20-1000
				if fromClient {
					text.send(`{"id":3,"publish":{"channel":"big","data":"` + payload + `"}}`)
				} else {
					s.publish("big", `"`+payload+`"`)
				}
				var got string
				line := text.line()
				if fromClient {
					// The push and the reply come in either order.
					if other := text.line(); len(other) > len(line) || line == `{"id":3,"publish":{}}` {
						line = other
					}
				}
				if err := json.Unmarshal(pushed(t, line).Data, &got); err != nil || sha256.Sum256([]byte(got)) != sha256.Sum256([]byte(payload)) {
					t.Fatalf("JSON: of %d bytes came %d, %v", size, len(got), err)
				}
				data := binary.reply().GetPush().GetPub().GetData()
				if sha256.Sum256(data) != sha256.Sum256([]byte(`"`+payload+`"`)) {
					t.Fatalf("Protobuf: of %d bytes came %d", size+2, len(data))
				}
			}
		})
	}
}

// samplePayload is text that neither repeats itself soon nor can be mistaken
// for its neighbours.
func samplePayload(size int) string {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	payload := make([]byte, size)
	for i := range payload {
		payload[i] = letters[(i*i+i/7+size)%len(letters)]
	}
	return string(payload)
}

// dialCompressed dials, and offers compression if asked to.
func (s *server) dialCompressed(t *testing.T, offer bool, query string) *conn {
	t.Helper()
	dialer := ws.Dialer{}
	if offer {
		dialer.Extensions = append(dialer.Extensions, wsflate.DefaultParameters.Option())
	}
	c, err := s.dialWith(t, dialer, query)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
