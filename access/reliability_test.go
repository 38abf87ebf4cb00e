package access_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"carillon/access"
	"carillon/access/jwt"
	"carillon/session"
)

// verbs are the commands that take a token, on the channel chat:index.
func verbs(a *access.Access, r *rig) map[string]func(ctx context.Context, token string) error {
	who, ch := session.Client{ID: me, User: "42"}, r.node.Rules().Resolve("chat:index")
	return map[string]func(context.Context, string) error{
		"connect": func(ctx context.Context, token string) error {
			_, err := a.Connect(ctx, session.ConnectRequest{Token: token})
			return err
		},
		"refresh": func(ctx context.Context, token string) error {
			_, err := a.Refresh(ctx, who, token)
			return err
		},
		"subscribe": func(ctx context.Context, token string) error {
			_, err := a.Subscribe(ctx, who, session.SubscribeRequest{Channel: ch, Token: token})
			return err
		},
		"sub_refresh": func(ctx context.Context, token string) error {
			_, err := a.SubRefresh(ctx, who, session.SubRefreshRequest{Channel: ch, Token: token})
			return err
		},
	}
}

// claimsFor are the claims that a verb's token has, but for some more.
func claimsFor(verb, more string) string {
	if strings.HasPrefix(verb, "sub") {
		return `{"sub":"42","aud":"web","iss":"acme","channel":"chat:index"` + more + `}`
	}
	return `{"sub":"42","aud":"web","iss":"acme"` + more + `}`
}

var tenantA = jwt.Config{HMACSecret: secret, Audience: "web", Issuer: "acme"}

func TestReliability13EveryVerbRefusesBadTokens(t *testing.T) {
	// Even where everything else is open.
	r := newRig(t, func(c *access.Config) {
		c.Connection = verifier(t, tenantA)
		c.Subscription, c.Insecure, c.AnonymousWithoutToken = c.Connection, true, true
	})
	for verb, call := range verbs(r.access, r) {
		if err := call(t.Context(), sign(t, secret, claimsFor(verb, ""))); err != nil {
			t.Errorf("%s with a good token: %v", verb, err)
		}
		other := map[string]string{"connect": "subscribe", "refresh": "sub_refresh", "subscribe": "connect", "sub_refresh": "refresh"}[verb]
		for rule, token := range map[string]string{
			"expired":                sign(t, secret, claimsFor(verb, `,"exp":1699999999`)),
			"expiring now":           sign(t, secret, claimsFor(verb, `,"exp":1700000000`)),
			"not valid yet":          sign(t, secret, claimsFor(verb, `,"nbf":1700000001`)),
			"for another audience":   sign(t, secret, claimsFor(verb, `,"aud":"app"`)),
			"of another issuer":      sign(t, secret, claimsFor(verb, `,"iss":"evil"`)),
			"of another tenant":      sign(t, "secret of tenant B", claimsFor(verb, "")),
			"of an empty secret":     sign(t, "", claimsFor(verb, "")),
			"unsigned":               a11,
			"of the other kind":      sign(t, secret, claimsFor(other, "")),
			"with a claim too wrong": sign(t, secret, claimsFor(verb, `,"info":1,"b64info":1`)),
			"cut":                    sign(t, secret, claimsFor(verb, ""))[:60],
			"not a token":            "x",
		} {
			if err := call(t.Context(), token); err == nil {
				t.Errorf("%s accepts a token %s", verb, rule)
			}
		}
	}
}

// While the configuration changes between two, nothing is accepted that neither
// of them accepts, and what both accept is never refused.
func TestReliability13ReloadsOpenNoGap(t *testing.T) {
	r := newRig(t, func(c *access.Config) { c.Connection = verifier(t, tenantA) })
	r.config.Subscription = r.config.Connection
	rotated := *r.config
	rotated.Connection = verifier(t, jwt.Config{HMACSecret: "new", PreviousSecret: secret, Audience: "web", Issuer: "acme"})
	rotated.Subscription = rotated.Connection
	tokens := map[string][2]string{}
	for verb := range verbs(r.access, r) {
		tokens[verb] = [2]string{sign(t, secret, claimsFor(verb, "")), sign(t, "secret of tenant B", claimsFor(verb, ""))}
	}
	var work sync.WaitGroup
	work.Go(func() {
		for i := range 2000 {
			r.access.Configure([]*access.Config{r.config, &rotated}[i%2])
		}
	})
	for verb, call := range verbs(r.access, r) {
		work.Go(func() {
			for range 200 {
				if err := call(t.Context(), tokens[verb][0]); err != nil {
					t.Errorf("%s with a good token: %v", verb, err)
				}
				if call(t.Context(), tokens[verb][1]) == nil {
					t.Errorf("%s with a token of another tenant", verb)
				}
			}
		})
	}
	work.Wait()
}

func TestReliability11LogsHoldNoTokens(t *testing.T) {
	r := newRig(t)
	var out bytes.Buffer
	logged := access.New(r.node, slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.Level(-100)})), r.config)
	const canary = "canary-in-a-claim"
	for verb, call := range verbs(logged, r) {
		for _, claims := range []string{
			claimsFor(verb, `,"info":"`+canary+`","meta":"`+canary+`"`), claimsFor(verb, `,"exp":1,"info":"`+canary+`"`),
			claimsFor(verb, `,"jti":["`+canary+`"]`), claimsFor(verb, `,"b64info":"`+canary+`"`),
		} {
			for _, key := range []string{secret, "another secret"} {
				token := sign(t, key, claims)
				_ = call(t.Context(), token) // only what it logs matters
				for i, part := range strings.Split(token, ".")[1:] {
					if strings.Contains(out.String(), part) {
						t.Errorf("%s logs part %d of a token: %s", verb, i+2, out.String())
					}
				}
			}
		}
	}
	if log := out.String(); log == "" || strings.Contains(log, canary) || strings.Contains(log, secret) {
		t.Errorf("log: %s", log)
	}
}
