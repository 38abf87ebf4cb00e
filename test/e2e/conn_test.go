package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
	"github.com/gobwas/ws/wsutil"
)

// conn is a client on a WebSocket that speaks JSON in raw frames.
type conn struct {
	t     *testing.T
	nc    net.Conn
	br    *bufio.Reader
	lines []string
}

// dial opens a WebSocket; headers are pairs of name and value.
func (s *server) dial(t *testing.T, headers ...string) *conn {
	t.Helper()
	c, err := s.tryDial(t, "", headers...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// tryDial opens a WebSocket at a query, and returns ws.StatusError when the
// server refuses.
func (s *server) tryDial(t *testing.T, query string, headers ...string) (*conn, error) {
	t.Helper()
	h := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return s.dialWith(t, ws.Dialer{Header: ws.HandshakeHeaderHTTP(h)}, query)
}

func (s *server) dialWith(t *testing.T, dialer ws.Dialer, query string) (*conn, error) {
	t.Helper()
	scheme := "ws"
	if dialer.TLSConfig != nil {
		scheme = "wss"
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	nc, br, _, err := dialer.Dial(ctx, strings.Replace(s.url("/connection/websocket"+query), "http", scheme, 1))
	if err != nil {
		return nil, err
	}
	if br == nil {
		br = bufio.NewReader(nc)
	}
	t.Cleanup(func() { nc.Close() })
	return &conn{t: t, nc: nc, br: br}, nil
}

// refusal is the HTTP status with which the server refuses a WebSocket; 101 if
// it does not.
func (s *server) refusal(t *testing.T, query string, headers ...string) int {
	t.Helper()
	c, err := s.tryDial(t, query, headers...)
	if err == nil {
		c.nc.Close()
		return http.StatusSwitchingProtocols
	}
	var status ws.StatusError
	if !errors.As(err, &status) {
		t.Fatal(err)
	}
	return int(status)
}

// connect opens a WebSocket and connects with the fields of a connect request.
func (s *server) connect(t *testing.T, request string, headers ...string) *conn {
	t.Helper()
	c := s.dial(t, headers...)
	c.send(`{"id":1,"connect":` + request + `}`)
	if reply := c.line(); !strings.HasPrefix(reply, `{"id":1,"connect":{`) {
		t.Fatalf("connect: %s", reply)
	}
	return c
}

// send sends a text frame.
func (c *conn) send(text string) {
	c.t.Helper()
	if err := wsutil.WriteClientText(c.nc, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

// line returns the next message. It answers the server's pings.
func (c *conn) line() string {
	c.t.Helper()
	line, err := c.next(patience)
	if err != nil {
		c.t.Fatalf("no message came: %v", err)
	}
	return line
}

func (c *conn) next(within time.Duration) (string, error) {
	for deadline := time.Now().Add(within); ; {
		for len(c.lines) > 0 {
			line := c.lines[0]
			c.lines = c.lines[1:]
			if line != "{}" {
				return line, nil
			}
			if err := wsutil.WriteClientText(c.nc, []byte("{}")); err != nil {
				return "", err
			}
		}
		if err := c.nc.SetReadDeadline(deadline); err != nil {
			return "", err
		}
		data, op, err := c.frame()
		if err != nil {
			return "", err
		}
		if op == ws.OpText {
			c.lines = strings.Split(string(data), "\n")
		}
	}
}

// closed is the error of a connection that the server has closed with a frame.
type closed struct {
	code   int
	reason string
}

func (e closed) Error() string { return fmt.Sprintf("closed with %d %s", e.code, e.reason) }

// frame reads one frame; a close frame becomes an error.
func (c *conn) frame() ([]byte, ws.OpCode, error) {
	f, err := ws.ReadFrame(c.br)
	if err != nil {
		return nil, 0, err
	}
	if f.Header.Rsv1() {
		if f, err = wsflate.DecompressFrame(f); err != nil {
			return nil, 0, err
		}
	}
	if f.Header.OpCode == ws.OpClose {
		code, reason := ws.ParseCloseFrameData(f.Payload)
		return nil, 0, closed{int(code), reason}
	}
	return f.Payload, f.Header.OpCode, nil
}

// expect compares the next message with a pattern.
func (c *conn) expect(pattern string) {
	c.t.Helper()
	c.match(c.line(), pattern)
}

func (c *conn) match(got, pattern string) {
	c.t.Helper()
	if err := match(got, pattern); err != nil {
		c.t.Fatalf("%v\n got: %s\nwant: %s", err, got, pattern)
	}
}

// ask sends a command and compares the reply with a pattern.
func (c *conn) ask(command, pattern string) {
	c.t.Helper()
	c.send(command)
	c.expect(pattern)
}

// expectClose reads until the server closes, with this code and reason, and
// takes no other message.
func (c *conn) expectClose(code int, reason string) {
	c.t.Helper()
	line, err := c.next(patience)
	if err == nil {
		c.t.Fatalf("instead of closing with %d the server sent %s", code, line)
	}
	c.isClosed(err, code, reason)
}

// expectEventualClose is expectClose after any messages.
func (c *conn) expectEventualClose(code int, reason string) {
	c.t.Helper()
	for {
		if _, err := c.next(patience); err != nil {
			c.isClosed(err, code, reason)
			return
		}
	}
}

func (c *conn) isClosed(err error, code int, reason string) {
	c.t.Helper()
	var got closed
	if !errors.As(err, &got) || got.code != code || got.reason != reason {
		c.t.Fatalf("ended with %v, want closed with %d %s", err, code, reason)
	}
}

// expectNothing shows that nothing is under way: what the server sends before
// its answer to an RPC, which comes in order, would be seen.
func (c *conn) expectNothing() {
	c.t.Helper()
	c.ask(`{"id":999,"rpc":{"method":"none"}}`, `{"id":999,"error":"*"}`)
}

// drop ends the connection as a lost network does.
func (c *conn) drop() {
	c.nc.Close()
}
