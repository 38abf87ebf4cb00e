package httpapi_test

import (
	"slices"
	"strings"
	"testing"

	"carillon"
	"carillon/observe"
	"carillon/protocol"
	"carillon/session"

	"github.com/golang-jwt/jwt/v5"
)

// client is a connection without a network: a session.Transport that a test
// reads from when it likes.
type client struct {
	t       *testing.T
	session *session.Session
	metrics *observe.TransportMetrics
	enc     protocol.Encoding
	closed  *carillon.Disconnect
}

func (c *client) Metrics() *observe.TransportMetrics { return c.metrics }
func (c *client) Encoding() protocol.Encoding        { return c.enc }
func (c *client) Wake()                              {}
func (c *client) WakeAt(int64)                       {}
func (c *client) PauseReading()                      {}
func (c *client) ResumeReading()                     {}
func (c *client) Abandon()                           { c.t.Error("the connection was abandoned") }
func (c *client) Finish(why carillon.Disconnect)     { c.closed = &why }

// connect opens a connection of a user, who is anonymous if the id is empty.
func (r *rig) connect(user string) *client {
	r.t.Helper()
	claims := jwt.MapClaims{"sub": user, "info": map[string]string{"name": "N" + user}}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(tokenSecret))
	if err != nil {
		r.t.Fatal(err)
	}
	c := &client{t: r.t, metrics: r.metrics.Session.Transport("test")}
	c.session = session.New(r.env, c, session.Request{})
	c.ask(`{"id":1,"connect":{"token":"`+token+`"}}`, `"connect":{"client":"`+c.id())
	return c
}

// subscriber opens a connection that is subscribed to a channel.
func (r *rig) subscriber(user, channel string) *client {
	r.t.Helper()
	c := r.connect(user)
	c.ask(`{"id":2,"subscribe":{"channel":"`+channel+`"}}`, `"subscribe":{`)
	return c
}

func (c *client) id() string { return c.session.ID() }

// ask sends a command and expects one reply with this in it.
func (c *client) ask(command, want string) {
	c.t.Helper()
	c.session.Receive([]byte(command))
	if got := c.read(); len(got) != 1 || !strings.Contains(got[0], want) {
		c.t.Fatalf("%s is answered with %q, closed %v", command, got, c.closed)
	}
}

// read takes what waits for the client.
func (c *client) read() (messages []string) {
	for {
		frames := c.session.Pull(make([]*protocol.Frame, 0, 16))
		if len(frames) == 0 {
			return messages
		}
		for _, f := range frames {
			messages = append(messages, string(f.Payload()))
		}
	}
}

// gets expects exactly these messages to wait.
func (c *client) gets(want ...string) {
	c.t.Helper()
	if got := c.read(); !slices.Equal(got, want) {
		c.t.Errorf("the client got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// getsData expects publications with these data, and nothing else.
func (c *client) getsData(channel string, data ...string) {
	c.t.Helper()
	want := make([]string, len(data))
	for i, d := range data {
		want[i] = `{"push":{"channel":"` + channel + `","pub":{"data":` + d + `}}}`
	}
	c.gets(want...)
}

// isClosed expects the connection to be closed for this reason.
func (c *client) isClosed(code uint32, reason string) {
	c.t.Helper()
	if want := (carillon.Disconnect{Code: code, Reason: reason}); c.closed == nil || *c.closed != want {
		c.t.Errorf("the connection is closed: %v, want %v", c.closed, want)
	}
}

func (c *client) isOpen() {
	c.t.Helper()
	if c.closed != nil {
		c.t.Errorf("the connection is closed: %v", c.closed)
	}
}
