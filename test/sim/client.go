package sim

import (
	"encoding/json"
	"fmt"
	"time"

	"carillon"
	"carillon/observe"
	"carillon/protocol"
	"carillon/protocol/clientpb"
	"carillon/session"

	"github.com/golang-jwt/jwt/v5"
)

// client is an application with the official SDK's manners: it remembers its
// positions, asks to recover, and comes back after a disconnect.
type client struct {
	w       *world
	name    string
	enc     protocol.Encoding
	metrics *observe.TransportMetrics
	link    *link // nil while disconnected
	// subs are the channels that the client wants, and server-side ones that it
	// has had.
	subs map[string]*subscription
}

// subscription is what the client knows of a channel.
type subscription struct {
	channel    string
	serverSide bool
	delta      bool
	filter     string // on the tag "k", empty for none

	// asked says that a subscribe is under way, live that it was answered.
	asked, live bool
	want        carillon.StreamPosition
	recover     bool
	// position is the client's, as the SDK keeps it; zero epoch if unknown.
	position   carillon.StreamPosition
	positioned bool
	base       []byte
	negotiated bool // delta
	// known says that position is the client's to recover from.
	known bool
	seen  map[string]bool // payloads without offset, for repeats
}

// link is one connection: a session.Transport.
type link struct {
	c       *client
	session *session.Session
	// wakeAt is the earliest Tick asked for, 0 for none.
	wakeAt int64
	paused bool
	// inbox are frames on their way to the server.
	inbox     [][]byte
	receiving bool
	// box are messages that the client has taken and not looked at.
	box       []*protocol.Frame
	finished  bool
	why       carillon.Disconnect
	nextID    uint32
	pending   map[uint32]*subscription // subscribe commands by id
	leaving   map[uint32]*subscription // unsubscribe commands by id
	connected bool
	connectID uint32
}

func newClient(w *world, name string, protobuf bool, m *observe.SessionMetrics) *client {
	c := &client{w: w, name: name, subs: map[string]*subscription{}, metrics: m.Transport("sim")}
	if protobuf {
		c.enc = protocol.Protobuf
	}
	return c
}

func (l *link) Metrics() *observe.TransportMetrics { return l.c.metrics }
func (l *link) Encoding() protocol.Encoding        { return l.c.enc }
func (l *link) Wake()                              {}
func (l *link) PauseReading()                      { l.paused = true }
func (l *link) ResumeReading()                     { l.paused = false }
func (l *link) Abandon()                           { l.finished = true }

func (l *link) WakeAt(mono int64) {
	if l.wakeAt == 0 || mono < l.wakeAt {
		l.wakeAt = mono
	}
}

func (l *link) Finish(why carillon.Disconnect) { l.finished, l.why = true, why }

// connect opens a connection and sends the connect command.
func (c *client) connect() {
	l := &link{c: c, pending: map[uint32]*subscription{}, leaving: map[uint32]*subscription{}}
	l.session = session.New(c.w.env, l, session.Request{})
	c.link = l
	claims := jwt.MapClaims{"sub": c.name}
	subs := map[string]any{}
	for _, ch := range serverChannels {
		subs[ch] = map[string]any{}
	}
	claims["subs"] = subs
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret))
	if err != nil {
		panic(err)
	}
	req := &clientpb.ConnectRequest{Token: token, Subs: map[string]*clientpb.SubscribeRequest{}}
	for _, ch := range serverChannels {
		sub := c.subs[ch]
		if sub == nil {
			sub = &subscription{channel: ch, serverSide: true, delta: c.w.chance(50)}
			c.subs[ch] = sub
		}
		sub.begin()
		r := &clientpb.SubscribeRequest{}
		if sub.known {
			r.Recover, r.Epoch, r.Offset = true, sub.position.Epoch, sub.position.Offset
		}
		if sub.delta {
			r.Delta = "fossil"
		}
		sub.recover, sub.want = r.Recover, carillon.StreamPosition{Offset: r.Offset, Epoch: r.Epoch}
		if r.Recover || sub.delta {
			req.Subs[ch] = r
		}
	}
	l.connectID = l.send(&clientpb.Command{Connect: req})
	c.w.note("%s connects", c.name)
}

func (s *subscription) begin() {
	s.asked, s.live = true, false
	s.base, s.seen = nil, map[string]bool{}
}

// drop cuts the connection; the server finds out.
func (c *client) drop() {
	l := c.link
	c.w.note("%s drops", c.name)
	c.gone()
	c.w.spawn(c.name+" closes", func() { l.session.Close(carillon.DisconnectConnectionClosed) })
}

// gone forgets the connection.
func (c *client) gone() {
	c.link = nil
	for _, sub := range c.subs {
		sub.asked, sub.live = false, false
	}
}

// subscribe asks for a channel, from where the client left off if it can.
func (c *client) subscribe(sub *subscription) {
	sub.begin()
	req := &clientpb.SubscribeRequest{Channel: sub.channel, Recoverable: true, JoinLeave: true}
	if sub.known {
		req.Recover, req.Epoch, req.Offset = true, sub.position.Epoch, sub.position.Offset
	}
	sub.recover, sub.want = req.Recover, carillon.StreamPosition{Offset: req.Offset, Epoch: req.Epoch}
	if sub.delta {
		req.Delta = "fossil"
	}
	if sub.filter != "" {
		req.Tf = &clientpb.FilterNode{Key: "k", Cmp: "eq", Val: sub.filter}
	}
	c.link.pending[c.link.send(&clientpb.Command{Subscribe: req})] = sub
	c.w.note("%s subscribes to %s, recover %v from %v", c.name, sub.channel, sub.recover, sub.want)
}

func (c *client) unsubscribe(sub *subscription) {
	sub.asked, sub.live = false, false
	c.link.leaving[c.link.send(&clientpb.Command{Unsubscribe: &clientpb.UnsubscribeRequest{Channel: sub.channel}})] = sub
	c.w.note("%s unsubscribes from %s", c.name, sub.channel)
}

// send puts a command on the way and returns its id.
func (l *link) send(cmd *clientpb.Command) uint32 {
	l.nextID++
	cmd.Id = l.nextID
	l.inbox = append(l.inbox, encode(l.c.enc, cmd))
	return cmd.Id
}

// receive lets the server read one frame.
func (l *link) receive() {
	if l.receiving || l.paused || len(l.inbox) == 0 {
		return
	}
	frame := l.inbox[0]
	l.inbox = l.inbox[1:]
	l.receiving = true
	l.c.w.spawn(l.c.name+" sends", func() {
		l.session.Receive(frame)
		l.receiving = false
	})
}

// tick lets the server do what is due on this connection.
func (l *link) tick() {
	if l.wakeAt == 0 || l.wakeAt > l.c.w.mono {
		return
	}
	l.wakeAt = 0
	now := l.c.w.mono
	l.c.w.spawn(l.c.name+" ticks", func() { l.session.Tick(now) })
}

// encode writes a command.
func encode(enc protocol.Encoding, cmd *clientpb.Command) []byte {
	if enc == protocol.Protobuf {
		body, err := cmd.MarshalVT()
		if err != nil {
			panic(err)
		}
		return append(uvarint(len(body)), body...)
	}
	m := map[string]any{"id": cmd.Id}
	switch {
	case cmd.Connect != nil:
		subs := map[string]any{}
		for ch, r := range cmd.Connect.Subs {
			subs[ch] = subscribeJSON(r)
		}
		m["connect"] = map[string]any{"token": cmd.Connect.Token, "subs": subs}
	case cmd.Subscribe != nil:
		m["subscribe"] = subscribeJSON(cmd.Subscribe)
	case cmd.Unsubscribe != nil:
		m["unsubscribe"] = map[string]any{"channel": cmd.Unsubscribe.Channel}
	case cmd.Publish != nil:
		m["publish"] = map[string]any{"channel": cmd.Publish.Channel, "data": json.RawMessage(cmd.Publish.Data)}
	case cmd.Id == 0:
		return []byte("{}")
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return b
}

func subscribeJSON(r *clientpb.SubscribeRequest) map[string]any {
	m := map[string]any{
		"channel": r.Channel, "recover": r.Recover, "epoch": r.Epoch, "offset": r.Offset,
		"recoverable": r.Recoverable, "join_leave": r.JoinLeave, "delta": r.Delta,
	}
	if r.Tf != nil {
		m["tf"] = map[string]any{"key": r.Tf.Key, "cmp": r.Tf.Cmp, "val": r.Tf.Val}
	}
	return m
}

func uvarint(n int) (out []byte) {
	for ; n >= 0x80; n >>= 7 {
		out = append(out, byte(n)|0x80)
	}
	return append(out, byte(n))
}

// idle reports that the client has all that it wants.
func (c *client) idle() bool {
	if c.link == nil || !c.link.connected || len(c.link.inbox) > 0 || c.link.receiving {
		return false
	}
	for _, sub := range c.subs {
		if !sub.live {
			return false
		}
	}
	return true
}

func (c *client) String() string {
	return fmt.Sprintf("%s at %v", c.name, c.w.now.Sub(time.Unix(start, 0)))
}
