package api

import (
	"context"
	"time"

	"carillon"
)

// Info describes the nodes.
func (s *Service) Info(ctx context.Context, req *InfoRequest) (*InfoResult, error) {
	return run(ctx, s, "info", req, func(context.Context, *InfoRequest) (*InfoResult, error) {
		res := &InfoResult{}
		for _, n := range s.Node.Nodes() {
			out := NodeResult{
				UID: n.ID, Name: n.Name, Version: n.Version,
				NumClients: uint32(n.Clients), NumUsers: uint32(n.Users),
				NumChannels: uint32(n.Channels), NumSubs: uint32(n.Subscriptions),
				Uptime: uint32(n.Uptime / time.Second),
			}
			if n.ID == s.Node.ID {
				items, interval := s.Snapshot()
				out.Metrics = &Metrics{Interval: interval.Seconds(), Items: items}
			}
			res.Nodes = append(res.Nodes, out)
		}
		return res, nil
	})
}

// RPC calls an extension. There are none.
func (s *Service) RPC(ctx context.Context, req *RPCRequest) (*RPCResult, error) {
	return run(ctx, s, "rpc", req, func(_ context.Context, req *RPCRequest) (*RPCResult, error) {
		if req.Method == "" {
			return nil, carillon.ErrBadRequest
		}
		return nil, ErrNotFound
	})
}
