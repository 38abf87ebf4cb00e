package carillon

// Publication is one message in a channel.
//
// A Publication is immutable once it has been handed to a broker: it is shared
// by the stream that keeps it and by every connection that receives it.
type Publication struct {
	// Data is the payload exactly as it was published. Never re-serialised:
	// deltas are computed over these bytes.
	Data []byte
	// Info describes the publishing client; nil when a backend published.
	Info *ClientInfo
	// Tags are given by the publisher and seen by tags filters; may be nil.
	Tags map[string]string
	// Offset is the position in the channel's stream, starting at 1; 0 when
	// the publication is not part of a stream.
	Offset uint64
	// Epoch is set on the publication with offset 1 only, so that clients who
	// subscribed to an empty stream learn which stream it became.
	Epoch string
	// Time is when the broker accepted the publication, Unix milliseconds.
	// Used between nodes to measure lag; not sent to clients.
	Time int64
}

// ClientInfo describes a connection, and its subscription to one channel, to
// others: in presence, joins, leaves and client publications.
type ClientInfo struct {
	// Client is the connection's id, a UUID v4.
	Client string
	// User is the id the application gave; empty for an anonymous connection.
	User string
	// ConnInfo belongs to the connection, ChanInfo to the subscription; both
	// are the application's own bytes (JSON where JSON clients must see them).
	ConnInfo []byte
	ChanInfo []byte
}

// StreamPosition names a place in a channel's stream.
type StreamPosition struct {
	// Offset of the last publication seen; 0 is before the first one.
	Offset uint64
	// Epoch is the stream's incarnation: opaque, and empty when unknown.
	Epoch string
}

// PresenceStats are the sizes of a channel's presence.
type PresenceStats struct {
	// Clients counts connections.
	Clients int
	// Users counts distinct user ids; all anonymous connections are one user.
	Users int
}
