package httpapi_test

import "testing"

// unsubscribed is an unsubscribe push.
func unsubscribed(channel string) string {
	return `{"push":{"channel":"` + channel + `","unsubscribe":{"code":2000,"reason":"server unsubscribe"}}}`
}

func TestAcceptance28Unsubscribe(t *testing.T) {
	r := newRig(t)
	c := r.connect("42")
	r.call("subscribe", `{"user":"42","channel":"plain:s"}`)
	c.read()

	r.answers("unsubscribe", `{"user":"42","channel":""}`, empty)
	c.gets(`{"push":{"unsubscribe":{"code":2000,"reason":"server unsubscribe"}}}`)
	r.fill("plain:s", 1)
	c.getsData("plain:s", "1")

	r.answers("unsubscribe", `{"user":"42","channel":"plain:s"}`, empty)
	c.gets(unsubscribed("plain:s"))
	r.fill("plain:s", 1)
	c.gets()
	r.answers("channels", `{}`, `{"result":{"channels":{}}}`)
}

func TestUnsubscribeEndsWhatTheClientAskedFor(t *testing.T) {
	r := newRig(t)
	c := r.subscriber("42", "hist:a")
	r.answers("unsubscribe", `{"user":"42","channel":"hist:a"}`, empty)
	c.gets(unsubscribed("hist:a"))
	r.answers("presence_stats", `{"channel":"hist:a"}`, `{"result":{"num_clients":0,"num_users":0}}`)
	c.ask(`{"id":3,"subscribe":{"channel":"hist:a"}}`, `"subscribe":{`)
}

func TestUnsubscribeSelectsConnections(t *testing.T) {
	r := newRig(t)
	a, b, anonymous := r.subscriber("42", "plain:a"), r.subscriber("42", "plain:a"), r.subscriber("", "plain:a")
	r.answers("unsubscribe", `{"user":"42","channel":"plain:a","client":"`+a.id()+`"}`, empty)
	a.gets(unsubscribed("plain:a"))
	r.answers("unsubscribe", `{"channel":"plain:a"}`, empty)
	anonymous.gets(unsubscribed("plain:a"))
	r.answers("unsubscribe", `{"user":"42","channel":"plain:a","session":"nobody"}`, empty)
	b.gets()
	// One that has no such subscription is told all the same.
	r.answers("unsubscribe", `{"user":"42","channel":"plain:other"}`, empty)
	a.gets(unsubscribed("plain:other"))
	b.gets(unsubscribed("plain:other"))
	r.fill("plain:a", 1)
	b.getsData("plain:a", "1")
}

func TestErrorsOfUnsubscribe(t *testing.T) {
	r := newRig(t)
	r.answers("unsubscribe", `{"user":"42","channel":"nope:x"}`, unknown)
	r.answers("unsubscribe", `{"user":"nobody","channel":"plain:a"}`, empty)
	r.answers("unsubscribe", `{}`, empty)
}
