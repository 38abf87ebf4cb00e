// Package carillon is the vocabulary of the system: the nouns that every room
// speaks of, and the codes that clients and backends see. It holds values and
// nothing that does anything: no I/O, no goroutine, no state.
//
// An application backend publishes into a channel. Clients hold connections,
// subscribe to channels and receive publications, joins and leaves. A channel
// with history keeps a stream: a bounded window of publications numbered by
// offset; the epoch names one incarnation of that numbering. Presence is the
// set of connections subscribed to a channel right now.
//
// DESIGN in docs/architecture.md says which room may import which.
package carillon
