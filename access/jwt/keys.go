package jwt

import (
	"time"

	jwt "github.com/golang-jwt/jwt/v5"
)

// keys verify signatures. Each implementation knows one source of keys, and
// takes only the algorithms that its keys are meant for.
type keys interface {
	verify(t *parts, now time.Time) error
}

// hmacKeys are shared secrets.
type hmacKeys struct {
	current, previous []byte
	previousUntil     int64
}

func (k hmacKeys) verify(t *parts, now time.Time) error {
	if len(k.current) == 0 {
		return invalid("no key is configured to verify it with")
	}
	method, ok := jwt.GetSigningMethod(t.algorithm).(*jwt.SigningMethodHMAC)
	if !ok {
		return invalid("algorithm " + quoted(t.algorithm) + " is not enabled")
	}
	err := method.Verify(t.signed, t.signature, k.current)
	inUse := len(k.previous) > 0 && (k.previousUntil <= 0 || now.Unix() <= k.previousUntil)
	if err != nil && inUse {
		err = method.Verify(t.signed, t.signature, k.previous)
	}
	if err != nil {
		return invalid("signature does not fit")
	}
	return nil
}

// quoted keeps what a client wrote from filling a log.
func quoted(s string) string {
	if len(s) > 32 {
		s = s[:32] + "…"
	}
	return `"` + s + `"`
}
