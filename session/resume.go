package session

import (
	"cmp"
	"slices"

	"carillon"
	"carillon/channel"
	"carillon/engine"
	"carillon/hub"
	"carillon/protocol/clientpb"
	"carillon/tagfilter"
)

// resumption is where a client wants a subscription to go on from.
type resumption struct {
	recover bool
	since   carillon.StreamPosition
	delta   bool
	filter  *tagfilter.Filter
	// strict refuses the subscription when the stream can't be recovered.
	strict bool
}

// joined is a subscription about to go live, and what its client will be told.
type joined struct {
	sub   *Subscription
	grant *Grant
	// wasRecovering repeats the request; tried says that recovery was granted
	// and attempted, recovered that it succeeded.
	wasRecovering    bool
	tried, recovered bool
	// told is the position in the reply; position is where the server goes on
	// from: behind everything in missed.
	told     carillon.StreamPosition
	position carillon.StreamPosition
	missed   []*clientpb.Publication
	// chained is Subscription.chained at the start.
	chained bool
}

// resume reads what a subscription needs to start from its position, and joins
// it with what arrived since the subscription was made: see the protocol's
// rules on joining the stream without gaps. On an error the caller rolls back.
func (sub *Subscription) resume(grant *Grant, want resumption) (*joined, error) {
	set, env := grant.Settings, sub.session.env
	cache := set.Recoverable && set.Mode == channel.RecoverCache
	auto := cache && set.AutoCacheRecover
	r := &joined{sub: sub, grant: grant, wasRecovering: want.recover || auto}
	if !set.Positioned {
		return r, nil
	}
	r.tried = set.Recoverable && r.wasRecovering
	query := engine.HistoryQuery{MetaTTL: grant.MetaTTL}
	switch {
	case !r.tried: // the top only
	case cache:
		query.Reverse, query.Limit = true, 1
		if want.filter != nil {
			query.Limit = unlimited(env.RecoveryLimit)
		}
	default:
		// The epoch is compared here, so that the top comes with the answer.
		query.Since = &carillon.StreamPosition{Offset: want.since.Offset}
		query.Limit = unlimited(env.RecoveryLimit)
	}
	history, err := env.Node.History(env.Context, sub.channel, query)
	if err != nil {
		return nil, sub.failure("read history", err)
	}
	held, complete := sub.takeHeld()
	s := stream{top: history.Top, kept: history.Publications, held: held}
	if !complete || !s.sameEpoch() {
		return nil, carillon.DisconnectInsufficientState
	}
	var missed []*carillon.Publication
	switch {
	case !r.tried:
	case cache:
		slices.Reverse(s.kept)
		missed, r.recovered = s.newest(want)
	default:
		missed, r.recovered = s.since(want.since)
		if r.recovered && !s.gapless() {
			return nil, carillon.DisconnectInsufficientState
		}
		if !r.recovered && want.strict {
			return nil, carillon.ErrUnrecoverablePosition
		}
	}
	r.position = s.end()
	r.told = r.position
	if r.recovered {
		r.told = carillon.StreamPosition{Offset: want.since.Offset, Epoch: r.position.Epoch}
	}
	if r.missed, err = sub.render(missed); err != nil {
		return nil, carillon.DisconnectInappropriateFormat
	}
	// With nothing missed the client's base for patches is unknown: it may
	// have got its position from elsewhere.
	r.chained = len(missed) > 0
	return r, nil
}

// unlimited turns the configured "0 is no limit" into the broker's "-1 is".
func unlimited(limit int) int {
	if limit <= 0 {
		return -1
	}
	return limit
}

// takeHeld takes the stream's publications out of what was held back; what has
// no offset stays, and follows the reply. complete is false when the buffer
// overflowed.
func (sub *Subscription) takeHeld() (held []*hub.Event, complete bool) {
	s := sub.session
	s.mu.Lock()
	defer s.mu.Unlock()
	var rest []*hub.Event
	for _, ev := range sub.join.held {
		if ev.Kind == hub.Published && ev.Publication.Offset > 0 {
			held = append(held, ev)
		} else {
			rest = append(rest, ev)
		}
	}
	sub.join.held = rest
	slices.SortStableFunc(held, func(a, b *hub.Event) int {
		return cmp.Compare(a.Publication.Offset, b.Publication.Offset)
	})
	return held, !sub.join.overflow
}

// stream is what is known of a channel's stream while a subscription joins it:
// a snapshot from history, ascending, and the events that arrived since before
// the snapshot was taken.
type stream struct {
	top  carillon.StreamPosition
	kept []*carillon.Publication
	held []*hub.Event
}

// sameEpoch reports whether history and events speak of one incarnation of the
// stream; an unknown epoch is learnt from the events.
func (s *stream) sameEpoch() bool {
	for _, ev := range s.held {
		if s.top.Epoch == "" {
			s.top.Epoch = ev.Epoch
		}
		if ev.Epoch != s.top.Epoch {
			return false
		}
	}
	return true
}

// beyond returns the events that history doesn't know yet, without copies.
func (s *stream) beyond() []*carillon.Publication {
	var fresh []*carillon.Publication
	last := s.top.Offset
	for _, ev := range s.held {
		if ev.Publication.Offset > last {
			fresh = append(fresh, ev.Publication)
			last = ev.Publication.Offset
		}
	}
	return fresh
}

// end is the highest position seen.
func (s *stream) end() carillon.StreamPosition {
	end := s.top
	if n := len(s.held); n > 0 {
		end.Offset = max(end.Offset, s.held[n-1].Publication.Offset)
	}
	return end
}

// gapless reports whether the events continue history without a hole.
func (s *stream) gapless() bool {
	next := s.top.Offset
	for _, pub := range s.beyond() {
		if next++; pub.Offset != next {
			return false
		}
	}
	return true
}

// since is stream recovery: everything after a position, or nothing at all.
func (s *stream) since(from carillon.StreamPosition) (missed []*carillon.Publication, recovered bool) {
	if from.Epoch != "" && from.Epoch != s.top.Epoch {
		return nil, false
	}
	if n := len(s.kept); n == 0 {
		recovered = from.Offset == s.top.Offset
	} else {
		recovered = s.kept[0].Offset == from.Offset+1 && s.kept[n-1].Offset == s.top.Offset
	}
	if !recovered {
		return nil, false
	}
	return append(slices.Clip(s.kept), s.beyond()...), true
}

// newest is cache recovery: only the newest publication counts, or the newest
// that passes the filter.
func (s *stream) newest(want resumption) (missed []*carillon.Publication, recovered bool) {
	end := s.end()
	same := want.since.Offset > 0 && want.since.Offset == end.Offset && want.since.Epoch == end.Epoch
	all := append(slices.Clip(s.kept), s.beyond()...)
	if len(all) == 0 || all[len(all)-1].Offset != end.Offset {
		return nil, same && len(all) == 0
	}
	if want.delta && want.filter == nil && !same && s.gapless() {
		return all, true // the newest follows from those before it
	}
	for _, pub := range slices.Backward(all) {
		if want.filter == nil || want.filter.Match(pub.Tags) {
			if same {
				return nil, true
			}
			return []*carillon.Publication{pub}, true
		}
	}
	return nil, same
}

// render writes recovered publications as live ones would have been: filtered,
// and as a chain of patches where delta was negotiated.
func (sub *Subscription) render(pubs []*carillon.Publication) ([]*clientpb.Publication, error) {
	out := make([]*clientpb.Publication, 0, len(pubs))
	form, base := hub.Plain, (*carillon.Publication)(nil)
	for _, pub := range pubs {
		if sub.filter != nil && !sub.filter.Match(pub.Tags) {
			continue
		}
		if sub.delta {
			form = hub.Full
			if base != nil && base.Offset+1 == pub.Offset {
				form = hub.Patch
			}
		}
		p, err := hub.Render(pub, base, sub.session.encoding, form)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
		base = pub
	}
	return out, nil
}

// giveUpRecovery turns a successful recovery into an unsuccessful one, when
// its publications don't fit the client's queue. It reports whether it could.
func (r *joined) giveUpRecovery() bool {
	if !r.recovered || len(r.missed) == 0 {
		return false
	}
	r.recovered, r.missed, r.chained = false, nil, false
	r.told = r.position
	return true
}

// message is the subscribe result, in the reply to subscribe or connect.
func (r *joined) message() *clientpb.SubscribeResult {
	sub, set := r.sub, r.grant.Settings
	m := &clientpb.SubscribeResult{
		Recoverable:   set.Recoverable,
		Positioned:    set.Positioned,
		Epoch:         r.told.Epoch,
		Offset:        r.told.Offset,
		WasRecovering: r.wasRecovering,
		Recovered:     r.recovered,
		Publications:  r.missed,
		Delta:         sub.delta,
		Data:          r.grant.Data,
	}
	if at := r.grant.ExpireAt; at != 0 && !sub.serverSide {
		m.Expires = true
		m.Ttl = ttl(at, sub.session.env.Now().Unix())
	}
	return m
}

// open makes the subscription live, behind the message that tells the client,
// and lets pass what was held back. after, if any, is to be called without the
// lock, which the caller holds.
func (r *joined) open(now int64) (after func()) {
	sub := r.sub
	held, overflow := sub.join.held, sub.join.overflow
	sub.join = nil
	if sub.left {
		sub.state = subOver
		return nil
	}
	sub.state = subLive
	if !sub.counted {
		sub.counted = true
		sub.session.env.Metrics.SubscriptionOpened(sub.session.named)
	}
	sub.position, sub.chained, sub.proved = r.position, r.chained, now
	if overflow && sub.settings.Positioned {
		return sub.meet(fateLost)
	}
	for _, ev := range held {
		pass := sub.filter == nil || ev.Kind != hub.Published || sub.filter.Match(ev.Publication.Tags)
		if _, f := sub.admit(ev, pass); f != fateFine {
			return sub.meet(f)
		}
	}
	return nil
}

// report counts a recovery attempt.
func (r *joined) report() {
	if r.tried {
		r.sub.session.env.Metrics.Recovered(r.recovered, len(r.missed))
	}
}
