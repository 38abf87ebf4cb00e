// Package e2e tests the server from outside: it runs the binary as operators
// do, and speaks to it over raw sockets and HTTP, also in ways that an SDK
// never would.
//
// Its files follow the parts of the specification, and its subtests the
// numbers of their acceptance checks; docs/conformance.md has the map.
package e2e
