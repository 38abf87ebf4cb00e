package session

import (
	"time"

	"carillon"
	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// unsubscribePatience is how long an unsubscribe waits for a subscribe of the
// same channel that is still being carried out.
const unsubscribePatience = 5 * time.Second

// unsubscribe handles the unsubscribe command. Where the subscription is being
// worked on elsewhere, the session handles nothing more until that is done:
// what follows may be a new subscribe for the channel.
func (s *Session) unsubscribe(id uint32, req *clientpb.UnsubscribeRequest) error {
	if req.Channel == "" {
		return carillon.DisconnectBadRequest
	}
	reply := func() error {
		return s.send(protocol.TypeUnsubscribe, &clientpb.Reply{Id: id, Unsubscribe: &clientpb.UnsubscribeResult{}})
	}
	s.mu.Lock()
	sub := s.subs.get(req.Channel)
	if sub == nil {
		s.mu.Unlock()
		return reply()
	}
	s.in.held = true
	depart := sub.leave(func() {
		if err := reply(); err != nil {
			s.Close(carillon.DisconnectServerError)
		}
		s.resumeCommands()
	})
	if !depart {
		s.due.leave = s.env.Mono() + int64(unsubscribePatience)
	}
	next := s.due.next()
	s.mu.Unlock()
	if depart {
		sub.depart()
	} else {
		s.wakeAt(next)
	}
	return errHeld
}
