package httpapi_test

import (
	"net/http"
	"testing"

	"carillon/api/httpapi"
)

// failures are calls that fail, and their HTTP status in transport mode.
var failures = []struct {
	check, method, body string
	reply               string
	status              int
}{
	{"acceptance 7: no channel", "publish", `{}`, bad, 400},
	{"acceptance 9: an unknown namespace", "publish", `{"channel":"nope:x","data":1}`, unknown, 404},
	{"presence is off", "presence", `{"channel":"plain:a"}`, off, 400},
	{"history is off", "history", `{"channel":"plain:a"}`, off, 400},
	{"acceptance 23: a lost position", "history", `{"channel":"hist:a","since":{"epoch":"x"}}`, lost, 416},
	{"acceptance 40: an RPC without method", "rpc", `{}`, bad, 400},
	{"acceptance 40: an unknown RPC method", "rpc", `{"method":"x"}`, notFound, 404},
	{"no channels", "broadcast", `{"channels":[],"data":1}`, bad, 400},
	{"no channel to subscribe to", "subscribe", `{}`, bad, 400},
	{"an unknown namespace to unsubscribe from", "unsubscribe", `{"channel":"nope:x"}`, unknown, 404},
	{"a disconnect code out of range", "disconnect", `{"disconnect":{"code":2999}}`, bad, 400},
	{"a broken pattern", "channels", `{"pattern":"["}`, bad, 400},
}

func TestReplyMode(t *testing.T) {
	r := newRig(t)
	for _, tt := range failures {
		want := response{http.StatusOK, "application/json", tt.reply}
		if got := r.post(tt.method, tt.body); got != want {
			t.Errorf("%s: got %+v, want %+v", tt.check, got, want)
		}
		for _, mode := range []string{"Transport", "reply", "", " transport x"} {
			if got := r.post(tt.method, tt.body, "X-Centrifugo-Error-Mode: "+mode); got != want {
				t.Errorf("%s with mode %q: got %+v, want %+v", tt.check, mode, got, want)
			}
		}
	}
}

func TestAcceptance8TransportMode(t *testing.T) {
	configured := newRig(t, func(c *httpapi.Config) { c.TransportErrors = true })
	asked := newRig(t)
	for _, tt := range failures {
		// The error object without its envelope.
		want := response{tt.status, "application/json", tt.reply[len(`{"error":`) : len(tt.reply)-1]}
		if got := configured.post(tt.method, tt.body); got != want {
			t.Errorf("%s: got %+v, want %+v", tt.check, got, want)
		}
		if got := configured.post(tt.method, tt.body, "X-Centrifugo-Error-Mode: reply"); got != want {
			t.Errorf("%s: the configured mode was switched off: got %+v", tt.check, got)
		}
		if got := asked.post(tt.method, tt.body, "X-Centrifugo-Error-Mode: transport"); got != want {
			t.Errorf("%s: got %+v, want %+v", tt.check, got, want)
		}
	}
}

func TestTransportModeDoesNotConcernWhatSucceeds(t *testing.T) {
	r := newRig(t, func(c *httpapi.Config) { c.TransportErrors = true })
	if got := r.post("publish", publishPlain); got != done {
		t.Errorf("publish: got %+v", got)
	}
}

func TestTransportModeDoesNotConcernPartsOfACall(t *testing.T) {
	r := newRig(t, func(c *httpapi.Config) { c.TransportErrors = true })
	r.answers("broadcast", `{"channels":["nope:x"],"data":1}`, `{"result":{"responses":[`+unknown+`]}}`)
	r.answers("batch", `{"commands":[{"publish":{}}]}`, `{"replies":[`+bad+`]}`)
	if got := r.do(http.MethodPost, "/api", `{"method":"publish","params":{}}`, "X-API-Key: k"); got != (response{200, "application/json", bad}) {
		t.Errorf("the older form: got %+v", got)
	}
}
