// Package session is one client's life: the protocol's state machine, its
// subscriptions and its outgoing queue. It knows nothing of sockets (a
// Transport carries bytes for it), of tokens and rules (Access answers those),
// or of other nodes (Node does what crosses connections).
//
// # Who calls
//
// A transport feeds Receive with what the client sent, pulls what is to be
// written with Pull, and calls Tick when a deadline that the session asked for
// has come. The hub calls Subscription.Deliver. The node calls the methods in
// control.go on behalf of the server API. All of these may happen at once.
//
// # Commands
//
// Commands are handled one at a time in the order received, on the caller's
// goroutine if they are quick and nothing is waiting, otherwise on a goroutine
// that lives while commands wait ("the worker"). Transports are told to stop
// reading while too much waits.
//
// # Subscriptions
//
// A subscription is joining, live, or over. While it is joining it belongs to
// the goroutine that establishes it: others only leave it a note (ending), and
// the owner rolls back when it sees it. Events that arrive meanwhile are set
// aside in a bounded buffer and merged by offset with what history says. A live
// subscription is ended by whoever moves it to over, and by nobody else.
//
// # Locks
//
// Session.mu guards everything of a session and its subscriptions. It is the
// only lock, is held for short memory operations, and never while another room
// is called, except for encoding a frame, which takes no lock.
package session
