package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestAcceptance29Disconnect(t *testing.T) {
	r := newRig(t)
	spared, gone := r.connect("42"), r.connect("42")
	r.answers("disconnect", `{"user":"42","whitelist":["`+spared.id()+`","nobody",""]}`, empty)
	gone.isClosed(3503, "force disconnect")
	spared.isOpen()
	r.answers("disconnect", `{"user":"42","disconnect":{"code":4001,"reason":"bye"}}`, empty)
	spared.isClosed(4001, "bye")
	r.answers("disconnect", `{"user":"42"}`, empty)
}

func TestAcceptance30DisconnectOfNobodyIsOfTheAnonymous(t *testing.T) {
	for _, body := range []string{`{"user":""}`, `{}`, `{"user":null}`} {
		r := newRig(t)
		user, first, second := r.connect("42"), r.connect(""), r.connect("")
		r.answers("disconnect", body, empty)
		first.isClosed(3503, "force disconnect")
		second.isClosed(3503, "force disconnect")
		user.isOpen()
	}
}

// Fields of the paid edition narrow nothing and widen nothing.
func TestDisconnectSelectsConnections(t *testing.T) {
	r := newRig(t)
	a, b, other := r.connect("42"), r.connect("42"), r.connect("43")
	r.answers("disconnect", `{"user":"42","session":"nobody"}`, empty)
	r.answers("disconnect", `{"user":"42","client":"`+other.id()+`"}`, empty)
	r.answers("disconnect", `{"all_users":true}`, empty)
	a.isOpen()
	r.answers("disconnect", `{"user":"42","client":"`+a.id()+`"}`, empty)
	a.isClosed(3503, "force disconnect")
	b.isOpen()
	r.answers("disconnect", `{"user":"42","client":"`+b.id()+`","whitelist":["`+b.id()+`"]}`, empty)
	b.isOpen()
	other.isOpen()
}

func TestDisconnectCodes(t *testing.T) {
	for code, want := range map[uint32]uint32{0: 3503, 3000: 3000, 3500: 3500, 4000: 4000, 4499: 4499, 4999: 4999} {
		r := newRig(t)
		c := r.connect("42")
		r.answers("disconnect", fmt.Sprintf(`{"user":"42","disconnect":{"code":%d,"reason":"bye"}}`, code), empty)
		reason := "bye"
		if code == 0 {
			reason = "force disconnect"
		}
		c.isClosed(want, reason)
	}
	r := newRig(t)
	c := r.connect("42")
	for _, code := range []uint32{1, 1000, 1006, 2999, 5000, 1 << 31, 1<<32 - 1} {
		r.answers("disconnect", fmt.Sprintf(`{"user":"42","disconnect":{"code":%d}}`, code), bad)
	}
	c.isOpen()
}

// A close frame has little room, which is the transport's to keep.
func TestDisconnectReasonOfAnyLength(t *testing.T) {
	r := newRig(t)
	for _, reason := range []string{"", "é", strings.Repeat("x", 1000)} {
		c := r.connect("42")
		r.answers("disconnect", `{"user":"42","disconnect":{"code":4000,"reason":"`+reason+`"}}`, empty)
		c.isClosed(4000, reason)
	}
}

func TestAcceptance38NamesOfAnOldLibrary(t *testing.T) {
	r := newRig(t)
	c := r.connect("42")
	r.answers("disconnect", `{"User":"42","Disconnect":{"code":4002,"reason":"r","reconnect":true},"ClientWhitelist":null}`, empty)
	c.isClosed(4002, "r")
}

func TestAcceptance39AUserIsAString(t *testing.T) {
	r := newRig(t)
	c := r.connect("42")
	if got := r.post("disconnect", `{"user":42}`); got != malformed {
		t.Errorf("got %+v", got)
	}
	c.isOpen()
}

func TestWhoIsDisconnectedLeavesNothing(t *testing.T) {
	r := newRig(t)
	r.subscriber("42", "hist:a")
	r.call("disconnect", `{"user":"42"}`)
	r.answers("presence", `{"channel":"hist:a"}`, `{"result":{"presence":{}}}`)
	r.answers("channels", `{}`, `{"result":{"channels":{}}}`)
	if got := r.node.Clients(); got != 0 {
		t.Errorf("%d clients are connected", got)
	}
}
