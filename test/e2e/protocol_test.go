package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// protocolConfig is the set-up of the client protocol's checks.
const protocolConfig = `{
	"client": {"allow_anonymous_connect_without_token": true, "token": {"hmac_secret_key": "secret"}},
	"channel": {"namespaces": [
		{"name": "open", "allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true},
		{"name": "hist", "allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true,
		 "history_size": 10, "history_ttl": "60s", "force_recovery": true,
		 "allow_history_for_client": true, "allow_history_for_anonymous": true,
		 "allow_publish_for_client": true, "allow_publish_for_anonymous": true}
	]}}`

func TestClientProtocolConnect(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	first := func(name string, f func(t *testing.T, c *conn)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, s.dial(t))
		})
	}
	first("01 connect reply", func(t *testing.T, c *conn) {
		c.ask(`{"id":1,"connect":{}}`, `{"id":1,"connect":{"client":"*","version":"*","ping":25,"pong":true}}`)
	})
	first("02 a command before connect", func(t *testing.T, c *conn) {
		c.send(`{"id":1,"subscribe":{"channel":"open:a"}}`)
		c.expectClose(3501, "bad request")
	})
	first("03 a pong before connect", func(t *testing.T, c *conn) {
		c.send(`{}`)
		c.expectClose(3501, "bad request")
	})
	first("04 connect twice", func(t *testing.T, c *conn) {
		c.ask(`{"id":1,"connect":{}}`, `"*"`)
		c.send(`{"id":2,"connect":{}}`)
		c.expectClose(3501, "bad request")
	})
	first("05 silence", func(t *testing.T, c *conn) {
		began := time.Now()
		c.expectClose(3502, "stale")
		if took := time.Since(began); took < 9*time.Second || took > 13*time.Second {
			t.Errorf("closed after %v, not 10 s", took)
		}
	})
	first("07 nothing after an error reply to connect", func(t *testing.T, c *conn) {
		expired := sign(map[string]any{"sub": "42", "exp": 1600000000}, "secret")
		c.send(`{"id":1,"connect":{"token":"` + expired + `"}}` + "\n" + `{"id":2,"subscribe":{"channel":"open:a"}}`)
		c.expect(`{"id":1,"error":{"code":109,"message":"token expired"}}`)
		if line, err := c.next(patience); err == nil {
			t.Errorf("the server went on with %s", line)
		}
	})
	first("09 a pong before any ping", func(t *testing.T, c *conn) {
		c.ask(`{"id":1,"connect":{}}`, `"*"`)
		c.send(`{}`)
		c.expectClose(3501, "bad request")
	})
	first("10 a frame with several commands", func(t *testing.T, c *conn) {
		c.send(`{"id":1,"connect":{}}` + "\n" + `{"id":2,"subscribe":{"channel":"open:a"}}` + "\n" + `{"id":3,"subscribe":{"channel":"open:b"}}`)
		c.expect(`{"id":1,"connect":"*"}`)
		c.expect(`{"id":2,"subscribe":{}}`)
		c.expect(`{"id":3,"subscribe":{}}`)
	})
}

func TestClientProtocol06TokenRequired(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"token": {"hmac_secret_key": "secret"}}}`)
	c := s.dial(t)
	c.send(`{"id":1,"connect":{}}`)
	c.expectClose(3501, "bad request")
	c = s.dial(t)
	c.send(`{"id":1,"connect":{"token":"garbage"}}`)
	c.expectClose(3500, "invalid token")
	c = s.dial(t)
	c.ask(`{"id":1,"connect":{"token":"`+sign(map[string]any{"exp": 1600000000}, "secret")+`"}}`,
		`{"id":1,"error":{"code":109,"message":"token expired"}}`)
}

func TestClientProtocol08Pings(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"allow_anonymous_connect_without_token": true, "ping_interval": "3s", "pong_timeout": "1s"}}`)
	t.Run("no pong", func(t *testing.T) {
		t.Parallel()
		c := s.connect(t, `{}`)
		data, _, err := c.frame()
		if err != nil || string(data) != "{}" {
			t.Fatalf("%s, %v; want a ping", data, err)
		}
		began := time.Now()
		_, _, err = c.frame()
		c.isClosed(err, 3012, "no pong")
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("closed %v after the ping", took)
		}
	})
	t.Run("two pongs", func(t *testing.T) {
		t.Parallel()
		c := s.connect(t, `{}`)
		if _, _, err := c.frame(); err != nil {
			t.Fatal(err)
		}
		c.send(`{}`)
		c.send(`{}`)
		c.expectClose(3501, "bad request")
	})
}

func TestClientProtocolCommands(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	connected := func(name string, f func(t *testing.T, c *conn)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, s.connect(t, `{}`))
		})
	}
	connected("11 subscribe, and again", func(t *testing.T, c *conn) {
		c.ask(`{"id":2,"subscribe":{"channel":"open:a"}}`, `{"id":2,"subscribe":{}}`)
		c.ask(`{"id":3,"subscribe":{"channel":"open:a"}}`, `{"id":3,"error":{"code":105,"message":"already subscribed"}}`)
	})
	connected("12 names that cannot be", func(t *testing.T, c *conn) {
		c.ask(`{"id":2,"subscribe":{"channel":"nope:a"}}`, `{"id":2,"error":{"code":102,"message":"unknown channel"}}`)
		long := "open:" + strings.Repeat("a", 251)
		c.ask(`{"id":3,"subscribe":{"channel":"`+long+`"}}`, `{"id":3,"error":{"code":107,"message":"bad request"}}`)
		c.ask(`{"id":4,"subscribe":{"channel":"open:é"}}`, `{"id":4,"error":{"code":107,"message":"bad request"}}`)
	})
	connected("14 a private channel without a token", func(t *testing.T, c *conn) {
		c.ask(`{"id":2,"subscribe":{"channel":"$priv"}}`, `{"id":2,"error":{"code":103,"message":"permission denied"}}`)
	})
	connected("15 ping is no command", func(t *testing.T, c *conn) {
		c.send(`{"id":9,"ping":{}}`)
		c.expectClose(3501, "bad request")
	})
	connected("15 nor is foo", func(t *testing.T, c *conn) {
		c.send(`{"id":9,"foo":{}}`)
		c.expectClose(3501, "bad request")
	})
	connected("15 send without a consumer", func(t *testing.T, c *conn) {
		c.send(`{"id":9,"send":{}}`)
		c.expectClose(3508, "not available")
	})
	connected("16 a publication of the API", func(t *testing.T, c *conn) {
		c.ask(`{"id":2,"subscribe":{"channel":"open:16"}}`, `{"id":2,"subscribe":{}}`)
		s.publish("open:16", `{"a":1}`)
		if got, want := c.line(), `{"push":{"channel":"open:16","pub":{"data":{"a":1}}}}`; got != want {
			t.Errorf("got %s, want exactly %s", got, want)
		}
		c.expectNothing()
	})
	connected("17 newlines within data", func(t *testing.T, c *conn) {
		c.ask(`{"id":2,"subscribe":{"channel":"open:17"}}`, `{"id":2,"subscribe":{}}`)
		s.publish("open:17", "{\"a\":\n[1,\n\t2]\r\n}")
		c.expect(`{"push":{"channel":"open:17","pub":{"data":{"a":[1,2]}}}}`)
		c.expectNothing()
	})
	connected("25 presence where there is none", func(t *testing.T, c *conn) {
		c.ask(`{"id":2,"subscribe":{"channel":"open:25"}}`, `{"id":2,"subscribe":{}}`)
		c.ask(`{"id":3,"presence":{"channel":"open:25"}}`, `{"id":3,"error":{"code":108,"message":"not available"}}`)
		c.ask(`{"id":4,"presence_stats":{"channel":"open:25"}}`, `{"id":4,"error":{"code":108,"message":"not available"}}`)
	})
	connected("26 publish", func(t *testing.T, c *conn) {
		c.ask(`{"id":2,"publish":{"channel":"hist:26"}}`, `{"id":2,"error":{"code":107,"message":"bad request"}}`)
		c.ask(`{"id":3,"publish":{"channel":"open:26","data":{}}}`, `{"id":3,"error":{"code":103,"message":"permission denied"}}`)
		c.ask(`{"id":4,"publish":{"channel":"hist:26","data":{}}}`, `{"id":4,"publish":{}}`)
	})
	connected("27 rpc with nothing configured", func(t *testing.T, c *conn) {
		c.ask(`{"id":2,"rpc":{"method":"x"}}`, `{"id":2,"error":{"code":108,"message":"not available"}}`)
	})
	connected("29 unsubscribe of what is not subscribed", func(t *testing.T, c *conn) {
		c.ask(`{"id":2,"unsubscribe":{"channel":"open:29"}}`, `{"id":2,"unsubscribe":{}}`)
	})
	connected("33 an expired token in sub_refresh", func(t *testing.T, c *conn) {
		token := func(exp int64) string {
			return sign(map[string]any{"sub": "", "channel": "$33", "exp": exp}, "secret")
		}
		c.ask(`{"id":2,"subscribe":{"channel":"$33","token":"`+token(4102444800)+`"}}`, `{"id":2,"subscribe":{"expires":true,"ttl":"*"}}`)
		c.send(`{"id":3,"sub_refresh":{"channel":"$33","token":"` + token(1600000000) + `"}}`)
		c.expect(`{"push":{"channel":"$33","unsubscribe":{"code":2501,"reason":"subscription expired"}}}`)
		c.expect(`{"id":3,"error":{"code":109,"message":"token expired"}}`)
	})
}

func TestClientProtocol13ChannelLimit(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"allow_anonymous_connect_without_token": true, "channel_limit": 2},
		"channel": {"without_namespace": {"allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true}}}`)
	c := s.connect(t, `{}`)
	c.ask(`{"id":2,"subscribe":{"channel":"a"}}`, `{"id":2,"subscribe":{}}`)
	c.ask(`{"id":3,"subscribe":{"channel":"b"}}`, `{"id":3,"subscribe":{}}`)
	c.ask(`{"id":4,"subscribe":{"channel":"c"}}`, `{"id":4,"error":{"code":106,"message":"limit exceeded"}}`)
	c.ask(`{"id":5,"unsubscribe":{"channel":"a"}}`, `{"id":5,"unsubscribe":{}}`)
	c.ask(`{"id":6,"subscribe":{"channel":"c"}}`, `{"id":6,"subscribe":{}}`)
}

func TestClientProtocol27PingMethod(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"allow_anonymous_connect_without_token": true}, "rpc": {"ping": {"enabled": true}}}`)
	s.connect(t, `{}`).ask(`{"id":2,"rpc":{"method":"ping"}}`, `{"id":2,"rpc":{}}`)
}

func TestClientProtocol30APIUnsubscribe(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	c := s.connect(t, `{"token":"`+sign(map[string]any{"sub": "42"}, "secret")+`"}`)
	c.ask(`{"id":2,"subscribe":{"channel":"open:a"}}`, `{"id":2,"subscribe":{}}`)
	s.api("unsubscribe", `{"channel":"open:a","user":"42"}`)
	c.expect(`{"push":{"channel":"open:a","unsubscribe":{"code":2000,"reason":"server unsubscribe"}}}`)
	s.publish("open:a", `1`)
	c.expectNothing()
}

func TestClientProtocol28SlowConsumer(t *testing.T) {
	t.Parallel()
	// The client reads only at the end, and is to find its farewell then.
	s := start(t, strings.Replace(protocolConfig, "{", `{"websocket": {"write_timeout": "20s"},`, 1))
	slow, other := s.connect(t, `{}`), s.connect(t, `{}`)
	for _, c := range []*conn{slow, other} {
		c.ask(`{"id":2,"subscribe":{"channel":"open:28"}}`, `{"id":2,"subscribe":{}}`)
	}
	// The kernel takes some megabytes before the server's queue grows.
	data, err := json.Marshal(strings.Repeat("x", 256<<10))
	if err != nil {
		t.Fatal(err)
	}
	for range 60 {
		s.publish("open:28", string(data))
		other.line()
	}
	slow.expectEventualClose(3008, "slow")
}

func TestClientProtocol42Shutdown(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	var all []*conn
	for range 20 {
		all = append(all, s.connect(t, `{}`))
	}
	s.signal(syscall.SIGTERM)
	for _, c := range all {
		c.expectClose(3001, "shutdown")
		c.drop()
	}
	if code := s.exitCode(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestClientProtocol45ConnectSubs(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	token := sign(map[string]any{"sub": "42"}, "secret")
	s.dial(t).ask(fmt.Sprintf(`{"id":1,"connect":{"token":%q,"subs":{"open:a":{},"$no":{}}}}`, token),
		`{"id":1,"connect":{"client":"*","version":"*","ping":25,"pong":true,"subs":{"open:a":{}}}}`)
	c := s.dial(t)
	c.send(fmt.Sprintf(`{"id":1,"connect":{"token":%q,"subs":{"nope:a":{}}}}`, token))
	c.expectClose(3501, "bad request")
}

func TestClientProtocol44TokenChannels(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	c := s.dial(t)
	c.ask(`{"id":1,"connect":{"token":"`+sign(map[string]any{"sub": "42", "channels": []string{"open:44"}}, "secret")+`"}}`,
		`{"id":1,"connect":{"client":"*","version":"*","ping":25,"pong":true,"subs":{"open:44":{}}}}`)
	s.publish("open:44", `{"n":1}`)
	c.expect(`{"push":{"channel":"open:44","pub":{"data":{"n":1}}}}`)
}
