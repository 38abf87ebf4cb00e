// Package server builds a whole server from a configuration, and owns its
// start, reload and graceful stop. It wires rooms together and contains no
// behaviour of its own beyond that.
//
// It imports every room below it. Commands import it.
package server
