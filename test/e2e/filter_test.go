package e2e

import (
	"fmt"
	"testing"
)

func TestStreams35Filter(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	publish := func(channel string, n int, tag string) {
		s.api("publish", fmt.Sprintf(`{"channel":%q,"data":%d,"tags":{"t":%q}}`, channel, n, tag))
	}
	const filter = `"tf":{"key":"t","cmp":"eq","val":"x"}`
	c := s.connect(t, `{}`)
	c.ask(`{"id":2,"subscribe":{"channel":"ff:1",`+filter+`}}`, `{"id":2,"subscribe":"*"}`)
	for n, tag := range []string{"x", "y", "x"} {
		publish("ff:1", n+1, tag)
	}
	c.expect(`{"push":{"channel":"ff:1","pub":{"data":1,"offset":1,"tags":{"t":"x"},"epoch":"*"}}}`)
	c.expect(`{"push":{"channel":"ff:1","pub":{"data":3,"offset":3,"tags":{"t":"x"}}}}`)

	again := s.connect(t, `{}`)
	again.ask(fmt.Sprintf(`{"id":2,"subscribe":{"channel":"ff:1","recover":true,"offset":1,"epoch":%q,%s}}`, s.epoch("ff:1"), filter),
		`{"id":2,"subscribe":{"recoverable":true,"positioned":true,"epoch":"*","offset":1,"was_recovering":true,"recovered":true,
		"publications":[{"data":3,"offset":3,"tags":{"t":"x"}}]}}`)
}

func TestStreams36FiltersRefused(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	c := s.connect(t, `{}`)
	for channel, filter := range map[string]string{
		"hh:1": `{"key":"a","cmp":"eq","val":"1"}`,
		"ff:a": `{"op":"not","nodes":[]}`,
		"ff:b": `{"key":"a","cmp":"in"}`,
		"ff:c": `{"key":"a","val":"1"}`,
	} {
		c.ask(fmt.Sprintf(`{"id":2,"subscribe":{"channel":%q,"tf":%s}}`, channel, filter), badRequest)
	}
}

func TestStreams37FilterComparisons(t *testing.T) {
	t.Parallel()
	s := start(t, streamsConfig)
	for i, c := range []struct {
		filter string
		tags   []string // of the publications, in order
		want   []int    // which of them are delivered
	}{
		{`{"key":"p","cmp":"gt","val":"9"}`, []string{`{"p":"10"}`, `{"p":"abc"}`, `{}`, `{"p":"9.0"}`}, []int{0}},
		{`{"key":"t","cmp":"gte","val":"10"}`, []string{`{"t":"9.99"}`, `{"t":"10"}`, `{"t":"abc"}`, `{}`}, []int{1}},
		{`{"key":"t","cmp":"neq","val":"10"}`, []string{`{}`, `{"t":"10"}`, `{"t":"1"}`}, []int{0, 2}},
		{`{"key":"k","cmp":"in","vals":["a"]}`, []string{`{}`, `{"k":"a"}`}, []int{1}},
		{`{"key":"k","cmp":"nin","vals":["a"]}`, []string{`{}`, `{"k":"a"}`}, []int{0}},
	} {
		channel := fmt.Sprintf("ff:cmp%d", i)
		conn := s.connect(t, `{}`)
		conn.ask(fmt.Sprintf(`{"id":2,"subscribe":{"channel":%q,"tf":%s}}`, channel, c.filter), `{"id":2,"subscribe":"*"}`)
		for n, tags := range c.tags {
			s.api("publish", fmt.Sprintf(`{"channel":%q,"data":%d,"tags":%s}`, channel, n, tags))
		}
		for _, n := range c.want {
			if got := pushed(t, conn.line()); string(got.Data) != fmt.Sprint(n) {
				t.Errorf("%s: got publication %s, want %d", c.filter, got.Data, n)
			}
		}
		conn.expectNothing()
	}
}
