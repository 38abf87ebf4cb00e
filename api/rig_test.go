package api_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"carillon"
	"carillon/api"
	"carillon/channel"
	"carillon/engine"
	"carillon/engine/memory"
	"carillon/node"
	"carillon/observe"
	"carillon/protocol"
)

// errBroken is what a broken store says. Nobody outside may hear it.
var errBroken = errors.New("dial tcp 10.0.0.1:6379: secret is wrong")

// store is a memory engine that pretends to be outside the process.
type store struct {
	engine.Broker
	engine.Presence
	// before is asked before each operation of a channel.
	before func(channel string) error
	// within counts batches under way.
	within *atomic.Int64
}

func (s *store) Local() bool { return false }

func (s *store) Publish(ctx context.Context, ch string, pub *carillon.Publication, o engine.PublishOptions) (engine.PublishResult, error) {
	if err := s.before(ch); err != nil {
		return engine.PublishResult{}, err
	}
	return s.Broker.Publish(ctx, ch, pub, o)
}

func (s *store) History(ctx context.Context, ch string, q engine.HistoryQuery) (engine.History, error) {
	if err := s.before(ch); err != nil {
		return engine.History{}, err
	}
	return s.Broker.History(ctx, ch, q)
}

func (s *store) RemoveHistory(ctx context.Context, ch string) error {
	if err := s.before(ch); err != nil {
		return err
	}
	return s.Broker.RemoveHistory(ctx, ch)
}

func (s *store) Get(ctx context.Context, ch string) (map[string]*carillon.ClientInfo, error) {
	if err := s.before(ch); err != nil {
		return nil, err
	}
	return s.Presence.Get(ctx, ch)
}

func (s *store) Stats(ctx context.Context, ch string) (carillon.PresenceStats, error) {
	if err := s.before(ch); err != nil {
		return carillon.PresenceStats{}, err
	}
	return s.Presence.Stats(ctx, ch)
}

// newService returns a service on a store, and the store.
func newService(t *testing.T) (*api.Service, *store) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	options := channel.Options{HistorySize: 10, HistoryTTL: time.Minute, HistoryMetaTTL: time.Hour, Presence: true}
	rules, err := channel.NewRules(channel.DefaultSyntax, 255, options, nil)
	if err != nil {
		t.Fatal(err)
	}
	within := new(atomic.Int64)
	metrics := observe.NewMetrics(observe.Options{Prefix: "carillon", FrameTypes: protocol.FrameTypeNames()})
	n := node.New(node.Config{ID: "n", Metrics: metrics.Node, Log: log, Batch: func(_ int, work func()) {
		within.Add(1)
		work()
		within.Add(-1)
	}}, rules)
	s := &store{
		Broker: memory.NewBroker(n, memory.Options{}), Presence: memory.NewPresence(), within: within,
		before: func(string) error { return nil },
	}
	n.Use(brokerOf{s}, presenceOf{s})
	return api.New(api.Config{
		Node: n, Metrics: metrics.API, Protocol: "test", Log: log,
		Snapshot: func() (map[string]float64, time.Duration) { return nil, 0 },
	}), s
}

// brokerOf and presenceOf choose between the two Local methods.
type brokerOf struct{ *store }

type presenceOf struct{ *store }

// publish is a request.
func publish(channel, data string) *api.PublishRequest {
	return &api.PublishRequest{Channel: channel, PublishFields: api.PublishFields{Data: []byte(data)}}
}
