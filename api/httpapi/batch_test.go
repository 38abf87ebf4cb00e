package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestAcceptance20Batch(t *testing.T) {
	r := newRig(t)
	r.answers("batch",
		`{"commands":[{"publish":{"channel":"plain:a","data":1}},{"nosuch":{}},null,{"presence_stats":{"channel":"plain:a"}}]}`,
		`{"replies":[{"publish":{}},`+notFound+`,`+bad+`,`+off+`]}`)
	r.answers("batch", `{"commands":[]}`, `{}`)
	r.answers("batch", `{}`, `{}`)
	r.answers("batch", `{"commands":[{"publish":null}]}`, `{"replies":[`+notFound+`]}`)
	r.answers("batch", `{"commands":[{}]}`, `{"replies":[`+notFound+`]}`)
	r.answers("batch", `{"commands":[{"connections":{}},{"batch":{"commands":[]}}]}`, `{"replies":[`+notFound+`,`+notFound+`]}`)
}

// Each method answers in a batch as it does alone, without the envelope.
func TestEveryMethodInABatch(t *testing.T) {
	for _, parallel := range []string{"false", "true"} {
		r := newRig(t)
		r.subscriber("42", "hist:a")
		epoch := r.epoch("hist:a")
		for _, tt := range [][2]string{
			{`{"publish":{"channel":"plain:b","data":1}}`, `{"publish":{}}`},
			{`{"publish":{"channel":"nope:b","data":1}}`, unknown},
			{`{"broadcast":{"channels":["plain:b"],"data":1}}`, `{"broadcast":{"responses":[{"result":{}}]}}`},
			{`{"subscribe":{"user":"x","channel":"plain:b"}}`, `{"subscribe":{}}`},
			{`{"unsubscribe":{"user":"x","channel":"plain:b"}}`, `{"unsubscribe":{}}`},
			{`{"disconnect":{"user":"x"}}`, `{"disconnect":{}}`},
			{`{"refresh":{"user":"x"}}`, `{"refresh":{}}`},
			{`{"presence":{"channel":"hist:b"}}`, `{"presence":{"presence":{}}}`},
			{`{"presence_stats":{"channel":"hist:a"}}`, `{"presence_stats":{"num_clients":1,"num_users":1}}`},
			{`{"history":{"channel":"hist:a"}}`, `{"history":{"publications":[],"epoch":"` + epoch + `","offset":0}}`},
			{`{"history_remove":{"channel":"hist:a"}}`, `{"history_remove":{}}`},
			{`{"rpc":{"method":"x"}}`, notFound},
			{`{"channels":{}}`, `{"channels":{"channels":{"hist:a":{"num_clients":1}}}}`},
			{`{"channels":{"pattern":"["}}`, bad},
		} {
			r.answers("batch", `{"commands":[`+tt[0]+`],"parallel":`+parallel+`}`, `{"replies":[`+tt[1]+`]}`)
		}
		got := r.call("batch", `{"commands":[{"info":{}}],"parallel":`+parallel+`}`)
		if want := `{"replies":[{"info":{"nodes":[{"uid":"` + r.node.ID + `",`; !strings.HasPrefix(got, want) {
			t.Errorf("info: got %s", got)
		}
	}
}

func TestAcceptance21RepliesAreInCommandOrder(t *testing.T) {
	r := newRig(t)
	const commands = 2000
	var body, want strings.Builder
	for i := range commands {
		if i > 0 {
			body.WriteByte(',')
			want.WriteByte(',')
		}
		if i%3 == 0 {
			fmt.Fprintf(&body, `{"publish":{"channel":"nope:%d","data":1}}`, i)
			want.WriteString(unknown)
			continue
		}
		fmt.Fprintf(&body, `{"publish":{"channel":"hist:%d","data":1}}`, i)
		fmt.Fprintf(&want, `{"publish":{"offset":1,"epoch":"%s"}}`, r.epoch(fmt.Sprint("hist:", i)))
	}
	if got := r.call("batch", `{"parallel":true,"commands":[`+body.String()+`]}`); got != `{"replies":[`+want.String()+`]}` {
		t.Errorf("the replies begin %.500s", got)
	}
}

func TestCommandsOfABatchRunInOrder(t *testing.T) {
	r := newRig(t)
	const commands = 100
	c := r.subscriber("42", "plain:a")
	list := make([]string, commands)
	data := make([]string, commands)
	for i := range list {
		data[i] = fmt.Sprint(i)
		list[i] = `{"publish":{"channel":"plain:a","data":` + data[i] + `}}`
	}
	r.call("batch", `{"commands":[`+strings.Join(list, ",")+`]}`)
	c.getsData("plain:a", data...)
	r.answers("batch",
		`{"commands":[{"publish":{"channel":"hist:x","data":1}},{"history_remove":{"channel":"hist:x"}},{"history":{"channel":"hist:x","limit":-1}}]}`,
		`{"replies":[{"publish":{"offset":1,"epoch":"`+r.epoch("hist:x")+`"}},{"history_remove":{}},`+
			`{"history":{"publications":[],"epoch":"`+r.epoch("hist:x")+`","offset":1}}]}`)
}

// Of several keys one is run, in an order of its own.
func TestACommandWithSeveralKeys(t *testing.T) {
	r := newRig(t)
	order := []struct{ name, params, reply string }{
		{"publish", `{}`, bad},
		{"broadcast", `{"channels":[""],"data":1}`, `{"broadcast":{"responses":[` + bad + `]}}`},
		{"subscribe", `{"user":"x","channel":"a"}`, `{"subscribe":{}}`},
		{"unsubscribe", `{"user":"x"}`, `{"unsubscribe":{}}`},
		{"disconnect", `{"user":"x"}`, `{"disconnect":{}}`},
		{"history", `{"channel":"plain:a"}`, off},
		{"history_remove", `{"channel":"hist:a"}`, `{"history_remove":{}}`},
		{"presence", `{"channel":"hist:a"}`, `{"presence":{"presence":{}}}`},
		{"presence_stats", `{"channel":"hist:a"}`, `{"presence_stats":{"num_clients":0,"num_users":0}}`},
		{"info", `{}`, ""},
		{"rpc", `{"method":"x"}`, notFound},
		{"refresh", `{"user":"x"}`, `{"refresh":{}}`},
		{"channels", `{}`, `{"channels":{"channels":{}}}`},
	}
	for i := range order {
		if order[i].reply == "" {
			continue
		}
		var keys []string
		for _, other := range order[i:] {
			keys = append([]string{`"` + other.name + `":` + other.params}, keys...)
		}
		r.answers("batch", `{"commands":[{"nosuch":{},`+strings.Join(keys, ",")+`}]}`, `{"replies":[`+order[i].reply+`]}`)
	}
}

func TestAMalformedBatchDoesNothing(t *testing.T) {
	r := newRig(t)
	c := r.subscriber("42", "plain:a")
	const good = `{"publish":{"channel":"plain:a","data":1}}`
	for _, tail := range []string{
		`,1]}`, `,"x"]}`, `,[]]}`, `,{"publish":[]}]}`, `,{"publish":{"channel":1}}]}`, `,{"info":1}]}`, `]`, `]}x`, `,]}`, `],"parallel":1}`,
	} {
		if got := r.post("batch", `{"commands":[`+good+tail); got != malformed {
			t.Errorf("%s: got %+v", tail, got)
		}
	}
	c.gets()
}
