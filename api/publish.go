package api

import (
	"context"

	"carillon"
	"carillon/channel"
	"carillon/node"

	"golang.org/x/sync/errgroup"
)

// parallelism bounds what one broadcast or parallel batch does at a time where
// the engine makes it wait.
const parallelism = 1024

// Publish publishes into a channel.
func (s *Service) Publish(ctx context.Context, req *PublishRequest) (*PublishResult, error) {
	return s.publishBy(ctx, req, s.Node.Batch)
}

// within is for work that is part of a batch of writes already.
func within(_ int, work func()) { work() }

// publishBy is Publish in a batch of the caller's choice.
func (s *Service) publishBy(ctx context.Context, req *PublishRequest, batch func(int, func())) (*PublishResult, error) {
	return run(ctx, s, "publish", req, func(ctx context.Context, req *PublishRequest) (res *PublishResult, err error) {
		if req.Channel == "" {
			return nil, carillon.ErrBadRequest
		}
		data, err := payload(req.Data, req.B64Data)
		if err != nil {
			return nil, err
		}
		// Together with what else gathers meanwhile.
		batch(len(data), func() { res, err = s.publish(ctx, req.Channel, data, &req.PublishFields) })
		return res, err
	})
}

// publish checks a payload and publishes it.
func (s *Service) publish(ctx context.Context, name string, data []byte, f *PublishFields) (*PublishResult, error) {
	ch, err := s.resolve(name)
	switch {
	case err != nil:
		return nil, err
	case ch.Options.Type != channel.Stream:
		s.Log.Warn("publish to a channel that is not a stream", "channel", name)
		return nil, carillon.ErrBadRequest
	case !ch.Options.Format.Accepts(data, f.B64Data == ""):
		return nil, carillon.ErrBadRequest
	}
	result, err := s.Node.PublishWith(ctx, ch, &carillon.Publication{Data: data, Tags: f.Tags}, node.PublishOptions{
		SkipHistory: f.SkipHistory, IdempotencyKey: f.IdempotencyKey, Delta: f.Delta,
		Version: f.Version, VersionEpoch: f.VersionEpoch,
	})
	if err != nil {
		return nil, err
	}
	return &PublishResult{Offset: result.Position.Offset, Epoch: result.Position.Epoch}, nil
}

// Broadcast publishes into several channels. One that fails doesn't concern the
// others.
func (s *Service) Broadcast(ctx context.Context, req *BroadcastRequest) (*BroadcastResult, error) {
	return s.broadcastBy(ctx, req, s.Node.Batch)
}

// broadcastBy is Broadcast in a batch of the caller's choice.
func (s *Service) broadcastBy(ctx context.Context, req *BroadcastRequest, batch func(int, func())) (*BroadcastResult, error) {
	return run(ctx, s, "broadcast", req, func(ctx context.Context, req *BroadcastRequest) (*BroadcastResult, error) {
		if len(req.Channels) == 0 {
			return nil, carillon.ErrBadRequest
		}
		data, err := payload(req.Data, req.B64Data)
		if err != nil {
			return nil, err
		}
		responses := make([]PublishResponse, len(req.Channels))
		batch(len(data)*len(req.Channels), func() {
			s.each(len(req.Channels), s.Node.Local(), func(i int) {
				result, err := s.publish(ctx, req.Channels[i], data, &req.PublishFields)
				if err != nil {
					responses[i].Error = shown(s.failed(broadcastPublish, err))
					return
				}
				responses[i].Result = result
			})
		})
		return &BroadcastResult{Responses: responses}, nil
	})
}

// each calls do for 0 to n-1: one after another, or many at a time.
func (s *Service) each(n int, inLine bool, do func(i int)) {
	if inLine {
		for i := range n {
			do(i)
		}
		return
	}
	var group errgroup.Group
	group.SetLimit(parallelism)
	for i := range n {
		group.Go(func() error {
			do(i)
			return nil
		})
	}
	_ = group.Wait() // do returns no error
}

func shown(e *carillon.Error) *Error { return &Error{Code: e.Code, Message: e.Message} }
