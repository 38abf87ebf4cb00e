package jwt_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"sync"
	"testing"
	"time"

	signer "github.com/golang-jwt/jwt/v5"

	"carillon/access/jwt"
)

const (
	secret = "carillon-test-secret"
	// now is the time in most tests, Unix seconds.
	now = 1_700_000_000
)

// newVerifier returns a verifier with a clock at now.
func newVerifier(t testing.TB, cfg jwt.Config) *jwt.Verifier {
	t.Helper()
	if cfg.Now == nil {
		cfg.Now = func() time.Time { return time.Unix(now, 999_999_999) }
	}
	v, err := jwt.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// hmac signs claims, which are any text.
func hmac(t testing.TB, algorithm, secret, claims string) string {
	t.Helper()
	return sign(t, algorithm, `{"alg":"`+algorithm+`","typ":"JWT"}`, claims, []byte(secret))
}

// sign makes a token with any header.
func sign(t testing.TB, algorithm, header, claims string, key any) string {
	t.Helper()
	text := encode(header) + "." + encode(claims)
	signature, err := signer.GetSigningMethod(algorithm).Sign(text, key)
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + encode(string(signature))
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// privateKeys are keys of the algorithms that an HMAC verifier must not take.
var privateKeys = sync.OnceValue(func() map[string]any {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return map[string]any{
		"RS256": rsaKey, "RS384": rsaKey, "RS512": rsaKey, "PS256": rsaKey, "PS384": rsaKey, "PS512": rsaKey,
		"ES256": ecKey, "EdDSA": edKey, "none": signer.UnsafeAllowNoneSignatureType,
	}
})
