// Package websocket is the WebSocket transport (RFC 6455, with permessage-deflate
// of RFC 7692): it upgrades HTTP requests, hands the connections to the event
// loops, and turns their bytes into messages for sessions and back.
//
// What is particular here: an idle connection holds one small struct and no
// buffer. Input is parsed where it was read to; only the beginning of a message
// that is still incomplete is kept. A message to many is one frame, header
// included, that all connections write from.
//
// Locks: conn.mu is a leaf. It guards what reading and writing share, and is
// not held while the session or the event loop is called.
//
// It imports session, protocol, netloop and transport. The server imports it.
package websocket
