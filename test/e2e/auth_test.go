package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// authConfig has the tests' secret; client takes further options of `client`.
func authConfig(client, token string) string {
	if client != "" {
		client = ", " + client
	}
	if token != "" {
		token = ", " + token
	}
	return fmt.Sprintf(`{"client": {"token": {"hmac_secret_key": %q%s}%s},
		"channel": {"namespaces": [{"name": "chat", "presence": true}]}}`, vectorSecret, token, client)
}

// present presents a token and compares what comes of it: the reply, or
// `close CODE`.
func present(t *testing.T, s *server, token, want string) *conn {
	t.Helper()
	c := s.dial(t)
	fields := ""
	if token != "" {
		fields = fmt.Sprintf(`"token":%q`, token)
	}
	c.send(`{"id":1,"connect":{` + fields + `}}`)
	got, err := c.next(patience)
	if err != nil {
		got = err.Error()
	}
	if strings.HasPrefix(want, "closed") {
		if got != want {
			t.Errorf("token %q: %s, want %s", token, got, want)
		}
	} else if err := match(got, want); err != nil {
		t.Errorf("token %q: %v\n got: %s\nwant: %s", token, err, got, want)
	}
	return c
}

const (
	accepted     = `{"id":1,"connect":{"client":"*","version":"*","ping":25,"pong":true}}`
	invalidToken = "closed with 3500 invalid token"
	tokenExpired = `{"id":1,"error":{"code":109,"message":"token expired"}}`
)

func TestAuthenticationConnect(t *testing.T) {
	t.Parallel()
	s := start(t, authConfig("", ""))
	for name, f := range map[string]func(t *testing.T){
		"01 a token": func(t *testing.T) { present(t, s, a1, accepted) },
		"02 invalid tokens": func(t *testing.T) {
			for _, token := range []string{a2, a11, a5, a6, "abc"} {
				present(t, s, token, invalidToken)
			}
		},
		"03 an expired token": func(t *testing.T) {
			began := time.Now()
			c := present(t, s, a3, tokenExpired)
			c.send(`{"id":2,"presence":{"channel":"chat:x"}}`)
			if line, err := c.next(patience); err == nil {
				t.Errorf("a later command is answered: %s", line)
			}
			if took := time.Since(began); took < 4*time.Second || took > 8*time.Second {
				t.Errorf("dropped after %v, not about 5 s", took)
			}
		},
		"04 expired and forged, and not yet valid": func(t *testing.T) {
			present(t, s, sign(map[string]any{"sub": "42", "exp": 1600000000}, "other-secret"), invalidToken)
			present(t, s, a4, tokenExpired)
		},
		"05 expiry": func(t *testing.T) {
			present(t, s, a8, `{"id":1,"connect":{"client":"*","version":"*","ping":25,"pong":true,"expires":true,"ttl":31536000}}`)
			present(t, s, a9, accepted)
			present(t, s, a10, `{"id":1,"error":{"code":110,"message":"expired"}}`)
		},
		"06 a channel of no namespace": func(t *testing.T) { present(t, s, a13, `{"id":1,"error":{"code":102,"message":"unknown channel"}}`) },
		"07 a token of nobody":         func(t *testing.T) { present(t, s, a7, accepted) },
		"08 no token":                  func(t *testing.T) { present(t, s, "", "closed with 3501 bad request") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t)
		})
	}
}

func TestAuthenticationOptions(t *testing.T) {
	t.Parallel()
	type try struct{ token, want string }
	for name, c := range map[string]struct {
		config string
		tries  []try
	}{
		"07 nobody is not let in": {authConfig(`"disallow_anonymous_connection_tokens": true`, ""),
			[]try{{a7, "closed with 3507 permission denied"}, {a1, accepted}}},
		"08 without a token": {authConfig(`"allow_anonymous_connect_without_token": true`, ""),
			[]try{{"", accepted}, {a2, invalidToken}}},
		"09 a previous secret": {`{"client": {"token": {"hmac_secret_key": "new", "hmac_previous_secret_key": "carillon-test-secret"}}}`,
			[]try{{a1, accepted}}},
		"09 a previous secret that is over": {`{"client": {"token": {"hmac_secret_key": "new", "hmac_previous_secret_key": "carillon-test-secret",
			"hmac_previous_secret_key_valid_until": 1600000000}}}`, []try{{a1, invalidToken}}},
		"10 user, audience and issuer": {authConfig("", `"user_id_claim": "user_id", "audience": "carillon", "issuer": "acme"`),
			[]try{{a14, accepted}, {a1, invalidToken}}},
		"10 another issuer": {authConfig("", `"user_id_claim": "user_id", "issuer": "other"`), []try{{a14, invalidToken}}},
		"10 audience_regex": {authConfig("", `"user_id_claim": "user_id", "audience_regex": "^car", "issuer": "acme"`), []try{{a14, accepted}}},
		"11 skipped signatures": {authConfig(`"insecure_skip_token_signature_verify": true`, ""),
			[]try{{a2, accepted}, {a11, accepted}, {a3, tokenExpired}, {a5, invalidToken}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, c.config)
			for _, try := range c.tries {
				present(t, s, try.token, try.want)
			}
		})
	}
	t.Run("10 audience and audience_regex", func(t *testing.T) {
		t.Parallel()
		if code := launch(t, authConfig("", `"audience": "a", "audience_regex": "a"`)).exitCode(); code != 1 {
			t.Errorf("exit code %d", code)
		}
	})
}

// whoIs tells the user of a connection, through a presence channel.
func whoIs(t *testing.T, s *server, headers []string, connect string) string {
	t.Helper()
	c := s.dial(t, headers...)
	c.send(`{"id":1,"connect":` + connect + `}`)
	c.line()
	c.ask(`{"id":2,"subscribe":{"channel":"who"}}`, `"*"`)
	c.send(`{"id":3,"presence":{"channel":"who"}}`)
	reply := c.line()
	c.drop()
	eventually(t, "the presence is empty", func() bool {
		return s.api("presence_stats", `{"channel":"who"}`) == `{"result":{"num_clients":0,"num_users":0}}`
	})
	return reply
}

func TestAuthentication13UserHeader(t *testing.T) {
	t.Parallel()
	config := func(anonymous bool) string {
		return fmt.Sprintf(`{"client": {"token": {"hmac_secret_key": %q}, "user_id_http_header": "X-U", "allow_anonymous_connect_without_token": %v},
			"channel": {"without_namespace": {"allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true,
			"presence": true, "allow_presence_for_client": true, "allow_presence_for_anonymous": true}}}`, vectorSecret, anonymous)
	}
	s := start(t, config(false))
	if got := whoIs(t, s, []string{"X-U", "42"}, `{}`); !strings.Contains(got, `"user":"42"`) {
		t.Errorf("with the header alone: %s", got)
	}
	if got := whoIs(t, s, []string{"X-U", "7"}, `{"token":"`+a1+`"}`); !strings.Contains(got, `"user":"42"`) {
		t.Errorf("with a token, too: %s", got)
	}
	s = start(t, config(true))
	if got := whoIs(t, s, []string{"X-U", "42"}, `{}`); strings.Contains(got, `"42"`) {
		t.Errorf("where anonymous access is allowed: %s", got)
	}
}

func TestAuthentication22Origins(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"allowed_origins": ["https://*.example.com"]}}`)
	for origin, want := range map[string]int{
		"https://a.example.com": 101, "https://example.com": 403, "HTTPS://A.EXAMPLE.COM": 101, "https://a.b.example.com": 101,
	} {
		if got := s.refusal(t, "", "Origin", origin); got != want {
			t.Errorf("origin %s: %d, want %d", origin, got, want)
		}
	}
	if got := s.refusal(t, ""); got != 101 {
		t.Errorf("no origin: %d", got)
	}
	if got := start(t, `{}`).refusal(t, "", "Origin", "https://a.example.com"); got != 403 {
		t.Errorf("an empty list: %d", got)
	}
}

func TestAuthentication23UserConnectionLimit(t *testing.T) {
	t.Parallel()
	s := start(t, authConfig(`"user_connection_limit": 1, "allow_anonymous_connect_without_token": true`, ""))
	present(t, s, a1, accepted)
	present(t, s, a1, "closed with 3504 connection limit")
	for range 3 {
		present(t, s, "", accepted)
	}
}

func TestAuthentication24ConnectionLimits(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"connection_limit": 2, "allow_anonymous_connect_without_token": true}}`)
	s.connect(t, `{}`)
	s.connect(t, `{}`)
	if got := s.refusal(t, ""); got != 503 {
		t.Errorf("the third WebSocket: %d", got)
	}
	s = start(t, `{"client": {"connection_rate_limit": 5}}`)
	count := func() (upgraded int) {
		for range 20 {
			if s.refusal(t, "") == 101 {
				upgraded++
			}
		}
		return upgraded
	}
	if n := count(); n < 5 || n > 7 {
		t.Errorf("%d of a burst of 20 were let in, not about 5", n)
	}
	eventually(t, "there is room again", func() bool { return s.refusal(t, "") == 101 })
}

func TestAuthentication25FirstCommand(t *testing.T) {
	t.Parallel()
	s := start(t, authConfig("", ""))
	c := s.dial(t)
	c.send(`{"id":1,"publish":{"channel":"chat:x","data":1}}`)
	c.expectClose(3501, "bad request")
}

func TestAuthentication27ServerTime(t *testing.T) {
	t.Parallel()
	s := start(t, authConfig(`"connect_include_server_time": true`, ""))
	c := s.dial(t)
	c.send(`{"id":1,"connect":{"token":"` + a1 + `"}}`)
	reply := c.line()
	var millis int64
	if _, err := fmt.Sscanf(reply[strings.Index(reply, `"time":`):], `"time":%d`, &millis); err != nil {
		t.Fatalf("%s: %v", reply, err)
	}
	if off := time.Since(time.UnixMilli(millis)); off.Abs() > 2*time.Second {
		t.Errorf("the server's time is off by %v", off)
	}
}
