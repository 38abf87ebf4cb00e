package memory_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"carillon"
	"carillon/engine"
	"carillon/engine/memory"
)

func top(tb testing.TB, b *memory.Broker, channel string) carillon.StreamPosition {
	tb.Helper()
	h, err := b.History(tb.Context(), channel, engine.HistoryQuery{MetaTTL: time.Hour})
	if err != nil {
		tb.Fatal(err)
	}
	return h.Top
}

func TestAcceptance44AnotherBrokerHasOtherEpochs(t *testing.T) {
	before := memory.NewBroker(discard{}, memory.Options{})
	position := publish(t, before, "c", kept).Position
	after := memory.NewBroker(discard{}, memory.Options{})
	_, err := after.History(t.Context(), "c", engine.HistoryQuery{Since: &position, Limit: -1, MetaTTL: time.Hour})
	if !errors.Is(err, carillon.ErrUnrecoverablePosition) {
		t.Errorf("after a restart a read since %v gives error %v", position, err)
	}
	if got := publish(t, after, "c", kept).Position; got.Offset != 1 || got.Epoch == position.Epoch {
		t.Errorf("after a restart the stream begins at %v, it was at %v", got, position)
	}
}

// A client that subscribes to an unused channel can resume from there.
func TestAnUnusedChannelHasAnEpoch(t *testing.T) {
	b := memory.NewBroker(discard{}, memory.Options{})
	before := top(t, b, "c")
	if before.Epoch == "" || before.Offset != 0 {
		t.Errorf("an unused channel is at %v", before)
	}
	if got := publish(t, b, "c", kept).Position; got.Epoch != before.Epoch {
		t.Errorf("the first publish is at %v, the channel was at %v", got, before)
	}
}

func TestThePositionOfAnUnusedChannelExpires(t *testing.T) {
	c := newClock()
	b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
	before := top(t, b, "c")
	c.pass(time.Hour + 2*time.Second)
	if got := top(t, b, "c"); got.Epoch == before.Epoch {
		t.Errorf("the position is still %v", got)
	}
}

func TestEverythingIsLocal(t *testing.T) {
	if !memory.NewBroker(discard{}, memory.Options{}).Local() || !memory.NewPresence().Local() {
		t.Error("the memory engine says that it waits for something outside the process")
	}
}

func TestPublicationsTellWhenTheyWereAccepted(t *testing.T) {
	c := newClock()
	b := memory.NewBroker(discard{}, memory.Options{Now: c.Now})
	pub := &carillon.Publication{Time: 1}
	if _, err := b.Publish(t.Context(), "c", pub, kept); err != nil {
		t.Fatal(err)
	}
	if want := c.Now().UnixMilli(); pub.Time != want {
		t.Errorf("accepted at %d, want %d", pub.Time, want)
	}
}

func TestRunSweepsEverySecondUntilItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory.NewBroker(discard{}, memory.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			b.Run(ctx)
		}()
		o := engine.PublishOptions{HistorySize: 1, HistoryTTL: 10 * time.Second, HistoryMetaTTL: 20 * time.Second}
		publish(t, b, "c", o)
		await := func(d time.Duration, want int) {
			t.Helper()
			<-time.After(d)
			synctest.Wait()
			if got := b.Holdings().Streams; got != want {
				t.Errorf("the broker holds %d streams, want %d", got, want)
			}
		}
		await(19*time.Second, 1)
		await(2*time.Second, 0)
		publish(t, b, "c", o)
		cancel()
		<-ended
		await(time.Minute, 1)
	})
}
