package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"carillon/api/httpapi"
)

// The older form of the API: commands one after another in one body.

func (r *rig) legacy(body string) response {
	r.t.Helper()
	return r.do(http.MethodPost, "/api", body, "X-API-Key: k")
}

// replies expects exactly these, joined by single line feeds.
func (r *rig) replies(body string, want ...string) {
	r.t.Helper()
	if got := r.legacy(body); got != (response{200, "application/json", strings.Join(want, "\n")}) {
		r.t.Errorf("%s:\n got %+v\nwant %q", body, got, want)
	}
}

const legacyPublish = `{"method":"publish","params":{"channel":"plain:a","data":1}}`

func TestAcceptance36TwoLinesAreTwoReplies(t *testing.T) {
	r := newRig(t)
	got := r.legacy(legacyPublish + "\n" + `{"method":"info","params":{}}` + "\n")
	lines := strings.Split(got.body, "\n")
	if got.status != 200 || got.kind != "application/json" || len(lines) != 2 ||
		lines[0] != empty || !strings.HasPrefix(lines[1], `{"result":{"nodes":[{"uid":"`+r.node.ID) {
		t.Errorf("got %+v", got)
	}
}

func TestAcceptance36Commands(t *testing.T) {
	r := newRig(t)
	const params = `"params":{"channel":"plain:a","data":1}`
	for _, tt := range []struct{ rule, body, want string }{
		{"without method it is a publish", `{` + params + `}`, empty},
		{"in any case of letters", `{"method":"PUBLISH",` + params + `}`, empty},
		{"the id is echoed", `{"id":7,"method":"publish",` + params + `}`, `{"id":7,"result":{}}`},
		{"the id is echoed in errors", `{"id":4294967295,"method":"publish","params":{}}`, `{"id":4294967295,"error":{"code":107,"message":"bad request"}}`},
		{"the id 0 is none", `{"id":0,"method":"publish",` + params + `}`, empty},
		{"no params", `{"method":"publish"}`, bad},
		{"params null", `{"method":"publish","params":null}`, bad},
		{"params of wrong types", `{"method":"publish","params":{"channel":1}}`, bad},
		{"params that are no object", `{"method":"publish","params":[]}`, bad},
		{"channels without params", `{"method":"channels"}`, bad},
		{"channels with params", `{"method":"channels","params":{}}`, `{"result":{"channels":{}}}`},
		{"an empty command", `{}`, bad},
		{"a null command", `null`, bad},
		{"a number that is not used", `{"method":13,"params":{}}`, notFound},
		{"a number of the paid edition", `{"method":14,"params":{}}`, notFound},
		{"a negative number", `{"method":-1,"params":{}}`, notFound},
		{"a large number", `{"method":1000,"params":{}}`, notFound},
		{"unknown fields", `{"jsonrpc":"2.0",` + params + `}`, empty},
		{"an error of the method", `{"method":"history","params":{"channel":"plain:a"}}`, off},
		{"a payload in base64", `{"params":{"channel":"plain:a","b64data":"%"}}`, bad},
		{"rpc", `{"method":"rpc","params":{"method":"x"}}`, notFound},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			r.t = t
			r.replies(tt.body, tt.want)
		})
	}
}

func TestAcceptance36MethodsByNameAndNumber(t *testing.T) {
	r := newRig(t)
	r.subscriber("42", "hist:a")
	position := r.position("hist:a")
	for number, tt := range []struct{ name, params, want string }{
		{"publish", `{"channel":"plain:a","data":1}`, empty},
		{"broadcast", `{"channels":["plain:a"],"data":1}`, `{"result":{"responses":[{"result":{}}]}}`},
		{"unsubscribe", `{"user":"x"}`, empty},
		{"disconnect", `{"user":"x"}`, empty},
		{"presence", `{"channel":"hist:b"}`, `{"result":{"presence":{}}}`},
		{"presence_stats", `{"channel":"hist:a"}`, `{"result":{"num_clients":1,"num_users":1}}`},
		{"history", `{"channel":"hist:a"}`, strings.Replace(strings.Replace(position, `{"offset":0,`, `{"publications":[],`, 1), `"}}`, `","offset":0}}`, 1)},
		{"history_remove", `{"channel":"hist:a"}`, empty},
		{"channels", `{}`, `{"result":{"channels":{"hist:a":{"num_clients":1}}}}`},
		{"info", `[]`, ""},
		{"rpc", `{}`, bad},
		{"subscribe", `{"user":"x","channel":"a"}`, empty},
		{"refresh", `{"user":"x"}`, empty},
	} {
		if tt.name == "info" {
			for _, method := range []string{`"info"`, `9`} {
				for _, params := range []string{`,"params":[]`, `,"params":null`, ``} {
					if got := r.legacy(`{"method":` + method + params + `}`); !strings.HasPrefix(got.body, `{"result":{"nodes":[`) {
						t.Errorf("info with %q: got %+v", params, got)
					}
				}
			}
			continue
		}
		r.replies(`{"method":"`+tt.name+`","params":`+tt.params+`}`, tt.want)
		r.replies(fmt.Sprintf(`{"method":%d,"params":%s}`, number, tt.params), tt.want)
	}
}

func TestAcceptance36Bodies(t *testing.T) {
	r := newRig(t)
	for _, body := range []string{
		"", `{"method":"nosuch"}`, `{"method":null}`, `{"method":"batch","params":{"commands":[]}}`, `{"method":"map_publish","params":{}}`,
		`{"method":{}}`, `{"method":1.5}`, `{"method":true}`, `[]`, `[{"method":"info"}]`, `1`, `"x"`, `{"id":-1}`, `{"id":"1"}`, `{"id":4294967296}`, "{bad", "\x00",
	} {
		if got := r.legacy(body); got != malformed {
			t.Errorf("%q: got %+v", body, got)
		}
	}
	for _, body := range []string{"\n", " \t\r\n "} {
		if got := r.legacy(body); got != (response{200, "application/json", ""}) {
			t.Errorf("%q: got %+v", body, got)
		}
	}
	for _, between := range []string{"", "\n", "\n\n", " \t\r\n"} {
		r.replies(legacyPublish+between+legacyPublish+between, empty, empty)
	}
}

func TestAcceptance37CommandsBeforeAMistakeAreCarriedOut(t *testing.T) {
	for _, mistake := range []string{"{bad", `{"method":"nosuch"}`, "]", `{"id":"x"}`} {
		r := newRig(t)
		c := r.subscriber("42", "plain:a")
		if got := r.legacy(legacyPublish + "\n" + mistake + "\n" + legacyPublish); got != malformed {
			t.Errorf("%s: got %+v", mistake, got)
		}
		c.getsData("plain:a", "1")
	}
}

func TestCommandsOfTheOlderFormRunInOrder(t *testing.T) {
	r := newRig(t)
	c := r.subscriber("42", "plain:a")
	var body strings.Builder
	var replies, data []string
	for i := range 500 {
		fmt.Fprintf(&body, `{"id":%d,"params":{"channel":"plain:a","data":%d}}`, i+1, i)
		replies = append(replies, fmt.Sprintf(`{"id":%d,"result":{}}`, i+1))
		data = append(data, fmt.Sprint(i))
	}
	r.replies(body.String(), replies...)
	c.getsData("plain:a", data...)
}

func TestTheOlderFormIsClosedWhileTheNodeStops(t *testing.T) {
	r := newRig(t, func(c *httpapi.Config) { c.Stopping = func() bool { return true } })
	if got := r.legacy(legacyPublish); got != (response{status: http.StatusServiceUnavailable}) {
		t.Errorf("got %+v", got)
	}
	if got := r.do(http.MethodPost, "/api", legacyPublish); got != refused {
		t.Errorf("without key: got %+v", got)
	}
	if got := r.post("publish", publishPlain); got != done {
		t.Errorf("publish: got %+v", got)
	}
}
