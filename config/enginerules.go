package config

import "slices"

func (k *checker) engines() {
	c := k.c
	type choice struct {
		key, what, value string
		used             bool
		known            []string
	}
	for _, t := range []choice{
		{"engine.type", "engine type", c.Engine.Type, !c.Broker.Enabled || !c.PresenceManager.Enabled, []string{"memory", "redis"}},
		// Broker and map broker types are checked even where nothing uses them,
		// as the reference does.
		{"broker.type", "broker", c.Broker.Type, true, []string{"memory", "redis", "nats", "postgres", "redisnats"}},
		{"presence_manager.type", "presence manager", c.PresenceManager.Type, c.PresenceManager.Enabled, []string{"memory", "redis"}},
		{"map_broker.type", "map broker", c.MapBroker.Type, true, []string{"memory", "redis", "postgres"}},
		{"controller.type", "controller", c.Controller.Type, c.Controller.Enabled, []string{"postgres"}},
	} {
		if t.used && !slices.Contains(t.known, t.value) {
			k.fail(t.key, "unknown %s: %s", t.what, t.value)
		}
	}
	if c.Broker.Enabled && c.Broker.Type == "redisnats" && !c.EnableUnreleasedFeatures {
		k.fail("broker.type", "redisnats is not released: it needs enable_unreleased_features")
	}
}
