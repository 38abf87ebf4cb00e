package api

import (
	"context"

	"carillon"
	"carillon/channel"
	"carillon/node"
	"carillon/session"
)

func (t Target) node() node.Target {
	return node.Target{User: t.User, Client: t.Client, Session: t.Session}
}

// Subscribe subscribes connections to a channel.
func (s *Service) Subscribe(ctx context.Context, req *SubscribeRequest) (*Empty, error) {
	return run(ctx, s, "subscribe", req, func(_ context.Context, req *SubscribeRequest) (*Empty, error) {
		ch, err := s.resolve(req.Channel)
		if err != nil {
			return nil, err
		}
		info, err := payload(req.Info, req.B64Info)
		if err != nil {
			return nil, err
		}
		data, err := payload(req.Data, req.B64Data)
		if err != nil {
			return nil, err
		}
		sub := session.ServerSubscription{Grant: &session.Grant{
			Channel: req.Channel, Source: session.SourceServerAPI,
			Settings: ch.Options.Settings(req.Override.channel()), MetaTTL: ch.Options.HistoryMetaTTL,
			Info: info, Data: data, ExpireAt: req.ExpireAt,
		}}
		if p := req.RecoverSince; p != nil {
			sub.Since = &carillon.StreamPosition{Offset: p.Offset, Epoch: p.Epoch}
		}
		return &Empty{}, s.Node.SubscribeUser(req.Target.node(), sub)
	})
}

func (o *SubscribeOverride) channel() channel.Override {
	if o == nil {
		return channel.Override{}
	}
	value := func(b *Bool) *bool {
		if b == nil {
			return nil
		}
		return &b.Value
	}
	return channel.Override{
		Presence: value(o.Presence), JoinLeave: value(o.JoinLeave), ForcePushJoinLeave: value(o.ForcePushJoinLeave),
		ForceRecovery: value(o.ForceRecovery), ForcePositioning: value(o.ForcePositioning),
	}
}

// Unsubscribe ends connections' subscriptions to a channel. The empty channel
// ends none, and clients are told all the same.
func (s *Service) Unsubscribe(ctx context.Context, req *UnsubscribeRequest) (*Empty, error) {
	return run(ctx, s, "unsubscribe", req, func(_ context.Context, req *UnsubscribeRequest) (*Empty, error) {
		if req.Channel != "" {
			if _, err := s.resolve(req.Channel); err != nil {
				return nil, err
			}
		}
		s.Node.UnsubscribeUser(req.Target.node(), req.Channel, carillon.UnsubscribeServer)
		return &Empty{}, nil
	})
}

// Disconnect closes connections.
func (s *Service) Disconnect(ctx context.Context, req *DisconnectRequest) (*Empty, error) {
	return run(ctx, s, "disconnect", req, func(_ context.Context, req *DisconnectRequest) (*Empty, error) {
		why := carillon.DisconnectForceNoReconnect
		if d := req.Disconnect; d != nil && d.Code != 0 {
			if d.Code < 3000 || d.Code > 4999 {
				return nil, carillon.ErrBadRequest
			}
			why = carillon.Disconnect{Code: d.Code, Reason: d.Reason}
		}
		target := req.Target.node()
		target.Except = req.Whitelist
		s.Node.DisconnectUser(target, why)
		return &Empty{}, nil
	})
}

// Refresh changes when connections expire.
func (s *Service) Refresh(ctx context.Context, req *RefreshRequest) (*Empty, error) {
	return run(ctx, s, "refresh", req, func(_ context.Context, req *RefreshRequest) (*Empty, error) {
		if req.Expired {
			s.Node.DisconnectUser(req.Target.node(), carillon.DisconnectExpired)
			return &Empty{}, nil
		}
		return &Empty{}, s.Node.RefreshUser(req.Target.node(), req.ExpireAt, req.Info)
	})
}
