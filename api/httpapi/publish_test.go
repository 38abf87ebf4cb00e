package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"carillon/engine"
)

func TestAcceptance10PublishWithoutHistory(t *testing.T) {
	r := newRig(t)
	for _, channel := range []string{"plain:a", "a", "$plain:a", "канал", "a b\\n"} {
		c := r.connect("42")
		r.answers("subscribe", `{"user":"42","channel":"`+channel+`"}`, empty)
		r.answers("publish", `{"channel":"`+channel+`","data":{}}`, empty)
		if got := c.read(); len(got) != 2 || !strings.HasSuffix(got[1], `"pub":{"data":{}}}}`) {
			t.Errorf("%s: the client got %q", channel, got)
		}
	}
}

func TestAcceptance11PublishWithHistory(t *testing.T) {
	r := newRig(t)
	first := r.call("publish", `{"channel":"hist:a","data":1}`)
	epoch := r.epoch("hist:a")
	if want := `{"result":{"offset":1,"epoch":"` + epoch + `"}}`; first != want {
		t.Errorf("got %s, want %s", first, want)
	}
	r.answers("publish", `{"channel":"hist:a","data":1}`, `{"result":{"offset":2,"epoch":"`+epoch+`"}}`)
}

func TestAcceptance15SkippingHistory(t *testing.T) {
	r := newRig(t)
	r.fill("hist:a", 2)
	c := r.subscriber("42", "hist:a")
	r.answers("publish", `{"channel":"hist:a","data":3,"skip_history":true}`, empty)
	c.getsData("hist:a", "3")
	if got := r.history(`{"channel":"hist:a","limit":-1}`); got.Offset != 2 || len(got.Publications) != 2 {
		t.Errorf("the stream is %+v", got)
	}
}

// What is published arrives as the very bytes that stood in the request.
func TestPayloads(t *testing.T) {
	for _, tt := range []struct{ check, channel, fields, reply, data string }{
		{"acceptance 16: base64", "plain:a", `"b64data":"eyJhIjoxfQ=="`, empty, `{"a":1}`},
		{"base64 wins", "plain:a", `"data":2,"b64data":"eyJhIjoxfQ=="`, empty, `{"a":1}`},
		{"empty base64 does not win", "plain:a", `"data":2,"b64data":""`, empty, `2`},
		{"acceptance 16: no base64", "plain:a", `"b64data":"%"`, bad, ""},
		{"no base64 beside data", "plain:a", `"data":1,"b64data":"%"`, bad, ""},
		{"base64 without padding", "plain:a", `"b64data":"eyJhIjoxfQ"`, bad, ""},
		{"base64 of the URL alphabet", "plain:a", `"b64data":"Ij8_Ig=="`, bad, ""},
		{"acceptance 17: null", "plain:a", `"data":null`, empty, "null"},
		{"acceptance 17: no data", "plain:a", `"tags":{}`, bad, ""},
		{"a string", "plain:a", `"data":"\u0061\\n"`, empty, `"\u0061\\n"`},
		{"a list", "plain:a", `"data":[]`, empty, "[]"},
		{"an empty string", "plain:a", `"data":""`, empty, `""`},
		{"large and exact numbers", "plain:a", `"data":12345678901234567890.10e+2`, empty, "12345678901234567890.10e+2"},
		{"markup", "plain:a", `"data":"<a>&"`, empty, `"<a>&"`},
		{"letters of all alphabets", "plain:a", `"data":"é\u2028ф"`, empty, `"é\u2028ф"`},
		{"duplicate keys", "plain:a", `"data":{"a":1,"a":2}`, empty, `{"a":1,"a":2}`},
		{"JSON where it is asked for", "json:a", `"data":[1]`, empty, "[1]"},
		{"JSON from base64", "json:a", `"b64data":"WzFd"`, empty, "[1]"},
		{"no JSON from base64", "json:a", `"b64data":"WzE="`, bad, ""},
		{"nothing where JSON is asked for", "json:a", `"tags":{}`, bad, ""},
		{"acceptance 18: a list is no object", "object:a", `"data":[1]`, bad, ""},
		{"null is no object", "object:a", `"data":null`, bad, ""},
		{"acceptance 18: an object", "object:a", `"data":{"a":1}`, empty, `{"a":1}`},
		{"an object from base64", "object:a", `"b64data":"eyJhIjoxfQ=="`, empty, `{"a":1}`},
		{"half an object from base64", "object:a", `"b64data":"eyJhIjo="`, bad, ""},
		{"acceptance 41: a map", "mp:a", `"data":1`, bad, ""},
		{"a map of clients", "mc:a", `"data":1`, bad, ""},
		{"a map of users", "mu:a", `"data":1`, bad, ""},
		{"a shared poll", "sp:a", `"data":1`, bad, ""},
	} {
		t.Run(tt.check, func(t *testing.T) {
			r := newRig(t)
			if tt.data == "" {
				r.answers("publish", `{"channel":"`+tt.channel+`",`+tt.fields+`}`, tt.reply)
				r.answers("broadcast", `{"channels":["`+tt.channel+`"],`+tt.fields+`}`, inBroadcast(tt.reply, tt.fields))
				return
			}
			c := r.subscriber("42", tt.channel)
			r.answers("publish", `{"channel":"`+tt.channel+`",`+tt.fields+`}`, tt.reply)
			c.getsData(tt.channel, tt.data)
			r.answers("broadcast", `{"channels":["`+tt.channel+`"],`+tt.fields+`}`, `{"result":{"responses":[`+tt.reply+`]}}`)
			c.getsData(tt.channel, tt.data)
		})
	}
}

// inBroadcast is how an error of publish looks in broadcast, where base64 is
// common to all channels.
func inBroadcast(reply, fields string) string {
	if strings.Contains(fields, `"b64data":"%"`) || strings.Contains(fields, "eyJhIjoxfQ\"") || strings.Contains(fields, "_") {
		return reply
	}
	return `{"result":{"responses":[` + reply + `]}}`
}

// Payloads are kept byte for byte, white space included: deltas are made of
// those bytes.
func TestPayloadsAreNotRewritten(t *testing.T) {
	r := newRig(t)
	const data = "{ \"b\" :\t1,\n \"a\" : [ ] }"
	r.call("publish", `{"channel":"hist:a","data":  `+data+`  }`)
	h, err := r.broker.History(t.Context(), "hist:a", engine.HistoryQuery{Limit: 1})
	if err != nil || len(h.Publications) != 1 || string(h.Publications[0].Data) != data {
		t.Errorf("stored is %+v, %v", h.Publications, err)
	}
}

func TestNothingAtAllWhereBinaryIsAllowed(t *testing.T) {
	r := newRig(t)
	r.answers("publish", `{"channel":"binary:a"}`, empty)
}

func TestTags(t *testing.T) {
	r := newRig(t)
	c := r.subscriber("42", "plain:a")
	r.answers("publish", `{"channel":"plain:a","data":1,"tags":{"t":"x"}}`, empty)
	r.answers("publish", `{"channel":"plain:a","data":2,"tags":{}}`, empty)
	c.gets(`{"push":{"channel":"plain:a","pub":{"data":1,"tags":{"t":"x"}}}}`, `{"push":{"channel":"plain:a","pub":{"data":2}}}`)
}

func TestDelta(t *testing.T) {
	long := func(n int) string {
		return fmt.Sprintf(`{"n":%d,"text":"%s"}`, n, strings.Repeat("the same ", 20))
	}
	for _, tt := range []struct {
		name, channel, flag string
		want                bool
	}{
		{"asked for by the publisher", "delta:a", `,"delta":true`, true},
		{"not asked for", "delta:a", "", false},
		{"asked for by the namespace", "deltapub:a", "", true},
		{"the namespace is not overruled", "deltapub:a", `,"delta":false`, true},
	} {
		for _, method := range []string{"publish", "broadcast"} {
			t.Run(tt.name+" in "+method, func(t *testing.T) {
				r := newRig(t)
				c := r.connect("42")
				c.ask(`{"id":2,"subscribe":{"channel":"`+tt.channel+`","delta":"fossil"}}`, `"delta":true`)
				for n := range 2 {
					target := `"channel":"` + tt.channel + `"`
					if method == "broadcast" {
						target = `"channels":["` + tt.channel + `"]`
					}
					r.call(method, `{`+target+`,"data":`+long(n)+tt.flag+`}`)
				}
				got := c.read()
				if len(got) != 2 || strings.Contains(got[0], `"delta":true`) || strings.Contains(got[1], `"delta":true`) != tt.want {
					t.Errorf("the client got %q", got)
				}
			})
		}
	}
}

func TestErrorsOfPublish(t *testing.T) {
	r := newRig(t)
	r.answers("publish", `{"data":1}`, bad)
	r.answers("publish", `{"channel":"","data":1}`, bad)
	r.answers("publish", `{"channel":"nope:x","b64data":"%"}`, bad) // base64 comes before the namespace
	r.answers("publish", `{"channel":"nope:x"}`, unknown)           // and the payload behind it
	if len(r.node.Channels()) != 0 || !slices.Equal(r.history(`{"channel":"hist:a","limit":-1}`).data(), nil) {
		t.Error("something happened")
	}
}
