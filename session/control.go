package session

import (
	"errors"

	"carillon"
	"carillon/hub"
	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// The methods in this file act on behalf of the server API. They concern
// sessions that are connected, and leave others alone.

// ServerSubscription is what the server API asks for.
type ServerSubscription struct {
	Grant *Grant
	// Since asks for the publications after a position, where recovery is in
	// force.
	Since *carillon.StreamPosition
}

// ServerSubscribe subscribes the client to a channel, or gives a subscription
// it has new settings. The client gets a subscribe push, then, as ordinary
// pushes, what it asked to recover.
func (s *Session) ServerSubscribe(req ServerSubscription) error {
	channel := req.Grant.Channel
	if at := req.Grant.ExpireAt; at != 0 && at <= s.env.Now().Unix() {
		return carillon.ErrExpired
	}
	if !s.Connected() {
		return nil
	}
	sub, err := s.reserve(channel, true)
	again := errors.Is(err, carillon.ErrAlreadySubscribed)
	switch {
	case again:
		if sub = s.reopen(channel); sub == nil {
			return nil // being made or going: whoever does so tells the client
		}
	case errors.Is(err, carillon.ErrLimitExceeded):
		s.Close(carillon.DisconnectChannelLimit)
		return nil
	case err != nil:
		return nil // the session is over
	}
	err = sub.serve(req, again)
	if err != nil {
		sub.rollback()
		why, over := errors.AsType[carillon.Disconnect](err)
		switch {
		case over:
			s.Close(why)
			return nil
		case again: // what the client had is gone
			s.Close(carillon.DisconnectServerError)
		}
		return err
	}
	sub.announce()
	return nil
}

// Connected reports whether the client is connected.
func (s *Session) Connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status == connected
}

// reopen takes a live subscription back to joining, for new settings. It
// returns nil when there is none. As with reserve, it then belongs to the
// caller.
func (s *Session) reopen(channel string) *Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub := s.subs.get(channel)
	if sub == nil || sub.state != subLive {
		return nil
	}
	sub.state, sub.join = subJoining, &joining{}
	sub.calls++
	return sub
}

// serve makes the subscription and tells the client.
func (sub *Subscription) serve(req ServerSubscription, again bool) error {
	s := sub.session
	want := resumption{}
	if req.Since != nil {
		want.recover, want.since = true, *req.Since
	}
	var r *joined
	var err error
	if again {
		r, err = sub.reestablish(req.Grant, want)
	} else {
		r, err = sub.establish(req.Grant, want)
	}
	if err != nil {
		return err
	}
	push := &clientpb.Subscribe{
		Recoverable: r.grant.Settings.Recoverable, Positioned: r.grant.Settings.Positioned,
		Epoch: r.told.Epoch, Offset: r.told.Offset, Data: r.grant.Data,
	}
	frames, err := sub.pushFrames(push, r.missed)
	if err != nil {
		return carillon.DisconnectInappropriateFormat
	}
	queueRest := func(int64) {
		for _, frame := range frames[1:] {
			s.enqueue(frame)
		}
	}
	if !s.commit(frames[0], queueRest, r) {
		return errGone
	}
	r.report()
	return nil
}

// pushFrames are the subscribe push and the publications behind it.
func (sub *Subscription) pushFrames(push *clientpb.Subscribe, missed []*clientpb.Publication) ([]*protocol.Frame, error) {
	enc := sub.session.encoding
	frame, err := protocol.NewFrame(enc, protocol.TypePushSubscribe,
		&clientpb.Reply{Push: &clientpb.Push{Channel: sub.channel, Subscribe: push}})
	frames := []*protocol.Frame{frame}
	for _, pub := range missed {
		if err != nil {
			return nil, err
		}
		frame, err = protocol.NewFrame(enc, protocol.TypePushPublication,
			&clientpb.Reply{Push: &clientpb.Push{Channel: sub.channel, Pub: pub}})
		frames = append(frames, frame)
	}
	return frames, err
}

// reestablish gives a subscription that events already flow to new settings,
// without letting one of them get lost.
func (sub *Subscription) reestablish(grant *Grant, want resumption) (*joined, error) {
	s, env := sub.session, sub.session.env
	s.mu.Lock()
	positioned := sub.settings.Positioned
	sub.apply(grant)
	info := s.clientInfo(sub.info)
	s.mu.Unlock()
	switch {
	case grant.Settings.Presence:
		sub.present = true
		if err := env.Node.AddPresence(env.Context, sub.channel, info); err != nil {
			return nil, sub.failure("add presence", err)
		}
	case sub.present:
		if err := env.Node.RemovePresence(env.Context, sub.channel, info); err != nil {
			return nil, sub.failure("remove presence", err)
		}
		sub.present = false
	}
	if !want.recover {
		return sub.goOn(grant, positioned)
	}
	want.filter = sub.filter
	r, err := sub.resume(grant, want)
	if err == nil && positioned && !r.recovered && grant.Settings.Positioned {
		return nil, carillon.DisconnectInsufficientState
	}
	return r, err
}

// goOn is resume for a subscription that was live: it goes on from where it
// stands, and everything held back meanwhile follows.
func (sub *Subscription) goOn(grant *Grant, positioned bool) (*joined, error) {
	s, env := sub.session, sub.session.env
	r := &joined{sub: sub, grant: grant}
	if !grant.Settings.Positioned {
		return r, nil
	}
	if !positioned {
		top, err := env.Node.StreamTop(env.Context, sub.channel, grant.MetaTTL)
		if err != nil {
			return nil, sub.failure("read stream position", err)
		}
		s.mu.Lock()
		sub.position, sub.chained = top, false
		for _, ev := range sub.join.held {
			if ev.Kind == hub.Published && ev.Publication.Offset > 0 {
				sub.position.Offset = min(top.Offset, ev.Publication.Offset-1)
				break
			}
		}
		s.mu.Unlock()
	}
	r.told, r.position, r.chained = sub.position, sub.position, sub.chained
	return r, nil
}

// ServerUnsubscribe ends the client's subscription to a channel. A client that
// has none gets the push all the same, and so does one for the channel "",
// which nobody has.
func (s *Session) ServerUnsubscribe(channel string, why carillon.Unsubscribe) {
	s.mu.Lock()
	if s.status != connected {
		s.mu.Unlock()
		return
	}
	sub := s.subs.get(channel)
	if sub == nil {
		s.mu.Unlock()
		s.pushUnsubscribe(channel, why)
		return
	}
	depart := sub.leave(sub.tell(why))
	s.mu.Unlock()
	if depart {
		sub.depart()
	}
}

// ServerRefresh replaces the connection's expiry (Unix seconds, 0 for none) and,
// unless empty, its info, and tells the client.
func (s *Session) ServerRefresh(expireAt int64, info []byte) error {
	now := s.env.Now()
	if expireAt != 0 && expireAt <= now.Unix() {
		s.Close(carillon.DisconnectExpired)
		return nil
	}
	expireAt = capExpiry(expireAt, now)
	s.mu.Lock()
	if s.status != connected {
		s.mu.Unlock()
		return nil
	}
	if expireAt == 0 {
		info = nil
	}
	s.renew(expireAt, info)
	next := s.due.next()
	s.mu.Unlock()
	s.wakeAt(next)
	push := &clientpb.Refresh{}
	if expireAt != 0 {
		push.Expires, push.Ttl = true, ttl(expireAt, now.Unix())
	}
	return s.push(protocol.TypePushRefresh, &clientpb.Push{Refresh: push})
}
