// Package memory keeps streams and presence in the memory of one process: the
// engine of a server that runs alone. A restart loses everything, and clients
// learn of it by the new epochs.
//
// Locks: a Broker and a Presence each spread channels over shards with a mutex
// each. A shard's mutex is a leaf: nothing outside this package is called while
// it is held. The order of a channel's events is kept by its lane instead, see
// lane.go.
//
// It imports the engine contracts and the root package.
package memory
