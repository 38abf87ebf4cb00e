package session

import (
	"context"
	"time"

	"carillon"
	"carillon/channel"
	"carillon/engine"
	"carillon/hub"
	"carillon/protocol/clientpb"
	"carillon/tagfilter"
)

// Node is what a session needs from the node it lives on. An error that is a
// *carillon.Error is for the client to see; any other is a failure.
type Node interface {
	// Rules are the channel rules in force.
	Rules() *channel.Rules

	// Register makes an authenticated session findable, unless its user may
	// not have one more connection (carillon.DisconnectConnectionLimit).
	Register(s *Session) error
	// Unregister undoes Register, or does nothing.
	Unregister(s *Session)

	// Subscribe lets events of the channel flow to the member's subscriber.
	// When it returns without error they do.
	Subscribe(ctx context.Context, channel string, m *hub.Member, sub hub.Subscriber) error
	// Unsubscribe undoes Subscribe.
	Unsubscribe(channel string, m *hub.Member)

	AddPresence(ctx context.Context, channel string, info *carillon.ClientInfo) error
	RemovePresence(ctx context.Context, channel string, info *carillon.ClientInfo) error
	Presence(ctx context.Context, channel string) (map[string]*carillon.ClientInfo, error)
	PresenceStats(ctx context.Context, channel string) (carillon.PresenceStats, error)
	PublishJoin(ctx context.Context, channel string, info *carillon.ClientInfo) error
	PublishLeave(ctx context.Context, channel string, info *carillon.ClientInfo) error

	// Publish publishes under the channel's options.
	Publish(ctx context.Context, ch channel.Resolved, pub *carillon.Publication) error
	History(ctx context.Context, channel string, q engine.HistoryQuery) (engine.History, error)
	// StreamTop reads a channel's position; metaTTL as in HistoryQuery.
	StreamTop(ctx context.Context, channel string, metaTTL time.Duration) (carillon.StreamPosition, error)

	// Filter compiles a tags filter; equal trees give one filter. An error is
	// the client's mistake.
	Filter(tree *clientpb.FilterNode) (*tagfilter.Filter, error)

	// Local reports that none of these methods waits for anything outside the
	// process.
	Local() bool
}
