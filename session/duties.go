package session

import "time"

// positionRecheck is how long a position that looks wrong is given before it
// counts: a publication may have been on its way while the top was read.
const positionRecheck = time.Second

// regularDuties looks after subscriptions: presence is renewed, positions are
// proved, expired ones end.
func (s *Session) regularDuties() {
	defer s.contain()
	s.mu.Lock()
	var subs []*Subscription
	for _, sub := range s.subs.list {
		if sub.state == subLive && sub.hasDuties() {
			sub.calls++
			subs = append(subs, sub)
		}
	}
	s.mu.Unlock()
	recheck := false
	for _, sub := range subs {
		recheck = sub.attend() || recheck
		sub.done()
	}
	s.mu.Lock()
	s.ticking = false
	if recheck && s.status == connected {
		s.due.tick = min(s.due.tick, s.env.Mono()+int64(positionRecheck))
	}
	next := s.due.next()
	s.mu.Unlock()
	s.wakeAt(next)
}

// attend does the duties of one subscription, and reports whether its position
// has to be looked at again soon.
func (sub *Subscription) attend() (recheck bool) {
	s, env := sub.session, sub.session.env
	now, mono := env.Now(), env.Mono()
	s.mu.Lock()
	expired := sub.expireAt != 0 && now.Unix() > sub.expireAt+int64(env.ExpiredSubCloseDelay/time.Second)
	renew := sub.settings.Presence
	unproved := sub.settings.Positioned && mono-sub.proved >= int64(env.PositionCheckDelay)
	info := s.clientInfo(sub.info)
	s.mu.Unlock()
	if expired {
		s.expire(sub)
		return false
	}
	if renew {
		if err := env.Node.AddPresence(env.Context, sub.channel, info); err != nil {
			env.Log.Error("renew presence", "channel", sub.channel, "client", info.Client, "error", err)
		}
	}
	return unproved && sub.provePosition()
}

// provePosition compares the subscription's position with the stream's top. A
// first mismatch only asks for a second look.
func (sub *Subscription) provePosition() (recheck bool) {
	s, env := sub.session, sub.session.env
	s.mu.Lock()
	before := sub.position
	s.mu.Unlock()
	top, err := env.Node.StreamTop(env.Context, sub.channel, sub.metaTTL)
	if err != nil {
		env.Log.Error("read stream position", "channel", sub.channel, "error", err)
		return false // the next tick tries again
	}
	s.mu.Lock()
	if sub.state != subLive || sub.position != before {
		sub.doubted = false
		s.mu.Unlock()
		return false
	}
	if sub.position.Epoch == "" && sub.position.Offset == top.Offset {
		sub.position.Epoch = top.Epoch
	}
	switch {
	case sub.position == top:
		sub.proved, sub.doubted = env.Mono(), false
	case !sub.doubted:
		sub.doubted, recheck = true, true
	default:
		env.Log.Info("lost position", "channel", sub.channel, "client", s.ID(), "offset", before.Offset, "top", top.Offset)
		after := sub.meet(fateLost)
		s.mu.Unlock()
		if after != nil {
			after()
		}
		return false
	}
	s.mu.Unlock()
	return recheck
}
