package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// sign makes a token as an application's backend would.
func sign(claims map[string]any, secret string) string {
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(claims)).SignedString([]byte(secret))
	if err != nil {
		panic(err) // The claims are the test's own.
	}
	return token
}

// userToken is the token of a user, quoted as JSON.
func userToken(user, secret string) string {
	return `"` + sign(map[string]any{"sub": user}, secret) + `"`
}

// as connects as a user; an empty one connects without a token.
func (s *server) as(t *testing.T, user string) *conn {
	t.Helper()
	if user == "" {
		return s.connect(t, `{}`)
	}
	return s.connect(t, `{"token":`+userToken(user, "secret")+`}`)
}

// signRaw signs claims that no library would write.
func signRaw(claims, secret string) string {
	encode := base64.RawURLEncoding.EncodeToString
	body := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(claims))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return body + "." + encode(mac.Sum(nil))
}
