package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"carillon/delta"
)

// deltaReader puts publications of a delta subscription together as a client
// does.
type deltaReader struct {
	base []byte
}

func (r *deltaReader) read(t *testing.T, pub pubFields) string {
	t.Helper()
	var text string
	if err := json.Unmarshal(pub.Data, &text); err != nil {
		t.Fatalf("data of a delta subscription is no JSON string: %s", pub.Data)
	}
	return string(r.bytes(t, []byte(text), pub.Delta))
}

func (r *deltaReader) bytes(t *testing.T, data []byte, patch bool) []byte {
	t.Helper()
	if patch {
		whole, err := delta.Apply(r.base, data, 1<<20)
		if err != nil {
			t.Fatalf("patch %q of %q: %v", data, r.base, err)
		}
		data = whole
	}
	r.base = data
	return data
}

type pubFields struct {
	Data   json.RawMessage
	Offset uint64
	Delta  bool
}

func pushed(t *testing.T, line string) pubFields {
	t.Helper()
	var m struct{ Push struct{ Pub *pubFields } }
	if err := json.Unmarshal([]byte(line), &m); err != nil || m.Push.Pub == nil {
		t.Fatalf("no publication: %s", line)
	}
	return *m.Push.Pub
}

const (
	deltaGranted = `{"id":2,"subscribe":{"recoverable":true,"positioned":true,"epoch":"*","delta":true}}`
	askDelta     = `{"id":2,"subscribe":{"channel":%q,"delta":"fossil"}}`
)

func TestStreams25Delta(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	first := `{"text":"` + strings.Repeat("the bells ring ", 20) + `","n":1}`
	second := strings.Replace(first, `"n":1`, `"n":2`, 1)
	c, plain := s.connect(t, `{}`), s.connect(t, `{}`)
	c.ask(fmt.Sprintf(askDelta, "dd:1"), deltaGranted)
	plain.subscribe("dd:1", `{"id":2,"subscribe":"*"}`)
	s.publish("dd:1", first)
	s.publish("dd:1", second)

	var reader deltaReader
	whole, patch := pushed(t, c.line()), pushed(t, c.line())
	if got := reader.read(t, whole); whole.Delta || got != first {
		t.Errorf("the first publication: delta %v, %s", whole.Delta, got)
	}
	if got := reader.read(t, patch); !patch.Delta || got != second || len(patch.Data) > 60 {
		t.Errorf("the second publication: delta %v, %d bytes, %s", patch.Delta, len(patch.Data), got)
	}
	plain.expect(`{"push":{"channel":"dd:1","pub":{"data":` + first + `,"offset":1,"epoch":"*"}}}`)
	plain.expect(`{"push":{"channel":"dd:1","pub":{"data":` + second + `,"offset":2}}}`)
}

func TestStreams27DeltaThatDoesNotPay(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	c := s.connect(t, `{}`)
	c.ask(fmt.Sprintf(askDelta, "dd:27"), deltaGranted)
	s.publish("dd:27", `{"a":1}`)
	s.publish("dd:27", `{"a":2}`)
	c.expect(`{"push":{"channel":"dd:27","pub":{"data":"{\"a\":1}","offset":1,"epoch":"*"}}}`)
	c.expect(`{"push":{"channel":"dd:27","pub":{"data":"{\"a\":2}","offset":2}}}`)
}

// TestStreams28DeltaOfMultibyteText is the deviation that patches on JSON
// connections never cut a character in two.
func TestStreams28DeltaOfMultibyteText(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	c := s.connect(t, `{}`)
	c.ask(fmt.Sprintf(askDelta, "dd:28"), deltaGranted)
	letters := []rune("фхцчшщъыьэюяéñ中文🔔a")
	text := []rune(strings.Repeat("ф", 80))
	var reader deltaReader
	patches := 0
	for n := range 1000 {
		text[n*7%len(text)] = letters[n%len(letters)]
		want := fmt.Sprintf(`{"t":"%s"}`, string(text))
		s.publish("dd:28", want)
		pub := pushed(t, c.line())
		if got := reader.read(t, pub); got != want {
			t.Fatalf("publication %d: got %s, want %s", n, got, want)
		}
		if pub.Delta {
			patches++
		}
	}
	if patches < 500 {
		t.Errorf("%d of 1000 publications came as patches", patches)
	}
}

func TestStreams29DeltaOfRecovery(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	payload := func(n int) string { return fmt.Sprintf(`{"text":"%s","n":%d}`, strings.Repeat("ding dong ", 30), n) }
	s.publish("dd:29", payload(1))
	epoch := s.epoch("dd:29")
	for n := 2; n <= 4; n++ {
		s.publish("dd:29", payload(n))
	}
	c := s.connect(t, `{}`)
	c.send(fmt.Sprintf(`{"id":2,"subscribe":{"channel":"dd:29","recover":true,"offset":1,"epoch":%q,"delta":"fossil"}}`, epoch))
	var reply struct {
		Subscribe struct {
			Recovered    bool
			Publications []pubFields
		}
	}
	line := c.line()
	if err := json.Unmarshal([]byte(line), &reply); err != nil || !reply.Subscribe.Recovered || len(reply.Subscribe.Publications) != 3 {
		t.Fatalf("reply %s, %v", line, err)
	}
	var reader deltaReader
	for i, pub := range reply.Subscribe.Publications {
		if got := reader.read(t, pub); got != payload(i+2) || (i == 0 && pub.Delta) {
			t.Errorf("recovered publication %d: delta %v, %s", i, pub.Delta, got)
		}
	}
	s.publish("dd:29", payload(5))
	if got := reader.read(t, pushed(t, c.line())); got != payload(5) {
		t.Errorf("the next live publication: %s", got)
	}
}

func TestStreams30DeltaAfterAnEmptyRecovery(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	data := `{"text":"` + strings.Repeat("ding dong ", 30) + `"}`
	s.publish("dd:30", data)
	c := s.connect(t, `{}`)
	c.ask(fmt.Sprintf(`{"id":2,"subscribe":{"channel":"dd:30","recover":true,"offset":1,"epoch":%q,"delta":"fossil"}}`, s.epoch("dd:30")),
		`{"id":2,"subscribe":{"recoverable":true,"positioned":true,"epoch":"*","offset":1,"was_recovering":true,"recovered":true,"delta":true}}`)
	s.publish("dd:30", data)
	if pub := pushed(t, c.line()); pub.Delta {
		t.Error("the client, which has no base, got a patch")
	}
}

func TestStreams31DeltaAroundAnUnstoredPublication(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	payload := func(n int) string { return fmt.Sprintf(`{"text":"%s","n":%d}`, strings.Repeat("ding dong ", 30), n) }
	c := s.connect(t, `{}`)
	c.ask(fmt.Sprintf(askDelta, "dd:31"), deltaGranted)
	var reader deltaReader
	for n, more := range []string{"", `,"skip_history":true`, ""} {
		s.api("publish", fmt.Sprintf(`{"channel":"dd:31","data":%s%s}`, payload(n), more))
		if got := reader.read(t, pushed(t, c.line())); got != payload(n) {
			t.Errorf("publication %d: %s", n, got)
		}
	}
}
