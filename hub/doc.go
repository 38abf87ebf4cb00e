// Package hub knows who on this node is subscribed to what, and hands every
// event of a channel to each of them, encoding it once per encoding and form.
//
// It never waits: neither for a client nor for anything else. It knows nothing
// of sessions, permissions, positions or sockets; a Subscriber decides what to
// do with an event.
//
// Locks: one per shard, held for map and slice operations only, never while a
// Subscriber is called. A broadcast walks a slice of the channel's members
// that removals do not touch while it is being walked (they work on a copy);
// additions append behind what is walked.
//
// Imported by session and node.
package hub
