package e2e

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// These tests say where the server differs from the reference on purpose, if
// no other test does; docs/from-centrifugo.md has the list.

func TestDeviationPingsOffNeedNoPongTimeout(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"ping_interval": "-1s", "allow_anonymous_connect_without_token": true}}`)
	s.dial(t).ask(`{"id":1,"connect":{}}`, `{"id":1,"connect":{"client":"*","version":"*"}}`)
}

func TestDeviationUnknownSubscriptionType(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	c := s.connect(t, `{}`)
	c.ask(`{"id":2,"subscribe":{"channel":"open:a","type":77}}`, badRequest)
	c.subscribe("open:a", subscribed)
}

func TestDeviationRateLimitRefills(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"connection_rate_limit": 20}}`)
	for s.refusal(t, "") == 101 { // the burst
	}
	began, upgraded := time.Now(), 0
	for time.Since(began) < 2*time.Second {
		if s.refusal(t, "") == 101 {
			upgraded++
		}
	}
	// The reference would let in two.
	if upgraded < 25 || upgraded > 55 {
		t.Errorf("in two seconds %d were let in, not about 40", upgraded)
	}
}

func TestDeviationRecoverSinceOfTheAPI(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	epoch := s.fill("hh:api", 1, 5)
	c := s.as(t, "42")
	s.api("subscribe", fmt.Sprintf(`{"user":"42","channel":"hh:api","recover_since":{"offset":3,"epoch":%q}}`, epoch))
	c.expect(fmt.Sprintf(`{"push":{"channel":"hh:api","subscribe":{"recoverable":true,"positioned":true,"epoch":%q,"offset":3}}}`, epoch))
	for n := 4; n <= 5; n++ {
		c.expect(fmt.Sprintf(`{"push":{"channel":"hh:api","pub":{"data":%d,"offset":%d}}}`, n, n))
	}
	s.publish("hh:api", "6")
	c.expect(`{"push":{"channel":"hh:api","pub":{"data":6,"offset":6}}}`)
}

func TestDeviationDisconnectCodes(t *testing.T) {
	t.Parallel()
	s := start(t, protocolConfig)
	c := s.as(t, "42")
	for _, code := range []int{1, 1000, 2999, 5000} {
		c.match(s.api("disconnect", fmt.Sprintf(`{"user":"42","disconnect":{"code":%d,"reason":"x"}}`, code)),
			`{"error":{"code":107,"message":"bad request"}}`)
	}
	s.api("disconnect", `{"user":"42","disconnect":{"code":0,"reason":""}}`)
	c.expectClose(3503, "force disconnect")
}

func TestDeviationSubscriptionsAreCounted(t *testing.T) {
	t.Parallel()
	s := start(t, strings.Replace(protocolConfig, "{", `{"prometheus": {"enabled": true},`, 1))
	s.connect(t, `{}`).subscribe("open:a", subscribed)
	if got := s.metric(`carillon_client_subscriptions_accepted{client_name="unnamed"}`); got != "1" {
		t.Errorf("the counter is %q", got)
	}
}

func TestDeviationReloadIsAllOrNothing(t *testing.T) {
	t.Parallel()
	config := func(secret, subscriptions string) string {
		return fmt.Sprintf(`{"client": {"token": {"hmac_secret_key": %q}, "subscription_token": %s}}`, secret, subscriptions)
	}
	s := start(t, config("secret", `{}`))
	s.configure(config("changed", `{"enabled": true, "audience_regex": "("}`))
	s.signal(syscall.SIGHUP)
	s.waitLog("the running configuration stays")
	s.as(t, "42")
}

func TestDeviationFiltersAreBounded(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	c := s.connect(t, `{}`)
	nested := func(depth int) string {
		return strings.Repeat(`{"op":"not","nodes":[`, depth-1) + `{"key":"a","cmp":"ex"}` + strings.Repeat(`]}`, depth-1)
	}
	leaves := func(n int) string {
		return `{"op":"or","nodes":[` + strings.Repeat(`{"key":"a","cmp":"ex"},`, n-2) + `{"key":"a","cmp":"ex"}]}`
	}
	values := func(n int) string { return `{"key":"a","cmp":"in","vals":[` + strings.Repeat(`"x",`, n-1) + `"x"]}` }
	for filter, fits := range map[string]bool{
		nested(16): true, nested(17): false, leaves(128): true, leaves(129): false, values(256): true, values(257): false,
	} {
		pattern := badRequest
		if fits {
			pattern = `{"id":2,"subscribe":"*"}`
		}
		c.ask(fmt.Sprintf(`{"id":2,"subscribe":{"channel":"ff:b","tf":%s}}`, filter), pattern)
		if fits {
			c.ask(`{"id":3,"unsubscribe":{"channel":"ff:b"}}`, `{"id":3,"unsubscribe":{}}`)
		}
	}
}
