// Package node is the server's heart: it joins sessions, the hub and the
// engine. Sessions and the server API act through it; what the engine fans out
// comes back through it. It knows every session on this node.
//
// It makes no decisions about permissions, reads no bytes of clients and serves
// no protocol.
//
// Locks: registry.mu guards the tables of sessions, is held for map operations
// only, and never while a session is called.
//
// Imports session, hub, engine, channel, observe and the root package; access,
// api and the server import it.
package node
