package access_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carillon"
	"carillon/access"
	"carillon/channel"
	"carillon/session"
)

// The acceptance checks of the specification of channels, named by their
// numbers, on top of the order in which rules speak.
func TestWhoMaySubscribe(t *testing.T) {
	const u42, anonymous = "42", ""
	plain := func(*access.Config) {}
	insecure := func(c *access.Config) { c.Insecure = true }
	for _, c := range []struct {
		check   string
		change  func(*access.Config)
		user    string
		channel string
		claims  string // of the token; none if empty
		source  session.Source
		err     error
	}{
		{"1", plain, u42, "pub:x", "", session.SourceClientAllowed, nil},
		{"2: unknown", plain, u42, "nope:x", "", 0, carillon.ErrUnknownChannel},
		{"2: closed", plain, u42, "plain:x", "", 0, carillon.ErrPermissionDenied},
		{"3: anonymous", plain, anonymous, "pub:x", "", 0, carillon.ErrPermissionDenied},
		{"3: anonymous, allowed", plain, anonymous, "anon:x", "", session.SourceClientAllowed, nil},
		{"3: only for anonymous grants nothing", plain, anonymous, "anononly:x", "", 0, carillon.ErrPermissionDenied},
		{"3: nor to users", plain, u42, "anononly:x", "", 0, carillon.ErrPermissionDenied},
		{"4: private without token", plain, u42, "$pub:x", "", 0, carillon.ErrPermissionDenied},
		{"4: private with token", plain, u42, "$pub:x", `{"sub":"42","channel":"$pub:x"}`, session.SourceSubscriptionToken, nil},
		{"4: private with a token without prefix", plain, u42, "$pub:x", `{"sub":"42","channel":"pub:x"}`, 0, carillon.DisconnectInvalidToken},
		{"5: regex", plain, u42, "num:12", "", session.SourceClientAllowed, nil},
		{"5: not the regex", plain, u42, "num:1a", "", 0, carillon.ErrBadRequest},
		{"5: not ASCII", plain, u42, "pub:é", "", 0, carillon.ErrBadRequest},
		{"7: listed", plain, u42, "lim:#42", "", session.SourceUserLimited, nil},
		{"7: another listed", plain, u42, "lim:#4", "", 0, carillon.ErrPermissionDenied},
		{"7: one of several listed", plain, u42, "lim:#4,42", "", session.SourceUserLimited, nil},
		{"7: listed in the last part only", plain, u42, "lim:x#42#4", "", 0, carillon.ErrPermissionDenied},
		{"8: anonymous listed", plain, anonymous, "lim:x#", "", session.SourceUserLimited, nil},
		{"8: user not listed", plain, u42, "lim:x#", "", 0, carillon.ErrPermissionDenied},
		{"9: not listed beats open", plain, u42, "pub:x#7", "", 0, carillon.ErrPermissionDenied},
		{"9: a boundary without meaning", plain, u42, "hist:x#7", "", session.SourceClientAllowed, nil},
		{"30: no namespace", plain, u42, ":x", "", 0, carillon.ErrPermissionDenied},
		{"32: insecure", insecure, anonymous, "plain:x", "", session.SourceInsecure, nil},
		{"32: insecure, private", insecure, anonymous, "$plain:x", "", 0, carillon.ErrPermissionDenied},
		{"insecure, not listed", insecure, u42, "lim:#7", "", session.SourceInsecure, nil},
		{"insecure, unknown", insecure, u42, "nope:x", "", 0, carillon.ErrUnknownChannel},
		{"a token opens a closed channel", plain, u42, "plain:x", `{"sub":"42","channel":"plain:x"}`, session.SourceSubscriptionToken, nil},
		{"a token opens a limited channel", plain, u42, "lim:#7", `{"sub":"42","channel":"lim:#7"}`, session.SourceSubscriptionToken, nil},
		{"a bad token closes an open channel", plain, u42, "pub:x", `{"sub":42}`, 0, carillon.ErrPermissionDenied},
		{"an expired token closes an open channel", plain, u42, "pub:x", `{"channel":"pub:x","exp":1}`, 0, carillon.ErrTokenExpired},
		{"a bad token, insecure", insecure, u42, "pub:x", `{"sub":42}`, 0, carillon.ErrPermissionDenied},
		{"a name is looked at before the token", plain, u42, "pub:é", `{"sub":"42","channel":"pub:é"}`, 0, carillon.ErrBadRequest},
		{"another type of subscription", plain, u42, "map:x", "", 0, carillon.ErrPermissionDenied},
	} {
		r := newRig(t, c.change)
		req := session.SubscribeRequest{Channel: r.node.Rules().Resolve(c.channel)}
		if c.claims != "" {
			req.Token = sign(t, secret, c.claims)
		}
		g, err := r.access.Subscribe(t.Context(), session.Client{ID: me, User: c.user}, req)
		switch {
		case !errors.Is(err, c.err) || (err == nil) != (c.err == nil):
			t.Errorf("%s: %s: error %v, want %v", c.check, c.channel, err, c.err)
		case err == nil && (g.Source != c.source || g.Channel != c.channel):
			t.Errorf("%s: %s: source %d of %s, want %d", c.check, c.channel, g.Source, g.Channel, c.source)
		}
	}
}

func TestGrantsOfSubscriptionTokens(t *testing.T) {
	r := newRig(t)
	for claims, want := range map[string]session.Grant{
		`{"jti":"1"}`: {},
		`{"info":{"r":2},"data":[1],"exp":1800000000}`:                                     {Info: []byte(`{"r":2}`), Data: []byte(`[1]`), ExpireAt: 1_800_000_000},
		`{"b64info":"AQ==","b64data":"Ag==","exp":1800000000,"expire_at":0}`:               {Info: []byte{1}, Data: []byte{2}},
		`{"override":{"presence":{"value":true},"force_recovery":{"value":true}}}`:         {Settings: channel.Settings{Presence: true, Recoverable: true, Positioned: true}},
		`{"override":{"join_leave":{"value":true},"force_positioning":{"value":true}}}`:    {Settings: channel.Settings{EmitJoinLeave: true, Positioned: true}},
		`{"override":{"force_push_join_leave":{"value":true},"presence":{"value":false}}}`: {Settings: channel.Settings{PushJoinLeave: true}},
	} {
		token := sign(t, secret, `{"channel":"meta:x","sub":"42",`+claims[1:])
		got, err := r.access.Subscribe(t.Context(), session.Client{ID: me, User: "42"},
			session.SubscribeRequest{Channel: r.node.Rules().Resolve("meta:x"), Token: token})
		want.Channel, want.Source, want.MetaTTL = "meta:x", session.SourceSubscriptionToken, time.Hour
		if diff := cmp.Diff(&want, got); err != nil || diff != "" {
			t.Errorf("%s: error %v\n%s", claims, err, diff)
		}
	}
}

// Check 25 of the specification of channels: what a client asks for itself.
func TestWishes(t *testing.T) {
	all := channel.Wishes{Positioned: true, Recoverable: true, JoinLeave: true}
	for _, c := range []struct {
		channel string
		change  func(*access.Config)
		want    channel.Settings
	}{
		{"hist:x", func(*access.Config) {}, channel.Settings{Positioned: true, Recoverable: true}},
		{"pub:x", func(*access.Config) {}, channel.Settings{}},
		{"pub:x", func(c *access.Config) { c.Insecure = true }, channel.Settings{Positioned: true, Recoverable: true}},
	} {
		r := newRig(t, c.change)
		got, err := r.access.Subscribe(t.Context(), session.Client{ID: me, User: "42"},
			session.SubscribeRequest{Channel: r.node.Rules().Resolve(c.channel), Wishes: all})
		if err != nil || got.Settings != c.want {
			t.Errorf("%s: %+v, error %v", c.channel, got, err)
		}
	}
}
