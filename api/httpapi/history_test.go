package httpapi_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"
)

// stream is the result of history.
type stream struct {
	Publications []struct {
		Data   json.RawMessage
		Offset uint64
		Tags   map[string]string
		Info   map[string]any
	}
	Epoch  string
	Offset uint64
}

// history reads a stream.
func (r *rig) history(body string) (s stream) {
	r.t.Helper()
	var reply struct{ Result *stream }
	if err := json.Unmarshal([]byte(r.call("history", body)), &reply); err != nil || reply.Result == nil {
		r.t.Fatalf("history %s: %v", body, err)
	}
	return *reply.Result
}

func (s stream) offsets() (offsets []uint64) {
	for _, pub := range s.Publications {
		offsets = append(offsets, pub.Offset)
	}
	return offsets
}

func (s stream) data() (data []string) {
	for _, pub := range s.Publications {
		data = append(data, string(pub.Data))
	}
	return data
}

// epoch is that of a channel's stream.
func (r *rig) epoch(channel string) string {
	r.t.Helper()
	return r.history(`{"channel":"` + channel + `"}`).Epoch
}

// position is the result of a publish to a channel whose stream ends where it
// does now.
func (r *rig) position(channel string) string {
	r.t.Helper()
	s := r.history(`{"channel":"` + channel + `"}`)
	return fmt.Sprintf(`{"result":{"offset":%d,"epoch":"%s"}}`, s.Offset, s.Epoch)
}

// fill publishes n numbers.
func (r *rig) fill(channel string, n int) {
	r.t.Helper()
	for i := range n {
		r.call("publish", fmt.Sprintf(`{"channel":"%s","data":%d}`, channel, i+1))
	}
}

func TestAcceptance22HistoryOfAnUnusedChannel(t *testing.T) {
	r := newRig(t)
	epoch := r.epoch("hist:a")
	if epoch == "" {
		t.Error("there is no epoch")
	}
	want := `{"result":{"publications":[],"epoch":"` + epoch + `","offset":0}}`
	r.answers("history", `{"channel":"hist:a"}`, want)
	r.answers("history", `{"channel":"hist:a","limit":10}`, want)
	r.answers("history", `{"channel":"plain:a"}`, off)
}

func TestAcceptanceH1WithoutLimitThePositionOnly(t *testing.T) {
	r := newRig(t)
	r.fill("hist:a", 3)
	r.answers("history", `{"channel":"hist:a"}`, `{"result":{"publications":[],"epoch":"`+r.epoch("hist:a")+`","offset":3}}`)
}

func TestAcceptance23ReadsOfAStream(t *testing.T) {
	r := newRig(t)
	r.fill("hist:a", 5)
	epoch := r.epoch("hist:a")
	for _, tt := range []struct {
		query string
		want  []uint64
	}{
		{`"limit":2`, []uint64{1, 2}},
		{`"limit":2,"reverse":true`, []uint64{5, 4}},
		{`"limit":-1`, []uint64{1, 2, 3, 4, 5}},
		{`"limit":-2147483648`, []uint64{1, 2, 3, 4, 5}},
		{`"limit":2147483647`, []uint64{1, 2, 3, 4, 5}},
		{`"limit":10,"since":{"offset":3,"epoch":"` + epoch + `"}`, []uint64{4, 5}},
		{`"limit":10,"since":{"offset":3}`, []uint64{4, 5}},
		{`"limit":10,"since":{}`, []uint64{1, 2, 3, 4, 5}},
		{`"limit":10,"since":null`, []uint64{1, 2, 3, 4, 5}},
		{`"limit":10,"since":{"offset":3,"epoch":"` + epoch + `"},"reverse":true`, []uint64{2, 1}},
		{`"limit":10,"since":{"offset":6},"reverse":true`, []uint64{5, 4, 3, 2, 1}},
		{`"limit":10,"since":{"offset":1},"reverse":true`, nil},
		{`"limit":10,"since":{"offset":100},"reverse":true`, []uint64{5, 4, 3, 2, 1}},
		{`"limit":10,"since":{"offset":100}`, nil},
		{`"limit":10,"since":{"offset":18446744073709551615}`, nil},
	} {
		got := r.history(`{"channel":"hist:a",` + tt.query + `}`)
		if !slices.Equal(got.offsets(), tt.want) || got.Offset != 5 || got.Epoch != epoch {
			t.Errorf("%s: got %v of %d, want %v", tt.query, got.offsets(), got.Offset, tt.want)
		}
	}
	for _, limit := range []string{"0", "10"} {
		r.answers("history", `{"channel":"hist:a","limit":`+limit+`,"since":{"offset":3,"epoch":"wrong"}}`, lost)
		r.answers("history", `{"channel":"hist:a","limit":`+limit+`,"since":{"offset":0},"reverse":true}`, bad)
	}
	got := r.post("history", `{"channel":"hist:a","since":{"offset":3,"epoch":"wrong"}}`, "X-Centrifugo-Error-Mode: transport")
	if want := (response{416, "application/json", `{"code":112,"message":"unrecoverable position"}`}); got != want {
		t.Errorf("in transport mode: got %+v, want %+v", got, want)
	}
}

func TestAcceptance24AHoleIsNoError(t *testing.T) {
	r := newRig(t)
	r.fill("hist:a", 15)
	got := r.history(`{"channel":"hist:a","limit":-1,"since":{"offset":2,"epoch":"` + r.epoch("hist:a") + `"}}`)
	if want := []uint64{6, 7, 8, 9, 10, 11, 12, 13, 14, 15}; !slices.Equal(got.offsets(), want) {
		t.Errorf("got %v, want %v", got.offsets(), want)
	}
}

func TestAcceptance25RemovingKeepsThePosition(t *testing.T) {
	r := newRig(t)
	r.fill("hist:a", 3)
	epoch := r.epoch("hist:a")
	r.answers("history_remove", `{"channel":"hist:a"}`, empty)
	r.answers("history", `{"channel":"hist:a","limit":-1}`, `{"result":{"publications":[],"epoch":"`+epoch+`","offset":3}}`)
	r.answers("publish", `{"channel":"hist:a","data":4}`, `{"result":{"offset":4,"epoch":"`+epoch+`"}}`)
	r.answers("history_remove", `{"channel":"hist:unused"}`, empty)
}

func TestHistoryShowsWhatAPublicationCarries(t *testing.T) {
	r := newRig(t)
	r.call("publish", `{"channel":"hist:a","data":{"a": 1},"tags":{"t":"x"}}`)
	c := r.connect("42")
	c.ask(`{"id":2,"publish":{"channel":"hist:a","data":2}}`, `"publish":{}`)
	anonymous := r.connect("")
	anonymous.ask(`{"id":2,"publish":{"channel":"hist:a","data":3}}`, `"publish":{}`)
	r.answers("history", `{"channel":"hist:a","limit":-1}`, `{"result":{"publications":[`+
		`{"data":{"a":1},"offset":1,"tags":{"t":"x"}},`+
		`{"data":2,"info":{"user":"42","client":"`+c.id()+`","conn_info":{"name":"N42"}},"offset":2},`+
		`{"data":3,"info":{"user":"","client":"`+anonymous.id()+`","conn_info":{"name":"N"}},"offset":3}],`+
		`"epoch":"`+r.epoch("hist:a")+`","offset":3}}`)
}

// The limits of clients are not those of backends.
func TestAcceptanceH6TheLimitOfClientsDoesNotApply(t *testing.T) {
	r := newRig(t)
	r.env.HistoryLimit = 2
	r.fill("hist:a", 5)
	if got := r.history(`{"channel":"hist:a","limit":1000}`); len(got.Publications) != 5 {
		t.Errorf("got %v", got.offsets())
	}
}

func TestHistoryExpires(t *testing.T) {
	r := newRig(t)
	r.fill("hist:a", 2)
	epoch := r.epoch("hist:a")
	r.pass(62 * time.Second)
	if got := r.history(`{"channel":"hist:a","limit":-1}`); len(got.Publications) != 0 || got.Offset != 2 || got.Epoch != epoch {
		t.Errorf("after the TTL the stream is %+v", got)
	}
	r.pass(time.Hour + 2*time.Second)
	if got := r.epoch("hist:a"); got == epoch {
		t.Error("after the meta TTL the epoch is the same")
	}
}

func TestErrorsOfHistory(t *testing.T) {
	r := newRig(t)
	for _, method := range []string{"history", "history_remove"} {
		r.answers(method, `{}`, bad)
		r.answers(method, `{"channel":""}`, bad)
		r.answers(method, `{"channel":"nope:x"}`, unknown)
		r.answers(method, `{"channel":"plain:a"}`, off)
		r.answers(method, `{"channel":"a"}`, off)
	}
	r.answers("history", `{"channel":"nope:x","since":{"epoch":"wrong"}}`, unknown)
}
