package session

import "carillon"

// Close ends the connection for the given reason; later calls do nothing. The
// transport knows when it returns; what the session held elsewhere is given
// back afterwards, so that a slow store never keeps a socket open.
func (s *Session) Close(why carillon.Disconnect) {
	s.mu.Lock()
	rest := s.shut(why)
	s.mu.Unlock()
	rest.do()
}

// closing is what remains to be done for a session that was shut.
type closing struct {
	session *Session
	why     carillon.Disconnect
	was     status
	subs    []*Subscription
}

// shut moves the session to closed and returns what the caller has to do when
// it has released the lock; nil when the session was closed already. Called
// with the lock.
func (s *Session) shut(why carillon.Disconnect) *closing {
	if s.status == closed {
		return nil
	}
	c := &closing{session: s, why: why, was: s.status}
	s.status = closed
	s.due = noDeadlines()
	s.in.frames, s.in.bytes = nil, 0
	if why == carillon.DisconnectSlow || why == carillon.DisconnectConnectionClosed {
		s.out.drop()
	}
	for _, sub := range s.subs.list {
		if sub.leave(nil) {
			c.subs = append(c.subs, sub)
		}
	}
	return c
}

func (c *closing) do() {
	if c == nil {
		return
	}
	s := c.session
	if c.why != carillon.DisconnectConnectionClosed {
		s.env.Metrics.Disconnect(c.why.Code)
	}
	s.transport.Finish(c.why)
	if c.was == fresh {
		return
	}
	s.env.Node.Unregister(s)
	if c.was == connected {
		s.transport.Metrics().Closed(s.named, s.versioned)
	}
	for _, sub := range c.subs {
		if !sub.quiet() || !s.env.Node.Local() {
			s.env.Go(func() { c.depart() })
			return
		}
	}
	c.depart()
}

func (c *closing) depart() {
	for _, sub := range c.subs {
		sub.depart()
	}
}
