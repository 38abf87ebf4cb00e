// Package enginetest is the one suite that every engine passes: what the
// contracts of the engine room promise, seen from outside. An engine's own tests
// call Run, with a factory that makes a fresh engine for each test and says what
// the suite has to know about it.
//
// The suite takes nothing from an engine but its contracts. It looks at no
// internals, starts no servers, and doesn't ask for an empty store: it gives each
// test channels of names that nobody used before. What only one engine promises
// stands in that engine's own tests.
//
// It imports the engine contracts and the root package. Tests of engines import
// it, and nothing else does.
package enginetest
