package jwt

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Claims are what a token says.
type Claims struct {
	// User is the user id; empty for an anonymous user.
	User string
	// Channel and Client are those of a subscription token.
	Channel string
	Client  string
	// Channels and Subs are the server-side subscriptions of a connection token.
	Channels []string
	Subs     map[string]SubOptions
	// Meta is JSON for the backend only; nil when absent.
	Meta []byte
	// Own are the options of a subscription token; of a connection token only
	// the info matters.
	Own SubOptions

	exp, nbf, iat *float64
	expireAt      *int64
	audience      []string
	issuer        string
}

// Connection is a verified connection token.
type Connection struct {
	Claims
	payload []byte
}

// Subscription is a verified subscription token. Its Channel is not empty.
type Subscription struct {
	Claims
	payload []byte
}

// Payload is the claims' JSON text.
func (c *Connection) Payload() []byte { return c.payload }

// Payload is the claims' JSON text.
func (s *Subscription) Payload() []byte { return s.payload }

// ExpireAt is when the connection or subscription expires, in Unix seconds; 0
// is never.
func (c *Claims) ExpireAt() int64 {
	switch {
	case c.expireAt != nil:
		return min(max(*c.expireAt, 0), farFuture)
	case c.exp != nil:
		return seconds(*c.exp)
	}
	return 0
}

// farFuture is the last second of the year 9999, far enough for any expiry and
// far from the bounds of any arithmetic with it.
const farFuture = 253402300799

func seconds(f float64) int64 { return int64(min(max(f, 1), farFuture)) }

// SubOptions are what a token says about one subscription.
type SubOptions struct {
	info, data       json.RawMessage
	b64info, b64data string
	Override         Override
}

// Override is as channel.Override.
type Override struct {
	Presence           *bool
	JoinLeave          *bool
	ForcePushJoinLeave *bool
	ForceRecovery      *bool
	ForcePositioning   *bool
}

// Info returns the channel or connection info. An error is one about base64.
func (o *SubOptions) Info() ([]byte, error) { return either("b64info", o.b64info, o.info) }

// Data returns the data for the client. An error is one about base64.
func (o *SubOptions) Data() ([]byte, error) { return either("b64data", o.b64data, o.data) }

func either(name, encoded string, plain json.RawMessage) ([]byte, error) {
	if encoded == "" {
		return plain, nil
	}
	b, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is not base64", ErrInvalid, name)
	}
	return b, nil
}

// parseClaims reads the claims that have a meaning here; a wrong type of any of
// them makes the token invalid. userClaim, if not empty, names the one that
// holds the user id.
func parseClaims(payload []byte, userClaim string) (*Claims, error) {
	var raw object
	if err := json.Unmarshal(payload, &raw); err != nil || raw == nil {
		return nil, invalid("its claims are not a JSON object")
	}
	c := &Claims{}
	p := parser{object: raw}
	p.get("sub", &c.User)
	p.get("channel", &c.Channel)
	p.get("client", &c.Client)
	p.get("channels", &c.Channels)
	p.get("iss", &c.issuer)
	p.get("jti", new(string)) // nothing reads it yet
	p.get("expire_at", &c.expireAt)
	c.audience = p.stringOrList("aud")
	c.exp, c.nbf, c.iat = p.number("exp"), p.number("nbf"), p.number("iat")
	c.Own = p.subOptions()
	c.Meta = present(raw["meta"])
	var subs map[string]json.RawMessage
	p.get("subs", &subs)
	for name, text := range subs {
		var one object
		if err := json.Unmarshal(text, &one); err != nil {
			return nil, invalid("claim subs: options of a channel are not an object")
		}
		q := parser{object: one}
		if c.Subs == nil {
			c.Subs = make(map[string]SubOptions, len(subs))
		}
		c.Subs[name] = q.subOptions()
		if p.err == nil {
			p.err = q.err
		}
	}
	if userClaim != "" {
		c.User = userOf(raw[userClaim])
	}
	if p.err != nil {
		return nil, p.err
	}
	return c, nil
}

// userOf turns a claim into a user id: a string as it is, anything else as its
// JSON text, null or nothing as the anonymous user.
func userOf(raw json.RawMessage) string {
	var s *string
	if err := json.Unmarshal(raw, &s); err == nil {
		if s == nil {
			return ""
		}
		return *s
	}
	return string(bytes.TrimSpace(raw))
}

type object = map[string]json.RawMessage

// parser reads members of a JSON object. Names match exactly. The first error
// is kept.
type parser struct {
	object object
	err    error
}

func (p *parser) fail(name string) {
	if p.err == nil {
		p.err = invalid("claim " + name + " has the wrong type")
	}
}

func (p *parser) get(name string, to any) {
	if raw, ok := p.object[name]; ok && json.Unmarshal(raw, to) != nil {
		p.fail(name)
	}
}

// present returns a JSON value, or nil when there is none.
func present(raw json.RawMessage) []byte {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	return raw
}

func (p *parser) subOptions() (o SubOptions) {
	o.info, o.data = present(p.object["info"]), present(p.object["data"])
	p.get("b64info", &o.b64info)
	p.get("b64data", &o.b64data)
	var over map[string]*struct {
		Value bool `json:"value"`
	}
	p.get("override", &over)
	set := func(name string) *bool {
		if v := over[name]; v != nil {
			return &v.Value
		}
		return nil
	}
	o.Override = Override{
		Presence:           set("presence"),
		JoinLeave:          set("join_leave"),
		ForcePushJoinLeave: set("force_push_join_leave"),
		ForceRecovery:      set("force_recovery"),
		ForcePositioning:   set("force_positioning"),
	}
	return o
}

func (p *parser) stringOrList(name string) []string {
	raw := present(p.object[name])
	if raw == nil {
		return nil
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	var list []string
	p.get(name, &list)
	return list
}

// number reads a number, or a string that holds one.
func (p *parser) number(name string) *float64 {
	raw := present(p.object[name])
	if raw == nil {
		return nil
	}
	text := string(raw)
	var quoted string
	if json.Unmarshal(raw, &quoted) == nil {
		text = quoted
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(f, 0) || math.IsNaN(f) || !json.Valid([]byte(text)) {
		p.fail(name)
		return nil
	}
	return &f
}
