package session

import (
	"time"

	"carillon"
	"carillon/protocol"
)

// Tick does what is due at the given reading of Env.Mono. The transport calls
// it after WakeAt, or any time.
func (s *Session) Tick(now int64) {
	defer s.contain()
	s.mu.Lock()
	if s.status == closed {
		s.mu.Unlock()
		return
	}
	why, over := s.deadline(now)
	wake := false
	duties := false
	if !over {
		if now >= s.due.ping {
			wake = s.ping(now)
		}
		if now >= s.due.tick {
			s.due.tick = now + int64(s.env.PresenceInterval)
			// A tick that finds the last one still running is skipped: duties
			// must not pile up behind a slow store.
			duties = !s.ticking
			s.ticking = true
		}
	}
	next, slow := s.due.next(), s.overflowing()
	s.mu.Unlock()

	if over {
		s.Close(why)
		return
	}
	s.afterEnqueue(wake, slow)
	if duties {
		if s.env.Node.Local() {
			s.regularDuties()
		} else {
			s.env.Go(s.regularDuties)
		}
	}
	s.wakeAt(next)
}

// deadline tells whether a limit of the connection's life has passed. Called
// with the lock.
func (s *Session) deadline(now int64) (why carillon.Disconnect, over bool) {
	switch {
	case now >= s.due.stale:
		return carillon.DisconnectStale, true
	case now >= s.due.pong:
		return carillon.DisconnectNoPong, true
	case now >= s.due.expire:
		return carillon.DisconnectExpired, true
	case now >= s.due.leave:
		return carillon.DisconnectServerError, true
	}
	return why, false
}

func (s *Session) wakeAt(next int64) {
	if next != never {
		s.transport.WakeAt(next)
	}
}

// ping queues a ping and expects its answer. Called with the lock.
func (s *Session) ping(now int64) (wake bool) {
	s.due.ping = now + int64(s.env.PingInterval)
	if s.env.PongTimeout > 0 {
		s.due.pong = now + int64(s.env.PongTimeout)
		s.pinged = now
	}
	return s.enqueue(protocol.PingFrame(s.encoding))
}

// pong takes the answer to a ping.
func (s *Session) pong() verdict {
	s.mu.Lock()
	pinged := s.pinged
	s.pinged, s.due.pong = 0, never
	over := s.status >= refused
	s.mu.Unlock()
	switch {
	case over:
		return stop
	case pinged == 0:
		s.Close(carillon.DisconnectBadRequest)
		return stop
	}
	s.transport.Metrics().PingPong(time.Duration(s.env.Mono() - pinged))
	return goOn
}

// startLiveness begins pinging and the regular duties of a session that just
// connected. Called with the lock; the caller then calls wakeAt.
func (s *Session) startLiveness(now int64) {
	s.due.stale = never
	if s.pings() {
		s.due.ping = now + s.env.jitter(s.env.PingInterval)
	}
	s.scheduleDuties(now)
}

// scheduleDuties makes sure that the regular duties come if there are any: a
// session without such subscriptions is left asleep. Called with the lock.
func (s *Session) scheduleDuties(now int64) {
	if s.due.tick != never || s.env.PresenceInterval <= 0 {
		return
	}
	for _, sub := range s.subs.list {
		if sub.hasDuties() {
			s.due.tick = now + s.env.jitter(s.env.PresenceInterval)
			return
		}
	}
}

// pings reports whether the session pings its client.
func (s *Session) pings() bool { return s.env.PingInterval > 0 && !s.request.OwnPings }
