package jwt_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"carillon/access/jwt"
)

func refused(t *testing.T, v *jwt.Verifier, rule, token string) {
	t.Helper()
	if c, err := v.Connection(token); !errors.Is(err, jwt.ErrInvalid) || c != nil {
		t.Errorf("%s: connection token %.200q: %v, error %v", rule, token, c, err)
	}
	if s, err := v.Subscription(token); !errors.Is(err, jwt.ErrInvalid) || s != nil {
		t.Errorf("%s: subscription token %.200q: %v, error %v", rule, token, s, err)
	}
}

func TestAlgorithmsOfTheSecret(t *testing.T) {
	v := newVerifier(t, jwt.Config{HMACSecret: secret})
	for _, algorithm := range []string{"HS256", "HS384", "HS512"} {
		if c, err := v.Connection(hmac(t, algorithm, secret, `{"sub":"42"}`)); err != nil || c.User != "42" {
			t.Errorf("%s: %v, error %v", algorithm, c, err)
		}
		refused(t, v, "another secret", hmac(t, algorithm, "other", `{"sub":"42"}`))
		refused(t, v, "an empty secret", hmac(t, algorithm, "", `{"sub":"42"}`))
		refused(t, v, "the secret and more", hmac(t, algorithm, secret+"x", `{"sub":"42"}`))
		for _, claimed := range []string{"HS256", "HS384", "HS512"} {
			if claimed != algorithm {
				refused(t, v, algorithm+" as "+claimed, sign(t, algorithm, `{"alg":"`+claimed+`"}`, `{"sub":"42"}`, []byte(secret)))
			}
		}
	}
}

func TestOtherAlgorithmsAreRefused(t *testing.T) {
	v := newVerifier(t, jwt.Config{HMACSecret: secret})
	for algorithm, key := range privateKeys() {
		refused(t, v, "genuine "+algorithm, sign(t, algorithm, `{"alg":"`+algorithm+`"}`, `{"sub":"42"}`, key))
		refused(t, v, algorithm+" as HS256", sign(t, algorithm, `{"alg":"HS256"}`, `{"sub":"42"}`, key))
	}
	for _, header := range []string{
		`{"alg":"none"}`, `{"alg":"None"}`, `{"alg":"NONE"}`, `{"alg":"nOnE"}`, `{"alg":""}`, `{"alg":null}`, `{"typ":"JWT"}`, `{"alg":"hs256"}`, `{"alg":"HS256 "}`,
		`{"alg":"HS1"}`, `{"alg":"RS256"}`, `{"alg":"ES256"}`, `{"alg":"PS256"}`, `{"alg":"EdDSA"}`, `{"alg":"HS256","alg":"none"}`,
		`{"alg":"` + strings.Repeat("HS256", 10_000) + `"}`,
	} {
		refused(t, v, "the secret with another algorithm", sign(t, "HS256", header, `{"sub":"42"}`, []byte(secret)))
		refused(t, v, "no signature", encode(header)+"."+encode(`{"sub":"42"}`)+".")
	}
	refused(t, v, "HS256 without signature", encode(`{"alg":"HS256"}`)+"."+encode(`{"sub":"42"}`)+".")
}

func TestFormOfTokens(t *testing.T) {
	v := newVerifier(t, jwt.Config{HMACSecret: secret, SkipSignature: true})
	parts := strings.Split(a1, ".")
	header, claims, signature := parts[0], parts[1], parts[2]
	for rule, token := range map[string]string{
		"empty": "", "dots": "..", "one part": header, "two parts": header + "." + claims, "four parts": a1 + ".", "five parts": a1 + "." + claims + "." + signature,
		"no header": "." + claims + "." + signature, "no claims": header + ".." + signature,
		"a space before": " " + a1, "a space behind": a1 + " ", "the scheme before": "Bearer " + a1,
		"padding":                             a1 + "=",
		"standard base64":                     header + "." + claims + "." + "+/" + signature[2:],
		"needless bits":                       a1[:len(a1)-1] + "N", // decodes to the same bytes as M
		"a NUL":                               a1 + "\x00",
		"padded claims":                       header + "." + base64.URLEncoding.EncodeToString([]byte(`{"sub":"4"}`)) + "." + signature,
		"header no object":                    encode(`"HS256"`) + "." + claims + "." + signature,
		"header a list":                       encode(`[]`) + "." + claims + "." + signature,
		"header null":                         encode(`null`) + "." + claims + "." + signature,
		"header not JSON":                     encode(`{"alg"`) + "." + claims + "." + signature,
		"header and more":                     encode(`{"alg":"HS256"}x`) + "." + claims + "." + signature,
		"header that begins with white space": encode(` {"alg":"HS256"}`) + "." + claims + "." + signature,
		"header that does not begin with eyJ": encode(`{ "alg":"HS256"}`) + "." + claims + "." + signature,
		"algorithm a number":                  encode(`{"alg":256}`) + "." + claims + "." + signature,
		"key id a number":                     encode(`{"alg":"HS256","kid":1}`) + "." + claims + "." + signature,
	} {
		refused(t, v, rule, token)
	}
	for rule, header := range map[string]string{
		"no typ": `{"alg":"HS256"}`, "another typ": `{"alg":"HS256","typ":"x"}`, "typ a number": `{"typ":1,"alg":"HS256"}`,
		"key id": `{"kid":"k","alg":"HS256"}`, "unknown fields": `{"x":[{}],"alg":"HS256","jku":"http://x"}`,
	} {
		strict := newVerifier(t, jwt.Config{HMACSecret: secret})
		if c, err := strict.Connection(sign(t, "HS256", header, `{"sub":"42"}`, []byte(secret))); err != nil || c.User != "42" {
			t.Errorf("header with %s: %v, error %v", rule, c, err)
		}
	}
}

func TestNoCharacterCanBeChanged(t *testing.T) {
	v := newVerifier(t, jwt.Config{HMACSecret: secret})
	for _, token := range []string{a1, a7, s1} {
		for i := range token {
			for _, c := range "AQgwBZaz09-_." {
				if changed := token[:i] + string(c) + token[i+1:]; changed != token {
					refused(t, v, "changed", changed)
				}
			}
			refused(t, v, "cut", token[:i])
			refused(t, v, "left out", token[:i]+token[i+1:])
		}
	}
}

func TestRotationOfSecrets(t *testing.T) {
	current, previous, older := hmac(t, "HS256", "new", `{}`), hmac(t, "HS384", "old", `{}`), hmac(t, "HS256", "older", `{}`)
	at := func(until int64) *jwt.Verifier {
		return newVerifier(t, jwt.Config{HMACSecret: "new", PreviousSecret: "old", PreviousValidUntil: until})
	}
	for until, accepted := range map[int64]bool{0: true, -1: true, now - 1: false, now: true, now + 1: true} {
		v := at(until)
		if _, err := v.Connection(current); err != nil {
			t.Errorf("until %d: current secret: %v", until, err)
		}
		if _, err := v.Connection(previous); (err == nil) != accepted {
			t.Errorf("until %d: previous secret: %v", until, err)
		}
		refused(t, v, "an older secret", older)
	}
	// All other checks are the same under either secret.
	v := at(0)
	if _, err := v.Connection(hmac(t, "HS256", "old", `{"exp":1}`)); !errors.Is(err, jwt.ErrExpired) {
		t.Errorf("expired, of the previous secret: %v", err)
	}
	refused(t, v, "wrong type, of the previous secret", hmac(t, "HS256", "old", `{"sub":1}`))
	refused(t, newVerifier(t, jwt.Config{HMACSecret: "new"}), "no previous secret", hmac(t, "HS256", "", `{}`))
}

func TestWithoutSecretNothingIsGenuine(t *testing.T) {
	v := newVerifier(t, jwt.Config{})
	for _, algorithm := range []string{"HS256", "HS384", "HS512"} {
		refused(t, v, "an empty secret", hmac(t, algorithm, "", `{"sub":"42"}`))
	}
	refused(t, v, "A1", a1)
	refused(t, v, "A11", a11)
	if _, err := newVerifier(t, jwt.Config{SkipSignature: true}).Connection(a11); err != nil {
		t.Errorf("A11 unverified: %v", err)
	}
}

func TestSystemClockByDefault(t *testing.T) {
	v, err := jwt.New(jwt.Config{HMACSecret: secret})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = v.Connection(a8); err != nil {
		t.Errorf("a token until 2100: %v", err)
	}
	if _, err := v.Connection(a3); !errors.Is(err, jwt.ErrExpired) || time.Until(v.Now()).Abs() > time.Minute {
		t.Errorf("a token until 2020: %v at %v", err, v.Now())
	}
}

// What a client wrote must not fill logs, nor give away what a token says.
func TestReliability11ErrorsAreShortAndKeepSecrets(t *testing.T) {
	v := newVerifier(t, jwt.Config{HMACSecret: secret, Audience: "web"})
	canary := strings.Repeat("canary", 1000)
	for _, token := range []string{
		canary, canary + "." + canary + "." + canary, sign(t, "HS256", `{"alg":"`+canary+`"}`, `{}`, []byte(secret)),
		hmac(t, "HS256", "other", `{"sub":"`+canary+`"}`), hmac(t, "HS256", secret, `{"aud":"`+canary+`"}`), hmac(t, "HS256", secret, `{"`+canary+`":1`),
		hmac(t, "HS256", secret, `{"exp":"`+canary+`"}`), hmac(t, "HS256", secret, `{"subs":{"`+canary+`":1}}`), hmac(t, "HS256", secret, `{"aud":"web","exp":1,"info":"`+canary+`"}`),
	} {
		_, err := v.Connection(token)
		if err == nil || len(err.Error()) > 150 || strings.Contains(err.Error(), strings.Repeat("canary", 10)) || strings.Contains(err.Error(), secret) {
			t.Errorf("%.60s: error of %d bytes: %.300v", token, len(err.Error()), err)
		}
	}
}

func TestHugeTokens(t *testing.T) {
	v := newVerifier(t, jwt.Config{HMACSecret: secret})
	huge := `{"sub":"42","info":"` + strings.Repeat("x", 4<<20) + `"}`
	c, err := v.Connection(hmac(t, "HS256", secret, huge))
	if err != nil || c.User != "42" || len(c.Payload()) != len(huge) {
		t.Errorf("genuine: error %v", err)
	}
	refused(t, v, "forged", hmac(t, "HS256", "other", huge))
	refused(t, v, "no token", strings.Repeat("eyJ", 1<<20))
	refused(t, v, "dots", strings.Repeat(".", 1<<20))
}
