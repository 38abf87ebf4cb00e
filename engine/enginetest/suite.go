package enginetest

import (
	"slices"
	"testing"
	"time"

	"carillon/engine"
)

// Engine is what is under test.
type Engine struct {
	// Broker delivers to the sink that the factory got; Presence may be nil.
	Broker   engine.Broker
	Presence engine.Presence
	// Pass lets time pass for the engine. It is nil when nobody can move its
	// clock; what expires is then not tested.
	Pass func(time.Duration)
	// NoStreams says that the broker only carries events: it numbers, keeps and
	// recognises nothing.
	NoStreams bool
	// ExpiresSingly says that each publication expires by its own age. Those of
	// other engines expire together, when nothing was published for so long.
	ExpiresSingly bool
	// PresenceTTL is how long a presence entry lives that nobody renews; 0 when
	// entries live as long as the engine.
	PresenceTTL time.Duration
}

// Factory makes an engine for one test, which ends with it, and connects its
// broker to sink.
type Factory func(t *testing.T, sink engine.Sink) Engine

// Run runs the suite.
func Run(t *testing.T, create Factory) {
	for _, part := range []struct {
		name  string
		tests []test
	}{
		{"Publish", publishTests},
		{"Order", orderTests},
		{"Epoch", epochTests},
		{"History", historyTests},
		{"Snapshot", snapshotTests},
		{"Model", modelTests},
		{"RemoveHistory", removeTests},
		{"Expiry", expiryTests},
		{"Idempotency", idempotencyTests},
		{"Version", versionTests},
		{"Delta", deltaTests},
		{"JoinLeave", joinLeaveTests},
		{"Presence", presenceTests},
		{"Hostile", hostileTests},
	} {
		t.Run(part.name, func(t *testing.T) {
			for _, tt := range part.tests {
				t.Run(tt.rule, func(t *testing.T) {
					r := newRig(t, create)
					if lacking := tt.needs &^ r.abilities(); lacking != 0 {
						t.Skipf("the engine has no %s", lacking)
					}
					tt.check(r)
				})
			}
		})
	}
}

// test is one rule. The numbers in rules that begin with "acceptance" are those
// of the acceptance checks of history, recovery and presence; "reliability" is a
// row of the ways in which servers like this one have failed.
type test struct {
	rule  string
	needs ability
	check func(*rig)
}

// ability is what only some engines can do.
type ability uint8

const (
	streams ability = 1 << iota
	clock
	presence
	presenceExpiry
)

func (a ability) String() string {
	names := []string{"streams", "clock that tests can move", "presence", "expiry of presence"}
	return names[slices.Index([]ability{streams, clock, presence, presenceExpiry}, a&-a)]
}

func (e *Engine) abilities() (a ability) {
	for does, has := range map[ability]bool{
		streams:        !e.NoStreams,
		clock:          e.Pass != nil,
		presence:       e.Presence != nil,
		presenceExpiry: e.Presence != nil && e.PresenceTTL > 0,
	} {
		if has {
			a |= does
		}
	}
	return a
}
