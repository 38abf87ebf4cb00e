package session

import (
	"carillon"
	"carillon/hub"
	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// Deliver takes events from the hub: it queues what this client is to see.
func (sub *Subscription) Deliver(b *hub.Broadcast) {
	s := sub.session
	defer s.contain()
	wake, after := sub.take(b)
	if after != nil {
		// Ending a subscription takes it out of the hub, which is quicker when
		// no broadcast walks the channel.
		s.env.Go(after)
	}
	if wake {
		s.transport.Wake()
	}
}

// take is the part of Deliver under the lock. after, if any, is to be called
// without it.
func (sub *Subscription) take(b *hub.Broadcast) (wake bool, after func()) {
	s := sub.session
	s.mu.Lock()
	defer s.mu.Unlock()
	switch sub.state {
	case subOver:
		return false, nil
	case subJoining:
		for _, ev := range b.Events {
			sub.hold(ev)
		}
		return false, nil
	}
	dropped := 0
	for i, ev := range b.Events {
		pass := sub.filter == nil || ev.Kind != hub.Published || b.Matches(sub.filter, i)
		if !pass {
			dropped++
		}
		w, fate := sub.admit(ev, pass)
		wake = wake || w
		if fate != fateFine {
			return wake, sub.meet(fate)
		}
	}
	if dropped > 0 {
		s.env.Metrics.Filtered(dropped)
	}
	if s.overflowing() {
		after = s.shut(carillon.DisconnectSlow).do
	}
	return wake, after
}

// hold sets an event aside until the subscription is live. Called with the
// lock.
func (sub *Subscription) hold(ev *hub.Event) {
	j := sub.join
	if j.bytes += ev.Size(); j.overflow || j.bytes > sub.session.env.QueueMaxSize {
		j.overflow, j.held = true, nil
		return
	}
	j.held = append(j.held, ev)
}

// fate is what becomes of a subscription through an event.
type fate uint8

const (
	fateFine    fate = iota
	fateLost         // the position no longer holds
	fateNotJSON      // the payload can't be sent to a JSON connection
)

// admit is the one way of an event to a client, live or held back while the
// subscription was made. pass is the tags filter's verdict. Called with the
// lock, on a subscription that is live.
func (sub *Subscription) admit(ev *hub.Event, pass bool) (wake bool, f fate) {
	s := sub.session
	form := hub.Plain
	switch {
	case ev.Kind != hub.Published:
		if !sub.settings.PushJoinLeave {
			return false, fateFine
		}
	default:
		var take bool
		if take, f = sub.follow(ev); !take || !pass {
			return false, f
		}
		form = sub.form(ev)
	}
	frame, err := ev.Frame(s.encoding, form)
	if err != nil {
		return false, fateNotJSON
	}
	return s.enqueue(frame), fateFine
}

// follow moves the position of a positioned subscription and reports whether
// the publication is its next one. Called with the lock.
func (sub *Subscription) follow(ev *hub.Event) (take bool, f fate) {
	offset := ev.Publication.Offset
	if !sub.settings.Positioned || offset == 0 {
		return true, fateFine
	}
	env := sub.session.env
	if lag := env.PositionMaxLag; lag > 0 && env.Now().UnixMilli()-ev.Publication.Time > lag.Milliseconds() {
		return false, fateLost
	}
	if sub.position.Epoch == "" {
		sub.position.Epoch = ev.Epoch
	}
	switch {
	case sub.position.Epoch != ev.Epoch:
		return false, fateLost
	case offset <= sub.position.Offset:
		return false, fateFine // a late copy of what the client has
	case offset != sub.position.Offset+1:
		return false, fateLost
	}
	sub.position.Offset = offset
	sub.proved = env.Mono()
	return true, fateFine
}

// form chooses how the payload is written, and keeps account of what the
// client can apply a patch to. Called with the lock.
func (sub *Subscription) form(ev *hub.Event) hub.Form {
	if !sub.delta {
		return hub.Plain
	}
	// A patch builds on the publication right before it in the stream. One
	// outside the stream takes that one's place with the client, so that the
	// next has to be full.
	form := hub.Full
	inStream := sub.settings.Positioned && ev.Publication.Offset != 0
	if inStream && sub.chained && ev.Base != nil && ev.Base.Offset+1 == ev.Publication.Offset {
		form = hub.Patch
	}
	sub.chained = inStream
	return form
}

// meet ends what can't go on. It returns what is to be done without the lock,
// which the caller holds; nil when a call under way will do it.
func (sub *Subscription) meet(f fate) (after func()) {
	s := sub.session
	if f == fateNotJSON {
		return s.shut(carillon.DisconnectInappropriateFormat).do
	}
	if sub.serverSide {
		return s.shut(carillon.DisconnectInsufficientState).do
	}
	if sub.leave(sub.tell(carillon.UnsubscribeInsufficientState)) {
		return sub.depart
	}
	return nil
}

// tell returns a function that pushes an unsubscribe for the subscription.
func (sub *Subscription) tell(why carillon.Unsubscribe) func() {
	return func() { sub.session.pushUnsubscribe(sub.channel, why) }
}

func (s *Session) pushUnsubscribe(channel string, why carillon.Unsubscribe) {
	s.env.Metrics.Unsubscribe(why.Code)
	push := &clientpb.Push{Channel: channel, Unsubscribe: &clientpb.Unsubscribe{Code: why.Code, Reason: why.Reason}}
	if err := s.push(protocol.TypePushUnsubscribe, push); err != nil {
		s.Close(carillon.DisconnectServerError)
	}
}
