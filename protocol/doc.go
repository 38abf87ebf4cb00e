// Package protocol turns the messages between clients and the server into
// bytes and back: a JSON and a Protobuf codec over the types of
// protocol/clientpb, and the framing of several messages in one transport
// frame. It holds no state of connections and decides nothing about them.
//
// What clients send is hostile until proven otherwise: decoding is bounded by
// the size of the frame in time and memory, and never panics.
//
// It imports nothing of ours but its schema; any room may import it.
package protocol
