package jwt_test

import (
	"errors"
	"testing"

	"carillon/access/jwt"
)

func TestAudienceAndIssuer(t *testing.T) {
	for _, c := range []struct {
		rule   string
		cfg    jwt.Config
		claims string
		good   bool
	}{
		{"nothing is asked for", jwt.Config{}, `{"aud":"a","iss":"b"}`, true},
		{"audience, the only one", jwt.Config{Audience: "web"}, `{"aud":"web"}`, true},
		{"audience, one of several", jwt.Config{Audience: "web"}, `{"aud":["app","web"]}`, true},
		{"audience, another", jwt.Config{Audience: "web"}, `{"aud":"app"}`, false},
		{"audience, others", jwt.Config{Audience: "web"}, `{"aud":["app","tv"]}`, false},
		{"audience, longer", jwt.Config{Audience: "web"}, `{"aud":"web2"}`, false},
		{"audience, in another case", jwt.Config{Audience: "web"}, `{"aud":"Web"}`, false},
		{"audience, none", jwt.Config{Audience: "web"}, `{}`, false},
		{"audience, null", jwt.Config{Audience: "web"}, `{"aud":null}`, false},
		{"audience, an empty list", jwt.Config{Audience: "web"}, `{"aud":[]}`, false},
		{"audience, an empty one", jwt.Config{Audience: "web"}, `{"aud":""}`, false},

		{"audience_regex", jwt.Config{AudienceRegex: "^(web|app)$"}, `{"aud":"app"}`, true},
		{"audience_regex is not anchored", jwt.Config{AudienceRegex: "eb"}, `{"aud":"website"}`, true},
		{"audience_regex, one of several", jwt.Config{AudienceRegex: "^w"}, `{"aud":["app","web"]}`, true},
		{"audience_regex, another", jwt.Config{AudienceRegex: "^(web|app)$"}, `{"aud":"webapp"}`, false},
		{"audience_regex of everything, none", jwt.Config{AudienceRegex: ".*"}, `{}`, false},
		{"audience_regex of everything, an empty list", jwt.Config{AudienceRegex: ".*"}, `{"aud":[]}`, false},
		{"audience_regex of everything, an empty one", jwt.Config{AudienceRegex: ".*"}, `{"aud":""}`, true},

		{"issuer", jwt.Config{Issuer: "acme"}, `{"iss":"acme"}`, true},
		{"issuer, another", jwt.Config{Issuer: "acme"}, `{"iss":"acme2"}`, false},
		{"issuer, none", jwt.Config{Issuer: "acme"}, `{}`, false},
		{"issuer_regex", jwt.Config{IssuerRegex: "^https://id\\.example/(prod|stage)$"}, `{"iss":"https://id.example/prod"}`, true},
		{"issuer_regex is not anchored", jwt.Config{IssuerRegex: "cm"}, `{"iss":"acme"}`, true},
		{"issuer_regex, another", jwt.Config{IssuerRegex: "^acme$"}, `{"iss":"acmee"}`, false},
		{"issuer_regex, none", jwt.Config{IssuerRegex: "^a"}, `{}`, false},
		{"issuer_regex of everything, none", jwt.Config{IssuerRegex: ".*"}, `{}`, true},

		{"both", jwt.Config{Audience: "web", IssuerRegex: "^a"}, `{"aud":"web","iss":"acme"}`, true},
		{"both, another audience", jwt.Config{Audience: "web", IssuerRegex: "^a"}, `{"aud":"x","iss":"acme"}`, false},
		{"both, another issuer", jwt.Config{AudienceRegex: "web", Issuer: "acme"}, `{"aud":"web","iss":"x"}`, false},
	} {
		skipping := c.cfg
		skipping.SkipSignature = true
		c.cfg.HMACSecret = secret
		want := outcome{c.claims, nil}
		if !c.good {
			want.err = jwt.ErrInvalid
		}
		t.Run(c.rule, func(t *testing.T) {
			want.check(t, newVerifier(t, c.cfg))
			want.check(t, newVerifier(t, skipping)) // they are checked all the same
		})
	}
}

// A token of somebody else is invalid and not expired: that would tell the
// client to come back.
func TestAudienceComesBeforeTimes(t *testing.T) {
	for _, cfg := range []jwt.Config{{Audience: "web"}, {AudienceRegex: "web"}, {Issuer: "web"}, {IssuerRegex: "web"}} {
		cfg.HMACSecret = secret
		outcome{`{"aud":"x","iss":"x","exp":1}`, jwt.ErrInvalid}.check(t, newVerifier(t, cfg))
		outcome{`{"aud":"web","iss":"web","exp":1}`, jwt.ErrExpired}.check(t, newVerifier(t, cfg))
		// Matching what is asked for does not make a forged token genuine.
		refused(t, newVerifier(t, cfg), "forged", hmac(t, "HS256", "other", `{"aud":"web","iss":"web","channel":"c"}`))
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	for rule, cfg := range map[string]jwt.Config{
		"check 10: audience and audience_regex": {HMACSecret: secret, Audience: "web", AudienceRegex: "web"},
		"issuer and issuer_regex":               {HMACSecret: secret, Issuer: "web", IssuerRegex: "web"},
		"audience_regex that is none":           {HMACSecret: secret, AudienceRegex: "("},
		"issuer_regex that is none":             {HMACSecret: secret, IssuerRegex: "[a"},
		"issuer_regex that RE2 does not know":   {HMACSecret: secret, IssuerRegex: "(?=a)"},
	} {
		if v, err := jwt.New(cfg); err == nil || v != nil || errors.Is(err, jwt.ErrInvalid) {
			t.Errorf("%s: error %v", rule, err)
		}
	}
}
