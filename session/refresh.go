package session

import (
	"errors"

	"carillon"
	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// refresh handles the refresh command: a new token for the connection.
func (s *Session) refresh(id uint32, req *clientpb.RefreshRequest) error {
	if req.Token == "" {
		return carillon.DisconnectBadRequest
	}
	s.mu.Lock()
	client := s.client()
	s.mu.Unlock()
	renewal, err := s.env.Access.Refresh(s.env.Context, client, req.Token)
	if err != nil {
		if errors.Is(err, carillon.ErrTokenExpired) {
			return carillon.DisconnectExpired
		}
		return err
	}
	now := s.env.Now()
	if renewal.ExpireAt != 0 && renewal.ExpireAt <= now.Unix() {
		return carillon.ErrExpired
	}
	expireAt := capExpiry(renewal.ExpireAt, now)
	s.mu.Lock()
	if !s.sameTokenChannels(renewal.TokenChannels) {
		s.mu.Unlock()
		return carillon.DisconnectInsufficientState
	}
	s.renew(expireAt, renewal.Info)
	if renewal.Meta != nil {
		s.meta = renewal.Meta
	}
	next := s.due.next()
	s.mu.Unlock()
	s.wakeAt(next)
	result := &clientpb.RefreshResult{}
	if expireAt != 0 {
		result.Expires, result.Ttl = true, ttl(expireAt, now.Unix())
	}
	return s.send(protocol.TypeRefresh, &clientpb.Reply{Id: id, Refresh: result})
}

// renew replaces expiry and info of a session that is not closed. Called with
// the lock.
func (s *Session) renew(expireAt int64, info []byte) {
	if s.status == closed {
		return
	}
	s.expireAt = expireAt
	s.due.expire = s.expiryDeadline(expireAt, s.env.ExpiredCloseDelay)
	if len(info) > 0 {
		s.info = info
	}
}

// sameTokenChannels reports whether a new token wants the server-side
// subscriptions that the session has: every channel it names is subscribed, and
// every one that came from the earlier token is named. Called with the lock.
func (s *Session) sameTokenChannels(names []string) bool {
	named := make(map[string]bool, len(names))
	for _, name := range names {
		if s.subs.get(name) == nil {
			return false
		}
		named[name] = true
	}
	for _, sub := range s.subs.list {
		if sub.source == SourceConnectionToken && !named[sub.channel] {
			return false
		}
	}
	return true
}

// subRefresh handles the sub_refresh command: a new token for a subscription.
func (s *Session) subRefresh(id uint32, req *clientpb.SubRefreshRequest) error {
	if req.Channel == "" {
		return carillon.DisconnectBadRequest
	}
	s.mu.Lock()
	client := s.client()
	sub := s.subs.get(req.Channel)
	subscribed := sub != nil && sub.state == subLive
	s.mu.Unlock()
	switch {
	case !subscribed:
		return carillon.ErrPermissionDenied
	case req.Token == "":
		return carillon.ErrBadRequest
	}
	renewal, err := s.env.Access.SubRefresh(s.env.Context, client, SubRefreshRequest{
		Channel: s.env.Node.Rules().Resolve(req.Channel), Token: req.Token,
	})
	if err != nil {
		if errors.Is(err, carillon.ErrTokenExpired) {
			// The push comes first, so that SDKs subscribe again with a new
			// token instead of giving the subscription up for the error.
			s.expire(sub)
		}
		return err
	}
	now := s.env.Now().Unix()
	if renewal.ExpireAt != 0 && renewal.ExpireAt <= now {
		return carillon.ErrExpired
	}
	s.mu.Lock()
	if sub.state == subLive {
		sub.expireAt, sub.info = renewal.ExpireAt, renewal.Info
	}
	s.scheduleDuties(s.env.Mono())
	next := s.due.next()
	s.mu.Unlock()
	s.wakeAt(next)
	result := &clientpb.SubRefreshResult{}
	if renewal.ExpireAt != 0 {
		result.Expires, result.Ttl = true, ttl(renewal.ExpireAt, now)
	}
	return s.send(protocol.TypeSubRefresh, &clientpb.Reply{Id: id, SubRefresh: result})
}

// expire ends a subscription whose time is over: the client subscribes again,
// or, if the server had subscribed it, connects again.
func (s *Session) expire(sub *Subscription) {
	if sub.serverSide {
		s.Close(carillon.DisconnectSubExpired)
		return
	}
	s.mu.Lock()
	depart := sub.state == subLive && sub.leave(sub.tell(carillon.UnsubscribeExpired))
	s.mu.Unlock()
	if depart {
		sub.depart()
	}
}
