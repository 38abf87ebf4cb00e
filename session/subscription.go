package session

import (
	"time"

	"carillon"
	"carillon/channel"
	"carillon/hub"
	"carillon/tagfilter"
)

// Subscription is one channel of one session. Its fields are guarded by
// Session.mu, but for channel, session and serverSide, which never change.
type Subscription struct {
	hub.Member
	session    *Session
	channel    string
	serverSide bool

	state subState
	// calls counts the goroutines that are calling other rooms for this
	// subscription. One that is over departs when the last of them is back, so
	// that a presence entry or a join never outlives its removal or its leave.
	calls int
	// left is set when the subscription is to end as soon as it is joined.
	left bool
	// parted is called once the subscription is gone from everywhere.
	parted []func()

	settings channel.Settings
	source   Source
	info     []byte
	expireAt int64 // Unix seconds, 0 never
	metaTTL  time.Duration
	filter   *tagfilter.Filter
	delta    bool
	// chained says that the client holds the publication at position, so that
	// the next one may be a patch against it.
	chained bool
	// position is of the last publication that passed, delivered or filtered
	// out; proved is when it was last known to be right (Env.Mono).
	position carillon.StreamPosition
	proved   int64
	// doubted is set when position was seen to differ from the stream's top,
	// which has to be seen twice.
	doubted bool
	// present and joined tell what others have been told.
	present bool
	joined  bool
	// counted says that metrics know of the subscription.
	counted bool

	// join exists while state is joining.
	join *joining
}

type subState uint8

const (
	subJoining subState = iota // belongs to the goroutine that establishes it
	subLive
	subOver
)

// joining is what a subscription needs only until it is live.
type joining struct {
	held  []*hub.Event
	bytes int
	// overflow says that held is not all that came.
	overflow bool
}

// reserve makes room for a subscription of a channel, which from then on counts
// and belongs to the caller. A session that is over gives errGone.
func (s *Session) reserve(channel string, serverSide bool) (*Subscription, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.status == closed:
		return nil, errGone
	case s.subs.get(channel) != nil:
		return nil, carillon.ErrAlreadySubscribed
	case s.subs.len() >= s.env.ChannelLimit:
		return nil, carillon.ErrLimitExceeded
	}
	sub := &Subscription{session: s, channel: channel, serverSide: serverSide, calls: 1, join: &joining{}}
	s.subs.add(sub)
	return sub, nil
}

// errGone ends the handling of a command whose session is over meanwhile.
var errGone = carillon.DisconnectConnectionClosed

// apply takes what a grant says. Called with the lock.
func (sub *Subscription) apply(g *Grant) {
	sub.settings, sub.source, sub.info = g.Settings, g.Source, g.Info
	sub.expireAt, sub.metaTTL = g.ExpireAt, g.MetaTTL
}

// leave asks for the end of the subscription; then is called when it is gone.
// It returns true when the caller has to call depart, without the lock. Called
// with the lock.
func (sub *Subscription) leave(then func()) (depart bool) {
	if then != nil {
		sub.parted = append(sub.parted, then)
	}
	switch sub.state {
	case subJoining:
		sub.left = true
	case subLive:
		sub.state = subOver
		return sub.calls == 0
	}
	return false
}

// done ends one of the calls counted in calls, and with the last of them a
// subscription that is over.
func (sub *Subscription) done() {
	s := sub.session
	s.mu.Lock()
	sub.calls--
	depart := sub.calls == 0 && sub.state == subOver
	s.mu.Unlock()
	if depart {
		sub.depart()
	}
}

// depart takes a subscription that is over out of everything. Called once,
// without the lock, by whoever found it over with no calls under way.
func (sub *Subscription) depart() {
	s, env := sub.session, sub.session.env
	env.Node.Unsubscribe(sub.channel, &sub.Member)
	if !sub.quiet() {
		s.mu.Lock()
		info := s.clientInfo(sub.info)
		s.mu.Unlock()
		if sub.present {
			if err := env.Node.RemovePresence(env.Context, sub.channel, info); err != nil {
				env.Log.Error("remove presence", "channel", sub.channel, "client", info.Client, "error", err)
			}
		}
		if sub.joined {
			if err := env.Node.PublishLeave(env.Context, sub.channel, info); err != nil {
				env.Log.Error("publish leave", "channel", sub.channel, "client", info.Client, "error", err)
			}
		}
	}
	if sub.counted {
		env.Metrics.SubscriptionClosed(s.named)
	}
	s.mu.Lock()
	s.subs.remove(sub)
	parted := sub.parted
	sub.parted = nil
	s.mu.Unlock()
	for _, then := range parted {
		then()
	}
}

// quiet reports that ending the subscription concerns nobody else.
func (sub *Subscription) quiet() bool { return !sub.present && !sub.joined }

// hasDuties reports whether the subscription needs regular attention. Called
// with the lock.
func (sub *Subscription) hasDuties() bool {
	return sub.settings.Presence || sub.settings.Positioned || sub.expireAt != 0
}
