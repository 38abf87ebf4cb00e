package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// streamsConfig is the set-up of the checks on history, recovery and presence.
var streamsConfig = func() string {
	permitted := `"allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true,
		"allow_publish_for_client": true, "allow_publish_for_anonymous": true,
		"allow_history_for_client": true, "allow_history_for_anonymous": true,
		"allow_presence_for_client": true, "allow_presence_for_anonymous": true`
	history := `"history_size": 5, "history_ttl": "60s"`
	return fmt.Sprintf(`{"client": {"allow_anonymous_connect_without_token": true, "token": {"hmac_secret_key": "secret"}},
		"channel": {"namespaces": [
			{"name": "hh", %[2]s, "force_recovery": true, "presence": true, %[1]s},
			{"name": "pp", %[2]s, "force_positioning": true, %[1]s},
			{"name": "cc", "history_size": 1, "history_ttl": "60s", "force_recovery": true, "force_recovery_mode": "cache", %[1]s},
			{"name": "nn", %[1]s},
			{"name": "dd", %[2]s, "force_recovery": true, "allowed_delta_types": ["fossil"], "delta_publish": true, %[1]s},
			{"name": "ff", %[2]s, "force_recovery": true, "allow_tags_filter": true, %[1]s},
			{"name": "df", %[2]s, "force_recovery": true, "allow_tags_filter": true, "allowed_delta_types": ["fossil"], %[1]s},
			{"name": "big", "history_size": 500, "history_ttl": "60s", "force_recovery": true, %[1]s}
		]}}`, permitted, history)
}()

// fill publishes the numbers from..to and returns the stream's epoch.
func (s *server) fill(channel string, from, to int) string {
	s.t.Helper()
	for n := from; n <= to; n++ {
		s.publish(channel, fmt.Sprint(n))
	}
	return s.epoch(channel)
}

// pubs is a pattern of publications whose data are their offsets.
func pubs(offsets ...int) string {
	var list []string
	for _, n := range offsets {
		list = append(list, fmt.Sprintf(`{"data":%d,"offset":%d}`, n, n))
	}
	return "[" + strings.Join(list, ",") + "]"
}

func TestStreamsHistory(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	c := s.connect(t, `{}`)
	c.t = t
	ask := func(request, pattern string) {
		t.Helper()
		c.ask(`{"id":2,"history":`+request+`}`, pattern)
	}
	epoch := s.fill("hh:1", 1, 3)
	ask(`{"channel":"hh:1"}`, `{"id":2,"history":{"publications":[],"epoch":"`+epoch+`","offset":3}}`)
	s.fill("hh:1", 4, 7)
	result := func(offsets ...int) string {
		return fmt.Sprintf(`{"id":2,"history":{"publications":%s,"epoch":%q,"offset":7}}`, pubs(offsets...), epoch)
	}
	since := func(offset int, epoch, more string) string {
		return fmt.Sprintf(`{"channel":"hh:1","since":{"offset":%d,"epoch":%q}%s}`, offset, epoch, more)
	}
	ask(`{"channel":"hh:1","limit":-1}`, result(3, 4, 5, 6, 7)) // 2
	ask(since(4, epoch, `,"limit":2`), result(5, 6))            // 3
	ask(since(4, epoch, `,"limit":2,"reverse":true`), result(3))
	ask(since(1, epoch, `,"limit":2`), result(3, 4))
	ask(since(5, "wrong", `,"limit":2`), `{"id":2,"error":{"code":112,"message":"unrecoverable position"}}`) // 4
	ask(since(5, "", `,"limit":2`), result(6, 7))
	ask(since(0, epoch, `,"limit":2,"reverse":true`), badRequest) // 5
	ask(since(1, epoch, `,"limit":2,"reverse":true`), result())
	ask(since(100, epoch, `,"limit":2,"reverse":true`), result(7, 6))
	s.api("history_remove", `{"channel":"hh:1"}`) // 7
	ask(`{"channel":"hh:1","limit":-1}`, result())
	if offset := s.publish("hh:1", "8"); offset != 8 {
		t.Errorf("after history_remove the next offset is %d", offset)
	}
	ask(`{"channel":"nn:1"}`, unavail) // 8
	c.match(s.api("history", `{"channel":"nn:1"}`), `{"error":{"code":108,"message":"not available"}}`)
}

func TestStreams06HistoryLimit(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	s.fill("big:1", 1, 400)
	c := s.connect(t, `{}`)
	c.send(`{"id":2,"history":{"channel":"big:1","limit":1000}}`)
	if n := strings.Count(c.line(), `"data"`); n != 300 {
		t.Errorf("a client gets %d publications of 400", n)
	}
	if n := strings.Count(s.api("history", `{"channel":"big:1","limit":1000}`), `"data"`); n != 400 {
		t.Errorf("the API gets %d publications of 400", n)
	}
}

func TestStreams09ConfigurationsRefused(t *testing.T) {
	t.Parallel()
	for _, options := range []string{`"history_size": 5`, `"history_size": 5, "history_ttl": "1500ms"`, `"history_size": 5, "history_ttl": "800h"`} {
		if code := launch(t, `{"channel": {"without_namespace": {`+options+`}}}`).exitCode(); code != 1 {
			t.Errorf("%s: exit code %d", options, code)
		}
	}
}

func TestStreamsRecovery(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	recoverFrom := func(t *testing.T, channel string, offset int, epoch, more, pattern string) *conn {
		t.Helper()
		c := s.connect(t, `{}`)
		c.ask(fmt.Sprintf(`{"id":2,"subscribe":{"channel":%q,"recover":true,"offset":%d,"epoch":%q%s}}`, channel, offset, epoch, more),
			fmt.Sprintf(`{"id":2,"subscribe":%s}`, pattern))
		return c
	}
	for name, f := range map[string]func(t *testing.T){
		"10 a fresh subscription": func(t *testing.T) {
			s.fill("hh:10", 1, 3)
			s.connect(t, `{}`).ask(`{"id":2,"subscribe":{"channel":"hh:10"}}`,
				`{"id":2,"subscribe":{"recoverable":true,"positioned":true,"epoch":"*","offset":3}}`)
		},
		"11 what was missed": func(t *testing.T) {
			epoch := s.fill("hh:11", 1, 5)
			c := recoverFrom(t, "hh:11", 3, epoch, "", fmt.Sprintf(`{"recoverable":true,"positioned":true,"epoch":%q,"offset":3,
				"was_recovering":true,"recovered":true,"publications":%s}`, epoch, pubs(4, 5)))
			s.publish("hh:11", "6")
			c.expect(`{"push":{"channel":"hh:11","pub":{"data":6,"offset":6}}}`)
		},
		"12 nothing was missed": func(t *testing.T) {
			epoch := s.fill("hh:12", 1, 5)
			recoverFrom(t, "hh:12", 5, epoch, "", fmt.Sprintf(`{"recoverable":true,"positioned":true,"epoch":%q,"offset":5,
				"was_recovering":true,"recovered":true}`, epoch))
		},
		"13 too much was missed": func(t *testing.T) {
			epoch := s.fill("hh:13", 1, 9)
			recoverFrom(t, "hh:13", 1, epoch, "", fmt.Sprintf(`{"recoverable":true,"positioned":true,"epoch":%q,"offset":9,"was_recovering":true}`, epoch))
		},
		"14 another epoch": func(t *testing.T) {
			epoch := s.fill("hh:14", 1, 5)
			recoverFrom(t, "hh:14", 5, "_", "", fmt.Sprintf(`{"recoverable":true,"positioned":true,"epoch":%q,"offset":5,"was_recovering":true}`, epoch))
		},
		"15 unrecovered is refused on demand": func(t *testing.T) {
			epoch := s.fill("hh:15", 1, 9)
			c := s.connect(t, `{}`)
			c.ask(fmt.Sprintf(`{"id":2,"subscribe":{"channel":"hh:15","recover":true,"offset":1,"epoch":%q,"flag":2}}`, epoch),
				`{"id":2,"error":{"code":112,"message":"unrecoverable position"}}`)
			c.match(s.api("presence", `{"channel":"hh:15"}`), `{"result":{"presence":{}}}`)
			c.ask(`{"id":3,"subscribe":{"channel":"hh:15"}}`, `{"id":3,"subscribe":"*"}`)
		},
		"23 the latest of a cache": func(t *testing.T) {
			s.publish("cc:1", "1")
			epoch := s.epoch("cc:1")
			recoverFrom(t, "cc:1", 0, "", "", fmt.Sprintf(`{"recoverable":true,"positioned":true,"epoch":%q,
				"was_recovering":true,"recovered":true,"publications":[{"data":1,"offset":1,"epoch":"*"}]}`, epoch))
			recoverFrom(t, "cc:1", 1, epoch, "", fmt.Sprintf(`{"recoverable":true,"positioned":true,"epoch":%q,"offset":1,
				"was_recovering":true,"recovered":true}`, epoch))
		},
		"33 delta with a filter": func(t *testing.T) {
			s.connect(t, `{}`).ask(`{"id":2,"subscribe":{"channel":"df:1","delta":"fossil","tf":{"key":"a","cmp":"eq","val":"1"}}}`,
				`{"id":2,"subscribe":{"recoverable":true,"positioned":true,"epoch":"*"}}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t)
		})
	}
}

func TestStreams16RecoveryLimit(t *testing.T) {
	t.Parallel()
	s := start(t, strings.Replace(streamsConfig, `"client": {`, `"client": {"recovery_max_publication_limit": 2,`, 1))
	epoch := s.fill("hh:1", 1, 5)
	for offset, want := range map[int]bool{2: false, 3: true} {
		c := s.connect(t, `{}`)
		c.send(fmt.Sprintf(`{"id":2,"subscribe":{"channel":"hh:1","recover":true,"offset":%d,"epoch":%q}}`, offset, epoch))
		if line := c.line(); strings.Contains(line, `"recovered":true`) != want {
			t.Errorf("from %d of 5: %s", offset, line)
		}
	}
}

func TestStreams23CacheExpires(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"allow_anonymous_connect_without_token": true}, "channel": {"without_namespace": {
		"allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true,
		"history_size": 1, "history_ttl": "1s", "force_recovery": true, "force_recovery_mode": "cache"}}}`)
	s.publish("cc", "1")
	eventually(t, "the stream has expired", func() bool {
		return !strings.Contains(s.api("history", `{"channel":"cc","limit":1}`), `"data"`)
	})
	s.connect(t, `{}`).ask(`{"id":2,"subscribe":{"channel":"cc","recover":true}}`,
		`{"id":2,"subscribe":{"recoverable":true,"positioned":true,"epoch":"*","offset":1,"was_recovering":true}}`)
}

func TestStreams44RestartChangesTheEpoch(t *testing.T) {
	t.Parallel()
	first, second := start(t, streamsConfig), start(t, streamsConfig)
	old := first.fill("hh:1", 1, 3)
	now := second.fill("hh:1", 1, 3)
	if old == now {
		t.Fatal("two servers have the same epoch")
	}
	second.connect(t, `{}`).ask(fmt.Sprintf(`{"id":2,"subscribe":{"channel":"hh:1","recover":true,"offset":3,"epoch":%q}}`, old),
		fmt.Sprintf(`{"id":2,"subscribe":{"recoverable":true,"positioned":true,"epoch":%q,"offset":3,"was_recovering":true}}`, now))
}

func TestStreams39Presence(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	var all []*conn
	for _, user := range []string{"42", "42", ""} {
		c := s.as(t, user)
		c.subscribe("hh:39", `{"id":2,"subscribe":"*"}`)
		all = append(all, c)
	}
	all[0].match(s.api("presence_stats", `{"channel":"hh:39"}`), `{"result":{"num_clients":3,"num_users":2}}`)
	all[1].drop()
	eventually(t, "two are left", func() bool {
		return s.api("presence_stats", `{"channel":"hh:39"}`) == `{"result":{"num_clients":2,"num_users":2}}`
	})
}

func TestStreams45BigPublications(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	big := `"` + strings.Repeat("x", 50_000) + `"`
	for range 100 {
		s.publish("big:45", big)
	}
	c := s.connect(t, `{}`)
	c.ask(fmt.Sprintf(`{"id":2,"subscribe":{"channel":"big:45","recover":true,"offset":0,"epoch":%q}}`, s.epoch("big:45")),
		`{"id":2,"subscribe":{"recoverable":true,"positioned":true,"epoch":"*","offset":100,"was_recovering":true}}`)
	s.publish("big:45", `"`+strings.Repeat("x", 2<<20)+`"`)
	c.expectClose(3008, "slow")
}

func TestStreams24AutoCacheRecover(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"token": {"hmac_secret_key": "secret"}}, "channel": {"without_namespace": {"allow_subscribe_for_client": true,
		"history_size": 1, "history_ttl": "60s", "force_recovery": true, "force_recovery_mode": "cache", "auto_cache_recover": true}}}`)
	s.publish("c1", "1")
	const value = `{"recoverable":true,"positioned":true,"epoch":"*","was_recovering":true,"recovered":true,"publications":[{"data":1,"offset":1,"epoch":"*"}]}`
	c := s.dial(t)
	c.ask(`{"id":1,"connect":{"token":"`+sign(map[string]any{"sub": "42", "channels": []string{"c1"}}, "secret")+`"}}`,
		`{"id":1,"connect":{"client":"*","version":"*","ping":25,"pong":true,"subs":{"c1":`+value+`}}}`)
	s.as(t, "43").ask(`{"id":2,"subscribe":{"channel":"c1"}}`, `{"id":2,"subscribe":`+value+`}`)
}
