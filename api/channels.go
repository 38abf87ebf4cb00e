package api

import (
	"context"

	"carillon"
	"carillon/channel"
	"carillon/engine"

	"github.com/gobwas/glob"
)

// feature resolves a channel in whose namespace has must hold.
func (s *Service) feature(name, what string, has func(*channel.Options) bool) (channel.Resolved, error) {
	ch, err := s.resolve(name)
	if err == nil && !has(ch.Options) {
		s.Log.Warn("feature is off in the channel's namespace", "feature", what, "channel", name)
		err = carillon.ErrNotAvailable
	}
	return ch, err
}

func hasPresence(o *channel.Options) bool { return o.Presence }

// Presence returns who is subscribed to a channel.
func (s *Service) Presence(ctx context.Context, req *PresenceRequest) (*PresenceResult, error) {
	return run(ctx, s, "presence", req, func(ctx context.Context, req *PresenceRequest) (*PresenceResult, error) {
		if _, err := s.feature(req.Channel, "presence", hasPresence); err != nil {
			return nil, err
		}
		found, err := s.Node.Presence(ctx, req.Channel)
		if err != nil {
			return nil, err
		}
		res := &PresenceResult{Presence: make(map[string]*ClientInfo, len(found))}
		for id, info := range found {
			res.Presence[id] = clientInfo(info)
		}
		return res, nil
	})
}

func clientInfo(in *carillon.ClientInfo) *ClientInfo {
	if in == nil {
		return nil
	}
	return &ClientInfo{User: in.User, Client: in.Client, ConnInfo: in.ConnInfo, ChanInfo: in.ChanInfo}
}

// PresenceStats returns how many are subscribed to a channel.
func (s *Service) PresenceStats(ctx context.Context, req *PresenceStatsRequest) (*PresenceStatsResult, error) {
	return run(ctx, s, "presence_stats", req, func(ctx context.Context, req *PresenceStatsRequest) (*PresenceStatsResult, error) {
		if _, err := s.feature(req.Channel, "presence", hasPresence); err != nil {
			return nil, err
		}
		stats, err := s.Node.PresenceStats(ctx, req.Channel)
		if err != nil {
			return nil, err
		}
		return &PresenceStatsResult{NumClients: uint32(stats.Clients), NumUsers: uint32(stats.Users)}, nil
	})
}

// History reads a channel's stream.
func (s *Service) History(ctx context.Context, req *HistoryRequest) (*HistoryResult, error) {
	return run(ctx, s, "history", req, func(ctx context.Context, req *HistoryRequest) (*HistoryResult, error) {
		ch, err := s.feature(req.Channel, "history", (*channel.Options).HasHistory)
		if err != nil {
			return nil, err
		}
		q := engine.HistoryQuery{Limit: int(req.Limit), Reverse: req.Reverse, MetaTTL: ch.Options.HistoryMetaTTL}
		if p := req.Since; p != nil {
			q.Since = &carillon.StreamPosition{Offset: p.Offset, Epoch: p.Epoch}
		}
		h, err := s.Node.History(ctx, req.Channel, q)
		if err != nil {
			return nil, err
		}
		res := &HistoryResult{Publications: make([]*Publication, len(h.Publications)), Epoch: h.Top.Epoch, Offset: h.Top.Offset}
		for i, pub := range h.Publications {
			res.Publications[i] = &Publication{Data: pub.Data, Info: clientInfo(pub.Info), Offset: pub.Offset, Tags: pub.Tags}
		}
		return res, nil
	})
}

// HistoryRemove drops a stream's publications; its position stays.
func (s *Service) HistoryRemove(ctx context.Context, req *HistoryRemoveRequest) (*Empty, error) {
	return run(ctx, s, "history_remove", req, func(ctx context.Context, req *HistoryRemoveRequest) (*Empty, error) {
		if _, err := s.feature(req.Channel, "history", (*channel.Options).HasHistory); err != nil {
			return nil, err
		}
		return &Empty{}, s.Node.RemoveHistory(ctx, req.Channel)
	})
}

// Channels lists channels that have subscribers.
func (s *Service) Channels(ctx context.Context, req *ChannelsRequest) (*ChannelsResult, error) {
	return run(ctx, s, "channels", req, func(_ context.Context, req *ChannelsRequest) (*ChannelsResult, error) {
		matches := func(string) bool { return true }
		if req.Pattern != "" {
			pattern, err := glob.Compile(req.Pattern)
			if err != nil {
				return nil, carillon.ErrBadRequest
			}
			matches = pattern.Match
		}
		res := &ChannelsResult{Channels: map[string]ChannelInfo{}}
		for name, clients := range s.Node.Channels() {
			if matches(name) {
				res.Channels[name] = ChannelInfo{NumClients: uint32(clients)}
			}
		}
		return res, nil
	})
}
