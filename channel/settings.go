package channel

// Override changes namespace options for one subscription; a nil field keeps
// the option. It comes from tokens, backends and the server API.
type Override struct {
	Presence           *bool
	JoinLeave          *bool
	ForcePushJoinLeave *bool
	ForceRecovery      *bool
	ForcePositioning   *bool
}

// Settings are what holds for one subscription.
type Settings struct {
	// Presence keeps this subscription in the channel's presence.
	Presence bool
	// EmitJoinLeave announces it to others; PushJoinLeave delivers the others'
	// announcements to it.
	EmitJoinLeave bool
	PushJoinLeave bool
	// Positioned follows the stream position; Recoverable, which implies it,
	// lets the client resume.
	Positioned  bool
	Recoverable bool
	// Mode and AutoCacheRecover matter only when Recoverable.
	Mode             RecoveryMode
	AutoCacheRecover bool
	// AllowDelta and AllowTagsFilter say what the client may negotiate.
	AllowDelta      bool
	AllowTagsFilter bool
}

// Settings are the options as they hold for one subscription with override.
func (o *Options) Settings(over Override) Settings {
	s := Settings{
		Presence:         pick(over.Presence, o.Presence),
		EmitJoinLeave:    pick(over.JoinLeave, o.JoinLeave),
		PushJoinLeave:    pick(over.ForcePushJoinLeave, o.ForcePushJoinLeave),
		Positioned:       pick(over.ForcePositioning, o.ForcePositioning),
		Recoverable:      pick(over.ForceRecovery, o.ForceRecovery),
		Mode:             o.RecoveryMode,
		AutoCacheRecover: o.AutoCacheRecover,
		AllowDelta:       o.AllowFossilDelta,
		AllowTagsFilter:  o.AllowTagsFilter,
	}
	s.Positioned = s.Positioned || s.Recoverable
	return s
}

// Wishes are what a client asks for its own subscription.
type Wishes struct {
	Positioned  bool
	Recoverable bool
	JoinLeave   bool
}

// Grant adds the wishes that user may have; the others are dropped silently. A
// wish adds to the settings and never takes away. insecure opens what
// permissions would refuse.
func (s *Settings) Grant(o *Options, w Wishes, user string, insecure bool) {
	mayHistory := insecure || o.HistoryBy.Allows(user, true)
	if w.Positioned && (o.AllowPositioning || mayHistory) {
		s.Positioned = true
	}
	if w.Recoverable && (o.AllowRecovery || mayHistory) {
		s.Recoverable, s.Positioned = true, true
	}
	if w.JoinLeave && o.JoinLeave && (insecure || o.PresenceBy.Allows(user, true)) {
		s.PushJoinLeave = true
	}
}

func pick(override *bool, option bool) bool {
	if override != nil {
		return *override
	}
	return option
}
