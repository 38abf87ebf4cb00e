package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"carillon/protocol/clientpb"
)

// TestReliability05LiveAndRecoveredAgree takes the same publications by the
// live path and by recovery, under each rule and in both encodings, and
// compares what arrives.
func TestReliability05LiveAndRecoveredAgree(t *testing.T) {
	t.Parallel()
	s := start(t, strings.ReplaceAll(streamsConfig, `"history_size": 5`, `"history_size": 50`))
	publish := func(channel string, n int) {
		data := fmt.Sprintf(`{"text":"%s","letter":"%c","n":%d}`, strings.Repeat("ding dong ", 20), 'а'+rune(n), n)
		var more string
		switch {
		case n%5 == 0:
			more = `,"skip_history":false,"tags":{}`
		case n%2 == 0:
			more = `,"tags":{"kind":"yes","n":"` + fmt.Sprint(n) + `"}`
		default:
			more = `,"tags":{"kind":"no"}`
		}
		s.api("publish", fmt.Sprintf(`{"channel":%q,"data":%s%s}`, channel, data, more))
	}
	for _, rule := range []struct{ name, namespace, fields string }{
		{"plain", "hh", ""},
		{"filter", "ff", `"tf":{"key":"kind","cmp":"eq","val":"yes"}`},
		{"numeric filter", "ff", `"tf":{"op":"or","nodes":[{"key":"n","cmp":"gt","val":"9.5"},{"key":"kind","cmp":"nex"}]}`},
		{"delta", "dd", `"delta":"fossil"`},
		{"delta and filter", "df", `"delta":"fossil","tf":{"key":"kind","cmp":"eq","val":"yes"}`},
	} {
		for _, protobuf := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, protobuf %v", rule.name, protobuf), func(t *testing.T) {
				channel := fmt.Sprintf("%s:paths-%s-%v", rule.namespace, rule.name, protobuf)
				channel = strings.ReplaceAll(channel, " ", "-")
				publish(channel, 1)
				live := s.reader(t, protobuf)
				live.subscribe(channel, rule.fields, 1, s.epoch(channel))
				for n := 2; n <= 20; n++ {
					publish(channel, n)
				}
				again := s.reader(t, protobuf)
				recovered := again.subscribe(channel, rule.fields, 1, s.epoch(channel))
				if len(recovered) == 0 {
					t.Fatal("nothing was recovered")
				}
				for _, want := range recovered {
					if got := live.publication(); got != want {
						t.Errorf("live came\n%s\nrecovered\n%s", got, want)
					}
				}
			})
		}
	}
}

// reader is a client of either encoding that puts deltas together.
type reader struct {
	t     *testing.T
	json  *conn
	proto *protobufConn
	delta deltaReader
	// granted is whether data come in the form of delta subscriptions.
	granted bool
}

func (s *server) reader(t *testing.T, protobuf bool) *reader {
	if !protobuf {
		return &reader{t: t, json: s.connect(t, `{}`)}
	}
	c := s.dialProtobuf(t)
	c.send(&clientpb.Command{Id: 1, Connect: &clientpb.ConnectRequest{}})
	c.reply()
	return &reader{t: t, proto: c}
}

// subscribe recovers from a position and returns the publications of the
// reply as one text each.
func (r *reader) subscribe(channel, fields string, offset uint64, epoch string) []string {
	r.t.Helper()
	request := fmt.Sprintf(`{"channel":%q,"recover":true,"offset":%d,"epoch":%q`, channel, offset, epoch)
	if fields != "" {
		request += "," + fields
	}
	request += "}"
	var all []string
	if r.json != nil {
		r.json.send(`{"id":2,"subscribe":` + request + `}`)
		var m struct {
			Subscribe struct {
				Recovered, Delta bool
				Publications     []json.RawMessage
			}
		}
		line := r.json.line()
		if err := json.Unmarshal([]byte(line), &m); err != nil || !m.Subscribe.Recovered {
			r.t.Fatalf("subscribe: %s", line)
		}
		r.granted = m.Subscribe.Delta
		for _, raw := range m.Subscribe.Publications {
			all = append(all, r.text(raw))
		}
		return all
	}
	req := new(clientpb.SubscribeRequest)
	if err := json.Unmarshal([]byte(request), req); err != nil {
		r.t.Fatal(err)
	}
	r.proto.send(&clientpb.Command{Id: 2, Subscribe: req})
	result := r.proto.reply().Subscribe
	if !result.GetRecovered() {
		r.t.Fatalf("subscribe: %v", result)
	}
	for _, pub := range result.Publications {
		all = append(all, r.message(pub))
	}
	return all
}

// publication returns the next live publication as a text.
func (r *reader) publication() string {
	r.t.Helper()
	if r.proto != nil {
		return r.message(r.proto.reply().GetPush().GetPub())
	}
	var m struct{ Push struct{ Pub json.RawMessage } }
	line := r.json.line()
	if err := json.Unmarshal([]byte(line), &m); err != nil || m.Push.Pub == nil {
		r.t.Fatalf("no publication: %s", line)
	}
	return r.text(m.Push.Pub)
}

// text is a JSON publication with its data put together.
func (r *reader) text(raw json.RawMessage) string {
	r.t.Helper()
	var pub struct {
		pubFields
		Tags map[string]string
	}
	if err := json.Unmarshal(raw, &pub); err != nil {
		r.t.Fatal(err)
	}
	data := string(pub.Data)
	if r.granted {
		data = r.delta.read(r.t, pub.pubFields)
	}
	return fmt.Sprint(pub.Offset, " ", data, " ", pub.Tags)
}

// message is the same of a Protobuf publication.
func (r *reader) message(pub *clientpb.Publication) string {
	r.t.Helper()
	if pub == nil {
		r.t.Fatal("no publication")
	}
	data := r.delta.bytes(r.t, pub.Data, pub.Delta)
	return fmt.Sprint(pub.Offset, " ", string(data), " ", pub.Tags)
}
