package jwt_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"carillon/access/jwt"
)

// outcome is what claims lead to.
type outcome struct {
	claims string
	err    error
}

// check verifies tokens with claims, those of a connection or a subscription.
func (o outcome) check(t *testing.T, v *jwt.Verifier) {
	t.Helper()
	token := hmac(t, "HS256", secret, o.claims)
	_, err := v.Connection(token)
	if !errors.Is(err, o.err) || (err == nil) != (o.err == nil) {
		t.Errorf("connection token %.200s: error %v, want %v", o.claims, err, o.err)
	}
	token = hmac(t, "HS256", secret, withChannel(o.claims))
	if _, err = v.Subscription(token); !errors.Is(err, o.err) || (err == nil) != (o.err == nil) {
		t.Errorf("subscription token %.200s: error %v, want %v", o.claims, err, o.err)
	}
}

// withChannel makes claims those of a subscription token.
func withChannel(claims string) string {
	if claims == "{}" {
		return `{"channel":"c"}`
	}
	return `{"channel":"c",` + claims[1:]
}

// A claim of the wrong type makes a token invalid, of whichever kind it is.
func TestTypesOfClaims(t *testing.T) {
	const (
		text    = "string"
		number  = "number"
		whole   = "integer"
		list    = "strings"
		oneMany = "string or strings"
		options = "object of objects"
		any     = "any"
	)
	values := map[string][]string{ // what may stand for each type
		`""`: {text, oneMany, any}, `"a"`: {text, oneMany, any}, `"5"`: {text, number, oneMany, any}, `"5.5"`: {text, number, oneMany, any},
		`1800000000`: {number, whole, any}, `1800000000.5`: {number, any}, `1.8e9`: {number, any},
		`true`: {any}, `false`: {any}, `{}`: {options, any}, `[]`: {list, oneMany, any}, `["a","b"]`: {list, oneMany, any}, `[1]`: {any}, `["a",1]`: {any},
		`{"a":{}}`: {options, any}, `{"a":null}`: {options, any}, `{"a":[]}`: {any}, `{"a":"b"}`: {any}, `{"a":1}`: {any}, `{"a":true}`: {any},
		`null`: {text, number, whole, list, oneMany, options, any}, // as if it were absent
	}
	claims := map[string]string{
		"sub": text, "client": text, "iss": text, "jti": text, "b64info": text, "b64data": text,
		"exp": number, "nbf": number, "iat": number, "expire_at": whole, "aud": oneMany, "channels": list, "subs": options,
		"info": any, "data": any, "meta": any, "unknown": any, "Sub": any, "EXP": any,
	}
	v := newVerifier(t, jwt.Config{HMACSecret: secret})
	for claim, kind := range claims {
		for value, fits := range values {
			good := outcome{`{"` + claim + `":` + value + `}`, nil}
			switch {
			case !slices.Contains(fits, kind):
				good.err = jwt.ErrInvalid
			case claim == "exp" && strings.HasPrefix(value, `"5`), claim == "nbf" && strings.HasPrefix(value, "1"):
				good.err = jwt.ErrExpired
			}
			good.check(t, v)
		}
	}
}

func TestClaimsHaveToBeAnObject(t *testing.T) {
	v := newVerifier(t, jwt.Config{HMACSecret: secret, SkipSignature: true})
	for _, claims := range []string{
		"", " ", "null", "[]", `"sub"`, "1", "{", `{"sub":"42"`, `{"sub":"42"}x`, `{"sub":"42"}{}`, `{sub:"42"}`, "{'sub':'42'}", "\xff", "\ufeff{}",
		`{"info":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`, strings.Repeat(`{"subs":`, 20_000),
	} {
		if got, err := v.Connection(hmac(t, "HS256", secret, claims)); !errors.Is(err, jwt.ErrInvalid) {
			t.Errorf("claims %.50q: %v, error %v", claims, got, err)
		}
	}
	for _, claims := range []string{"{}", " {\r\n} ", `{"sub":"42","sub":"7"}`} {
		got, err := v.Connection(hmac(t, "HS256", secret, claims))
		if err != nil || string(got.Payload()) != claims {
			t.Errorf("claims %q: payload %q, error %v", claims, got.Payload(), err)
		}
	}
}

func TestTimes(t *testing.T) {
	v := newVerifier(t, jwt.Config{HMACSecret: secret})
	for _, o := range []outcome{
		{`{}`, nil},
		{`{"exp":1700000001}`, nil},
		{`{"exp":1700000000}`, jwt.ErrExpired},
		{`{"exp":1699999999}`, jwt.ErrExpired},
		{`{"exp":1700000000.5}`, nil},
		{`{"exp":"1700000001"}`, nil},
		{`{"exp":"1700000000"}`, jwt.ErrExpired},
		{`{"exp":0}`, jwt.ErrExpired},
		{`{"exp":-1}`, jwt.ErrExpired},
		{`{"exp":1e400}`, nil},
		{`{"exp":-1e400}`, jwt.ErrExpired},
		{`{"exp":9223372036854775808}`, nil},
		{`{"exp":"abc"}`, jwt.ErrInvalid},
		{`{"exp":"0x7fffffffffff"}`, jwt.ErrInvalid},
		{`{"exp":"1_800_000_000"}`, jwt.ErrInvalid},
		{`{"exp":"Infinity"}`, jwt.ErrInvalid},
		{`{"exp":"NaN"}`, jwt.ErrInvalid},
		{`{"exp":" 1800000000"}`, jwt.ErrInvalid},
		{`{"nbf":1699999999}`, nil},
		{`{"nbf":1700000000}`, jwt.ErrExpired},
		{`{"nbf":1700000001}`, jwt.ErrExpired},
		{`{"nbf":1e400}`, jwt.ErrExpired},
		{`{"nbf":0}`, nil},
		{`{"iat":1900000000}`, nil},
		{`{"exp":1700000001,"nbf":1699999999}`, nil},
		{`{"exp":1600000000,"expire_at":0}`, jwt.ErrExpired},
		{`{"exp":1600000000,"expire_at":1800000000}`, jwt.ErrExpired},
		{`{"expire_at":1600000000}`, nil}, // what follows is not the token's matter
		{`{"expire_at":9223372036854775808}`, jwt.ErrInvalid},
		{`{"expire_at":1.0}`, jwt.ErrInvalid},
	} {
		o.check(t, v)
	}
}

// Sessions add to expiries and subtract from them; none may overflow that.
func TestReliability07ExpiriesStayInBounds(t *testing.T) {
	const latest = 253402300799 // the end of the year 9999
	v := newVerifier(t, jwt.Config{HMACSecret: secret})
	for claims, want := range map[string]int64{
		`{}`:                                   0,
		`{"exp":1800000000}`:                   1_800_000_000,
		`{"exp":1800000000.9}`:                 1_800_000_000,
		`{"exp":"1800000000"}`:                 1_800_000_000,
		`{"exp":1800000000,"expire_at":null}`:  1_800_000_000,
		`{"exp":1800000000,"expire_at":0}`:     0,
		`{"exp":1800000000,"expire_at":-5}`:    0,
		`{"exp":1800000000,"expire_at":1}`:     1,
		`{"expire_at":1900000000}`:             1_900_000_000,
		`{"exp":1e400}`:                        latest,
		`{"exp":9223372036854775807}`:          latest,
		`{"expire_at":9223372036854775807}`:    latest,
		`{"expire_at":-9223372036854775808}`:   0,
		`{"exp":1e300,"expire_at":1800000000}`: 1_800_000_000,
	} {
		c, err := v.Connection(hmac(t, "HS256", secret, claims))
		if err != nil || c.ExpireAt() != want {
			t.Errorf("connection %s: %v, error %v, want %d", claims, c, err, want)
		}
		s, err := v.Subscription(hmac(t, "HS256", secret, withChannel(claims)))
		if err != nil || s.ExpireAt() != want {
			t.Errorf("subscription %s: %v, error %v, want %d", claims, s, err, want)
		}
	}
}
