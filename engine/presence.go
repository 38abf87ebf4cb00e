package engine

import (
	"context"

	"carillon"
)

// Presence keeps who is subscribed to a channel right now, keyed by client id.
// All methods are safe for concurrent use.
type Presence interface {
	// Add puts a client in, or renews its entry and info.
	Add(ctx context.Context, channel string, info *carillon.ClientInfo) error
	// Remove takes a client out; one that is not there is no error.
	Remove(ctx context.Context, channel, client, user string) error
	// Get returns everybody. The map belongs to the caller.
	Get(ctx context.Context, channel string) (map[string]*carillon.ClientInfo, error)
	Stats(ctx context.Context, channel string) (carillon.PresenceStats, error)
	// Local is as Broker.Local.
	Local() bool
}
