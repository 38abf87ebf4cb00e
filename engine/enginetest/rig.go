package enginetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"carillon"
	"carillon/engine"
)

// What publishes with history ask for in most tests.
const (
	size    = 5
	ttl     = time.Minute
	metaTTL = time.Hour
)

var kept = engine.PublishOptions{HistorySize: size, HistoryTTL: ttl, HistoryMetaTTL: metaTTL}

// everything reads a whole stream.
var everything = engine.HistoryQuery{Limit: -1, MetaTTL: metaTTL}

// rig is an engine within one test.
type rig struct {
	*testing.T
	Engine
	ctx  context.Context
	sink *recorder
}

func newRig(t *testing.T, create Factory) *rig {
	sink := newRecorder()
	t.Cleanup(func() { sink.check(t) })
	return &rig{T: t, Engine: create(t, sink), ctx: t.Context(), sink: sink}
}

// channel returns a name that was never used.
func (r *rig) channel() string { return fmt.Sprintf("enginetest:%016x", rand.Uint64()) }

// publish publishes, and expects that this works.
func (r *rig) publish(channel, data string, o engine.PublishOptions) engine.PublishResult {
	r.Helper()
	result, err := r.Broker.Publish(r.ctx, channel, &carillon.Publication{Data: []byte(data)}, o)
	if err != nil {
		r.Fatalf("publish %s: %v", data, err)
	}
	return result
}

// fill publishes n publications with history; the data of each is its offset.
func (r *rig) fill(channel string, n int) (top carillon.StreamPosition) {
	r.Helper()
	for i := range n {
		top = r.publish(channel, fmt.Sprint(i+1), kept).Position
	}
	if n > 0 && top.Offset != uint64(n) {
		r.Fatalf("publication %d of a new stream has offset %d", n, top.Offset)
	}
	return top
}

// history reads, and expects that this works.
func (r *rig) history(channel string, q engine.HistoryQuery) engine.History {
	r.Helper()
	h, err := r.Broker.History(r.ctx, channel, q)
	if err != nil {
		r.Fatalf("history: %v", err)
	}
	return h
}

// removeHistory removes, and expects that this works.
func (r *rig) removeHistory(channel string) {
	r.Helper()
	if err := r.Broker.RemoveHistory(r.ctx, channel); err != nil {
		r.Fatalf("remove history: %v", err)
	}
}

// refuses expects a history call to be answered with an error that clients see.
func (r *rig) refuses(channel string, q engine.HistoryQuery, want *carillon.Error) {
	r.Helper()
	h, err := r.Broker.History(r.ctx, channel, q)
	if !errors.Is(err, want) {
		r.Errorf("history %s: got %+v and error %v, want error %v", describe(q), h, err, want)
	}
}

// stands expects a channel to keep exactly these offsets below a top.
func (r *rig) stands(channel string, top carillon.StreamPosition, offsets ...uint64) {
	r.Helper()
	h := r.history(channel, everything)
	if got := offsetsOf(h.Publications); !slices.Equal(got, offsets) || h.Top != top {
		r.Fatalf("the stream has %v and top %v, want %v and %v", got, h.Top, offsets, top)
	}
}

// delivered returns all events of a channel that came in so far. It sends a
// marker behind them, because what an engine does not deliver can be seen only
// by what comes next.
func (r *rig) delivered(channel string) []engine.Event {
	r.Helper()
	mark := fmt.Sprintf("mark %016x", rand.Uint64())
	r.publish(channel, mark, engine.PublishOptions{})
	events := r.sink.wait(r.T, channel, func(events []engine.Event) bool {
		return len(events) > 0 && isPublication(events[len(events)-1], mark)
	})
	return slices.DeleteFunc(slices.Clone(events), func(ev engine.Event) bool {
		return ev.Kind == engine.Published && len(ev.Publication.Data) > 4 && string(ev.Publication.Data[:4]) == "mark"
	})
}

// delivers expects that exactly the publications with these data came in.
func (r *rig) delivers(channel string, data ...string) {
	r.Helper()
	if got := dataOf(publications(r.delivered(channel))); !slices.Equal(got, data) {
		r.Errorf("delivered %q, want %q", got, data)
	}
}

func isPublication(ev engine.Event, data string) bool {
	return ev.Kind == engine.Published && string(ev.Publication.Data) == data
}

func publications(events []engine.Event) (pubs []*carillon.Publication) {
	for _, ev := range events {
		if ev.Kind == engine.Published {
			pubs = append(pubs, ev.Publication)
		}
	}
	return pubs
}

func offsetsOf(pubs []*carillon.Publication) (offsets []uint64) {
	for _, pub := range pubs {
		offsets = append(offsets, pub.Offset)
	}
	return offsets
}

func dataOf(pubs []*carillon.Publication) (data []string) {
	for _, pub := range pubs {
		data = append(data, string(pub.Data))
	}
	return data
}

// since is a position to read from.
func since(offset uint64, epoch string) *carillon.StreamPosition {
	return &carillon.StreamPosition{Offset: offset, Epoch: epoch}
}

// describe prints a query.
func describe(q engine.HistoryQuery) string {
	from := "everywhere"
	if q.Since != nil {
		from = fmt.Sprintf("%d of epoch %q", q.Since.Offset, q.Since.Epoch)
	}
	return fmt.Sprintf("since %s, limit %d, reverse %v", from, q.Limit, q.Reverse)
}
