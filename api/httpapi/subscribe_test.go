package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// subscribed is a subscribe push.
func subscribed(channel, fields string) string {
	return `{"push":{"channel":"` + channel + `","subscribe":{` + fields + `}}}`
}

func TestAcceptance27Subscribe(t *testing.T) {
	r := newRig(t)
	c := r.connect("42")
	other := r.connect("43")
	const call = `{"user":"42","channel":"plain:s","data":{"x":1}}`
	r.answers("subscribe", call, empty)
	c.gets(subscribed("plain:s", `"data":{"x":1}`))
	r.fill("plain:s", 1)
	c.getsData("plain:s", "1")

	r.answers("subscribe", call, empty)
	c.gets(subscribed("plain:s", `"data":{"x":1}`))
	r.fill("plain:s", 2)
	c.getsData("plain:s", "1", "2")
	r.answers("channels", `{}`, `{"result":{"channels":{"plain:s":{"num_clients":1}}}}`)

	r.answers("subscribe", `{"user":"nobody","channel":"plain:s"}`, empty)
	other.gets()
}

// What the application allows by calling is not asked of permissions.
func TestSubscribeSelectsConnections(t *testing.T) {
	r := newRig(t)
	a, b, anonymous := r.connect("42"), r.connect("42"), r.connect("")
	for _, tt := range []struct {
		target string
		who    []*client
	}{
		{`"user":"42"`, []*client{a, b}},
		{`"user":"42","client":"` + a.id() + `"`, []*client{a}},
		{`"user":"42","client":"nobody"`, nil},
		{`"user":"43","client":"` + a.id() + `"`, nil},
		{`"user":"42","session":"nobody"`, nil},
		{`"user":"42","client":"","session":""`, []*client{a, b}},
		{`"user":""`, []*client{anonymous}},
		{`"client":"` + a.id() + `"`, nil}, // of the anonymous ones
		{`"client":"` + anonymous.id() + `"`, []*client{anonymous}},
	} {
		r.answers("subscribe", `{"channel":"plain:s",`+tt.target+`}`, empty)
		want := map[*client]bool{}
		for _, c := range tt.who {
			want[c] = true
		}
		for name, c := range map[string]*client{"a": a, "b": b, "anonymous": anonymous} {
			if got := len(c.read()); got > 1 || got == 1 != want[c] {
				t.Errorf("%s: %s got %d pushes", tt.target, name, got)
			}
		}
	}
}

func TestSubscribeInfoIsShownInPresence(t *testing.T) {
	r := newRig(t)
	c := r.connect("42")
	for fields, want := range map[string]string{
		`"info":{"a":1}`: `,"chan_info":{"a":1}`, `"b64info":"eyJiIjoyfQ=="`: `,"chan_info":{"b":2}`,
		`"info":1,"b64info":"eyJiIjoyfQ=="`: `,"chan_info":{"b":2}`, `"info":null`: `,"chan_info":null`, `"user":"42"`: "",
	} {
		r.answers("subscribe", `{"user":"42","channel":"hist:a",`+fields+`}`, empty)
		r.answers("presence", `{"channel":"hist:a"}`,
			`{"result":{"presence":{"`+c.id()+`":{"user":"42","client":"`+c.id()+`","conn_info":{"name":"N42"}`+want+`}}}}`)
	}
}

func TestSubscribeData(t *testing.T) {
	r := newRig(t)
	c := r.connect("42")
	for fields, want := range map[string]string{
		`"data":{"a":1}`: `"data":{"a":1}`, `"b64data":"eyJiIjoyfQ=="`: `"data":{"b":2}`, `"data":1,"b64data":"eyJiIjoyfQ=="`: `"data":{"b":2}`,
		`"data":null`: `"data":null`, `"user":"42"`: "",
	} {
		r.answers("subscribe", `{"user":"42","channel":"plain:a",`+fields+`}`, empty)
		c.gets(subscribed("plain:a", want))
	}
}

func TestSubscribeOverride(t *testing.T) {
	for _, tt := range []struct{ name, channel, override, push, stats string }{
		{"presence on", "plain:a", `{"presence":{"value":true}}`, "", ""},
		{"presence off", "hist:a", `{"presence":{"value":false}}`, "", `{"result":{"num_clients":0,"num_users":0}}`},
		{"nothing", "hist:a", `{}`, "", `{"result":{"num_clients":1,"num_users":1}}`},
		{"null", "hist:a", `{"presence":null}`, "", `{"result":{"num_clients":1,"num_users":1}}`},
		{"an empty object is false", "hist:a", `{"presence":{}}`, "", `{"result":{"num_clients":0,"num_users":0}}`},
		{"positioning", "hist:a", `{"force_positioning":{"value":true}}`, `"epoch":"E","positioned":true`, ""},
		{"recovery", "hist:a", `{"force_recovery":{"value":true}}`, `"recoverable":true,"epoch":"E","positioned":true`, ""},
		{"no recovery", "rec:a", `{"force_recovery":{"value":false}}`, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			c := r.connect("42")
			r.answers("subscribe", `{"user":"42","channel":"`+tt.channel+`","override":`+tt.override+`}`, empty)
			push := tt.push
			if push != "" {
				push = strings.Replace(push, `"E"`, `"`+r.epoch(tt.channel)+`"`, 1)
			}
			c.gets(subscribed(tt.channel, push))
			if tt.stats != "" {
				r.answers("presence_stats", `{"channel":"`+tt.channel+`"}`, tt.stats)
			}
			if found, err := r.node.PresenceStats(t.Context(), tt.channel); tt.name == "presence on" && (err != nil || found.Clients != 1) {
				t.Errorf("present are %+v, %v", found, err)
			}
		})
	}
}

func TestSubscribeOverrideOfJoinsAndLeaves(t *testing.T) {
	r := newRig(t)
	watcher, silent, announced := r.connect("1"), r.connect("2"), r.connect("3")
	r.call("subscribe", `{"user":"1","channel":"plain:a","override":{"force_push_join_leave":{"value":true}}}`)
	watcher.read()
	r.call("subscribe", `{"user":"2","channel":"plain:a"}`)
	watcher.gets()
	r.call("subscribe", `{"user":"3","channel":"plain:a","override":{"join_leave":{"value":true}}}`)
	watcher.gets(`{"push":{"channel":"plain:a","join":{"info":{"user":"3","client":"` + announced.id() + `","conn_info":{"name":"N3"}}}}}`)
	silent.gets(subscribed("plain:a", ""))
}

// What is asked to be recovered follows the push as ordinary publications,
// without a hole to what is published next.
func TestSubscribeRecoverSince(t *testing.T) {
	for _, tt := range []struct {
		name, since string
		offset      int
		missed      []int
	}{
		{"from within", `{"offset":2,"epoch":"E"}`, 2, []int{3, 4}},
		{"from the top", `{"offset":4,"epoch":"E"}`, 4, nil},
		{"from another epoch", `{"offset":2,"epoch":"wrong"}`, 4, nil},
		{"from above the top", `{"offset":9,"epoch":"E"}`, 4, nil},
		{"not", `null`, 4, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.fill("rec:a", 4)
			epoch := r.epoch("rec:a")
			c := r.connect("42")
			since := strings.Replace(tt.since, `"E"`, `"`+epoch+`"`, 1)
			r.answers("subscribe", `{"user":"42","channel":"rec:a","recover_since":`+since+`}`, empty)
			want := []string{subscribed("rec:a", fmt.Sprintf(`"recoverable":true,"epoch":"%s","offset":%d,"positioned":true`, epoch, tt.offset))}
			for _, n := range append(tt.missed, 5) {
				want = append(want, fmt.Sprintf(`{"push":{"channel":"rec:a","pub":{"data":%d,"offset":%[1]d}}}`, n))
			}
			r.call("publish", `{"channel":"rec:a","data":5}`)
			c.gets(want...)
		})
	}
}

func TestSubscribeExpiry(t *testing.T) {
	r := newRig(t)
	c := r.connect("42")
	now := r.now().Unix()
	for _, past := range []int64{1, now - 1, now, -1} {
		r.call("subscribe", fmt.Sprintf(`{"user":"42","channel":"plain:s","expire_at":%d}`, past))
		c.gets()
	}
	r.answers("subscribe", fmt.Sprintf(`{"user":"42","channel":"plain:s","expire_at":%d}`, now+60), empty)
	c.gets(subscribed("plain:s", ""))
	r.call("subscribe", fmt.Sprintf(`{"user":"42","channel":"plain:s","expire_at":%d}`, now-1))
	r.fill("plain:s", 1)
	c.getsData("plain:s", "1")
	r.pass(2 * time.Minute)
	c.session.Tick(r.nanos.Load())
	c.isClosed(3006, "subscription expired")
}

func TestSubscribeBeyondTheChannelLimit(t *testing.T) {
	r := newRig(t)
	c := r.connect("42")
	for i := range r.env.ChannelLimit {
		r.answers("subscribe", fmt.Sprintf(`{"user":"42","channel":"plain:%d"}`, i), empty)
	}
	r.answers("subscribe", `{"user":"42","channel":"plain:0"}`, empty)
	c.isOpen()
	r.answers("subscribe", `{"user":"42","channel":"plain:more"}`, empty)
	c.isClosed(3505, "channel limit")
}

func TestErrorsOfSubscribe(t *testing.T) {
	r := newRig(t)
	c := r.connect("42")
	for fields, want := range map[string]string{
		`"data":1`: bad, `"channel":""`: bad, `"channel":"nope:x"`: unknown, `"channel":"nope:x","b64data":"%"`: unknown,
		`"channel":"a","b64data":"%"`: bad, `"channel":"a","b64info":"%"`: bad,
	} {
		r.answers("subscribe", `{"user":"42",`+fields+`}`, want)
	}
	c.gets()
}
