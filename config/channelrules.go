package config

import (
	"strings"
	"time"
)

var dataFormats = []string{"", "json", "json_object", "binary"}

func (k *checker) channel() {
	c := &k.c.Channel
	k.choice("channel.publication_data_format", c.PublicationDataFormat, dataFormats...)
	seen := make(map[string]bool)
	for i := range c.Namespaces {
		k.name(itemPath("channel.namespaces", i), "namespace", c.Namespaces[i].Name, itemName, seen)
	}
	for _, o := range c.all() {
		k.history(o)
		k.channelFormat(o)
		k.channelProxies(o)
		k.mapOptions(o)
		k.sharedPoll(o)
		k.presencePrefix(o.path+".map_clients_presence_channel_prefix", o.MapClientsPresenceChannelPrefix, "map_clients")
		k.presencePrefix(o.path+".map_users_presence_channel_prefix", o.MapUsersPresenceChannelPrefix, "map_users")
	}
}

// history checks what history and recovery need of each other.
func (k *checker) history(o pathOptions) {
	if (o.HistorySize == 0) != (o.HistoryTTL == 0) {
		missing := ".history_ttl"
		if o.HistorySize == 0 {
			missing = ".history_size"
		}
		k.fail(o.path+missing, "both history size and history ttl required for history")
	}
	meta := o.HistoryMetaTTL
	if meta == 0 {
		meta = k.c.Channel.HistoryMetaTTL
	}
	if o.HistoryTTL > meta {
		k.fail(o.path+".history_ttl", "history ttl (%s) can not be greater than history meta ttl (%s)", o.HistoryTTL, meta)
	}
	if o.ForceRecovery && (o.HistorySize == 0 || o.HistoryTTL == 0) {
		k.fail(o.path+".force_recovery", "both history size and history ttl required for recovery")
	}
	if o.AutoCacheRecover && (!o.ForceRecovery || o.ForceRecoveryMode != "cache") {
		k.fail(o.path+".auto_cache_recover", "needs force_recovery and force_recovery_mode cache")
	}
	k.choice(o.path+".force_recovery_mode", o.ForceRecoveryMode, "", "stream", "cache")
}

func (k *checker) channelFormat(o pathOptions) {
	k.choice(o.path+".publication_data_format", o.PublicationDataFormat, dataFormats...)
	for i, t := range o.AllowedDeltaTypes {
		k.choice(itemPath(o.path+".allowed_delta_types", i), t, "fossil")
	}
	k.choice(o.path+".subscription_type", o.SubscriptionType, "", "stream", "map", "map_clients", "map_users", "shared_poll")
	k.expression(o.path+".channel_regex", o.ChannelRegex)
}

func (k *checker) channelProxies(o pathOptions) {
	p := &k.c.Channel.Proxy
	k.proxyNamed(o.path+".subscribe_proxy_name", o.SubscribeProxyName, o.SubscribeProxyEnabled, "channel.proxy.subscribe", &p.Subscribe)
	k.proxyNamed(o.path+".publish_proxy_name", o.PublishProxyName, o.PublishProxyEnabled, "channel.proxy.publish", &p.Publish)
	k.proxyNamed(o.path+".sub_refresh_proxy_name", o.SubRefreshProxyName, o.SubRefreshProxyEnabled, "channel.proxy.sub_refresh", &p.SubRefresh)
	k.proxyNamed(o.path+".map.publish_proxy_name", o.Map.PublishProxyName, o.Map.PublishProxyEnabled, "channel.proxy.map_publish", &p.MapPublish)
	k.proxyNamed(o.path+".map.remove_proxy_name", o.Map.RemoveProxyName, o.Map.RemoveProxyEnabled, "channel.proxy.map_remove", &p.MapRemove)
	stream := k.proxyNamed(o.path+".subscribe_stream_proxy_name", o.SubscribeStreamProxyName, o.SubscribeStreamProxyEnabled, "channel.proxy.subscribe_stream", &p.SubscribeStream)
	if !o.SubscribeStreamProxyEnabled {
		return
	}
	if stream != nil && stream.speaksHTTP() {
		k.fail(o.path+".subscribe_stream_proxy_name", "the endpoint of a subscribe stream proxy must be GRPC")
	}
	for key, on := range map[string]bool{
		"subscribe_proxy_enabled": o.SubscribeProxyEnabled, "publish_proxy_enabled": o.PublishProxyEnabled,
		"sub_refresh_proxy_enabled": o.SubRefreshProxyEnabled,
	} {
		if on {
			k.fail(o.path+"."+key, "can not be combined with subscribe_stream_proxy_enabled")
		}
	}
}

func (o *ChannelOptions) isMap() bool { return strings.HasPrefix(o.SubscriptionType, "map") }

func (k *checker) mapOptions(o pathOptions) {
	m, path := &o.Map, o.path+".map"
	k.choice(path+".mode", m.Mode, "", "ephemeral", "recoverable", "persistent")
	k.choice(path+".client_key", m.ClientKey, "", "client_id", "user_id")
	switch {
	case m.Mode == "" && o.isMap():
		k.fail(path+".mode", "must be set for subscription type %s", o.SubscriptionType)
	case m.Mode == "ephemeral" || m.Mode == "recoverable":
		if m.KeyTTL <= 0 {
			k.fail(path+".key_ttl", "must be set in mode %s", m.Mode)
		}
	case m.Mode == "persistent":
		if m.KeyTTL != 0 {
			k.fail(path+".key_ttl", "can not be set in mode persistent")
		}
		if o.SubscriptionType == "map_clients" || o.SubscriptionType == "map_users" {
			k.fail(path+".mode", "persistent can not be combined with subscription type %s", o.SubscriptionType)
		}
	}
	if m.Mode == "ephemeral" && (m.StreamSize != 0 || m.StreamTTL != 0 || m.MetaTTL != 0) {
		k.fail(path, "stream_size, stream_ttl and meta_ttl can not be set in mode ephemeral")
	}
	streamTTL := m.StreamTTL
	if streamTTL == 0 {
		streamTTL = time.Minute
	}
	if m.Mode != "ephemeral" && m.MetaTTL != 0 && m.MetaTTL < max(streamTTL, m.KeyTTL) {
		k.fail(path+".meta_ttl", "must not be less than stream_ttl (%s) and key_ttl (%s)", streamTTL, m.KeyTTL)
	}
	if m.ClientKey != "" && (m.PublishProxyEnabled || m.RemoveProxyEnabled) {
		k.fail(path+".client_key", "can not be combined with publish_proxy_enabled or remove_proxy_enabled")
	}
	if m.RemoveClientOnUnsubscribe && !o.isMap() {
		k.fail(path+".remove_client_on_unsubscribe", "needs a map subscription type")
	}
	k.pageSizes(path, m)
}

func (k *checker) pageSizes(path string, m *MapOptions) {
	above := func(small, large int) bool { return small > 0 && large > 0 && small > large }
	if above(m.MinPageSize, m.DefaultPageSize) || above(m.DefaultPageSize, m.MaxPageSize) || above(m.MinPageSize, m.MaxPageSize) {
		k.fail(path, "page sizes must be min_page_size <= default_page_size <= max_page_size")
	}
}

func (k *checker) sharedPoll(o pathOptions) {
	s, path := &o.SharedPoll, o.path+".shared_poll"
	k.choice(path+".mode", s.Mode, "", "versionless", "versioned")
	if s.PublishEnabled && s.Mode != "versioned" {
		k.fail(path+".publish_enabled", "needs mode versioned")
	}
	if o.SubscriptionType != "shared_poll" {
		return
	}
	if k.c.SharedPoll.HMACSecretKey == "" {
		k.fail("shared_poll.hmac_secret_key", "must be set for the shared_poll subscription type of %s", o.path)
	}
	k.proxyNamed(path+".proxy_name", s.ProxyName, true, "channel.proxy.shared_poll_refresh", &k.c.Channel.Proxy.SharedPollRefresh)
}

// presencePrefix checks that channels of a prefix are of the type that presence
// is written to.
func (k *checker) presencePrefix(path, prefix, want string) {
	if prefix == "" {
		return
	}
	c := &k.c.Channel
	name, _, _ := strings.Cut(strings.TrimPrefix(prefix, c.PrivatePrefix), c.NamespaceBoundary)
	if ns := c.namespace(name); ns == nil || ns.SubscriptionType != want {
		k.fail(path, "must begin with the name of a namespace with subscription_type %s", want)
	}
}
