// Package netloop carries bytes for very many connections at little cost. On
// Linux a plain TCP connection belongs to one of a few event loops: while it is
// idle it owns no goroutine, no buffer and no timer of the runtime. TLS
// connections, and all connections on other systems, get a goroutine for
// reading and one for writing while there is something to write; the interface
// is the same.
//
// It knows nothing of what the bytes mean. It imports nothing of ours;
// transports use it.
//
// # Writing
//
// Output is pulled: Conn.Wake says that there is some, and soon afterwards
// Handler.Output is asked for bytes until there are none. Between the two the
// connection stands in its loop's list of dirty connections. Whoever flushes
// that list (the loop, or a goroutine at the end of Group.Batch) writes to each
// of its connections what has gathered until then in one go, so that little
// load means little delay and much load means few system calls. One flusher at
// a time works on a loop.
//
// # Locks
//
// loop.mu guards a loop's lists and wheel. It is never held while a Handler is
// called or a socket is read or written.
package netloop
