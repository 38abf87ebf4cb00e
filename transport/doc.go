// Package transport holds what all endpoints of client connections share: who
// may open one, and from which web pages. The transports themselves live in
// the rooms below this one.
//
// It imports the session room. Transports and the server import it.
package transport
