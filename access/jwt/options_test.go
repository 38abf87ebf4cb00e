package jwt_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"carillon/access/jwt"
)

func connection(t *testing.T, cfg jwt.Config, claims string) *jwt.Connection {
	t.Helper()
	cfg.HMACSecret = secret
	c, err := newVerifier(t, cfg).Connection(hmac(t, "HS256", secret, claims))
	if err != nil {
		t.Fatalf("%s: %v", claims, err)
	}
	return c
}

func TestUserClaim(t *testing.T) {
	for claims, want := range map[string]string{
		`{"sub":"x","uid":"42"}`:       "42",
		`{"sub":"x"}`:                  "",
		`{"sub":"x","uid":null}`:       "",
		`{"sub":"x","uid":""}`:         "",
		`{"uid":1042}`:                 "1042",
		`{"uid": 1.5 }`:                "1.5",
		`{"uid":12345678901234567890}`: "12345678901234567890",
		`{"uid":true}`:                 "true",
		`{"uid":false}`:                "false",
		`{"uid":{"a":1}}`:              `{"a":1}`,
		`{"uid":[1,"b"]}`:              `[1,"b"]`,
		`{"uid":"é\u00e9"}`:            "éé",
		`{"UID":"42"}`:                 "",
	} {
		if got := connection(t, jwt.Config{UserClaim: "uid"}, claims); got.User != want {
			t.Errorf("%s: user %q, want %q", claims, got.User, want)
		}
	}
	v := newVerifier(t, jwt.Config{HMACSecret: secret, UserClaim: "uid"})
	if _, err := v.Connection(hmac(t, "HS256", secret, `{"sub":42,"uid":"7"}`)); !errors.Is(err, jwt.ErrInvalid) {
		t.Errorf("a number as sub beside another user claim: error %v", err)
	}
	s, err := v.Subscription(hmac(t, "HS256", secret, `{"sub":"x","uid":7,"channel":"c"}`))
	if err != nil || s.User != "7" {
		t.Errorf("subscription token: %v, error %v", s, err)
	}
}

func TestInfoDataAndMeta(t *testing.T) {
	bad := "bad"
	for _, c := range []struct{ claims, info, data, meta string }{
		{`{}`, "", "", ""},
		{`{"info":null,"data":null,"meta":null}`, "", "", ""},
		{`{"info": {"name": "Ann"},"data":[1 ,2],"meta":{"plan":"free"}}`, `{"name": "Ann"}`, `[1 ,2]`, `{"plan":"free"}`},
		{`{"info":"text","data":1.50,"meta":"other JSON"}`, `"text"`, `1.50`, `"other JSON"`},
		{`{"info":false,"data":"","meta":0}`, `false`, `""`, `0`},
		{`{"b64info":"AP8=","b64data":"e30="}`, "\x00\xff", "{}", ""},
		{`{"info":1,"b64info":"Mg==","data":3,"b64data":"NA=="}`, "2", "4", ""},
		{`{"info":1,"b64info":"","data":3,"b64data":""}`, "1", "3", ""},
		{`{"b64info":"AP8","b64data":"e30"}`, bad, bad, ""},
		{`{"info":1,"b64info":"%","data":2,"b64data":"_w=="}`, bad, bad, ""},
	} {
		got := connection(t, jwt.Config{}, c.claims)
		for what, value := range map[string]struct {
			get  func() ([]byte, error)
			want string
		}{"info": {got.Own.Info, c.info}, "data": {got.Own.Data, c.data}} {
			b, err := value.get()
			switch {
			case value.want == bad && !errors.Is(err, jwt.ErrInvalid), value.want != bad && (err != nil || string(b) != value.want):
				t.Errorf("%s: %s is %q, error %v", c.claims, what, b, err)
			case value.want == "" && b != nil:
				t.Errorf("%s: %s is there", c.claims, what)
			}
		}
		if string(got.Meta) != c.meta || (got.Meta == nil) != (c.meta == "") {
			t.Errorf("%s: meta is %q", c.claims, got.Meta)
		}
	}
}

func TestOverrides(t *testing.T) {
	fields := map[string]func(jwt.Override) *bool{
		"presence":              func(o jwt.Override) *bool { return o.Presence },
		"join_leave":            func(o jwt.Override) *bool { return o.JoinLeave },
		"force_push_join_leave": func(o jwt.Override) *bool { return o.ForcePushJoinLeave },
		"force_recovery":        func(o jwt.Override) *bool { return o.ForceRecovery },
		"force_positioning":     func(o jwt.Override) *bool { return o.ForcePositioning },
	}
	for set := range fields {
		for value, want := range map[string]*bool{
			`{"value":true}`: new(true), `{"value":false}`: new(false), `null`: nil,
		} {
			override := `{"override":{"` + set + `":` + value + `,"unknown":{"value":true}}}`
			of := map[string]jwt.Override{
				"a subscription token": connection(t, jwt.Config{}, override).Own.Override,
				"an entry of subs":     connection(t, jwt.Config{}, `{"subs":{"c":`+override+`}}`).Subs["c"].Override,
			}
			for place, o := range of {
				for field, get := range fields {
					got, want := get(o), want
					if field != set {
						want = nil
					}
					if (got == nil) != (want == nil) || got != nil && *got != *want {
						t.Errorf("%s with %s: %s is %v", place, override, field, got)
					}
				}
			}
		}
		v := newVerifier(t, jwt.Config{HMACSecret: secret})
		for _, bad := range []string{`true`, `"true"`, `1`, `[]`, `{"value":"true"}`, `{"value":1}`, `{"value":[]}`} {
			outcome{`{"override":{"` + set + `":` + bad + `}}`, jwt.ErrInvalid}.check(t, v)
			outcome{`{"subs":{"c":{"override":{"` + set + `":` + bad + `}}}}`, jwt.ErrInvalid}.check(t, v)
		}
	}
}

func TestServerSideSubscriptions(t *testing.T) {
	got := connection(t, jwt.Config{}, `{"channels":["a","b:c",""],"subs":{
		"news":{"info":{"r":2},"data":{"hello":1}},"bytes":{"b64info":"AQ==","b64data":"Ag=="},"bad":{"b64info":"%"},"bare":{},"null":null}}`)
	if !slices.Equal(got.Channels, []string{"a", "b:c", ""}) {
		t.Errorf("channels %q", got.Channels)
	}
	if names := slices.Sorted(maps.Keys(got.Subs)); !slices.Equal(names, []string{"bad", "bare", "bytes", "news", "null"}) {
		t.Errorf("subs %q", names)
	}
	for name, want := range map[string][2]string{"news": {`{"r":2}`, `{"hello":1}`}, "bytes": {"\x01", "\x02"}, "bare": {}, "null": {}} {
		one := got.Subs[name]
		info, err := one.Info()
		data, err2 := one.Data()
		if string(info) != want[0] || string(data) != want[1] || errors.Join(err, err2) != nil {
			t.Errorf("%s: info %q, data %q, errors %v, %v", name, info, data, err, err2)
		}
	}
	bad := got.Subs["bad"]
	if _, err := bad.Info(); !errors.Is(err, jwt.ErrInvalid) {
		t.Errorf("bad base64: error %v", err)
	}
	v := newVerifier(t, jwt.Config{HMACSecret: secret})
	for _, entry := range []string{`{"b64info":1}`, `{"b64data":true}`, `{"override":[]}`, `{"override":true}`} {
		outcome{`{"subs":{"a":` + entry + `}}`, jwt.ErrInvalid}.check(t, v)
	}
}

func TestKindsOfTokens(t *testing.T) {
	v := newVerifier(t, jwt.Config{HMACSecret: secret})
	for _, c := range []struct {
		claims                   string
		connection, subscription error
	}{
		{`{}`, nil, jwt.ErrInvalid},
		{`{"channel":""}`, nil, jwt.ErrInvalid},
		{`{"channel":null}`, nil, jwt.ErrInvalid},
		{`{"channel":"c"}`, jwt.ErrInvalid, nil},
		{`{"channel":1}`, jwt.ErrInvalid, jwt.ErrInvalid},
		{`{"channel":["c"]}`, jwt.ErrInvalid, jwt.ErrInvalid},
		// The kind is looked at before the times for connections, behind them
		// for subscriptions.
		{`{"channel":"c","exp":1}`, jwt.ErrInvalid, jwt.ErrExpired},
		{`{"exp":1}`, jwt.ErrExpired, jwt.ErrExpired},
	} {
		token := hmac(t, "HS256", secret, c.claims)
		if _, err := v.Connection(token); !errors.Is(err, c.connection) || (err == nil) != (c.connection == nil) {
			t.Errorf("connection token %s: error %v", c.claims, err)
		}
		if _, err := v.Subscription(token); !errors.Is(err, c.subscription) || (err == nil) != (c.subscription == nil) {
			t.Errorf("subscription token %s: error %v", c.claims, err)
		}
	}
	s, err := v.Subscription(hmac(t, "HS256", secret, `{"sub":"42","channel":"$chat:x","client":"id","info":1,"data":2}`))
	if err != nil || s.User != "42" || s.Channel != "$chat:x" || s.Client != "id" || !strings.Contains(string(s.Payload()), `"client":"id"`) {
		t.Errorf("subscription token: %+v, error %v", s, err)
	}
}
