package access_test

import (
	"fmt"
	"slices"
	"testing"

	"carillon"
	"carillon/access"
	"carillon/access/jwt"
	"carillon/session"
)

const (
	// me is the id of a rig's first client.
	me  = "00000000-0000-0000-0000-000000000001"
	a11 = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiI0MiJ9."
)

// connected is a connect reply with more in it.
func connected(more string) string {
	return `{"id":1,"connect":{"client":"` + me + `","version":"v"` + more + `}}`
}

// The acceptance checks of the specification of authentication that concern the
// connect command, named by their numbers.
func TestConnectChecks(t *testing.T) {
	a1, a2 := sign(t, secret, `{"sub":"42"}`), sign(t, "other-secret", `{"sub":"42"}`)
	a3, a4 := sign(t, secret, `{"sub":"42","exp":1600000000}`), sign(t, secret, `{"sub":"42","nbf":4102444800}`)
	a7, a10 := sign(t, secret, `{"sub":""}`), sign(t, secret, `{"sub":"42","expire_at":1600000000}`)
	a8, a9 := sign(t, secret, `{"sub":"42","exp":4102444800}`), sign(t, secret, `{"sub":"42","exp":4102444800,"expire_at":0}`)
	a14 := sign(t, secret, `{"sub":"x","user_id":1042,"aud":["web","carillon"],"iss":"acme"}`)
	tokens := func(cfg jwt.Config) func(*access.Config) {
		return func(c *access.Config) { c.Connection = verifier(t, cfg) }
	}
	plain := func(*access.Config) {}
	open := func(c *access.Config) { c.AnonymousWithoutToken = true }
	insecure := func(c *access.Config) { c.Insecure = true }
	strict := jwt.Config{HMACSecret: secret, UserClaim: "user_id", Audience: "carillon", Issuer: "acme"}
	header := session.Request{User: "42"}
	const (
		expired     = `{"error":{"code":109,"message":"token expired"},"id":1}`
		tooLate     = `{"error":{"code":110,"message":"expired"},"id":1}`
		unknown     = `{"error":{"code":102,"message":"unknown channel"},"id":1}`
		accepted    = ""
		noReply     = "-"
		invalid     = 3500
		bad         = 3501
		limit       = 3505
		denied      = 3507
		aYear       = `,"expires":true,"ttl":31536000`
		oneChannel  = `,"subs":{"plain:x":{}}`
		twoChannels = `,"subs":{"plain:x":{},"chat:y":{}}`
	)
	for _, c := range []struct {
		check   string
		change  func(*access.Config)
		request session.Request
		token   string
		more    string // of the connect reply, or noReply, or another reply
		close   uint32
		user    string
	}{
		{"1: A1", plain, session.Request{}, a1, accepted, 0, "42"},
		{"2: A2", plain, session.Request{}, a2, noReply, invalid, ""},
		{"2: A11", plain, session.Request{}, a11, noReply, invalid, ""},
		{"2: A5", plain, session.Request{}, sign(t, secret, `{"sub":42}`), noReply, invalid, ""},
		{"2: A6", plain, session.Request{}, sign(t, secret, `{"sub":"42","channel":"news"}`), noReply, invalid, ""},
		{"2: abc", plain, session.Request{}, "abc", noReply, invalid, ""},
		{"3: A3", plain, session.Request{}, a3, expired, 0, ""},
		{"4: A3 signed with another secret", plain, session.Request{}, sign(t, "x", `{"sub":"42","exp":1600000000}`), noReply, invalid, ""},
		{"4: A4", plain, session.Request{}, a4, expired, 0, ""},
		{"5: A8", plain, session.Request{}, a8, aYear, 0, "42"},
		{"5: A9", plain, session.Request{}, a9, accepted, 0, "42"},
		{"5: A10", plain, session.Request{}, a10, tooLate, 0, ""},
		{"6: A13", plain, session.Request{}, sign(t, secret, `{"sub":"42","channels":["nope:index"]}`), unknown, 0, ""},
		{"7: A7", plain, session.Request{}, a7, accepted, 0, ""},
		{"7: A7 refused", func(c *access.Config) { c.NoAnonymousTokens = true }, session.Request{}, a7, noReply, denied, ""},
		{"7: A1 beside that", func(c *access.Config) { c.NoAnonymousTokens = true }, session.Request{}, a1, accepted, 0, "42"},
		{"8: no token", plain, session.Request{}, "", noReply, bad, ""},
		{"8: no token, anonymous access", open, session.Request{}, "", accepted, 0, ""},
		{"8: A2, anonymous access", open, session.Request{}, a2, noReply, invalid, ""},
		{"9: A1 is of the previous secret", tokens(jwt.Config{HMACSecret: "new", PreviousSecret: secret}), session.Request{}, a1, accepted, 0, "42"},
		{"9: A1 too late", tokens(jwt.Config{HMACSecret: "new", PreviousSecret: secret, PreviousValidUntil: 1_600_000_000}),
			session.Request{}, a1, noReply, invalid, ""},
		{"10: A14", tokens(strict), session.Request{}, a14, accepted, 0, "1042"},
		{"10: A1", tokens(strict), session.Request{}, a1, noReply, invalid, ""},
		{"11: A11 unverified", tokens(jwt.Config{SkipSignature: true}), session.Request{}, a11, accepted, 0, "42"},
		{"13: header", plain, header, "", accepted, 0, "42"},
		{"13: A1 of another user", plain, session.Request{User: "7"}, a1, accepted, 0, "42"},
		{"13: A2 with header", plain, header, a2, noReply, invalid, ""},
		{"13: header and anonymous access", open, header, "", accepted, 0, ""},
		{"29: insecure, with an expiry", insecure, session.Request{}, a8, accepted, 0, "42"},
		{"insecure, expired", insecure, session.Request{}, a3, expired, 0, ""},
		{"insecure, invalid", insecure, session.Request{}, a2, noReply, invalid, ""},
		{"insecure, expiry over", insecure, session.Request{}, a10, accepted, 0, "42"},
		{"insecure, no token", insecure, session.Request{}, "", accepted, 0, ""},
		{"base64 of the info", plain, session.Request{}, sign(t, secret, `{"b64info":"%"}`), noReply, invalid, ""},
		{"base64 of a subscription", plain, session.Request{}, sign(t, secret, `{"subs":{"plain:x":{"b64data":"%"}}}`), noReply, invalid, ""},
		{"channels", plain, session.Request{}, sign(t, secret, `{"channels":["plain:x","chat:y","plain:x",""]}`), twoChannels, 0, ""},
		{"subs and channels", plain, session.Request{}, sign(t, secret, `{"channels":["chat:y"],"subs":{"plain:x":{}}}`), oneChannel, 0, ""},
		{"more channels than a connection may have", plain, session.Request{}, sign(t, secret, `{"channels":["a","b","c","d"]}`), noReply, limit, ""},
	} {
		r := newRig(t, c.change)
		got := r.dial(c.request)
		lines := got.connect(c.token)
		var want []string
		switch {
		case c.more == noReply:
		case c.more != "" && c.more[0] == '{':
			want = []string{canonical(t, c.more)}
		default:
			want = []string{canonical(t, connected(c.more))}
		}
		if !slices.Equal(lines, want) || got.closed.Code != c.close || got.User() != c.user && c.close == 0 && !got.abandoned {
			t.Errorf("%s: %q, closed %v, user %q, want %q", c.check, lines, got.closed, got.User(), want)
		}
		if refused := c.more != noReply && c.more != "" && c.more[0] == '{'; refused != got.abandoned {
			t.Errorf("%s: the connection goes on after an error", c.check)
		} else if refused {
			if more := got.send(`{"id":2,"subscribe":{"channel":"anon:x"}}`); len(more) != 0 {
				t.Errorf("%s: a later command is answered: %q", c.check, more)
			}
		}
	}
}

// Check 17, and the table of results of a subscribe command with a token.
func TestSubscribeChecks(t *testing.T) {
	const (
		denied  = `{"id":2,"error":{"code":103,"message":"permission denied"}}`
		expired = `{"id":2,"error":{"code":109,"message":"token expired"}}`
		tooLate = `{"id":2,"error":{"code":110,"message":"expired"}}`
		unknown = `{"id":2,"error":{"code":102,"message":"unknown channel"}}`
		success = `{"id":2,"subscribe":{}}`
	)
	for _, c := range []struct {
		check, channel, claims string
		secret                 string
		want                   string
		close                  uint32
	}{
		{"17: no token", "chat:index", "", "", denied, 0},
		{"17: S1", "chat:index", `{"sub":"42","channel":"chat:index"}`, secret, success, 0},
		{"17: S2", "chat:index", `{"sub":"7","channel":"chat:index"}`, secret, "", 3500},
		{"17: S3", "chat:index", `{"sub":"42","channel":"chat:index","exp":1600000000}`, secret, expired, 0},
		{"17: S5", "chat:index", `{"sub":"42","channel":"chat:index","expire_at":1600000000}`, secret, tooLate, 0},
		{"17: A1", "chat:index", `{"sub":"42"}`, secret, denied, 0},
		{"17: S1 for another channel", "chat:other", `{"sub":"42","channel":"chat:index"}`, secret, "", 3500},
		{"forged", "chat:index", `{"sub":"42","channel":"chat:index"}`, "other", denied, 0},
		{"of an anonymous user", "chat:index", `{"channel":"chat:index"}`, secret, "", 3500},
		{"of this client", "chat:index", `{"sub":"42","channel":"chat:index","client":"` + me + `"}`, secret, success, 0},
		{"of another client", "chat:index", `{"sub":"42","channel":"chat:index","client":"x"}`, secret, "", 3500},
		{"for an unknown namespace", "chat:index", `{"sub":"42","channel":"nope:index"}`, secret, unknown, 0},
		{"with bad base64", "chat:index", `{"sub":"42","channel":"chat:index","b64info":"%"}`, secret, denied, 0},
		{"with bad base64 for another channel", "chat:index", `{"sub":"42","channel":"chat:other","b64data":"%"}`, secret, denied, 0},
		{"with expiry", "chat:index", `{"sub":"42","channel":"chat:index","exp":1700000300}`, secret, `{"id":2,"subscribe":{"expires":true,"ttl":300}}`, 0},
		{"with an expiry beyond a year", "chat:index", `{"sub":"42","channel":"chat:index","exp":1800000000}`, secret,
			`{"id":2,"subscribe":{"expires":true,"ttl":100000000}}`, 0},
		{"once", "chat:index", `{"sub":"42","channel":"chat:index","exp":1700000300,"expire_at":0}`, secret, success, 0},
		{"with an expiry of now", "chat:index", `{"sub":"42","channel":"chat:index","expire_at":1700000000}`, secret, tooLate, 0},
		{"with data", "chat:index", `{"sub":"42","channel":"chat:index","data":{"w":1}}`, secret, `{"id":2,"subscribe":{"data":{"w":1}}}`, 0},
		{"with data in base64", "chat:index", `{"sub":"42","channel":"chat:index","data":1,"b64data":"eyJ3IjoyfQ=="}`, secret,
			`{"id":2,"subscribe":{"data":{"w":2}}}`, 0},
	} {
		got := newRig(t).dial(session.Request{})
		got.connect(sign(t, secret, `{"sub":"42"}`))
		token := ""
		if c.claims != "" {
			token = sign(t, c.secret, c.claims)
		}
		lines := got.send(fmt.Sprintf(`{"id":2,"subscribe":{"channel":%q,"token":%q}}`, c.channel, token))
		var want []string
		if c.want != "" {
			want = []string{canonical(t, c.want)}
		}
		if !slices.Equal(lines, want) || got.closed.Code != c.close {
			t.Errorf("%s: %q, closed %v, want %q", c.check, lines, got.closed, want)
		}
	}
}

// Check 19.
func TestSubscriptionTokensMayHaveTheirOwnVerifier(t *testing.T) {
	own := func(c *access.Config) { c.Subscription = verifier(t, jwt.Config{HMACSecret: "sub-secret"}) }
	s1 := `{"sub":"42","channel":"chat:index"}`
	got := newRig(t, own).dial(session.Request{})
	if lines := got.connect(sign(t, secret, `{"sub":"42"}`)); len(lines) != 1 || got.User() != "42" {
		t.Fatalf("connect: %q", lines)
	}
	for _, c := range []struct{ secret, want string }{
		{secret, `{"id":2,"error":{"code":103,"message":"permission denied"}}`}, {"sub-secret", `{"id":2,"subscribe":{}}`},
	} {
		command := fmt.Sprintf(`{"id":2,"subscribe":{"channel":"chat:index","token":%q}}`, sign(t, c.secret, s1))
		if lines := got.send(command); !slices.Equal(lines, []string{canonical(t, c.want)}) || got.closed != (carillon.Disconnect{}) {
			t.Errorf("signed with %s: %q, closed %v", c.secret, lines, got.closed)
		}
	}
}
