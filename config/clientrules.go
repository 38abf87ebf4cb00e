package config

import (
	"regexp"

	"github.com/gobwas/glob"
)

func (k *checker) client() {
	c := &k.c.Client
	// Without pings nobody waits for a pong, so the relation does not matter.
	if c.PingInterval > 0 && c.PongTimeout >= c.PingInterval {
		k.fail("client.ping_interval", "must be greater than client.pong_timeout (%s is not greater than %s)", c.PingInterval, c.PongTimeout)
	}
	for i, pattern := range c.AllowedOrigins {
		if _, err := glob.Compile(pattern); err != nil {
			k.fail(itemPath("client.allowed_origins", i), "malformed pattern %q: %v", pattern, err)
		}
	}
	k.token("client.token", &c.Token, true)
	k.token("client.subscription_token", &c.SubscriptionToken.Token, c.SubscriptionToken.Enabled)
	for i, t := range c.ConnectCodeToUnidirectionalDisconnect.Transforms {
		path := itemPath("client.connect_code_to_unidirectional_disconnect.transforms", i)
		if t.Code == 0 {
			k.fail(path+".code", "must be set")
		}
		if t.To.Code == 0 {
			k.fail(path+".to.code", "must be set")
		}
		k.ascii(path+".to.reason", t.To.Reason)
	}
	k.personalChannel()
}

// personalChannel checks that a namespace of personal channels exists and keeps
// the presence that a single connection is found by.
func (k *checker) personalChannel() {
	personal, channel := &k.c.Client.SubscribeToUserPersonalChannel, &k.c.Channel
	const section = "client.subscribe_to_user_personal_channel"
	namespace := personal.PersonalChannelNamespace
	if personal.SingleConnection && (namespace == "" || !personal.Enabled) && !channel.WithoutNamespace.Presence {
		k.fail(section+".single_connection", "presence must be enabled on top level to maintain single connection: set channel.without_namespace.presence")
	}
	if namespace == "" {
		return
	}
	ns := channel.namespace(namespace)
	switch {
	case ns == nil && personal.Enabled:
		k.fail(section+".personal_channel_namespace", "namespace for user personal channel not found: %s", namespace)
	case ns != nil && personal.SingleConnection && !ns.Presence:
		k.fail(section+".single_connection", "presence must be enabled for namespace %s to maintain single connection", namespace)
	}
}

func (c *Channel) namespace(name string) *Namespace {
	for i := range c.Namespaces {
		if c.Namespaces[i].Name == name {
			return &c.Namespaces[i]
		}
	}
	return nil
}

// expression checks that a regular expression compiles.
func (k *checker) expression(path, text string) {
	if _, err := regexp.Compile(text); err != nil {
		k.fail(path, "malformed regular expression: %v", err)
	}
}
