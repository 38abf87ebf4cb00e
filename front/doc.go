// Package front stands before net/http. It serves the few requests that come
// all the time (a WebSocket upgrade, a call of the server API) at a fraction of
// the cost, and hands every other connection to net/http, byte for byte.
//
// A request is served here if its path is hot, if it came whole in its first
// segment (a body may follow), and if there is nothing unusual about it: see
// parse. Whatever else it is, valid or not, is net/http's to judge, so that
// being quick is never a reason to be lenient. Once a connection has been
// handed over it stays there.
//
// Handlers are ordinary. They see the request that net/http would have made of
// it, but for three things: its context does not end when the client goes away;
// the response is sent when the handler returns, so it cannot be flushed; and
// request and response belong to the next request once the handler has
// returned, so nothing of them but strings may be kept.
//
// The package imports nothing of ours; the server uses it for its plain TCP
// listeners.
package front
