// Package channel knows channel names and what a namespace allows: how a name
// selects its options, which names are legal, and who may do what. Everything
// here is a pure function of immutable values: no I/O, no lock, no clock.
//
// Rules are compiled once from configuration and never change; a reload makes
// new Rules. Take Rules once per command and keep them for its whole length,
// so that a reload in between cannot mix two configurations.
//
// It imports the root package only. Any room may import it.
package channel
