package access_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carillon"
	"carillon/access"
	"carillon/channel"
	"carillon/engine"
	"carillon/engine/memory"
	"carillon/session"
)

// names are the channels of grants, in their order.
func names(grants []*session.Grant) []string {
	var list []string
	for _, g := range grants {
		list = append(list, g.Channel)
	}
	return list
}

func TestGrantsOfConnectionTokens(t *testing.T) {
	r := newRig(t)
	token := sign(t, secret, `{"sub":"42","info":{"name":"Ann"},"meta":{"plan":"free"},"exp":1800000000,"subs":{
		"meta:x":{"info":{"r":2},"data":{"w":1},"override":{"presence":{"value":true}}},"plain:b":{"b64info":"AQ==","b64data":"Ag=="}}}`)
	got, err := r.access.Connect(t.Context(), session.ConnectRequest{Token: token})
	want := &session.Identity{
		User: "42", Info: []byte(`{"name":"Ann"}`), Meta: []byte(`{"plan":"free"}`), ExpireAt: 1_800_000_000,
		Subs: []*session.Grant{
			{Channel: "meta:x", Source: session.SourceConnectionToken, Info: []byte(`{"r":2}`), Data: []byte(`{"w":1}`),
				Settings: channel.Settings{Presence: true}, MetaTTL: time.Hour},
			{Channel: "plain:b", Source: session.SourceConnectionToken, Info: []byte{1}, Data: []byte{2}},
		},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v\n%s", err, diff)
	}
}

// Permissions don't matter for channels of a token; a namespace has to exist.
func TestChannelsOfConnectionTokens(t *testing.T) {
	r := newRig(t)
	for claims, want := range map[string][]string{
		`{"channels":["$priv","lim:#7","plain:x","chat:é"]}`: {"$priv", "chat:é", "lim:#7", "plain:x"},
		`{"channels":["b","a","b",""]}`:                      {"a", "b"},
		`{"channels":["a"],"subs":{}}`:                       {"a"},
		`{"channels":["a"],"subs":{"b":{}}}`:                 {"b"},
		`{"channels":["nope:x"],"subs":{"b":{}}}`:            {"b"},
		`{"channels":[]}`:                                    nil,
	} {
		got, err := r.access.Connect(t.Context(), session.ConnectRequest{Token: sign(t, secret, claims)})
		if err != nil || !slices.Equal(names(got.Subs), want) {
			t.Errorf("%s: error %v, want %q", claims, err, want)
		}
	}
	if _, err := r.access.Connect(t.Context(), session.ConnectRequest{Token: sign(t, secret, `{"subs":{"a":{},"nope:x":{}}}`)}); err != carillon.ErrUnknownChannel {
		t.Errorf("an unknown namespace in subs: error %v", err)
	}
}

// Channels that the connect command asks for: check 20 of the specification of
// channels, and check 45 of that of the protocol.
func TestRequestedChannels(t *testing.T) {
	open := func(c *access.Config) { c.AnonymousWithoutToken = true }
	insecure := func(c *access.Config) { c.Insecure = true }
	plain := func(*access.Config) {}
	for _, c := range []struct {
		check    string
		change   func(*access.Config)
		claims   string // none connects without a token
		header   string
		channels []string
		want     []string
		err      error
	}{
		{"20: closed", plain, `{"sub":"42"}`, "", []string{"pub:a", "plain:a"}, []string{"pub:a"}, nil},
		{"20: unknown", plain, `{"sub":"42"}`, "", []string{"nope:a"}, nil, carillon.DisconnectBadRequest},
		{"private", plain, `{"sub":"42"}`, "", []string{"$pub:a"}, nil, nil},
		{"bad names", plain, `{"sub":"42"}`, "", []string{"", "pub:é", "num:x", "num:1"}, []string{"num:1"}, nil},
		{"another type", plain, `{"sub":"42"}`, "", []string{"map:a"}, nil, nil},
		{"limited", plain, `{"sub":"42"}`, "", []string{"lim:#42", "lim:#7", "pub:#7", "pub:#42"}, []string{"lim:#42", "pub:#42"}, nil},
		{"anonymous", open, "", "", []string{"anon:a", "pub:a", "lim:#", "anononly:a"}, []string{"anon:a"}, nil},
		{"insecure", insecure, "", "", []string{"plain:a", "lim:#7", "$plain:a"}, []string{"plain:a", "lim:#7"}, nil},
		{"header", plain, "", "42", []string{"pub:a", "nope:a"}, nil, nil},
		{"one that the token gives", plain, `{"sub":"42","subs":{"plain:a":{"info":1}}}`, "", []string{"plain:a", "pub:a"}, []string{"plain:a", "pub:a"}, nil},
	} {
		req := session.ConnectRequest{Channels: c.channels, Request: session.Request{User: c.header}}
		if c.claims != "" {
			req.Token = sign(t, secret, c.claims)
		}
		got, err := newRig(t, c.change).access.Connect(t.Context(), req)
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: error %v", c.check, err)
		} else if err == nil && !slices.Equal(names(got.Subs), c.want) {
			t.Errorf("%s: %q, want %q", c.check, names(got.Subs), c.want)
		}
	}
}

// Check 21 of the specification of channels, without its second half.
func TestPersonalChannel(t *testing.T) {
	inPres := access.Personal{Enabled: true, Namespace: "pres"}
	for _, c := range []struct {
		check    string
		personal access.Personal
		claims   string
		want     []string
		source   session.Source
	}{
		{"21: user", inPres, `{"sub":"42"}`, []string{"pres:#42"}, session.SourcePersonal},
		{"21: anonymous", inPres, `{}`, nil, 0},
		{"no namespace", access.Personal{Enabled: true}, `{"sub":"42"}`, []string{"#42"}, session.SourcePersonal},
		{"off", access.Personal{Namespace: "pres"}, `{"sub":"42"}`, nil, 0},
		{"in place of the token's", inPres, `{"sub":"42","subs":{"pres:#42":{"info":1}}}`, []string{"pres:#42"}, session.SourcePersonal},
	} {
		r := newRig(t, func(cfg *access.Config) { cfg.Personal = c.personal })
		got, err := r.access.Connect(t.Context(), session.ConnectRequest{Token: sign(t, secret, c.claims)})
		if err != nil || !slices.Equal(names(got.Subs), c.want) {
			t.Errorf("%s: %+v, error %v", c.check, got, err)
		} else if len(c.want) > 0 && (got.Subs[0].Source != c.source || got.Subs[0].Info != nil) {
			t.Errorf("%s: %+v", c.check, got.Subs[0])
		}
	}
	r := newRig(t, func(cfg *access.Config) {
		cfg.Personal, cfg.AnonymousWithoutToken = access.Personal{Enabled: true, Namespace: "nope"}, true
	})
	if _, err := r.access.Connect(t.Context(), session.ConnectRequest{Token: sign(t, secret, `{"sub":"42"}`)}); err != carillon.ErrUnknownChannel {
		t.Errorf("unknown namespace: error %v", err)
	}
	if _, err := r.access.Connect(t.Context(), session.ConnectRequest{}); err != nil {
		t.Errorf("unknown namespace, anonymous: error %v", err)
	}
	r = newRig(t, func(cfg *access.Config) { cfg.Personal = inPres })
	got, err := r.access.Connect(t.Context(), session.ConnectRequest{Request: session.Request{User: "42"}})
	if err != nil || got.User != "42" || len(got.Subs) != 0 {
		t.Errorf("user of a header: %+v, error %v", got, err)
	}
}

// The second half of check 21: a new connection ends the user's others.
func TestSingleConnection(t *testing.T) {
	r := newRig(t, func(cfg *access.Config) {
		cfg.Personal = access.Personal{Enabled: true, Namespace: "pres", Single: true}
	})
	u42, u7 := sign(t, secret, `{"sub":"42"}`), sign(t, secret, `{"sub":"7"}`)
	first, other := r.dial(session.Request{}), r.dial(session.Request{})
	first.connect(u42)
	other.connect(u7)
	if first.closed.Code != 0 || other.closed.Code != 0 {
		t.Fatalf("first connections are closed: %v, %v", first.closed, other.closed)
	}
	second := r.dial(session.Request{})
	second.connect(u42)
	if first.closed != carillon.DisconnectConnectionLimit || second.closed.Code != 0 || other.closed.Code != 0 {
		t.Errorf("first closed %v, second %v, another user's %v", first.closed, second.closed, other.closed)
	}
	r.node.Use(memory.NewBroker(r.node, memory.Options{}), failing{memory.NewPresence()})
	third := r.dial(session.Request{})
	third.connect(u42)
	if third.closed != carillon.DisconnectServerError || second.closed.Code != 0 {
		t.Errorf("when presence fails: new closed %v, old %v", third.closed, second.closed)
	}
}

// failing is a presence that can't be read.
type failing struct{ engine.Presence }

func (failing) Stats(context.Context, string) (carillon.PresenceStats, error) {
	return carillon.PresenceStats{}, errors.New("the store is away")
}
