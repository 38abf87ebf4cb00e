package api

import (
	"context"
	"errors"
	"math"
	"time"

	"carillon"
)

// BatchRequest holds commands, carried out in order unless Parallel.
type BatchRequest struct {
	Commands []*Command `json:"commands"`
	Parallel bool       `json:"parallel"`
}

// Command is one request. Of several the first in the order of the fields
// counts.
type Command struct {
	Publish       *PublishRequest       `json:"publish"`
	Broadcast     *BroadcastRequest     `json:"broadcast"`
	Subscribe     *SubscribeRequest     `json:"subscribe"`
	Unsubscribe   *UnsubscribeRequest   `json:"unsubscribe"`
	Disconnect    *DisconnectRequest    `json:"disconnect"`
	History       *HistoryRequest       `json:"history"`
	HistoryRemove *HistoryRemoveRequest `json:"history_remove"`
	Presence      *PresenceRequest      `json:"presence"`
	PresenceStats *PresenceStatsRequest `json:"presence_stats"`
	Info          *InfoRequest          `json:"info"`
	RPC           *RPCRequest           `json:"rpc"`
	Refresh       *RefreshRequest       `json:"refresh"`
	Channels      *ChannelsRequest      `json:"channels"`
}

// BatchResult has a reply for each command, in their order.
type BatchResult struct {
	Replies []Reply `json:"replies,omitempty"`
}

// Reply is an error or the result of the command's request.
type Reply struct {
	Error         *Error               `json:"error,omitempty"`
	Publish       *PublishResult       `json:"publish,omitempty"`
	Broadcast     *BroadcastResult     `json:"broadcast,omitempty"`
	Subscribe     *Empty               `json:"subscribe,omitempty"`
	Unsubscribe   *Empty               `json:"unsubscribe,omitempty"`
	Disconnect    *Empty               `json:"disconnect,omitempty"`
	History       *HistoryResult       `json:"history,omitempty"`
	HistoryRemove *Empty               `json:"history_remove,omitempty"`
	Presence      *PresenceResult      `json:"presence,omitempty"`
	PresenceStats *PresenceStatsResult `json:"presence_stats,omitempty"`
	Info          *InfoResult          `json:"info,omitempty"`
	RPC           *RPCResult           `json:"rpc,omitempty"`
	Refresh       *Empty               `json:"refresh,omitempty"`
	Channels      *ChannelsResult      `json:"channels,omitempty"`
}

// Batch carries out several commands. It never fails as a whole.
func (s *Service) Batch(ctx context.Context, req *BatchRequest) *BatchResult {
	start := time.Now()
	replies := make([]Reply, len(req.Commands))
	// It may hold any amount, so it waits for its writes.
	s.Node.Batch(math.MaxInt32, func() {
		s.each(len(req.Commands), !req.Parallel, func(i int) { s.command(ctx, req.Commands[i], &replies[i]) })
	})
	s.meters["batch"].Done(time.Since(start))
	return &BatchResult{Replies: replies}
}

func (s *Service) command(ctx context.Context, c *Command, reply *Reply) {
	var err error
	switch {
	case c == nil:
		err = s.failed(unknown, carillon.ErrBadRequest)
	case c.Publish != nil:
		reply.Publish, err = s.publishBy(ctx, c.Publish, within)
	case c.Broadcast != nil:
		reply.Broadcast, err = s.broadcastBy(ctx, c.Broadcast, within)
	case c.Subscribe != nil:
		reply.Subscribe, err = s.Subscribe(ctx, c.Subscribe)
	case c.Unsubscribe != nil:
		reply.Unsubscribe, err = s.Unsubscribe(ctx, c.Unsubscribe)
	case c.Disconnect != nil:
		reply.Disconnect, err = s.Disconnect(ctx, c.Disconnect)
	case c.History != nil:
		reply.History, err = s.History(ctx, c.History)
	case c.HistoryRemove != nil:
		reply.HistoryRemove, err = s.HistoryRemove(ctx, c.HistoryRemove)
	case c.Presence != nil:
		reply.Presence, err = s.Presence(ctx, c.Presence)
	case c.PresenceStats != nil:
		reply.PresenceStats, err = s.PresenceStats(ctx, c.PresenceStats)
	case c.Info != nil:
		reply.Info, err = s.Info(ctx, c.Info)
	case c.RPC != nil:
		reply.RPC, err = s.RPC(ctx, c.RPC)
	case c.Refresh != nil:
		reply.Refresh, err = s.Refresh(ctx, c.Refresh)
	case c.Channels != nil:
		reply.Channels, err = s.Channels(ctx, c.Channels)
	default:
		err = s.failed(unknown, ErrNotFound)
	}
	if err != nil {
		e, _ := errors.AsType[*carillon.Error](err)
		reply.Error = shown(e)
	}
}
