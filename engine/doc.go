// Package engine states what a node needs from whatever stores streams and
// presence and carries events between nodes: the Broker and Presence contracts.
// It holds no implementation. Each implementation lives in a room below this
// one, named after its technology, and passes the suite in engine/enginetest.
//
// It imports the root package only.
package engine
