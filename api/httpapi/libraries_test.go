package httpapi_test

import (
	"net/http"
	"testing"
)

// What the official and the larger community libraries send, as far as it is
// peculiar.
func TestAcceptance48ShapesThatLibrariesSend(t *testing.T) {
	r := newRig(t)
	c := r.subscriber("42", "plain:a")
	for _, tt := range []struct{ sender, method, body, want string }{
		{"pycent", "batch", `{"commands":[{"publish":{"channel":"plain:a","data":{}}},{"presence_stats":{"channel":"hist:a"}}],"parallel":false}`,
			`{"replies":[{"publish":{}},{"presence_stats":{"num_clients":0,"num_users":0}}]}`},
		{"pycent", "presence", `{"channel":"hist:a"}`, `{"result":{"presence":{}}}`},
		{"phpcent", "publish", `{"channel":"plain:a","data":[],"skip_history":false}`, empty},
		{"phpcent", "broadcast", `{"channels":["plain:a"],"data":{"a":1},"skip_history":false}`, `{"result":{"responses":[{"result":{}}]}}`},
		{"phpcent", "unsubscribe", `{"channel":"plain:b","user":"nobody","client":""}`, empty},
		{"phpcent", "disconnect", `{"user":"nobody","client":""}`, empty},
		{"phpcent", "history", `{"channel":"hist:a","limit":0,"since":{},"reverse":false}`,
			`{"result":{"publications":[],"epoch":"` + r.epoch("hist:a") + `","offset":0}}`},
		{"phpcent", "channels", `{"pattern":""}`, `{"result":{"channels":{"plain:a":{"num_clients":1}}}}`},
		{"rubycent", "publish", `{"channel":"plain:a","data":"x"}`, empty},
		{"javacent", "subscribe", `{"user":"nobody","channel":"plain:a","all_users":false,"label_filter":null}`, empty},
	} {
		t.Run(tt.sender+" "+tt.method, func(t *testing.T) {
			r.t = t
			r.answers(tt.method, tt.body, tt.want)
		})
	}
	c.getsData("plain:a", "{}", "[]", `{"a":1}`, `"x"`)
}

// gocent reads as many values as it sent commands; cent.js splits the reply at
// line feeds and parses every piece.
func TestAcceptance48Pipelines(t *testing.T) {
	r := newRig(t)
	gocent := `{"method":"publish","params":{"channel":"plain:a","data":{}}}` + "\n" +
		`{"method":"subscribe","params":{"channel":"plain:a","user":"nobody","presence":true,"join_leave":true,"position":true,"recover":true}}` + "\n" +
		`{"method":"disconnect","params":{"user":"nobody","Disconnect":null,"ClientWhitelist":null}}` + "\n"
	got := r.do(http.MethodPost, "/api", gocent, "Authorization: apikey k", "Content-Type: application/json")
	if want := (response{200, "application/json", empty + "\n" + empty + "\n" + empty}); got != want {
		t.Errorf("gocent: got %+v, want %+v", got, want)
	}
	r.replies(`{"method":"publish","params":{"channel":"plain:a","data":1}}`+"\n"+`{"method":"presence","params":{"channel":"hist:a"}}`,
		empty, `{"result":{"presence":{}}}`)
}
