// Package api is the server API: what application backends, consumers and the
// admin UI do with the server. It is one service; the rooms below give it
// faces, and do nothing but decode, call and encode.
//
// Whoever can call it may do everything: faces authenticate. It holds no state.
//
// It imports the node room. Faces, consumers, admin and the server import it.
package api
