package httpapi_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func TestAcceptance19Broadcast(t *testing.T) {
	r := newRig(t)
	r.answers("broadcast", `{"channels":["hist:d","","nope:x"],"data":1}`,
		`{"result":{"responses":[{"result":{"offset":1,"epoch":"`+r.epoch("hist:d")+`"}},`+bad+`,`+unknown+`]}}`)
	for _, body := range []string{`{"channels":[],"data":1}`, `{"data":1}`, `{"channels":null,"data":1}`, `{"channels":["plain:a"],"b64data":"%"}`} {
		r.answers("broadcast", body, bad)
	}
	r.answers("broadcast", `{"channels":["plain:a","mp:a","plain:b"]}`, `{"result":{"responses":[`+bad+`,`+bad+`,`+bad+`]}}`)
	r.answers("broadcast", `{"channels":[null],"data":1}`, `{"result":{"responses":[`+bad+`]}}`)
}

func TestBroadcastReachesEveryChannel(t *testing.T) {
	r := newRig(t)
	a, b := r.subscriber("1", "plain:a"), r.subscriber("2", "plain:b")
	r.answers("broadcast", `{"channels":["plain:a","plain:b","plain:c","plain:a"],"data":{"x":1},"tags":{"t":"y"}}`,
		`{"result":{"responses":[`+strings.Join([]string{empty, empty, empty, empty}, ",")+`]}}`)
	push := func(channel string) string {
		return `{"push":{"channel":"` + channel + `","pub":{"data":{"x":1},"tags":{"t":"y"}}}}`
	}
	a.gets(push("plain:a"), push("plain:a"))
	b.gets(push("plain:b"))
}

func TestBroadcastOutsideTheStream(t *testing.T) {
	r := newRig(t)
	r.answers("broadcast", `{"channels":["hist:a"],"data":1,"skip_history":true}`, `{"result":{"responses":[{"result":{}}]}}`)
	if got := r.history(`{"channel":"hist:a"}`).Offset; got != 0 {
		t.Errorf("the stream ends at %d", got)
	}
}

func TestAcceptance51ALargeBroadcast(t *testing.T) {
	r := newRig(t)
	const channels = 100_000
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	broadcast := func() {
		var body strings.Builder
		body.WriteString(`{"data":1,"channels":["plain:0"`)
		for i := range channels - 1 {
			fmt.Fprintf(&body, `,"plain:%0100d"`, i)
		}
		body.WriteString("]}")
		if body.Len() < 10<<20 {
			t.Fatalf("the body has %d bytes", body.Len())
		}
		var reply struct {
			Result struct{ Responses []json.RawMessage }
		}
		if err := json.Unmarshal([]byte(r.call("broadcast", body.String())), &reply); err != nil || len(reply.Result.Responses) != channels {
			t.Fatalf("%d responses, %v", len(reply.Result.Responses), err)
		}
		for i, response := range reply.Result.Responses {
			if string(response) != empty {
				t.Fatalf("response %d is %s", i, response)
			}
		}
	}
	broadcast()
	before := heap()
	broadcast()
	if after := heap(); after > before+4<<20 {
		t.Errorf("%d KB of memory stay in use", (after-before)>>10)
	}
}
