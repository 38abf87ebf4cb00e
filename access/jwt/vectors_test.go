package jwt_test

import (
	"errors"
	"testing"
	"time"

	"carillon/access/jwt"
)

// The tokens of the specification's acceptance checks.
const (
	a1  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiJ9.O188TQgP6flwO1FsHFxlT6QAxMN1_6lNL68-gNjuEXM"
	a2  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiJ9.e22yxYCwIMlHL8qrYFXAgmE_FUbIKUuj2WBP10PelQU"
	a3  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImV4cCI6MTYwMDAwMDAwMH0.XNaXvfsHPupBaPzWgFpN80P4QEPZhkvEoKLKWGORu8U"
	a4  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsIm5iZiI6NDEwMjQ0NDgwMH0.xN9VxWjXlG0ofvFF-xVSPGrXgWj3CdJTYbSXk-SDE7I"
	a5  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOjQyfQ.5vbo1XHBxsuIffoH2C7zMGW0lH1Onsx5IJBuhsRsSms"
	a6  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImNoYW5uZWwiOiJuZXdzIn0.KAXeiLLqUazS3lqZTREhmnXdZz64gJLCtlkZ32BWudQ"
	a7  = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIifQ.e-SDljN1CgWMvE-yMXB05vtk3xB6R6nH5FiMUOLASgf3QJX85rPF9JqA4OzmAP1oD5fh6R84oUJmN5E307VWCg"
	a8  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImV4cCI6NDEwMjQ0NDgwMH0.jt6vQocGLbp3ikYyDxxMcsIuNfSVymGfji5GrkvZLeA"
	a9  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImV4cCI6NDEwMjQ0NDgwMCwiZXhwaXJlX2F0IjowfQ.eHW9jehZOaAM7AaDz1UEP8VvaLt0U2U8CVdawFJahjY"
	a10 = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImV4cGlyZV9hdCI6MTYwMDAwMDAwMH0.o60DrAPIrYKNnOMDWCAQmwDmeii6ZbLyL1jhDn3qq4Q"
	a11 = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiI0MiJ9."
	a13 = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImNoYW5uZWxzIjpbIm5vcGU6aW5kZXgiXX0.r6WZC_-WuNZW7-VZsU78klmDjJqYHb9smeC8X-WA18I"
	a14 = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ4IiwidXNlcl9pZCI6MTA0MiwiYXVkIjpbIndlYiIsImNhcmlsbG9uIl0sImlzcyI6ImFjbWUifQ.PZMN9FU0bMvXwvrmC63uGgILgmCm7HIc4v5NoJKjpIg"
	s1  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImNoYW5uZWwiOiJjaGF0OmluZGV4In0.KHjGRdFp1qa6mHKxr-PuhLgpTnpiLVMF77427kMVxVo"
	s2  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI3IiwiY2hhbm5lbCI6ImNoYXQ6aW5kZXgifQ.kMPb4ipKUlXIDkor_JIcJGDd2C1sYrkXmGQ5WEQ7O-A"
	s3  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImNoYW5uZWwiOiJjaGF0OmluZGV4IiwiZXhwIjoxNjAwMDAwMDAwfQ.hLMc95FrLuOX6IjMTbgGIN_ikyj7yDkxCNVGgYdVvPk"
	s5  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImNoYW5uZWwiOiJjaGF0OmluZGV4IiwiZXhwaXJlX2F0IjoxNjAwMDAwMDAwfQ.NSFwzMPFleSSJGuVSy9X3EhxDxXQACatMJUtsYyKUNY"
)

func TestConnectionVectors(t *testing.T) {
	plain := jwt.Config{HMACSecret: secret}
	rotated := jwt.Config{HMACSecret: "new", PreviousSecret: secret}
	over := jwt.Config{HMACSecret: "new", PreviousSecret: secret, PreviousValidUntil: 1_600_000_000}
	strict := jwt.Config{HMACSecret: secret, UserClaim: "user_id", Audience: "carillon", Issuer: "acme"}
	otherIssuer := jwt.Config{HMACSecret: secret, UserClaim: "user_id", Audience: "carillon", Issuer: "other"}
	byRegex := jwt.Config{HMACSecret: secret, UserClaim: "user_id", AudienceRegex: "^car", Issuer: "acme"}
	trusting := jwt.Config{HMACSecret: secret, SkipSignature: true}
	forgedA3 := hmac(t, "HS256", "other-secret", `{"sub":"42","exp":1600000000}`)
	for _, c := range []struct {
		check    string
		cfg      jwt.Config
		token    string
		err      error
		user     string
		expireAt int64
	}{
		{"1: A1", plain, a1, nil, "42", 0},
		{"2: A2", plain, a2, jwt.ErrInvalid, "", 0},
		{"2: A11", plain, a11, jwt.ErrInvalid, "", 0},
		{"2: A5", plain, a5, jwt.ErrInvalid, "", 0},
		{"2: A6", plain, a6, jwt.ErrInvalid, "", 0},
		{"2: abc", plain, "abc", jwt.ErrInvalid, "", 0},
		{"3: A3", plain, a3, jwt.ErrExpired, "", 0},
		{"4: A3 signed with another secret", plain, forgedA3, jwt.ErrInvalid, "", 0},
		{"4: A4", plain, a4, jwt.ErrExpired, "", 0},
		{"5: A8", plain, a8, nil, "42", 4_102_444_800},
		{"5: A9", plain, a9, nil, "42", 0},
		{"5: A10", plain, a10, nil, "42", 1_600_000_000},
		{"6: A13", plain, a13, nil, "42", 0},
		{"7: A7", plain, a7, nil, "", 0},
		{"9: A1 with a new secret", rotated, a1, nil, "42", 0},
		{"9: A1 when the previous secret is over", over, a1, jwt.ErrInvalid, "", 0},
		{"10: A14", strict, a14, nil, "1042", 0},
		{"10: A1", strict, a1, jwt.ErrInvalid, "", 0},
		{"10: A14 of another issuer", otherIssuer, a14, jwt.ErrInvalid, "", 0},
		{"10: A14 by audience_regex", byRegex, a14, nil, "1042", 0},
		{"11: A2 unverified", trusting, a2, nil, "42", 0},
		{"11: A11 unverified", trusting, a11, nil, "42", 0},
		{"11: A3 unverified", trusting, a3, jwt.ErrExpired, "", 0},
		{"11: A5 unverified", trusting, a5, jwt.ErrInvalid, "", 0},
		{"12: A1 without an HMAC secret", jwt.Config{}, a1, jwt.ErrInvalid, "", 0},
		{"30: A2", plain, a2, jwt.ErrInvalid, "", 0},
		{"a subscription token is none for a connection", plain, s1, jwt.ErrInvalid, "", 0},
	} {
		c.cfg.Now = time.Now // the vectors are made for any time until 2100
		got, err := newVerifier(t, c.cfg).Connection(c.token)
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) || (got == nil) != (err != nil) {
			t.Errorf("%s: error %v, want %v", c.check, err, c.err)
		} else if err == nil && (got.User != c.user || got.ExpireAt() != c.expireAt) {
			t.Errorf("%s: user %q, expires at %d", c.check, got.User, got.ExpireAt())
		}
	}
}

func TestSubscriptionVectors(t *testing.T) {
	forS1 := hmac(t, "HS256", "sub-secret", `{"sub":"42","channel":"chat:index"}`)
	for _, c := range []struct {
		check         string
		secret, token string
		err           error
		user          string
		expireAt      int64
	}{
		{"17: S1", secret, s1, nil, "42", 0},
		{"17: S2", secret, s2, nil, "7", 0},
		{"17: S3", secret, s3, jwt.ErrExpired, "", 0},
		{"17: S5", secret, s5, nil, "42", 1_600_000_000},
		{"17: A1", secret, a1, jwt.ErrInvalid, "", 0},
		{"19: S1 with a secret of subscription tokens", "sub-secret", s1, jwt.ErrInvalid, "", 0},
		{"19: a token signed with that", "sub-secret", forS1, nil, "42", 0},
	} {
		v := newVerifier(t, jwt.Config{HMACSecret: c.secret, Now: time.Now})
		got, err := v.Subscription(c.token)
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) || (got == nil) != (err != nil) {
			t.Errorf("%s: error %v, want %v", c.check, err, c.err)
		} else if err == nil && (got.User != c.user || got.Channel != "chat:index" || got.ExpireAt() != c.expireAt) {
			t.Errorf("%s: user %q, channel %q, expires at %d", c.check, got.User, got.Channel, got.ExpireAt())
		}
	}
}
