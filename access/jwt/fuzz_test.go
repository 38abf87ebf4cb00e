package jwt_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
	"unicode/utf8"

	signer "github.com/golang-jwt/jwt/v5"

	"carillon/access/jwt"
)

func oneOf(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, jwt.ErrInvalid) == errors.Is(err, jwt.ErrExpired) {
		t.Fatalf("error %v is not one of the two", err)
	}
}

// sane checks what holds for the claims of any token that is accepted.
func sane(t *testing.T, c *jwt.Claims, payload []byte) {
	t.Helper()
	var user *string
	var object map[string]json.RawMessage
	if err := json.Unmarshal(payload, &object); err != nil || object == nil {
		t.Fatalf("payload %q is no object: %v", payload, err)
	}
	if sub, ok := object["sub"]; ok && (json.Unmarshal(sub, &user) != nil || user != nil && *user != c.User) {
		t.Fatalf("user %q from %q", c.User, payload)
	}
	if at := c.ExpireAt(); at < 0 || at > 253402300799 {
		t.Fatalf("expires at %d", at)
	}
	if !utf8.ValidString(c.User) || !utf8.ValidString(c.Channel) {
		t.Fatalf("user %q, channel %q", c.User, c.Channel)
	}
	for _, o := range c.Subs {
		checkOptions(t, &o)
	}
	checkOptions(t, &c.Own)
}

func checkOptions(t *testing.T, o *jwt.SubOptions) {
	t.Helper()
	for _, get := range []func() ([]byte, error){o.Info, o.Data} {
		if _, err := get(); err != nil && !errors.Is(err, jwt.ErrInvalid) {
			t.Fatal(err)
		}
	}
}

// FuzzVerify looks for tokens that are accepted and that another library finds
// no signature of ours on.
func FuzzVerify(f *testing.F) {
	for _, token := range []string{a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a13, a14, s1, s2, s3, s5, "abc", "..", ""} {
		f.Add(token)
	}
	strict := newVerifier(f, jwt.Config{HMACSecret: secret, PreviousSecret: "old"})
	trusting := newVerifier(f, jwt.Config{SkipSignature: true, UserClaim: "user_id"})
	other := signer.NewParser(signer.WithValidMethods([]string{"HS256", "HS384", "HS512"}), signer.WithoutClaimsValidation())
	f.Fuzz(func(t *testing.T, token string) {
		c, err := strict.Connection(token)
		s, err2 := strict.Subscription(token)
		if err == nil && err2 == nil {
			t.Fatalf("%q is a token of both kinds", token)
		}
		if err == nil || err2 == nil {
			_, err := other.Parse(token, func(*signer.Token) (any, error) {
				return signer.VerificationKeySet{Keys: []signer.VerificationKey{[]byte(secret), []byte("old")}}, nil
			})
			if err != nil {
				t.Fatalf("%q is accepted: connection %v, subscription %v, error %v", token, c, s, err)
			}
		}
		for _, v := range []*jwt.Verifier{strict, trusting} {
			if c, err := v.Connection(token); err != nil {
				oneOf(t, err)
			} else if c.Channel != "" {
				t.Fatalf("%q: connection token with channel %q", token, c.Channel)
			}
			if s, err := v.Subscription(token); err != nil {
				oneOf(t, err)
			} else if s.Channel == "" {
				t.Fatalf("%q: subscription token without channel", token)
			}
		}
	})
}

// FuzzClaims gives tokens a true signature, so that every claim is looked at.
func FuzzClaims(f *testing.F) {
	for _, claims := range []string{
		`{}`, `{"sub":"42","exp":1893456000,"info":{"name":"Ann"},"meta":{"plan":"free"}}`, `{"exp":"1e3","nbf":-1,"iat":0.5,"expire_at":9223372036854775807}`,
		`{"subs":{"news":{"data":{"hello":1},"b64info":"AQ==","override":{"presence":{"value":false}}},"room:7":null}}`,
		`{"channel":"c","client":"id","aud":["a"],"iss":"b","jti":"c","channels":["x"],"b64data":"e30="}`, `null`, `[`,
	} {
		f.Add(claims)
	}
	v := newVerifier(f, jwt.Config{HMACSecret: secret})
	f.Fuzz(func(t *testing.T, claims string) {
		token := hmac(t, "HS256", secret, claims)
		if c, err := v.Connection(token); err != nil {
			oneOf(t, err)
		} else {
			sane(t, &c.Claims, c.Payload())
		}
		if s, err := v.Subscription(token); err != nil {
			oneOf(t, err)
		} else {
			sane(t, &s.Claims, s.Payload())
		}
		if _, err := newVerifier(t, jwt.Config{HMACSecret: "other", Now: time.Now}).Connection(token); !errors.Is(err, jwt.ErrInvalid) {
			t.Fatalf("forged: error %v", err)
		}
	})
}
