package memory_test

import (
	"testing"
	"time"

	"carillon/engine"
	"carillon/engine/enginetest"
	"carillon/engine/memory"
)

func TestConformance(t *testing.T) {
	// What has expired is never seen, whether or not its memory was given back.
	t.Run("Swept", func(t *testing.T) { enginetest.Run(t, factory(true)) })
	t.Run("Unswept", func(t *testing.T) { enginetest.Run(t, factory(false)) })
}

func factory(sweep bool) enginetest.Factory {
	return func(_ *testing.T, sink engine.Sink) enginetest.Engine {
		c := newClock()
		b := memory.NewBroker(sink, memory.Options{Now: c.Now})
		return enginetest.Engine{
			Broker: b, Presence: memory.NewPresence(),
			Pass: func(d time.Duration) {
				c.pass(d)
				if sweep {
					b.Sweep()
				}
			},
		}
	}
}
