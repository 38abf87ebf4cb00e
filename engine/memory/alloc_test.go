package memory_test

import (
	"testing"
	"time"

	"carillon"
	"carillon/engine"
	"carillon/engine/memory"
)

// One allocation is the publication itself, which the caller makes.
func TestAllocationsOfAPublish(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options engine.PublishOptions
		most    float64
	}{
		{"without history", engine.PublishOptions{}, 1},
		{"with history", engine.PublishOptions{HistorySize: 100, HistoryTTL: time.Minute, HistoryMetaTTL: time.Hour}, 2},
		{"with history of one", engine.PublishOptions{HistorySize: 1, HistoryTTL: time.Minute, HistoryMetaTTL: time.Hour}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := memory.NewBroker(discard{}, memory.Options{})
			data, ctx := []byte("x"), t.Context()
			got := testing.AllocsPerRun(1000, func() {
				if _, err := b.Publish(ctx, "c", &carillon.Publication{Data: data}, tt.options); err != nil {
					t.Fatal(err)
				}
			})
			t.Logf("%v allocations per publish", got)
			if got > tt.most {
				t.Errorf("%v allocations per publish, want at most %v", got, tt.most)
			}
		})
	}
}

func TestAllocationsOfReadingAPosition(t *testing.T) {
	b := memory.NewBroker(discard{}, memory.Options{})
	publish(t, b, "c", kept)
	ctx := t.Context()
	got := testing.AllocsPerRun(1000, func() {
		if _, err := b.History(ctx, "c", engine.HistoryQuery{MetaTTL: time.Hour}); err != nil {
			t.Fatal(err)
		}
	})
	if got > 0 {
		t.Errorf("%v allocations per read", got)
	}
}
