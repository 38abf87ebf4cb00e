package channel

import (
	"regexp"
	"time"
)

// SubscriptionType is the kind of subscription that a namespace serves. The
// numbers are those of the client protocol.
type SubscriptionType int32

const (
	Stream     SubscriptionType = 0
	Map        SubscriptionType = 1
	MapClients SubscriptionType = 2
	MapUsers   SubscriptionType = 3
	SharedPoll SubscriptionType = 4
)

// RecoveryMode says what a recovering subscriber gets.
type RecoveryMode uint8

const (
	// RecoverStream gives every missed publication, or tells that it can't.
	RecoverStream RecoveryMode = iota
	// RecoverCache gives the newest publication only.
	RecoverCache
)

// Options are what a namespace says about its channels. They are immutable
// once compiled into Rules.
type Options struct {
	// Presence keeps the set of subscribed connections.
	Presence bool
	// JoinLeave emits an event when a connection subscribes and when it goes;
	// ForcePushJoinLeave delivers those to every subscriber.
	JoinLeave          bool
	ForcePushJoinLeave bool

	// HistorySize and HistoryTTL bound the stream; history is on only when both
	// are positive. HistoryMetaTTL is how long offset and epoch outlive the data.
	HistorySize    int
	HistoryTTL     time.Duration
	HistoryMetaTTL time.Duration

	ForcePositioning bool
	AllowPositioning bool
	ForceRecovery    bool
	AllowRecovery    bool
	RecoveryMode     RecoveryMode
	// AutoCacheRecover delivers the newest publication on every subscribe in
	// cache mode, without being asked.
	AutoCacheRecover bool

	// AllowFossilDelta lets subscribers negotiate fossil deltas; DeltaPublish
	// treats every publication as published for delta.
	AllowFossilDelta bool
	DeltaPublish     bool
	AllowTagsFilter  bool

	// Who may do what without being told so by a token.
	SubscribeBy Permission
	PublishBy   Permission
	HistoryBy   Permission
	PresenceBy  Permission

	// UserLimited gives the user boundary its meaning: the name lists who may
	// subscribe.
	UserLimited bool

	// Regex decides alone which names are legal; nil means ASCII.
	Regex  *regexp.Regexp
	Format DataFormat
	Type   SubscriptionType
}

// HasHistory reports whether channels keep a stream.
func (o *Options) HasHistory() bool { return o.HistorySize > 0 && o.HistoryTTL > 0 }

// Permission is who may do one thing in a channel.
type Permission struct {
	// Client allows every user; Subscriber those subscribed to the channel.
	Client     bool
	Subscriber bool
	// Anonymous extends both to connections without a user id; alone it grants
	// nothing.
	Anonymous bool
}

// Allows reports whether a connection of user (empty when anonymous) may.
func (p Permission) Allows(user string, subscribed bool) bool {
	return (p.Client || p.Subscriber && subscribed) && (user != "" || p.Anonymous)
}
