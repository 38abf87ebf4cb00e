package api

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"time"

	"carillon"
	"carillon/channel"
	"carillon/node"
	"carillon/observe"
)

// ErrNotFound answers an unknown command of a batch and an unknown RPC method.
var ErrNotFound = &carillon.Error{Code: 104, Message: "not found"}

// Config of a Service. All fields are required.
type Config struct {
	Node    *node.Node
	Metrics *observe.APIMetrics
	// Protocol is the face's name in metrics: http, grpc or consuming.
	Protocol string
	// Snapshot returns the node's latest metrics and their interval.
	Snapshot func() (items map[string]float64, interval time.Duration)
	Log      *slog.Logger
}

// Service carries the methods out. Each face has its own. Its methods are safe
// for concurrent use, and return no error but *carillon.Error.
type Service struct {
	Config
	meters map[string]*observe.APICall
}

// Methods are the names of all methods but batch.
var Methods = []string{
	"publish", "broadcast", "subscribe", "unsubscribe", "disconnect", "refresh", "presence", "presence_stats",
	"history", "history_remove", "channels", "info", "rpc",
}

// broadcastPublish and unknown are the methods in metrics of one publish of a
// broadcast and of a command that doesn't exist.
const (
	broadcastPublish = "broadcast_publish"
	unknown          = "unknown"
)

// New returns a service.
func New(cfg Config) *Service {
	s := &Service{Config: cfg, meters: map[string]*observe.APICall{}}
	for _, m := range append([]string{"batch", broadcastPublish, unknown}, Methods...) {
		s.meters[m] = cfg.Metrics.Call(cfg.Protocol, m)
	}
	return s
}

// Meter returns the meter of a method, for what only a face sees.
func (s *Service) Meter(method string) *observe.APICall { return s.meters[method] }

// run carries out one method and measures it.
func run[Req, Res any](ctx context.Context, s *Service, method string, req *Req, do func(context.Context, *Req) (*Res, error)) (*Res, error) {
	start := time.Now()
	res, err := do(ctx, req)
	s.meters[method].Done(time.Since(start))
	if err != nil {
		return nil, s.failed(method, err)
	}
	return res, nil
}

// failed turns any error into one that callers see, and records it.
func (s *Service) failed(method string, err error) *carillon.Error {
	shown, ok := errors.AsType[*carillon.Error](err)
	if !ok {
		shown = carillon.ErrInternal
		s.Log.Error("server API call failed", "method", method, "error", err)
	}
	s.meters[method].FailedWith(shown.Code)
	return shown
}

// resolve finds a channel's options.
func (s *Service) resolve(name string) (channel.Resolved, error) {
	if name == "" {
		return channel.Resolved{}, carillon.ErrBadRequest
	}
	ch := s.Node.Rules().Resolve(name)
	if ch.Options == nil {
		return ch, carillon.ErrUnknownChannel
	}
	return ch, nil
}

// payload is the base64 field if it is not empty, else the plain one.
func payload(plain []byte, b64 string) (data []byte, err error) {
	if b64 == "" {
		return plain, nil
	}
	data, err = base64.StdEncoding.DecodeString(b64)
	if err != nil {
		return nil, carillon.ErrBadRequest
	}
	return data, nil
}
