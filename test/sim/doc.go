// Package sim runs a whole node in one process under a scheduler that a seed
// decides everything for: who does what, in which order goroutines go on, when
// time passes, when a store fails. Clients speak the protocol's bytes, and a
// model that knows only what was published checks what each of them sees.
//
// A failure names its seed; with the same seed the same happens again:
//
//	go test ./test/sim -run TestSeeds -sim.seed=N -v
//
// The engine's node is as slow as a remote one: every operation may be
// interrupted before and after its effect, and publications take their time
// from being numbered to being delivered.
package sim
