package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func unixIn(d time.Duration) int64 { return time.Now().Add(d).Unix() }

func TestAuthentication14Refresh(t *testing.T) {
	t.Parallel()
	s := start(t, authConfig(`"expired_close_delay": "2s"`, ""))
	connect := func(t *testing.T) *conn {
		t.Helper()
		return s.connect(t, `{"token":"`+sign(map[string]any{"sub": "42", "exp": unixIn(3 * time.Second)}, vectorSecret)+`"}`)
	}
	refresh := func(claims map[string]any) string {
		return `{"id":2,"refresh":{"token":"` + sign(claims, vectorSecret) + `"}}`
	}
	for name, f := range map[string]func(t *testing.T, c *conn){
		"none": func(t *testing.T, c *conn) {
			began := time.Now()
			c.expectClose(3005, "connection expired")
			if took := time.Since(began); took < 3500*time.Millisecond || took > 8*time.Second {
				t.Errorf("closed after %v", took)
			}
		},
		"in time": func(t *testing.T, c *conn) {
			c.ask(refresh(map[string]any{"sub": "42", "exp": unixIn(time.Minute)}), `{"id":2,"refresh":{"expires":true,"ttl":60}}`)
			if line, err := c.next(7 * time.Second); err == nil || strings.Contains(err.Error(), "closed") {
				t.Errorf("the connection ended: %s, %v", line, err)
			}
		},
		"by another user": func(t *testing.T, c *conn) {
			c.send(refresh(map[string]any{"sub": "7", "exp": unixIn(time.Minute)}))
			c.expectClose(3500, "invalid token")
		},
		"with an expired token": func(t *testing.T, c *conn) {
			c.send(refresh(map[string]any{"sub": "42", "exp": 1600000000}))
			c.expectClose(3005, "connection expired")
		},
		"with a token that does not expire": func(t *testing.T, c *conn) {
			c.ask(refresh(map[string]any{"sub": "42"}), `{"id":2,"refresh":{}}`)
			if line, err := c.next(7 * time.Second); err == nil || strings.Contains(err.Error(), "closed") {
				t.Errorf("the connection ended: %s, %v", line, err)
			}
		},
		"15 with other channels": func(t *testing.T, c *conn) {
			c.send(refresh(map[string]any{"sub": "42", "exp": unixIn(time.Minute), "channels": []string{"chat:new"}}))
			c.expectClose(3010, "insufficient state")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, connect(t))
		})
	}
}

func TestAuthentication17SubscriptionTokens(t *testing.T) {
	t.Parallel()
	s := start(t, authConfig("", ""))
	for _, try := range []struct{ channel, token, want string }{
		{"chat:index", "", denied},
		{"chat:index", s1, subscribed},
		{"chat:index", s2, invalidToken},
		{"chat:index", s3, `{"id":2,"error":{"code":109,"message":"token expired"}}`},
		{"chat:index", s5, `{"id":2,"error":{"code":110,"message":"expired"}}`},
		{"chat:index", a1, denied},
		{"chat:other", s1, invalidToken},
	} {
		c := s.connect(t, `{"token":"`+a1+`"}`)
		c.send(fmt.Sprintf(`{"id":2,"subscribe":{"channel":%q,"token":%q}}`, try.channel, try.token))
		got, err := c.next(patience)
		if err != nil {
			got = err.Error()
		}
		if got != try.want && match(got, try.want) != nil {
			t.Errorf("%s with %q: %s, want %s", try.channel, try.token, got, try.want)
		}
	}
}

func TestAuthentication18SubscriptionExpiry(t *testing.T) {
	t.Parallel()
	s := start(t, authConfig(`"expired_sub_close_delay": "1s", "presence_update_interval": "2s"`, ""))
	with := func(command, channel string, exp int64) string {
		return fmt.Sprintf(`{"id":2,%q:{"channel":%q,"token":%q}}`, command, channel,
			sign(map[string]any{"sub": "42", "channel": channel, "exp": exp}, vectorSecret))
	}
	subscribe := func(t *testing.T, channel string) *conn {
		c := s.connect(t, `{"token":"`+a1+`"}`)
		c.ask(with("subscribe", channel, unixIn(2*time.Second)), `{"id":2,"subscribe":{"expires":true,"ttl":"*"}}`)
		return c
	}
	over := func(channel string) string {
		return fmt.Sprintf(`{"push":{"channel":%q,"unsubscribe":{"code":2501,"reason":"subscription expired"}}}`, channel)
	}
	t.Run("without refresh", func(t *testing.T) {
		t.Parallel()
		c := subscribe(t, "chat:none")
		began := time.Now()
		c.expect(over("chat:none"))
		if took := time.Since(began); took < 2*time.Second || took > 8*time.Second {
			t.Errorf("unsubscribed after %v", took)
		}
		c.expectNothing()
	})
	t.Run("with a refresh", func(t *testing.T) {
		t.Parallel()
		c := subscribe(t, "chat:refreshed")
		c.ask(with("sub_refresh", "chat:refreshed", unixIn(time.Hour)), `{"id":2,"sub_refresh":{"expires":true,"ttl":"*"}}`)
		if line, err := c.next(7 * time.Second); err == nil || strings.Contains(err.Error(), "closed") {
			t.Errorf("the subscription ended: %s, %v", line, err)
		}
	})
	t.Run("with an expired token", func(t *testing.T) {
		t.Parallel()
		c := subscribe(t, "chat:expired")
		c.send(with("sub_refresh", "chat:expired", 1600000000))
		c.expect(over("chat:expired"))
		c.expect(`{"id":2,"error":{"code":109,"message":"token expired"}}`)
		s.publish("chat:expired", `1`)
		c.expectNothing()
	})
}

func TestAuthentication19SeparateSubscriptionTokens(t *testing.T) {
	t.Parallel()
	s := start(t, authConfig(`"subscription_token": {"enabled": true, "hmac_secret_key": "sub-secret"}`, ""))
	c := s.connect(t, `{"token":"`+a1+`"}`)
	c.ask(`{"id":2,"subscribe":{"channel":"chat:index","token":"`+s1+`"}}`, denied)
	token := sign(map[string]any{"sub": "42", "channel": "chat:index"}, "sub-secret")
	c.ask(`{"id":3,"subscribe":{"channel":"chat:index","token":"`+token+`"}}`, subscribed)
}

func TestAuthentication29InsecureNeverExpires(t *testing.T) {
	t.Parallel()
	s := start(t, authConfig(`"insecure": true, "expired_close_delay": "1s"`, ""))
	c := s.connect(t, `{"token":"`+sign(map[string]any{"sub": "42", "exp": unixIn(2 * time.Second)}, vectorSecret)+`"}`)
	if line, err := c.next(6 * time.Second); err == nil || strings.Contains(err.Error(), "closed") {
		t.Errorf("the connection ended: %s, %v", line, err)
	}
}
