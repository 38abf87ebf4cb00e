//go:build !race

package e2e

// raceEnabled makes the server that is tested watch itself for races, too.
const raceEnabled = false
