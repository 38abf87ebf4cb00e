package access_test

import (
	"errors"
	"testing"

	"carillon"
	"carillon/access"
	"carillon/session"
)

func TestWhoMayPublishAndRead(t *testing.T) {
	plain := func(*access.Config) {}
	insecure := func(c *access.Config) { c.Insecure = true }
	const publish, presence, history = "publish", "presence", "history"
	for _, c := range []struct {
		check      string
		change     func(*access.Config)
		call       string
		user       string
		channel    string
		subscribed bool
		data       string
		err        error
	}{
		{"12: unsubscribed", plain, presence, "42", "pres:x", false, "", carillon.ErrPermissionDenied},
		{"12: subscribed", plain, presence, "42", "pres:x", true, "", nil},
		{"anonymous, subscribed", plain, presence, "", "pres:x", true, "", carillon.ErrPermissionDenied},
		{"13: history", plain, history, "42", "hist:x", false, "", nil},
		{"13: history, anonymous", plain, history, "", "hist:x", false, "", carillon.ErrPermissionDenied},
		{"no permission for history", plain, history, "42", "pub:x", true, "", carillon.ErrPermissionDenied},
		{"14: unsubscribed", plain, publish, "42", "wr:x", false, `{"a":1}`, carillon.ErrPermissionDenied},
		{"14: subscribed", plain, publish, "42", "wr:x", true, `{"a":1}`, nil},
		{"15: a list", plain, publish, "42", "obj:x", false, `[1]`, carillon.ErrBadRequest},
		{"15: an object", plain, publish, "42", "obj:x", false, `{}`, nil},
		{"16", plain, publish, "42", "plain:x", true, `{}`, carillon.ErrPermissionDenied},
		{"no data", plain, publish, "42", "wr:x", true, "", carillon.ErrBadRequest},
		{"null is data", plain, publish, "42", "wr:x", true, "null", nil},
		{"32: publish", insecure, publish, "", "plain:x", false, `{}`, nil},
		{"32: history", insecure, history, "", "hist:x", false, "", nil},
		{"insecure, presence", insecure, presence, "", "pres:x", false, "", nil},
		{"insecure, a list", insecure, publish, "", "obj:x", false, `[1]`, carillon.ErrBadRequest},
		{"the private prefix plays no part", plain, publish, "42", "$wr:x", true, `{}`, nil},
	} {
		r := newRig(t, c.change)
		ch, who := r.node.Rules().Resolve(c.channel), session.Client{ID: me, User: c.user}
		var err error
		switch c.call {
		case publish:
			err = r.access.Publish(t.Context(), who, ch, c.subscribed, []byte(c.data))
		case presence:
			err = r.access.Presence(t.Context(), who, ch, c.subscribed)
		case history:
			err = r.access.History(t.Context(), who, ch, c.subscribed)
		}
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: %s in %s: error %v, want %v", c.check, c.call, c.channel, err, c.err)
		}
	}
}

func TestRPC(t *testing.T) {
	nothing := access.RPC{Boundary: ":"}
	ping := access.RPC{Boundary: ":", Ping: "ping"}
	spaces := access.RPC{Boundary: ":", Namespaces: map[string]bool{"math": true}}
	for _, c := range []struct {
		rule   string
		rpc    access.RPC
		method string
		err    error
	}{
		{"nothing is configured", nothing, "sum", carillon.ErrNotAvailable},
		{"nothing is configured for ping", nothing, "ping", carillon.ErrNotAvailable},
		{"nothing is configured for no method", nothing, "", carillon.ErrNotAvailable},
		{"ping", ping, "ping", nil},
		{"another method beside ping", ping, "sum", carillon.ErrMethodNotFound},
		{"no method beside ping", ping, "", carillon.ErrMethodNotFound},
		{"an unknown namespace beside ping", ping, "math:sum", carillon.ErrMethodNotFound},
		{"an unknown namespace", spaces, "text:cut", carillon.ErrMethodNotFound},
		{"a known namespace without backend", spaces, "math:sum", carillon.ErrNotAvailable},
		{"no namespace without backend", spaces, "sum", carillon.ErrNotAvailable},
		{"no boundary", access.RPC{Namespaces: map[string]bool{"math": true}}, "text:cut", carillon.ErrNotAvailable},
	} {
		r := newRig(t, func(cfg *access.Config) { cfg.RPC = c.rpc })
		data, err := r.access.RPC(t.Context(), session.Client{}, c.method, []byte(`1`))
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) || data != nil {
			t.Errorf("%s: %q, error %v, want %v", c.rule, data, err, c.err)
		}
	}
}

func TestConfigureTakesEffectAtOnce(t *testing.T) {
	r := newRig(t)
	req := session.ConnectRequest{}
	if _, err := r.access.Connect(t.Context(), req); err != carillon.DisconnectBadRequest {
		t.Fatalf("error %v", err)
	}
	next := *r.config
	next.AnonymousWithoutToken = true
	r.access.Configure(&next)
	if _, err := r.access.Connect(t.Context(), req); err != nil {
		t.Errorf("error %v", err)
	}
}
