package access_test

import (
	"fmt"
	"slices"
	"testing"

	"carillon/access"
	"carillon/session"
)

// Checks 14 and 15, and the table of results of a refresh command.
func TestRefreshChecks(t *testing.T) {
	const (
		permanent = `{"id":9,"refresh":{}}`
		tooLate   = `{"id":9,"error":{"code":110,"message":"expired"}}`
		unknown   = `{"id":9,"error":{"code":102,"message":"unknown channel"}}`
	)
	plain := func(*access.Config) {}
	for _, c := range []struct {
		check  string
		change func(*access.Config)
		claims string
		want   string
		close  uint32
	}{
		{"14: of the same user", plain, `{"sub":"42","exp":1700000060,"channels":["plain:x"]}`, `{"id":9,"refresh":{"expires":true,"ttl":60}}`, 0},
		{"14: of another user", plain, `{"sub":"7","exp":1700000060,"channels":["plain:x"]}`, "", 3500},
		{"14: of an anonymous user", plain, `{"exp":1700000060,"channels":["plain:x"]}`, "", 3500},
		{"14: expired", plain, `{"sub":"42","exp":1600000000,"channels":["plain:x"]}`, "", 3005},
		{"14: not valid yet", plain, `{"sub":"42","nbf":1800000000,"channels":["plain:x"]}`, "", 3005},
		{"14: without exp", plain, `{"sub":"42","channels":["plain:x"]}`, permanent, 0},
		{"15: with one more channel", plain, `{"sub":"42","channels":["plain:x","plain:y"]}`, "", 3010},
		{"15: with one channel less", plain, `{"sub":"42"}`, "", 3010},
		{"with the channel in subs", plain, `{"sub":"42","subs":{"plain:x":{"info":1}}}`, permanent, 0},
		{"invalid", plain, `{"sub":42}`, "", 3500},
		{"a subscription token", plain, `{"sub":"42","channel":"plain:x"}`, "", 3500},
		{"with bad base64", plain, `{"sub":"42","channels":["plain:x"],"b64info":"%"}`, "", 3500},
		{"with bad base64 in subs", plain, `{"sub":"42","subs":{"plain:x":{"b64data":"%"}}}`, "", 3500},
		{"of an unknown namespace", plain, `{"sub":"42","channels":["nope:x"]}`, unknown, 0},
		{"expiry over", plain, `{"sub":"42","expire_at":1700000000,"channels":["plain:x"]}`, tooLate, 0},
		{"expiry beyond a year", plain, `{"sub":"42","exp":1900000000,"channels":["plain:x"]}`, `{"id":9,"refresh":{"expires":true,"ttl":31536000}}`, 0},
		{"insecure", func(c *access.Config) { c.Insecure = true }, `{"sub":"42","exp":1700000060,"channels":["plain:x"]}`, permanent, 0},
	} {
		got := newRig(t, c.change).dial(session.Request{})
		got.connect(sign(t, secret, `{"sub":"42","exp":1700000010,"channels":["plain:x"]}`))
		lines := got.send(fmt.Sprintf(`{"id":9,"refresh":{"token":%q}}`, sign(t, secret, c.claims)))
		var want []string
		if c.want != "" {
			want = []string{canonical(t, c.want)}
		}
		if !slices.Equal(lines, want) || got.closed.Code != c.close {
			t.Errorf("%s: %q, closed %v, want %q", c.check, lines, got.closed, want)
		}
	}
}

func TestRefreshReplacesInfoAndMeta(t *testing.T) {
	r := newRig(t)
	for claims, want := range map[string][2]string{
		`{"sub":"42","info":{"a":1},"meta":{"b":2}}`: {`{"a":1}`, `{"b":2}`},
		`{"sub":"42","b64info":"eyJhIjozfQ=="}`:      {`{"a":3}`, ""},
		`{"sub":"42"}`:                               {"", ""},
	} {
		got, err := r.access.Refresh(t.Context(), session.Client{ID: me, User: "42"}, sign(t, secret, claims))
		if err != nil || string(got.Info) != want[0] || string(got.Meta) != want[1] || len(got.TokenChannels) != 0 {
			t.Errorf("%s: %+v, error %v", claims, got, err)
		}
		if (got.Info == nil) != (want[0] == "") || (got.Meta == nil) != (want[1] == "") {
			t.Errorf("%s: what is not there would replace what is: %+v", claims, got)
		}
	}
}

// The table of results of a sub_refresh command. A token that has expired ends
// the subscription first, in a way that makes SDKs come back with a new one.
func TestSubRefreshChecks(t *testing.T) {
	const (
		permanent = `{"id":9,"sub_refresh":{}}`
		tooLate   = `{"id":9,"error":{"code":110,"message":"expired"}}`
		unknown   = `{"id":9,"error":{"code":102,"message":"unknown channel"}}`
		expired   = `{"id":9,"error":{"code":109,"message":"token expired"}}`
		ended     = `{"push":{"channel":"chat:index","unsubscribe":{"code":2501,"reason":"subscription expired"}}}`
	)
	for _, c := range []struct {
		check, claims, secret string
		want                  []string
		close                 uint32
	}{
		{"valid", `{"sub":"42","channel":"chat:index","exp":1700000300}`, secret, []string{`{"id":9,"sub_refresh":{"expires":true,"ttl":300}}`}, 0},
		{"without expiry", `{"sub":"42","channel":"chat:index"}`, secret, []string{permanent}, 0},
		{"18: expired", `{"sub":"42","channel":"chat:index","exp":1600000000}`, secret, []string{ended, expired}, 0},
		{"forged", `{"sub":"42","channel":"chat:index"}`, "other", nil, 3500},
		{"of another channel", `{"sub":"42","channel":"chat:other"}`, secret, nil, 3500},
		{"of another user", `{"sub":"7","channel":"chat:index"}`, secret, nil, 3500},
		{"of another client", `{"sub":"42","channel":"chat:index","client":"x"}`, secret, nil, 3500},
		{"of this client", `{"sub":"42","channel":"chat:index","client":"` + me + `"}`, secret, []string{permanent}, 0},
		{"a connection token", `{"sub":"42"}`, secret, nil, 3500},
		{"with bad base64", `{"sub":"42","channel":"chat:index","b64info":"%"}`, secret, nil, 3500},
		{"of an unknown namespace", `{"sub":"42","channel":"nope:index"}`, secret, []string{unknown}, 0},
		{"expiry over", `{"sub":"42","channel":"chat:index","expire_at":1700000000}`, secret, []string{tooLate}, 0},
	} {
		got := newRig(t).dial(session.Request{})
		got.connect(sign(t, secret, `{"sub":"42"}`))
		got.send(fmt.Sprintf(`{"id":2,"subscribe":{"channel":"chat:index","token":%q}}`, sign(t, secret, `{"sub":"42","channel":"chat:index","exp":1700000010}`)))
		lines := got.send(fmt.Sprintf(`{"id":9,"sub_refresh":{"channel":"chat:index","token":%q}}`, sign(t, c.secret, c.claims)))
		want := make([]string, len(c.want))
		for i, line := range c.want {
			want[i] = canonical(t, line)
		}
		if !slices.Equal(lines, want) || got.closed.Code != c.close {
			t.Errorf("%s: %q, closed %v, want %q", c.check, lines, got.closed, want)
		}
	}
}
