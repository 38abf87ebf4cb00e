package session

import (
	"errors"

	"carillon"
	"carillon/channel"
	"carillon/protocol"
	"carillon/protocol/clientpb"
	"carillon/tagfilter"
)

const fossil = "fossil"

// flagRejectUnrecovered in SubscribeRequest.flag turns a recovery that is not
// possible into error 112 instead of a subscription without it.
const flagRejectUnrecovered = 2

// subscribe handles the subscribe command.
func (s *Session) subscribe(id uint32, req *clientpb.SubscribeRequest) error {
	if req.Channel == "" {
		return carillon.DisconnectBadRequest
	}
	ch := s.env.Node.Rules().Resolve(req.Channel)
	switch ch.CheckType(channel.SubscriptionType(req.Type)) {
	case channel.TypeWrong:
		return carillon.ErrBadRequest
	case channel.TypeUnavailable:
		return carillon.ErrNotAvailable
	}
	if req.Delta != "" && req.Delta != fossil {
		return carillon.DisconnectBadRequest
	}
	if ch.TooLong() {
		return carillon.ErrBadRequest
	}
	sub, err := s.reserve(req.Channel, false)
	if err != nil {
		return err
	}
	grant, filter, err := s.admitSubscriber(ch, req)
	if err != nil {
		sub.rollback()
		return err
	}
	want := resumption{
		recover: req.Recover, since: carillon.StreamPosition{Offset: req.Offset, Epoch: req.Epoch},
		delta: req.Delta != "", filter: filter, strict: req.Flag&flagRejectUnrecovered != 0,
	}
	result, err := sub.establish(grant, want)
	if err != nil {
		sub.rollback()
		return err
	}
	reply := &clientpb.Reply{Id: id, Subscribe: result.message()}
	frame, err := protocol.NewFrame(s.encoding, protocol.TypeSubscribe, reply)
	if err != nil {
		sub.rollback()
		return carillon.DisconnectInappropriateFormat
	}
	if s.tooLarge(frame) && result.giveUpRecovery() {
		if want.strict {
			sub.rollback()
			return carillon.ErrUnrecoverablePosition
		}
		reply.Subscribe = result.message()
		if frame, err = protocol.NewFrame(s.encoding, protocol.TypeSubscribe, reply); err != nil {
			sub.rollback()
			return carillon.DisconnectInappropriateFormat
		}
	}
	if !s.commit(frame, nil, result) {
		sub.rollback()
		return errGone
	}
	result.report()
	sub.announce()
	return nil
}

// admitSubscriber asks whether the client may subscribe as it wants to.
func (s *Session) admitSubscriber(ch channel.Resolved, req *clientpb.SubscribeRequest) (*Grant, *tagfilter.Filter, error) {
	s.mu.Lock()
	client := s.client()
	s.mu.Unlock()
	grant, err := s.env.Access.Subscribe(s.env.Context, client, SubscribeRequest{
		Channel: ch, Type: channel.SubscriptionType(req.Type), Token: req.Token, Data: req.Data,
		Wishes: channel.Wishes{Positioned: req.Positioned, Recoverable: req.Recoverable, JoinLeave: req.JoinLeave},
	})
	if err != nil {
		return nil, nil, err
	}
	if grant.ExpireAt != 0 && grant.ExpireAt <= s.env.Now().Unix() {
		return nil, nil, carillon.ErrExpired
	}
	if req.Tf == nil {
		return grant, nil, nil
	}
	if !grant.Settings.AllowTagsFilter {
		return nil, nil, carillon.ErrBadRequest
	}
	filter, err := s.env.Node.Filter(req.Tf)
	if err != nil {
		s.env.Log.Info("invalid tags filter", "channel", req.Channel, "client", client.ID, "user", client.User, "error", err)
		return nil, nil, carillon.ErrBadRequest
	}
	return grant, filter, nil
}

// establish makes a reserved subscription real, all but telling the client:
// events flow into its buffer, presence knows it, and what the client missed is
// read. On an error the caller rolls back.
func (sub *Subscription) establish(grant *Grant, want resumption) (*joined, error) {
	s, env := sub.session, sub.session.env
	s.mu.Lock()
	sub.apply(grant)
	sub.filter = want.filter
	sub.delta = want.delta && grant.Settings.AllowDelta && want.filter == nil
	info := s.clientInfo(sub.info)
	s.mu.Unlock()

	if err := env.Node.Subscribe(env.Context, sub.channel, &sub.Member, sub); err != nil {
		return nil, sub.failure("subscribe", err)
	}
	if grant.Settings.Presence {
		sub.present = true // whatever becomes of the call, it is to be removed
		if err := env.Node.AddPresence(env.Context, sub.channel, info); err != nil {
			return nil, sub.failure("add presence", err)
		}
	}
	return sub.resume(grant, want)
}

// failure is what the client gets when a store failed: an error that was meant
// for it, or a disconnect that makes it try again.
func (sub *Subscription) failure(doing string, err error) error {
	if meant, ok := errors.AsType[*carillon.Error](err); ok {
		return meant
	}
	sub.session.env.Log.Error(doing, "channel", sub.channel, "client", sub.session.ID(), "error", err)
	return carillon.DisconnectServerError
}

// rollback undoes reserve and whatever of establish was done.
func (sub *Subscription) rollback() {
	s := sub.session
	s.mu.Lock()
	sub.state, sub.join = subOver, nil
	s.mu.Unlock()
	sub.done()
}

// commit queues the frame that tells the client of new subscriptions and lets
// their events flow behind it. then, if any, runs with the lock once the frame
// is queued. commit returns false, and does nothing, when the session is over.
func (s *Session) commit(frame *protocol.Frame, then func(now int64), results ...*joined) bool {
	now := s.env.Mono()
	s.mu.Lock()
	if s.status == closed {
		s.mu.Unlock()
		return false
	}
	wake := s.enqueue(frame)
	if then != nil {
		then(now)
	}
	var after []func()
	for _, r := range results {
		if f := r.open(now); f != nil {
			after = append(after, f)
		}
		// Opening may have queued what was held back: one wake covers all.
	}
	s.scheduleDuties(now)
	next, slow := s.due.next(), s.overflowing()
	s.mu.Unlock()
	for _, f := range after {
		s.env.Go(f)
	}
	s.afterEnqueue(wake, slow)
	s.wakeAt(next)
	return true
}

// tooLarge reports whether a frame would overflow the queue.
func (s *Session) tooLarge(frame *protocol.Frame) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.bytes+len(frame.Payload()) > s.env.QueueMaxSize
}

// announce publishes the join of a subscription that was committed, and ends
// the work of its owner.
func (sub *Subscription) announce() {
	s := sub.session
	s.mu.Lock()
	emit := sub.settings.EmitJoinLeave && sub.state == subLive && !sub.joined
	if emit {
		sub.joined = true
	}
	info := (*carillon.ClientInfo)(nil)
	if emit {
		info = s.clientInfo(sub.info)
	}
	s.mu.Unlock()
	if emit {
		if err := s.env.Node.PublishJoin(s.env.Context, sub.channel, info); err != nil {
			s.env.Log.Error("publish join", "channel", sub.channel, "client", info.Client, "error", err)
		}
	}
	sub.done()
}
