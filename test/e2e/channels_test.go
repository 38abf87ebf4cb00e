package e2e

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// channelsConfig is the set-up of the checks on channels.
const channelsConfig = `{
	"client": {"allow_anonymous_connect_without_token": true, "token": {"hmac_secret_key": "secret"}},
	"channel": {"namespaces": [
		{"name": "pub", "allow_subscribe_for_client": true},
		{"name": "anon", "allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true},
		{"name": "anononly", "allow_subscribe_for_anonymous": true},
		{"name": "num", "allow_subscribe_for_client": true, "channel_regex": "^[0-9]+$"},
		{"name": "lim", "allow_user_limited_channels": true},
		{"name": "limpub", "allow_user_limited_channels": true, "allow_subscribe_for_client": true},
		{"name": "plain"},
		{"name": "pres", "allow_subscribe_for_client": true, "presence": true, "allow_presence_for_subscriber": true},
		{"name": "hist", "allow_subscribe_for_client": true, "history_size": 10, "history_ttl": "60s", "allow_history_for_client": true,
		 "allow_recovery": true},
		{"name": "wr", "allow_subscribe_for_client": true, "allow_publish_for_subscriber": true},
		{"name": "obj", "allow_publish_for_client": true, "publication_data_format": "json_object"},
		{"name": "jl", "allow_subscribe_for_client": true, "join_leave": true, "force_push_join_leave": true},
		{"name": "jlask", "allow_subscribe_for_client": true, "join_leave": true, "presence": true},
		{"name": "jlmay", "allow_subscribe_for_client": true, "join_leave": true, "presence": true, "allow_presence_for_subscriber": true},
		{"name": "a.b", "allow_subscribe_for_client": true}
	]}}`

const (
	denied     = `{"id":"*","error":{"code":103,"message":"permission denied"}}`
	unknown    = `{"id":"*","error":{"code":102,"message":"unknown channel"}}`
	badRequest = `{"id":"*","error":{"code":107,"message":"bad request"}}`
	unavail    = `{"id":"*","error":{"code":108,"message":"not available"}}`
	subscribed = `{"id":"*","subscribe":{}}`
)

// subscribe asks for a channel.
func (c *conn) subscribe(channel, pattern string) {
	c.t.Helper()
	c.ask(fmt.Sprintf(`{"id":2,"subscribe":{"channel":%q}}`, channel), pattern)
}

func TestChannelsSubscribe(t *testing.T) {
	t.Parallel()
	s := start(t, channelsConfig)
	type try struct{ user, channel, want string }
	for name, tries := range map[string][]try{
		"01 open":                     {{"42", "pub:x", subscribed}},
		"02 unknown and closed":       {{"42", "nope:x", unknown}, {"42", "plain:x", denied}},
		"03 anonymous":                {{"", "pub:x", denied}, {"", "anon:x", subscribed}, {"", "anononly:x", denied}, {"42", "anononly:x", denied}},
		"04 private":                  {{"42", "$pub:x", denied}},
		"05 the form of names":        {{"42", "num:12", subscribed}, {"42", "num:1a", badRequest}, {"42", "pub:é", badRequest}},
		"06 the length of names":      {{"42", "pub:" + strings.Repeat("x", 252), badRequest}, {"42", "pub:" + strings.Repeat("x", 251), subscribed}},
		"07 for certain users":        {{"42", "lim:#42", subscribed}, {"42", "lim:#4", denied}, {"42", "lim:#4,42", subscribed}, {"42", "lim:x#42#4", denied}},
		"08 for nobody":               {{"", "lim:x#", subscribed}, {"42", "lim:x#", denied}},
		"09 certain users, or a hash": {{"42", "limpub:x#7", denied}, {"42", "hist:x#7", subscribed}},
		"30 a dot, and no name":       {{"42", "a.b:x", subscribed}, {"42", ":x", denied}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, try := range tries {
				c := s.as(t, try.user)
				c.send(fmt.Sprintf(`{"id":2,"subscribe":{"channel":%q}}`, try.channel))
				if err := match(c.line(), try.want); err != nil {
					t.Errorf("user %q, channel %q: %v", try.user, try.channel, err)
				}
			}
		})
	}
	t.Run("01 again", func(t *testing.T) {
		t.Parallel()
		c := s.as(t, "42")
		c.subscribe("pub:x", subscribed)
		c.subscribe("pub:x", `{"id":2,"error":{"code":105,"message":"already subscribed"}}`)
	})
	t.Run("04 a token for the channel with its prefix", func(t *testing.T) {
		t.Parallel()
		ask := func(channel string) string {
			return `{"id":2,"subscribe":{"channel":"$pub:x","token":"` + sign(map[string]any{"sub": "42", "channel": channel}, "secret") + `"}}`
		}
		c := s.as(t, "42")
		c.ask(ask("$pub:x"), subscribed)
		c = s.as(t, "42")
		c.send(ask("pub:x"))
		c.expectClose(3500, "invalid token")
	})
	t.Run("11 no name", func(t *testing.T) {
		t.Parallel()
		c := s.as(t, "42")
		c.send(`{"id":2,"subscribe":{"channel":""}}`)
		c.expectClose(3501, "bad request")
	})
	t.Run("25 asking to recover", func(t *testing.T) {
		t.Parallel()
		c := s.as(t, "42")
		c.ask(`{"id":2,"subscribe":{"channel":"hist:x","recoverable":true}}`, `{"id":2,"subscribe":{"recoverable":true,"positioned":true,"epoch":"*"}}`)
		c.ask(`{"id":3,"subscribe":{"channel":"pub:x","recoverable":true}}`, `{"id":3,"subscribe":{}}`)
	})
	t.Run("28 delta where there is none", func(t *testing.T) {
		t.Parallel()
		c := s.as(t, "42")
		c.ask(`{"id":2,"subscribe":{"channel":"pub:x","delta":"fossil"}}`, subscribed)
		c.send(`{"id":3,"subscribe":{"channel":"pub:y","delta":"x"}}`)
		c.expectClose(3501, "bad request")
	})
	t.Run("29 a filter where none is allowed", func(t *testing.T) {
		t.Parallel()
		s.as(t, "42").ask(`{"id":2,"subscribe":{"channel":"pub:x","tf":{"key":"a","cmp":"eq","val":"1"}}}`, badRequest)
	})
}

func TestChannelsCommands(t *testing.T) {
	t.Parallel()
	s := start(t, channelsConfig)
	user := func(name string, f func(t *testing.T, c *conn)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, s.as(t, "42"))
		})
	}
	user("12 presence", func(t *testing.T, c *conn) {
		c.ask(`{"id":2,"presence":{"channel":"pub:x"}}`, unavail)
		c.ask(`{"id":3,"presence":{"channel":"pres:x"}}`, denied)
		c.subscribe("pres:x", subscribed)
		c.ask(`{"id":4,"presence_stats":{"channel":"pres:x"}}`, `{"id":4,"presence_stats":{"num_clients":1,"num_users":1}}`)
	})
	user("13 history", func(t *testing.T, c *conn) {
		c.ask(`{"id":2,"history":{"channel":"pub:x"}}`, unavail)
		c.ask(`{"id":3,"history":{"channel":"hist:13"}}`, `{"id":3,"history":{"publications":[],"epoch":"*","offset":0}}`)
	})
	user("14 publish while subscribed", func(t *testing.T, c *conn) {
		c.ask(`{"id":3,"publish":{"channel":"wr:x","data":{"a":1}}}`, denied)
		c.subscribe("wr:x", subscribed)
		c.send(`{"id":4,"publish":{"channel":"wr:x","data":{"a":1}}}`)
		// The push may come before the reply.
		push, reply := c.line(), c.line()
		if strings.HasPrefix(push, `{"id"`) {
			push, reply = reply, push
		}
		c.match(reply, `{"id":4,"publish":{}}`)
		c.match(push, `{"push":{"channel":"wr:x","pub":{"data":{"a":1},"info":{"user":"42","client":"*"}}}}`)
	})
	user("15 only objects", func(t *testing.T, c *conn) {
		c.ask(`{"id":2,"publish":{"channel":"obj:x","data":[1]}}`, badRequest)
		c.ask(`{"id":3,"publish":{"channel":"obj:x","data":{}}}`, `{"id":3,"publish":{}}`)
		c.match(s.api("publish", `{"channel":"obj:x","data":"s"}`), `{"error":{"code":107,"message":"bad request"}}`)
	})
	user("16 publish without permission", func(t *testing.T, c *conn) {
		c.ask(`{"id":2,"publish":{"channel":"plain:x","data":1}}`, denied)
	})
	user("17 the API's names", func(t *testing.T, c *conn) {
		c.match(s.api("publish", `{"channel":"pub:x"}`), `{"error":{"code":107,"message":"bad request"}}`)
		c.match(s.api("publish", `{"channel":"nope:x","data":1}`), `{"error":{"code":102,"message":"unknown channel"}}`)
		c.match(s.api("publish", `{"channel":"pub:`+strings.Repeat("x", 396)+`","data":1}`), `{"result":{}}`)
	})
	user("22 subscribed and unsubscribed by the API", func(t *testing.T, _ *conn) {
		c := s.as(t, "dora")
		s.api("subscribe", `{"user":"dora","channel":"plain:z"}`)
		c.expect(`{"push":{"channel":"plain:z","subscribe":{}}}`)
		s.publish("plain:z", `1`)
		c.expect(`{"push":{"channel":"plain:z","pub":{"data":1}}}`)
		s.api("unsubscribe", `{"user":"dora","channel":"plain:z"}`)
		c.expect(`{"push":{"channel":"plain:z","unsubscribe":{"code":2000,"reason":"server unsubscribe"}}}`)
	})
	user("23 joins and leaves for all", func(t *testing.T, c *conn) {
		c.subscribe("jl:x", subscribed)
		c.expect(`{"push":{"channel":"jl:x","join":{"info":{"user":"42","client":"*"}}}}`)
		other := s.as(t, "43")
		other.subscribe("jl:x", subscribed)
		c.expect(`{"push":{"channel":"jl:x","join":{"info":{"user":"43","client":"*"}}}}`)
		other.drop()
		c.expect(`{"push":{"channel":"jl:x","leave":{"info":{"user":"43","client":"*"}}}}`)
	})
	user("24 joins for who asks and may", func(t *testing.T, c *conn) {
		for _, ns := range []string{"jlask", "jlmay"} {
			c.ask(`{"id":2,"subscribe":{"channel":"`+ns+`:x","join_leave":true}}`, subscribed)
		}
		c.expect(`{"push":{"channel":"jlmay:x","join":{"info":{"user":"42","client":"*"}}}}`)
		other := s.as(t, "43")
		other.subscribe("jlask:x", subscribed)
		other.subscribe("jlmay:x", subscribed)
		c.expect(`{"push":{"channel":"jlmay:x","join":{"info":{"user":"43","client":"*"}}}}`)
	})
}

func TestChannelsServerSide(t *testing.T) {
	t.Parallel()
	s := start(t, strings.Replace(channelsConfig, `"client": {`, `"client": {"channel_limit": 2,`, 1))
	connect := func(claims map[string]any, fields string) *conn {
		c := s.dial(t)
		c.send(`{"id":1,"connect":{"token":"` + sign(claims, "secret") + `"` + fields + `}}`)
		return c
	}
	t.Run("10 more channels than the limit", func(t *testing.T) {
		connect(map[string]any{"sub": "42", "channels": []string{"pub:a", "pub:b", "pub:c"}}, "").expectClose(3505, "channel limit")
	})
	t.Run("18 channels of the token", func(t *testing.T) {
		c := connect(map[string]any{"sub": "42", "channels": []string{"plain:x"}}, "")
		c.expect(`{"id":1,"connect":{"client":"*","version":"*","ping":25,"pong":true,"subs":{"plain:x":{}}}}`)
		c.subscribe("plain:x", `{"id":2,"error":{"code":105,"message":"already subscribed"}}`)
	})
	t.Run("19 subs of the token", func(t *testing.T) {
		c := connect(map[string]any{"sub": "42", "subs": map[string]any{"plain:x": map[string]any{
			"data": map[string]int{"w": 1}, "info": map[string]int{"r": 2},
			"override": map[string]any{"presence": map[string]bool{"value": true}},
		}}}, "")
		c.expect(`{"id":1,"connect":{"client":"*","version":"*","ping":25,"pong":true,"subs":{"plain:x":{"data":{"w":1}}}}}`)
		c.match(s.api("presence", `{"channel":"plain:x"}`), `{"error":{"code":108,"message":"not available"}}`)
	})
	t.Run("20 subs of the request", func(t *testing.T) {
		c := connect(map[string]any{"sub": "42"}, `,"subs":{"pub:a":{},"plain:a":{}}`)
		c.expect(`{"id":1,"connect":{"client":"*","version":"*","ping":25,"pong":true,"subs":{"pub:a":{}}}}`)
		connect(map[string]any{"sub": "42"}, `,"subs":{"nope:a":{}}`).expectClose(3501, "bad request")
	})
}

func TestChannels21PersonalChannel(t *testing.T) {
	t.Parallel()
	config := strings.Replace(channelsConfig, `"client": {`, `"client": {"subscribe_to_user_personal_channel":
		{"enabled": true, "personal_channel_namespace": "pres", "single_connection": true},`, 1)
	s := start(t, config)
	s.dial(t).ask(`{"id":1,"connect":{}}`, `{"id":1,"connect":{"client":"*","version":"*","ping":25,"pong":true}}`)
	first := s.dial(t)
	first.ask(`{"id":1,"connect":{"token":`+userToken("42", "secret")+`}}`,
		`{"id":1,"connect":{"client":"*","version":"*","ping":25,"pong":true,"subs":{"pres:#42":{}}}}`)
	second := s.as(t, "42")
	first.expectClose(3504, "connection limit")
	second.expectNothing()
}

func TestChannels26ConfigurationsRefused(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]string{
		"size without TTL":                 `"history_size": 10`,
		"recovery without history":         `"force_recovery": true`,
		"cache recovery of a stream":       `"history_size": 1, "history_ttl": "60s", "force_recovery": true, "auto_cache_recover": true`,
		"history that outlives its meta":   `"history_size": 1, "history_ttl": "744h"`,
		"unknown recovery mode":            `"history_size": 1, "history_ttl": "60s", "force_recovery": true, "force_recovery_mode": "x"`,
		"unknown delta type":               `"allowed_delta_types": ["x"]`,
		"regular expression that is none":  `"channel_regex": "("`,
		"unknown proxy":                    `"subscribe_proxy_enabled": true, "subscribe_proxy_name": "x"`,
		"stream proxy and a publish proxy": `"subscribe_stream_proxy_enabled": true, "publish_proxy_enabled": true`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := launch(t, `{"channel": {"namespaces": [{"name": "ns", `+options+`}]}}`)
			if code := s.exitCode(); code != 1 {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

func TestChannels27TTLEqualToMetaTTL(t *testing.T) {
	t.Parallel()
	start(t, `{"channel": {"history_meta_ttl": "60s", "namespaces": [{"name": "ns", "history_size": 1, "history_ttl": "60s"}]}}`)
}

func TestChannels31Reload(t *testing.T) {
	t.Parallel()
	s := start(t, channelsConfig)
	c := s.as(t, "42")
	c.subscribe("plain:q", denied)
	c.subscribe("wr:x", subscribed)
	changed := strings.Replace(channelsConfig, `{"name": "plain"}`, `{"name": "plain", "allow_subscribe_for_client": true}`, 1)
	s.configure(strings.Replace(changed, `"allow_publish_for_subscriber": true`, `"presence": true`, 1))
	s.signal(syscall.SIGHUP)
	s.waitLog("configuration successfully reloaded")
	c.subscribe("plain:q", subscribed)
	s.publish("wr:x", `1`)
	c.expect(`{"push":{"channel":"wr:x","pub":{"data":1}}}`)
}

func TestChannels32Insecure(t *testing.T) {
	t.Parallel()
	s := start(t, strings.Replace(channelsConfig, `"client": {`, `"client": {"insecure": true,`, 1))
	c := s.connect(t, `{}`)
	c.subscribe("plain:x", subscribed)
	c.ask(`{"id":3,"history":{"channel":"hist:32"}}`, `{"id":3,"history":{"publications":[],"epoch":"*","offset":0}}`)
	c.ask(`{"id":4,"publish":{"channel":"plain:y","data":1}}`, `{"id":4,"publish":{}}`)
	c.ask(`{"id":5,"presence":{"channel":"plain:x"}}`, unavail)
	c.subscribe("$plain:x", denied)
}
