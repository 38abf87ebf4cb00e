package api_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"carillon"
	"carillon/api"
)

// Callers hear that it failed, and not what the store said.
func TestReliability17AFailingStoreIsAnInternalError(t *testing.T) {
	s, store := newService(t)
	store.before = func(string) error { return fmt.Errorf("publish: %w", errBroken) }
	ctx := t.Context()
	for method, call := range map[string]func() error{
		"publish":        func() error { _, err := s.Publish(ctx, publish("a", "1")); return err },
		"history":        func() error { _, err := s.History(ctx, &api.HistoryRequest{Channel: "a"}); return err },
		"history_remove": func() error { _, err := s.HistoryRemove(ctx, &api.HistoryRemoveRequest{Channel: "a"}); return err },
		"presence":       func() error { _, err := s.Presence(ctx, &api.PresenceRequest{Channel: "a"}); return err },
		"presence_stats": func() error { _, err := s.PresenceStats(ctx, &api.PresenceStatsRequest{Channel: "a"}); return err },
	} {
		err := call()
		if shown, ok := errors.AsType[*carillon.Error](err); !ok || *shown != *carillon.ErrInternal || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got error %v, want %v", method, err, carillon.ErrInternal)
		}
	}
}

// What a store tells clients they hear.
func TestErrorsOfTheProtocolPassThrough(t *testing.T) {
	s, store := newService(t)
	store.before = func(string) error { return fmt.Errorf("history: %w", carillon.ErrNotAvailable) }
	_, err := s.History(t.Context(), &api.HistoryRequest{Channel: "a"})
	if shown, ok := errors.AsType[*carillon.Error](err); !ok || shown.Code != 108 {
		t.Errorf("got error %v, want %v", err, carillon.ErrNotAvailable)
	}
}

func TestOneFailingChannelDoesNotConcernTheOthers(t *testing.T) {
	s, store := newService(t)
	store.before = func(channel string) error {
		if channel == "broken" {
			return errBroken
		}
		return nil
	}
	req := &api.BroadcastRequest{Channels: []string{"a", "broken", "b", "nope:x", "broken", "c"}}
	req.Data = []byte("1")
	res, err := s.Broadcast(t.Context(), req)
	if err != nil || len(res.Responses) != len(req.Channels) {
		t.Fatalf("got %+v, %v", res, err)
	}
	for i, code := range []uint32{0, 100, 0, 102, 100, 0} {
		switch got := res.Responses[i]; {
		case code == 0 && (got.Error != nil || got.Result.Offset != 1):
			t.Errorf("response %d is %+v, want a result", i, got)
		case code != 0 && (got.Result != nil || got.Error.Code != code):
			t.Errorf("response %d is %+v, want error %d", i, got, code)
		}
	}
}

func TestAFailingCommandDoesNotStopABatch(t *testing.T) {
	for _, parallel := range []bool{false, true} {
		s, store := newService(t)
		store.before = func(channel string) error {
			if channel == "broken" {
				return errBroken
			}
			return nil
		}
		res := s.Batch(t.Context(), &api.BatchRequest{Parallel: parallel, Commands: []*api.Command{
			{Publish: publish("a", "1")}, {Publish: publish("broken", "1")}, nil, {}, {Publish: publish("b", "1")},
		}})
		for i, code := range []uint32{0, 100, 107, 104, 0} {
			switch got := res.Replies[i]; {
			case code == 0 && (got.Error != nil || got.Publish == nil):
				t.Errorf("reply %d is %+v, want a result", i, got)
			case code != 0 && (got.Error == nil || got.Error.Code != code || got.Publish != nil):
				t.Errorf("reply %d is %+v, want error %d", i, got, code)
			}
		}
	}
}
