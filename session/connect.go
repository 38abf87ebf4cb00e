package session

import (
	"math"
	"slices"
	"time"

	"carillon"
	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// connect handles the connect command.
func (s *Session) connect(id uint32, req *clientpb.ConnectRequest) error {
	s.mu.Lock()
	if s.status != fresh {
		s.mu.Unlock()
		return carillon.DisconnectBadRequest
	}
	s.status = connecting
	s.named, s.versioned = req.Name != "", req.Version != ""
	s.mu.Unlock()

	ident, err := s.env.Access.Connect(s.env.Context, ConnectRequest{
		ClientID: s.ID(), Token: req.Token, Name: req.Name, Version: req.Version, Data: req.Data,
		Channels: channelsOf(req.Subs), Request: s.request,
	})
	if err != nil {
		return err
	}
	if len(ident.Subs) > s.env.ChannelLimit {
		return carillon.DisconnectChannelLimit
	}
	if err := s.become(ident); err != nil {
		return err
	}
	joins, err := s.establishAll(ident.Subs, req.Subs)
	if err == nil {
		err = s.welcome(id, ident, joins)
	}
	if err != nil {
		for _, j := range joins {
			j.sub.rollback()
		}
		s.env.Node.Unregister(s)
		return err
	}
	for _, j := range joins {
		j.report()
		j.sub.announce()
	}
	return nil
}

func channelsOf(subs map[string]*clientpb.SubscribeRequest) []string {
	if len(subs) == 0 {
		return nil
	}
	names := make([]string, 0, len(subs))
	for name := range subs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// become gives the session its identity and makes it known to the node.
func (s *Session) become(ident *Identity) error {
	s.mu.Lock()
	s.user, s.info, s.meta = ident.User, ident.Info, ident.Meta
	s.mu.Unlock()
	if err := s.env.Node.Register(s); err != nil {
		return err
	}
	s.mu.Lock()
	over := s.status == closed
	s.mu.Unlock()
	var err error
	switch {
	case over: // closed before it was registered: nobody else will undo it
		err = errGone
	case ident.ExpireAt != 0 && ident.ExpireAt <= s.env.Now().Unix():
		err = carillon.ErrExpired
	}
	if err != nil {
		s.env.Node.Unregister(s)
	}
	return err
}

// establishAll makes the server-side subscriptions of a connect command. On an
// error the caller rolls back those that are returned.
func (s *Session) establishAll(grants []*Grant, wanted map[string]*clientpb.SubscribeRequest) (joins []*joined, err error) {
	for _, grant := range grants {
		sub, err := s.reserve(grant.Channel, true)
		if err != nil {
			return joins, err
		}
		var want resumption
		if req := wanted[grant.Channel]; req != nil {
			if req.Delta != "" && req.Delta != fossil {
				sub.rollback()
				return joins, carillon.DisconnectBadRequest
			}
			want = resumption{
				recover: req.Recover, delta: req.Delta != "",
				since: carillon.StreamPosition{Offset: req.Offset, Epoch: req.Epoch},
			}
		}
		j, err := sub.establish(grant, want)
		if err != nil {
			sub.rollback()
			return joins, err
		}
		joins = append(joins, j)
	}
	return joins, nil
}

// welcome sends the connect reply and lets the session begin.
func (s *Session) welcome(id uint32, ident *Identity, joins []*joined) error {
	now := s.env.Now()
	result := &clientpb.ConnectResult{Client: s.ID(), Version: s.env.Version, Data: ident.Data}
	expireAt := capExpiry(ident.ExpireAt, now)
	if expireAt != 0 {
		result.Expires, result.Ttl = true, ttl(expireAt, now.Unix())
	}
	if s.pings() {
		result.Ping = uint32(max(1, s.env.PingInterval.Round(time.Second)/time.Second))
		result.Pong = s.env.PongTimeout > 0
	}
	if s.env.IncludeServerTime {
		result.Time = now.UnixMilli()
	}
	frame, err := s.welcomeFrame(id, result, joins)
	if err != nil {
		return err
	}
	begin := func(mono int64) {
		s.status = connected
		s.expireAt = expireAt
		s.due.expire = s.expiryDeadline(expireAt, s.env.ExpiredCloseDelay)
		s.startLiveness(mono)
		// Counted under the lock, so that Close, which counts the other way,
		// can't come first.
		s.transport.Metrics().Opened(s.named, s.versioned)
	}
	if !s.commit(frame, begin, joins...) {
		return errGone
	}
	return nil
}

// welcomeFrame encodes the connect reply. Recoveries whose publications would
// not fit the queue are given up, the largest first.
func (s *Session) welcomeFrame(id uint32, result *clientpb.ConnectResult, joins []*joined) (*protocol.Frame, error) {
	for {
		if len(joins) > 0 {
			result.Subs = make(map[string]*clientpb.SubscribeResult, len(joins))
		}
		for _, j := range joins {
			result.Subs[j.sub.channel] = j.message()
		}
		frame, err := protocol.NewFrame(s.encoding, protocol.TypeConnect, &clientpb.Reply{Id: id, Connect: result})
		if err != nil {
			return nil, carillon.DisconnectInappropriateFormat
		}
		if !s.tooLarge(frame) || !giveUpLargest(joins) {
			return frame, nil
		}
	}
}

func giveUpLargest(joins []*joined) bool {
	var largest *joined
	most := 0
	for _, j := range joins {
		size := 0
		for _, pub := range j.missed {
			size += len(pub.Data)
		}
		if size > most {
			largest, most = j, size
		}
	}
	return largest != nil && largest.giveUpRecovery()
}

// maxTTL is the longest life of a connection before it has to be refreshed.
const maxTTL = 365 * 24 * 60 * 60

// capExpiry bounds an expiry to maxTTL from now; 0 stays 0.
func capExpiry(expireAt int64, now time.Time) int64 {
	return min(expireAt, now.Unix()+maxTTL)
}

// ttl is the seconds from now to a later moment, as the protocol writes them.
func ttl(expireAt, now int64) uint32 {
	return uint32(min(max(expireAt-now, 0), math.MaxUint32))
}

// expiryDeadline is when a grace after an expiry, which is capped, is over.
func (s *Session) expiryDeadline(expireAt int64, grace time.Duration) int64 {
	if expireAt == 0 {
		return never
	}
	left := time.Unix(expireAt, 0).Sub(s.env.Now())
	return s.env.Mono() + int64(left) + int64(grace)
}
