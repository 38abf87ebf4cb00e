package jwt

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ErrInvalid is wrapped by every error about a token that can't be trusted or
// understood.
var ErrInvalid = errors.New("invalid token")

// ErrExpired is wrapped by the error about a genuine token whose time is over
// or has not come.
var ErrExpired = errors.New("token expired")

// Config of a Verifier. With no secret every token is invalid.
type Config struct {
	// HMACSecret verifies HS256, HS384 and HS512.
	HMACSecret string
	// PreviousSecret is still accepted, until PreviousValidUntil (Unix seconds)
	// if that is positive: so that secrets can be changed without an outage.
	PreviousSecret     string
	PreviousValidUntil int64
	// Audience has to be among the token's audiences, or AudienceRegex has to
	// match one of them; Issuer and IssuerRegex likewise. At most one of each
	// pair may be set. Regexes are not anchored.
	Audience, AudienceRegex string
	Issuer, IssuerRegex     string
	// UserClaim names the claim that holds the user id instead of "sub".
	UserClaim string
	// SkipSignature accepts what anybody signed, or nobody. All else is still
	// checked.
	SkipSignature bool
	// Now tells the time; nil is the system's clock.
	Now func() time.Time
}

// Verifier verifies tokens. It is immutable and safe for concurrent use.
type Verifier struct {
	Config
	keys          keys
	audienceRegex *regexp.Regexp
	issuerRegex   *regexp.Regexp
}

// New returns a verifier, or an error that says what is wrong with cfg.
func New(cfg Config) (*Verifier, error) {
	v := &Verifier{Config: cfg, keys: hmacKeys{
		current: []byte(cfg.HMACSecret), previous: []byte(cfg.PreviousSecret), previousUntil: cfg.PreviousValidUntil,
	}}
	if v.Now == nil {
		v.Now = time.Now
	}
	var err error
	if v.audienceRegex, err = compile("audience", cfg.Audience, cfg.AudienceRegex); err != nil {
		return nil, err
	}
	if v.issuerRegex, err = compile("issuer", cfg.Issuer, cfg.IssuerRegex); err != nil {
		return nil, err
	}
	return v, nil
}

func compile(what, exact, pattern string) (*regexp.Regexp, error) {
	if exact != "" && pattern != "" {
		return nil, fmt.Errorf("make token verifier: %s and %s_regex can't both be set", what, what)
	}
	if pattern == "" {
		return nil, nil
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("make token verifier: %s_regex: %w", what, err)
	}
	return re, nil
}

// Connection verifies a connection token.
func (v *Verifier) Connection(token string) (*Connection, error) {
	t, c, err := v.genuine(token)
	if err != nil {
		return nil, err
	}
	if c.Channel != "" {
		return nil, invalid("it is a subscription token: it has the claim channel")
	}
	if err := v.inTime(c); err != nil {
		return nil, err
	}
	return &Connection{Claims: *c, payload: t.payload}, nil
}

// Subscription verifies a subscription token.
func (v *Verifier) Subscription(token string) (*Subscription, error) {
	t, c, err := v.genuine(token)
	if err != nil {
		return nil, err
	}
	if err := v.inTime(c); err != nil {
		return nil, err
	}
	if c.Channel == "" {
		return nil, invalid("it is no subscription token: it lacks the claim channel")
	}
	return &Subscription{Claims: *c, payload: t.payload}, nil
}

// genuine parses a token and checks everything but its times. The order is a
// promise: a forged token is invalid, whatever else is wrong with it.
func (v *Verifier) genuine(token string) (*parts, *Claims, error) {
	t, err := split(token)
	if err != nil {
		return nil, nil, err
	}
	c, err := parseClaims(t.payload, v.UserClaim)
	if err != nil {
		return t, nil, err
	}
	if re := v.issuerRegex; re != nil && !re.MatchString(c.issuer) {
		return t, nil, invalid("issuer does not match")
	}
	if re := v.audienceRegex; re != nil && !slices.ContainsFunc(c.audience, re.MatchString) {
		return t, nil, invalid("audience does not match")
	}
	if !v.SkipSignature {
		if err := v.keys.verify(t, v.Now()); err != nil {
			return t, nil, err
		}
	}
	if v.Audience != "" && !slices.Contains(c.audience, v.Audience) {
		return t, nil, invalid("audience is not the expected one")
	}
	if v.Issuer != "" && c.issuer != v.Issuer {
		return t, nil, invalid("issuer is not the expected one")
	}
	return t, c, nil
}

// inTime checks exp and nbf. There is no leeway.
func (v *Verifier) inTime(c *Claims) error {
	now := float64(v.Now().Unix())
	switch {
	case c.exp != nil && *c.exp <= now:
		return fmt.Errorf("%w: exp is over", ErrExpired)
	case c.nbf != nil && *c.nbf >= now:
		return fmt.Errorf("%w: nbf is not over yet", ErrExpired)
	}
	return nil
}

func invalid(why string) error { return fmt.Errorf("%w: %s", ErrInvalid, why) }

// parts are the pieces of a compact JWS (RFC 7515, section 3.1).
type parts struct {
	algorithm string
	keyID     string
	// signed is what the signature was made over.
	signed    string
	payload   []byte
	signature []byte
}

func split(token string) (*parts, error) {
	header, rest, _ := strings.Cut(token, ".")
	payload, signature, found := strings.Cut(rest, ".")
	if !found || strings.Contains(signature, ".") {
		return nil, invalid("it has not three parts")
	}
	t := &parts{signed: token[:len(header)+1+len(payload)]}
	var head []byte
	for _, part := range []struct {
		text string
		to   *[]byte
	}{{header, &head}, {payload, &t.payload}, {signature, &t.signature}} {
		b, err := base64.RawURLEncoding.Strict().DecodeString(part.text)
		if err != nil {
			return nil, invalid("a part is not base64url")
		}
		*part.to = b
	}
	var fields struct {
		Alg string `json:"alg"`
		Kid string `json:"kid"`
	}
	if !strings.HasPrefix(header, "eyJ") || json.Unmarshal(head, &fields) != nil {
		return nil, invalid("its header is not a JSON object")
	}
	t.algorithm, t.keyID = fields.Alg, fields.Kid
	return t, nil
}
