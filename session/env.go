package session

import (
	"context"
	"log/slog"
	"time"

	"carillon/observe"
)

// Config holds the limits and timings of connections. It doesn't change while
// sessions live.
type Config struct {
	// Version is shown to clients in the connect reply.
	Version string
	// PingInterval between server pings; not positive sends none. PongTimeout
	// is the time to answer one; not positive doesn't ask for answers.
	PingInterval time.Duration
	PongTimeout  time.Duration
	// StaleCloseDelay is the time to a successful connect.
	StaleCloseDelay time.Duration
	// ExpiredCloseDelay and ExpiredSubCloseDelay are how long after expiry a
	// connection or subscription ends.
	ExpiredCloseDelay    time.Duration
	ExpiredSubCloseDelay time.Duration
	// PresenceInterval is the period of the session's regular duties.
	PresenceInterval time.Duration
	// PositionCheckDelay is the age from which a proof of position is renewed.
	// PositionMaxLag is the age of a publication on arrival from which its
	// subscribers are told that they lost their position; 0 is never.
	PositionCheckDelay time.Duration
	PositionMaxLag     time.Duration
	// ChannelLimit bounds subscriptions, QueueMaxSize bytes waiting to be
	// written.
	ChannelLimit int
	QueueMaxSize int
	// Concurrency above 1 lets that many commands of one connection run at
	// once.
	Concurrency int
	// HistoryLimit bounds a history call, RecoveryLimit a recovery.
	HistoryLimit  int
	RecoveryLimit int
	// IncludeServerTime adds the server's time to the connect reply.
	IncludeServerTime bool
}

// Env is what all sessions of a node share. All fields are required.
type Env struct {
	Config
	Node    Node
	Access  Access
	Metrics *observe.SessionMetrics
	Log     *slog.Logger
	// Context ends when the node stops; calls that may wait take it.
	Context context.Context
	// Now tells the time of day. Mono is a clock that never jumps, in
	// nanoseconds from an arbitrary start; it is never 0.
	Now  func() time.Time
	Mono func() int64
	// Go runs work that may take long on a goroutine that the node waits for
	// when it stops.
	Go func(work func())
	// NewID makes an unguessable UUID v4. Random is for jitter.
	NewID  func() [16]byte
	Random func() uint64
}

// jitter returns a random time between half of d and all of it.
func (e *Env) jitter(d time.Duration) int64 {
	half := int64(d) / 2
	if half <= 0 {
		return int64(d)
	}
	return half + int64(e.Random()%uint64(half+1))
}
