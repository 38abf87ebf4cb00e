package sim

import (
	"bytes"
	"encoding/binary"
	"encoding/json"

	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// reply is the part of a server message that clients look at.
type reply struct {
	ID      uint32 `json:"id"`
	Error   *fault `json:"error"`
	Push    *push  `json:"push"`
	Connect *struct {
		Subs map[string]*subscribed `json:"subs"`
	} `json:"connect"`
	Subscribe   *subscribed `json:"subscribe"`
	Unsubscribe *struct{}   `json:"unsubscribe"`
}

type fault struct {
	Code uint32 `json:"code"`
}

type push struct {
	Channel     string       `json:"channel"`
	Pub         *publication `json:"pub"`
	Unsubscribe *fault       `json:"unsubscribe"`
	Subscribe   *subscribed  `json:"subscribe"`
}

type subscribed struct {
	Recoverable  bool           `json:"recoverable"`
	Positioned   bool           `json:"positioned"`
	Recovered    bool           `json:"recovered"`
	Epoch        string         `json:"epoch"`
	Offset       uint64         `json:"offset"`
	Publications []*publication `json:"publications"`
	Delta        bool           `json:"delta"`
}

// publication has its payload as it came: for delta subscriptions of JSON
// clients a JSON string.
type publication struct {
	Data   json.RawMessage   `json:"data"`
	Offset uint64            `json:"offset"`
	Tags   map[string]string `json:"tags"`
	Delta  bool              `json:"delta"`
	Epoch  string            `json:"epoch"`
}

// decode reads the messages of a frame.
func decode(enc protocol.Encoding, frame []byte) ([]*reply, error) {
	var out []*reply
	if enc == protocol.JSON {
		for line := range bytes.SplitSeq(frame, []byte("\n")) {
			r := &reply{}
			if err := json.Unmarshal(line, r); err != nil {
				return nil, err
			}
			out = append(out, r)
		}
		return out, nil
	}
	for len(frame) > 0 {
		size, n := binary.Uvarint(frame)
		m := &clientpb.Reply{}
		if err := m.UnmarshalVT(frame[n : n+int(size)]); err != nil {
			return nil, err
		}
		out = append(out, fromProtobuf(m))
		frame = frame[n+int(size):]
	}
	return out, nil
}

func fromProtobuf(m *clientpb.Reply) *reply {
	r := &reply{ID: m.Id, Subscribe: subscribedOf(m.Subscribe)}
	if m.Error != nil {
		r.Error = &fault{m.Error.Code}
	}
	if m.Unsubscribe != nil {
		r.Unsubscribe = &struct{}{}
	}
	if m.Connect != nil {
		r.Connect = &struct {
			Subs map[string]*subscribed `json:"subs"`
		}{map[string]*subscribed{}}
		for ch, s := range m.Connect.Subs {
			r.Connect.Subs[ch] = subscribedOf(s)
		}
	}
	if p := m.Push; p != nil {
		r.Push = &push{Channel: p.Channel, Pub: publicationOf(p.Pub)}
		if p.Unsubscribe != nil {
			r.Push.Unsubscribe = &fault{p.Unsubscribe.Code}
		}
		if s := p.Subscribe; s != nil {
			r.Push.Subscribe = &subscribed{Recoverable: s.Recoverable, Positioned: s.Positioned, Epoch: s.Epoch, Offset: s.Offset}
		}
	}
	return r
}

func subscribedOf(m *clientpb.SubscribeResult) *subscribed {
	if m == nil {
		return nil
	}
	s := &subscribed{
		Recoverable: m.Recoverable, Positioned: m.Positioned, Recovered: m.Recovered,
		Epoch: m.Epoch, Offset: m.Offset, Delta: m.Delta,
	}
	for _, p := range m.Publications {
		s.Publications = append(s.Publications, publicationOf(p))
	}
	return s
}

func publicationOf(m *clientpb.Publication) *publication {
	if m == nil {
		return nil
	}
	return &publication{Data: m.Data, Offset: m.Offset, Tags: m.Tags, Delta: m.Delta, Epoch: m.Epoch}
}
