package httpapi_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func TestAcceptance31Refresh(t *testing.T) {
	r := newRig(t)
	c := r.connect("42")
	now := r.now().Unix()
	r.answers("refresh", fmt.Sprintf(`{"user":"42","expire_at":%d}`, now+60), empty)
	c.gets(`{"push":{"refresh":{"expires":true,"ttl":60}}}`)
	r.answers("refresh", `{"user":"42"}`, empty)
	c.gets(`{"push":{"refresh":{}}}`)
	c.isOpen()
	r.answers("refresh", `{"user":"42","expired":true}`, empty)
	c.isClosed(3005, "connection expired")
}

func TestRefreshIntoThePastCloses(t *testing.T) {
	for _, offset := range []int64{0, -1, -math.MaxInt32} {
		r := newRig(t)
		c := r.connect("42")
		r.answers("refresh", fmt.Sprintf(`{"user":"42","expire_at":%d}`, r.now().Unix()+offset), empty)
		c.isClosed(3005, "connection expired")
	}
}

func TestReliability7RefreshIntoTheFarFutureIsAYear(t *testing.T) {
	r := newRig(t)
	c := r.connect("42")
	for _, at := range []int64{r.now().Unix() + 366*24*3600, math.MaxInt64, math.MaxInt64 / 1_000_000_000, math.MaxInt32 * 4} {
		r.answers("refresh", fmt.Sprintf(`{"user":"42","expire_at":%d}`, at), empty)
		c.gets(`{"push":{"refresh":{"expires":true,"ttl":31536000}}}`)
	}
	c.session.Tick(r.nanos.Load())
	c.isOpen()
}

func TestRefreshMovesTheEndOfAConnection(t *testing.T) {
	r := newRig(t)
	forever, ends := r.connect("1"), r.connect("2")
	at := r.now().Unix() + 60
	for _, user := range []string{"1", "2"} {
		r.call("refresh", fmt.Sprintf(`{"user":"%s","expire_at":%d}`, user, at))
	}
	r.call("refresh", `{"user":"1","expire_at":0}`)
	r.pass(2 * time.Minute)
	for _, c := range []*client{forever, ends} {
		c.session.Tick(r.nanos.Load())
	}
	forever.isOpen()
	ends.isClosed(3005, "connection expired")
}

func TestRefreshReplacesInfoOnlyWithAnExpiry(t *testing.T) {
	r := newRig(t)
	c := r.connect("42")
	for i, tt := range []struct{ fields, want string }{
		{`"expire_at":0,"info":{"name":"new"}`, `{"name":"N42"}`},
		{`"info":{"name":"new"}`, `{"name":"N42"}`},
		{`"expire_at":AT,"info":{"name":"new"}`, `{"name":"new"}`},
		{`"expire_at":AT`, `{"name":"new"}`},
	} {
		fields := strings.Replace(tt.fields, "AT", fmt.Sprint(r.now().Unix()+60), 1)
		r.answers("refresh", `{"user":"42",`+fields+`}`, empty)
		channel := fmt.Sprintf("hist:%d", i)
		r.call("subscribe", `{"user":"42","channel":"`+channel+`"}`)
		r.answers("presence", `{"channel":"`+channel+`"}`,
			`{"result":{"presence":{"`+c.id()+`":{"user":"42","client":"`+c.id()+`","conn_info":`+tt.want+`}}}}`)
	}
}

func TestRefreshSelectsConnections(t *testing.T) {
	r := newRig(t)
	a, b, anonymous := r.connect("42"), r.connect("42"), r.connect("")
	push := `{"push":{"refresh":{}}}`
	r.answers("refresh", `{"user":"42","client":"`+a.id()+`"}`, empty)
	a.gets(push)
	r.answers("refresh", `{}`, empty)
	anonymous.gets(push)
	r.answers("refresh", `{"user":"42","session":"nobody"}`, empty)
	r.answers("refresh", `{"user":"nobody","expired":true}`, empty)
	b.gets()
	r.answers("refresh", `{"user":"42","client":"`+a.id()+`","expired":true}`, empty)
	a.isClosed(3005, "connection expired")
	b.isOpen()
}
