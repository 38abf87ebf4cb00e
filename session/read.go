package session

import (
	"carillon"
	"carillon/channel"
	"carillon/engine"
	"carillon/hub"
	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// presence handles the presence command.
func (s *Session) presence(id uint32, req *clientpb.PresenceRequest) error {
	ch, err := s.presenceAllowed(req.Channel)
	if err != nil {
		return err
	}
	everybody, err := s.env.Node.Presence(s.env.Context, ch.Name)
	if err != nil {
		return err
	}
	result := &clientpb.PresenceResult{Presence: make(map[string]*clientpb.ClientInfo, len(everybody))}
	for client, info := range everybody {
		result.Presence[client] = hub.RenderInfo(info)
	}
	return s.send(protocol.TypePresence, &clientpb.Reply{Id: id, Presence: result})
}

// presenceStats handles the presence_stats command.
func (s *Session) presenceStats(id uint32, req *clientpb.PresenceStatsRequest) error {
	ch, err := s.presenceAllowed(req.Channel)
	if err != nil {
		return err
	}
	stats, err := s.env.Node.PresenceStats(s.env.Context, ch.Name)
	if err != nil {
		return err
	}
	result := &clientpb.PresenceStatsResult{NumClients: uint32(stats.Clients), NumUsers: uint32(stats.Users)}
	return s.send(protocol.TypePresenceStats, &clientpb.Reply{Id: id, PresenceStats: result})
}

// presenceAllowed refuses what the client may not know about a channel.
func (s *Session) presenceAllowed(name string) (channel.Resolved, error) {
	ch, err := s.resolve(name)
	if err != nil {
		return ch, err
	}
	if !ch.Options.Presence {
		return ch, carillon.ErrNotAvailable
	}
	client, subscribed := s.asReader(ch)
	return ch, s.env.Access.Presence(s.env.Context, client, ch, subscribed)
}

// history handles the history command.
func (s *Session) history(id uint32, req *clientpb.HistoryRequest) error {
	ch, err := s.resolve(req.Channel)
	if err != nil {
		return err
	}
	if !ch.Options.HasHistory() {
		return carillon.ErrNotAvailable
	}
	client, subscribed := s.asReader(ch)
	if err := s.env.Access.History(s.env.Context, client, ch, subscribed); err != nil {
		return err
	}
	query := engine.HistoryQuery{Limit: int(req.Limit), Reverse: req.Reverse, MetaTTL: ch.Options.HistoryMetaTTL}
	if most := s.env.HistoryLimit; most > 0 && (query.Limit < 0 || query.Limit > most) {
		query.Limit = most
	}
	if req.Since != nil {
		query.Since = &carillon.StreamPosition{Offset: req.Since.Offset, Epoch: req.Since.Epoch}
	}
	read, err := s.env.Node.History(s.env.Context, ch.Name, query)
	if err != nil {
		return err
	}
	result := &clientpb.HistoryResult{
		Publications: make([]*clientpb.Publication, len(read.Publications)),
		Offset:       read.Top.Offset, Epoch: read.Top.Epoch,
	}
	for i, pub := range read.Publications {
		if result.Publications[i], err = hub.Render(pub, nil, s.encoding, hub.Plain); err != nil {
			return carillon.DisconnectInappropriateFormat
		}
	}
	return s.send(protocol.TypeHistory, &clientpb.Reply{Id: id, History: result})
}
