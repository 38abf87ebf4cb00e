package config

import (
	"path"
	"reflect"
	"strings"
)

// unbuiltPart is something that can be configured and that this release cannot
// do. Building it deletes its row.
type unbuiltPart struct {
	// key is the dotted path that switches the part on; * stands for anything.
	key  string
	what string
	on   func(c *Config, v reflect.Value) bool
}

var unbuiltParts = []unbuiltPart{
	{"sse.enabled", "the SSE transport is", on},
	{"http_stream.enabled", "the HTTP streaming transport is", on},
	{"webtransport.enabled", "the WebTransport transport is", on},
	{"uni_websocket.enabled", "the unidirectional WebSocket transport is", on},
	{"uni_sse.enabled", "the unidirectional SSE transport is", on},
	{"uni_http_stream.enabled", "the unidirectional HTTP streaming transport is", on},
	{"uni_grpc.enabled", "the unidirectional GRPC transport is", on},
	{"client.connect_code_to_unidirectional_disconnect.enabled", "mapping of connect codes is", on},

	{"http_server.tls_autocert.enabled", "ACME is", on},
	{"http_server.http3.enabled", "HTTP/3 is", on},
	{"http_server.h2c_external", "cleartext HTTP/2 is", on},

	{"grpc_api.enabled", "the GRPC API is", on},
	{"admin.enabled", "the admin interface is", on},
	{"swagger.enabled", "the API explorer is", on},
	{"graphite.enabled", "the Graphite export is", on},
	{"opentelemetry.enabled", "tracing is", on},

	{"client.proxy.connect.enabled", "the connect proxy is", on},
	{"client.proxy.refresh.enabled", "the refresh proxy is", on},
	{"channel.*.subscribe_proxy_enabled", "the subscribe proxy is", on},
	{"channel.*.publish_proxy_enabled", "the publish proxy is", on},
	{"channel.*.sub_refresh_proxy_enabled", "the subscription refresh proxy is", on},
	{"channel.*.subscribe_stream_proxy_enabled", "the subscribe stream proxy is", on},
	{"channel.*.map.remove_proxy_enabled", "the map removal proxy is", on},
	{"rpc.*.proxy_enabled", "the RPC proxy is", on},

	{"client.token.rsa_public_key", "RSA tokens are", given},
	{"client.token.ecdsa_public_key", "ECDSA tokens are", given},
	{"client.token.jwks_public_endpoint", "key sets are", given},
	{"client.subscription_token.rsa_public_key", "RSA tokens are", givenForSubscriptions},
	{"client.subscription_token.ecdsa_public_key", "ECDSA tokens are", givenForSubscriptions},
	{"client.subscription_token.jwks_public_endpoint", "key sets are", givenForSubscriptions},

	{"channel.*.subscription_type", "map and shared poll subscriptions are", func(_ *Config, v reflect.Value) bool {
		return strings.HasPrefix(v.String(), "map") || v.String() == "shared_poll"
	}},
	{"channel.*.map_clients_presence_channel_prefix", "presence in map channels is", given},
	{"channel.*.map_users_presence_channel_prefix", "presence in map channels is", given},

	{"consumers.*.enabled", "consumers are", on},

	{"engine.type", "the Redis engine is", func(c *Config, v reflect.Value) bool {
		return v.String() == "redis" && (!c.Broker.Enabled || !c.PresenceManager.Enabled)
	}},
	{"broker.type", "a broker other than memory is", func(c *Config, v reflect.Value) bool {
		return c.Broker.Enabled && v.String() != "memory"
	}},
	{"presence_manager.type", "a presence manager other than memory is", func(c *Config, v reflect.Value) bool {
		return c.PresenceManager.Enabled && v.String() != "memory"
	}},
	{"map_broker.type", "a map broker other than memory is", func(_ *Config, v reflect.Value) bool {
		return v.String() != "memory"
	}},
	{"controller.enabled", "a controller apart from the broker is", on},
}

func on(_ *Config, v reflect.Value) bool    { return v.Bool() }
func given(_ *Config, v reflect.Value) bool { return !v.IsZero() }
func givenForSubscriptions(c *Config, v reflect.Value) bool {
	return c.Client.SubscriptionToken.Enabled && !v.IsZero()
}

// unbuilt reports every part that is switched on and not built.
func (k *checker) unbuilt() {
	rows := make(map[string][]unbuiltPart) // by last segment, to match few of them
	for _, row := range unbuiltParts {
		last := row.key[strings.LastIndexByte(row.key, '.')+1:]
		rows[last] = append(rows[last], row)
	}
	root.visit(valueOf(k.c), "", func(n *node, v reflect.Value, at string) {
		for _, row := range rows[n.key] {
			if ok, _ := path.Match(row.key, at); !ok || !row.on(k.c, v) {
				continue
			}
			remedy := "remove the key"
			switch {
			case n.kind == kindBool:
				remedy += " or set it to false"
			case n.def != "":
				remedy += " or set it to " + n.def
			}
			k.fail(at, "%s not built yet; %s", row.what, remedy)
		}
	})
}
