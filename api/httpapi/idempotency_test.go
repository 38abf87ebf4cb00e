package httpapi_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestAcceptance12IdempotencyKey(t *testing.T) {
	r := newRig(t)
	c := r.subscriber("42", "hist:b")
	first := r.call("publish", `{"channel":"hist:b","data":1,"idempotency_key":"i"}`)
	r.answers("publish", `{"channel":"hist:b","data":2,"idempotency_key":"i"}`, first)
	if got := r.history(`{"channel":"hist:b","limit":-1}`).data(); !slices.Equal(got, []string{"1"}) {
		t.Errorf("history has %q", got)
	}
	if got := c.read(); len(got) != 1 {
		t.Errorf("the subscriber got %q", got)
	}
	r.call("publish", `{"channel":"hist:c","data":3,"idempotency_key":"i"}`)
	if got := r.history(`{"channel":"hist:c","limit":-1}`).data(); !slices.Equal(got, []string{"3"}) {
		t.Errorf("history of the other channel has %q", got)
	}
}

func TestAcceptance13IdempotencyKeyAfterFiveMinutes(t *testing.T) {
	r := newRig(t)
	first := r.call("publish", `{"channel":"long:b","data":1,"idempotency_key":"i"}`)
	r.pass(299 * time.Second)
	r.answers("publish", `{"channel":"long:b","data":2,"idempotency_key":"i"}`, first)
	r.pass(2 * time.Second)
	r.call("publish", `{"channel":"long:b","data":3,"idempotency_key":"i"}`)
	if got := r.history(`{"channel":"long:b","limit":-1}`); got.Offset != 2 || !slices.Equal(got.data(), []string{"1", "3"}) {
		t.Errorf("the stream is %+v", got)
	}
}

func TestIdempotencyKeyWithoutHistory(t *testing.T) {
	r := newRig(t)
	c := r.subscriber("42", "plain:a")
	for i := range 3 {
		r.answers("publish", fmt.Sprintf(`{"channel":"plain:a","data":%d,"idempotency_key":"i"}`, i), empty)
	}
	c.getsData("plain:a", "0")
}

// After a partial failure the same broadcast completes what was left.
func TestIdempotencyKeyOfABroadcastCountsPerChannel(t *testing.T) {
	r := newRig(t)
	c := r.subscriber("42", "plain:a")
	c.ask(`{"id":3,"subscribe":{"channel":"plain:b"}}`, `"subscribe":{`)
	r.call("broadcast", `{"channels":["plain:a","nope:x"],"data":1,"idempotency_key":"i"}`)
	r.call("broadcast", `{"channels":["plain:a","plain:b"],"data":2,"idempotency_key":"i"}`)
	c.gets(`{"push":{"channel":"plain:a","pub":{"data":1}}}`, `{"push":{"channel":"plain:b","pub":{"data":2}}}`)
}

func TestAcceptance14Versions(t *testing.T) {
	r := newRig(t)
	epoch := r.epoch("hist:v")
	publish := func(fields string, offset int) {
		t.Helper()
		r.answers("publish", `{"channel":"hist:v","data":1,`+fields+`}`, fmt.Sprintf(`{"result":{"offset":%d,"epoch":"%s"}}`, offset, epoch))
	}
	publish(`"version":5`, 1)
	publish(`"version":4`, 1)
	publish(`"version":5`, 1)
	publish(`"version":6`, 2)
	if got := r.history(`{"channel":"hist:v","limit":-1}`); len(got.Publications) != 2 {
		t.Errorf("history has %v", got.offsets())
	}
	publish(`"version":1,"version_epoch":"n"`, 3)
	publish(`"version":18446744073709551615,"version_epoch":"n"`, 4)
	publish(`"version":18446744073709551614,"version_epoch":"n"`, 4)
}

func TestVersionsOutsideTheStreamHaveNoMeaning(t *testing.T) {
	r := newRig(t)
	for _, channel := range []string{"plain:a", "hist:a"} {
		c := r.subscriber("42", channel)
		r.answers("publish", `{"channel":"`+channel+`","data":1,"version":5,"skip_history":true}`, empty)
		r.answers("publish", `{"channel":"`+channel+`","data":2,"version":4,"skip_history":true}`, empty)
		c.getsData(channel, "1", "2")
	}
}

func TestVersionOfABroadcast(t *testing.T) {
	r := newRig(t)
	r.call("publish", `{"channel":"hist:a","data":1,"version":5}`)
	r.call("broadcast", `{"channels":["hist:a","hist:b"],"data":2,"version":5}`)
	if a, b := r.history(`{"channel":"hist:a"}`), r.history(`{"channel":"hist:b"}`); a.Offset != 1 || b.Offset != 1 {
		t.Errorf("the streams end at %d and %d, want 1 and 1", a.Offset, b.Offset)
	}
}
