package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"carillon/protocol/clientpb"

	"github.com/gobwas/ws"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// hostile are values that a field doesn't expect.
var hostile = []string{
	`null`, `{}`, `[]`, `[null]`, `""`, `"x"`, `0`, `-1`, `1.5`, `1e400`, `true`, `9223372036854775808`, `18446744073709551616`,
	`{"":null}`, `{"a":{"a":{"a":[[[[1]]]]}}}`, `"\ud800"`, `"\u0000"`,
}

// commandsWith makes commands in which one field of the schema holds a hostile
// value, or is there twice.
func commandsWith(value string) []string {
	var commands []string
	fields := (&clientpb.Command{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		commands = append(commands, fmt.Sprintf(`{"id":7,"%s":%s}`, field.Name(), value))
		if field.Kind() != protoreflect.MessageKind {
			continue
		}
		inner := field.Message().Fields()
		for j := range inner.Len() {
			name := inner.Get(j).Name()
			commands = append(commands,
				fmt.Sprintf(`{"id":7,"%s":{"channel":"a","%s":%s}}`, field.Name(), name, value),
				fmt.Sprintf(`{"id":7,"%s":{"%[2]s":%[3]s,"%[2]s":%[3]s}}`, field.Name(), name, value))
		}
	}
	return commands
}

// TestReliability03HostileCommands sends every field of every command with
// values that it doesn't expect, before and after connecting. The server
// answers or closes, and goes on serving others.
func TestReliability03HostileCommands(t *testing.T) {
	t.Parallel()
	s := start(t, churnConfig)
	witness := s.connect(t, `{}`)
	for _, value := range hostile {
		for n, command := range commandsWith(value) {
			c := s.dial(t)
			if n%2 == 0 {
				c.send(`{"id":1,"connect":{}}`)
				c.line()
			}
			c.send(command + "\n" + `{"id":8,"rpc":{}}`)
			if _, err := c.next(patience); err != nil && !strings.Contains(err.Error(), "closed with") {
				t.Errorf("%s ended with %v", command, err)
			}
			c.drop()
		}
	}
	witness.expectNothing()
}

// TestReliability03HostileAPI does the same to every method of the server API.
func TestReliability03HostileAPI(t *testing.T) {
	t.Parallel()
	s := start(t, churnConfig)
	fields := []string{"channel", "channels", "data", "b64data", "tags", "skip_history", "idempotency_key", "delta", "version", "version_epoch",
		"user", "client", "session", "info", "expire_at", "expired", "limit", "since", "reverse", "pattern", "method", "params", "commands",
		"parallel", "disconnect", "whitelist", "override", "recover_since", "presence", "join_leave"}
	methods := []string{"publish", "broadcast", "subscribe", "unsubscribe", "disconnect", "refresh", "presence", "presence_stats",
		"history", "history_remove", "channels", "info", "rpc", "batch"}
	for _, method := range methods {
		for _, field := range fields {
			for _, value := range hostile {
				body := fmt.Sprintf(`{"channel":"a","user":"u","data":1,%q:%s}`, field, value)
				r := s.do("POST", "/api/"+method, body, "X-API-Key", apiKey)
				if r.status != 200 && r.status != 400 {
					t.Errorf("%s %s: %d %s", method, body, r.status, r.body)
				}
			}
		}
		for _, body := range []string{"", "null", "[]", "1", `"x"`, "{", strings.Repeat("[", 100_000), "\xff", "{}{}"} {
			if r := s.do("POST", "/api/"+method, body, "X-API-Key", apiKey); r.status != 200 && r.status != 400 {
				t.Errorf("%s %.20q: %d", method, body, r.status)
			}
		}
	}
	if got := s.api("info", `{}`); !strings.Contains(got, `"nodes"`) {
		t.Errorf("afterwards info says %s", got)
	}
}

// TestReliability12HugeFrames announces more than the limit allows, at once or
// in fragments without end.
func TestReliability12HugeFrames(t *testing.T) {
	t.Parallel()
	s := start(t, churnConfig)
	t.Run("declared", func(t *testing.T) {
		c := s.connect(t, `{}`)
		header := []byte{0x81, 0xff}
		header = binary.BigEndian.AppendUint64(header, 1<<40)
		if _, err := c.nc.Write(append(header, 0, 0, 0, 0)); err != nil {
			t.Fatal(err)
		}
		c.expectClose(1009, "")
	})
	t.Run("fragments", func(t *testing.T) {
		c := s.connect(t, `{}`)
		go func() {
			op := ws.OpText
			for {
				f := ws.MaskFrame(ws.NewFrame(op, false, bytes.Repeat([]byte("x"), 1000)))
				if ws.WriteFrame(c.nc, f) != nil {
					return
				}
				op = ws.OpContinuation
			}
		}()
		c.expectClose(1009, "")
		c.drop()
	})
}

// TestReliability12HalfOpen opens connections that never say anything: they
// cost little, and go away.
func TestReliability12HalfOpen(t *testing.T) {
	t.Parallel()
	s := start(t, churnConfig)
	before := s.memory()
	var open []net.Conn
	for range 2000 {
		nc, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		open = append(open, nc)
	}
	s.connect(t, `{}`)
	if grown := s.memory() - before; !raceEnabled && grown > 64<<20 {
		t.Errorf("2000 silent connections cost %d MB", grown>>20)
	}
	for _, nc := range open {
		_ = nc.SetReadDeadline(time.Now().Add(40 * time.Second))
		if n, err := nc.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
			t.Fatalf("a silent connection got %d bytes, %v", n, err)
		}
	}
}

// memory returns the resident memory of the server, in bytes.
func (s *server) memory() int {
	s.t.Helper()
	var bytes float64
	if _, err := fmt.Sscan(s.metric("process_resident_memory_bytes"), &bytes); err != nil {
		s.t.Fatal(err)
	}
	return int(bytes)
}
