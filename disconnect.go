package carillon

import "fmt"

// Disconnect is why the server closes a connection. SDKs reconnect on codes
// 3000 to 3499, 4000 to 4499 and from 5000; the others are terminal for them.
// Codes 4000 to 4999 belong to applications.
//
// Reason must not be empty, must fit a WebSocket close frame (123 bytes) and
// must not parse as JSON, which SDKs would take for an old protocol.
type Disconnect struct {
	Code   uint32
	Reason string
}

// Error lets a Disconnect travel as the outcome of a command: the connection
// is closed instead of being answered.
func (d Disconnect) Error() string { return fmt.Sprintf("disconnect %d: %s", d.Code, d.Reason) }

// Disconnects of the server.
var (
	// DisconnectConnectionClosed: the peer went away. Never sent.
	DisconnectConnectionClosed = Disconnect{3000, "connection closed"}
	DisconnectShutdown         = Disconnect{3001, "shutdown"}
	DisconnectServerError      = Disconnect{3004, "internal server error"}
	DisconnectExpired          = Disconnect{3005, "connection expired"}
	DisconnectSubExpired       = Disconnect{3006, "subscription expired"}
	// DisconnectSlow: the outgoing queue overflowed. What is queued is dropped.
	DisconnectSlow                = Disconnect{3008, "slow"}
	DisconnectWriteError          = Disconnect{3009, "write error"}
	DisconnectInsufficientState   = Disconnect{3010, "insufficient state"}
	DisconnectForceReconnect      = Disconnect{3011, "force reconnect"}
	DisconnectNoPong              = Disconnect{3012, "no pong"}
	DisconnectTooManyRequests     = Disconnect{3013, "too many requests"}
	DisconnectInvalidToken        = Disconnect{3500, "invalid token"}
	DisconnectBadRequest          = Disconnect{3501, "bad request"}
	DisconnectStale               = Disconnect{3502, "stale"}
	DisconnectForceNoReconnect    = Disconnect{3503, "force disconnect"}
	DisconnectConnectionLimit     = Disconnect{3504, "connection limit"}
	DisconnectChannelLimit        = Disconnect{3505, "channel limit"}
	DisconnectInappropriateFormat = Disconnect{3506, "inappropriate protocol"}
	DisconnectPermissionDenied    = Disconnect{3507, "permission denied"}
	DisconnectNotAvailable        = Disconnect{3508, "not available"}
)

// Unsubscribe is why the server ends a subscription. SDKs subscribe again on
// codes from 2500.
type Unsubscribe struct {
	Code   uint32
	Reason string
}

// Unsubscribes of the server.
var (
	UnsubscribeServer            = Unsubscribe{2000, "server unsubscribe"}
	UnsubscribeInsufficientState = Unsubscribe{2500, "insufficient state"}
	UnsubscribeExpired           = Unsubscribe{2501, "subscription expired"}
)
