package config

import "time"

// Channel is the syntax of channel names and what is allowed in channels.
type Channel struct {
	WithoutNamespace      ChannelOptions `key:"without_namespace"`
	Namespaces            []Namespace    `key:"namespaces" doc:"named sets of channel options"`
	HistoryMetaTTL        time.Duration  `key:"history_meta_ttl" default:"720h" whole:"seconds" doc:"how long the position of a stream is remembered"`
	PublicationDataFormat string         `key:"publication_data_format" doc:"json, json_object or binary; for namespaces that leave theirs empty"`
	MaxLength             int            `key:"max_length" default:"255" negative:"default" doc:"longest channel name a client may subscribe to, in bytes"`
	PrivatePrefix         string         `key:"private_prefix" default:"$" doc:"first characters of a channel that only a token opens"`
	NamespaceBoundary     string         `key:"namespace_boundary" default:":" doc:"ends the namespace in a channel name"`
	UserBoundary          string         `key:"user_boundary" default:"#" doc:"begins the allowed users in a channel name"`
	UserSeparator         string         `key:"user_separator" default:"," doc:"separates the allowed users in a channel name"`
	Proxy                 ChannelProxies `key:"proxy"`
}

// ChannelProxies are the proxies named default, one per event.
type ChannelProxies struct {
	Subscribe         Proxy `key:"subscribe"`
	Publish           Proxy `key:"publish"`
	SubRefresh        Proxy `key:"sub_refresh"`
	SubscribeStream   Proxy `key:"subscribe_stream"`
	MapPublish        Proxy `key:"map_publish"`
	MapRemove         Proxy `key:"map_remove"`
	SharedPollRefresh Proxy `key:"shared_poll_refresh"`
}

// Namespace is a named set of channel options.
type Namespace struct {
	Name string `key:"name" doc:"name of the namespace, at least two of letters, digits, hyphen, dot and underscore"`
	ChannelOptions
}

// ChannelOptions say what channels of a namespace do and who may do what.
type ChannelOptions struct {
	Presence                        bool   `key:"presence" doc:"keep the set of subscribed connections"`
	JoinLeave                       bool   `key:"join_leave" doc:"emit an event when a connection subscribes and when it goes"`
	ForcePushJoinLeave              bool   `key:"force_push_join_leave" doc:"deliver joins and leaves to every subscriber"`
	MapClientsPresenceChannelPrefix string `key:"map_clients_presence_channel_prefix" doc:"also keep connections in a map channel of this prefix"`
	MapUsersPresenceChannelPrefix   string `key:"map_users_presence_channel_prefix" doc:"also keep users in a map channel of this prefix"`

	HistorySize    int           `key:"history_size" doc:"publications kept per channel"`
	HistoryTTL     time.Duration `key:"history_ttl" whole:"seconds" doc:"how long publications are kept"`
	HistoryMetaTTL time.Duration `key:"history_meta_ttl" whole:"seconds" doc:"how long the stream's position is remembered; 0 takes channel.history_meta_ttl"`

	ForcePositioning  bool   `key:"force_positioning" doc:"every subscription tracks its stream position"`
	AllowPositioning  bool   `key:"allow_positioning" doc:"a client may ask for positioning"`
	ForceRecovery     bool   `key:"force_recovery" doc:"every subscription recovers what it missed"`
	AllowRecovery     bool   `key:"allow_recovery" doc:"a client may ask for recovery"`
	ForceRecoveryMode string `key:"force_recovery_mode" doc:"stream recovers all missed publications, cache only the newest; empty is stream"`
	AutoCacheRecover  bool   `key:"auto_cache_recover" doc:"deliver the newest publication on every subscribe in cache mode"`

	AllowedDeltaTypes []string `key:"allowed_delta_types" doc:"delta formats that subscribers may ask for: fossil"`
	DeltaPublish      bool     `key:"delta_publish" doc:"send every publication as a delta to those who asked for deltas"`
	AllowTagsFilter   bool     `key:"allow_tags_filter" doc:"a subscriber may filter publications by tags"`

	AllowSubscribeForClient    bool `key:"allow_subscribe_for_client" doc:"users may subscribe"`
	AllowSubscribeForAnonymous bool `key:"allow_subscribe_for_anonymous" doc:"extends allow_subscribe_for_client to anonymous connections"`
	AllowPublishForClient      bool `key:"allow_publish_for_client" doc:"users may publish"`
	AllowPublishForSubscriber  bool `key:"allow_publish_for_subscriber" doc:"users may publish while subscribed"`
	AllowPublishForAnonymous   bool `key:"allow_publish_for_anonymous" doc:"extends publish permissions to anonymous connections"`
	AllowPresenceForClient     bool `key:"allow_presence_for_client" doc:"users may ask for presence"`
	AllowPresenceForSubscriber bool `key:"allow_presence_for_subscriber" doc:"users may ask for presence while subscribed"`
	AllowPresenceForAnonymous  bool `key:"allow_presence_for_anonymous" doc:"extends presence permissions to anonymous connections"`
	AllowHistoryForClient      bool `key:"allow_history_for_client" doc:"users may ask for history"`
	AllowHistoryForSubscriber  bool `key:"allow_history_for_subscriber" doc:"users may ask for history while subscribed"`
	AllowHistoryForAnonymous   bool `key:"allow_history_for_anonymous" doc:"extends history permissions to anonymous connections"`
	AllowUserLimitedChannels   bool `key:"allow_user_limited_channels" doc:"channel names may list the users who may subscribe"`

	ChannelRegex          string `key:"channel_regex" doc:"expression that channel names must match; empty asks for ASCII"`
	PublicationDataFormat string `key:"publication_data_format" doc:"json, json_object or binary; empty takes channel.publication_data_format"`

	SubscribeProxyEnabled             bool   `key:"subscribe_proxy_enabled" doc:"ask a proxy on subscribe"`
	SubscribeProxyName                string `key:"subscribe_proxy_name" default:"default" doc:"which proxy to ask on subscribe"`
	PublishProxyEnabled               bool   `key:"publish_proxy_enabled" doc:"ask a proxy on publish by a client"`
	PublishProxyName                  string `key:"publish_proxy_name" default:"default" doc:"which proxy to ask on publish"`
	SubRefreshProxyEnabled            bool   `key:"sub_refresh_proxy_enabled" doc:"refresh expiring subscriptions by a proxy"`
	SubRefreshProxyName               string `key:"sub_refresh_proxy_name" default:"default" doc:"which proxy refreshes subscriptions"`
	SubscribeStreamProxyEnabled       bool   `key:"subscribe_stream_proxy_enabled" doc:"feed subscriptions from a GRPC stream"`
	SubscribeStreamProxyName          string `key:"subscribe_stream_proxy_name" default:"default" doc:"which proxy feeds subscriptions"`
	SubscribeStreamProxyBidirectional bool   `key:"subscribe_stream_proxy_bidirectional" doc:"hand the client's publications to the stream"`

	SubscriptionType string            `key:"subscription_type" doc:"stream, map, map_clients, map_users or shared_poll; empty is stream"`
	Map              MapOptions        `key:"map"`
	SharedPoll       SharedPollOptions `key:"shared_poll"`
}

// MapOptions are for namespaces of a map subscription type.
type MapOptions struct {
	Mode                              string        `key:"mode" doc:"ephemeral, recoverable or persistent; required for map types"`
	KeyTTL                            time.Duration `key:"key_ttl" doc:"life of an entry"`
	StreamSize                        int           `key:"stream_size" doc:"length of the change stream; 0 is 100"`
	StreamTTL                         time.Duration `key:"stream_ttl" doc:"life of the change stream; 0 is 1m"`
	MetaTTL                           time.Duration `key:"meta_ttl" doc:"life of the position; 0 is derived"`
	RemoveClientOnUnsubscribe         bool          `key:"remove_client_on_unsubscribe" doc:"drop the client's own key when it leaves"`
	ClientKey                         string        `key:"client_key" doc:"client_id or user_id forces the key of a client's write; empty lets the client choose"`
	AllowPublishForClient             bool          `key:"allow_publish_for_client" doc:"users may write"`
	AllowPublishForSubscriber         bool          `key:"allow_publish_for_subscriber" doc:"users may write while subscribed"`
	AllowPublishForAnonymous          bool          `key:"allow_publish_for_anonymous" doc:"extends write permissions to anonymous connections"`
	AllowRemoveForClient              bool          `key:"allow_remove_for_client" doc:"users may remove"`
	AllowRemoveForSubscriber          bool          `key:"allow_remove_for_subscriber" doc:"users may remove while subscribed"`
	AllowRemoveForAnonymous           bool          `key:"allow_remove_for_anonymous" doc:"extends removal permissions to anonymous connections"`
	PublishProxyEnabled               bool          `key:"publish_proxy_enabled" doc:"ask a proxy on writes"`
	PublishProxyName                  string        `key:"publish_proxy_name" default:"default" doc:"which proxy to ask on writes"`
	RemoveProxyEnabled                bool          `key:"remove_proxy_enabled" doc:"ask a proxy on removals"`
	RemoveProxyName                   string        `key:"remove_proxy_name" default:"default" doc:"which proxy to ask on removals"`
	DefaultPageSize                   int           `key:"default_page_size" doc:"page size when the client names none; 0 is 100"`
	MinPageSize                       int           `key:"min_page_size" doc:"smallest page; 0 is 100"`
	MaxPageSize                       int           `key:"max_page_size" doc:"largest page; 0 is 1000"`
	LiveTransitionMaxPublicationLimit int           `key:"live_transition_max_publication_limit" negative:"off" doc:"most changes read when a subscription goes live; 0 is max_page_size, negative is no limit"`
	SubscribeCatchUpTimeout           time.Duration `key:"subscribe_catch_up_timeout" negative:"off" doc:"time to read the whole map; 0 is 5s, negative is no limit"`
}

// SharedPollOptions are for namespaces of type shared_poll.
type SharedPollOptions struct {
	ProxyName              string        `key:"proxy_name" doc:"which proxy refreshes keys; empty is default"`
	RefreshInterval        time.Duration `key:"refresh_interval" doc:"time between refreshes; 0 is 10s"`
	RefreshBatchSize       int           `key:"refresh_batch_size" doc:"keys per refresh call; 0 is 1000"`
	MaxKeysPerConnection   int           `key:"max_keys_per_connection" doc:"keys one connection may track; 0 is 5000"`
	Mode                   string        `key:"mode" doc:"versionless or versioned; empty is versionless"`
	ChannelShutdownDelay   time.Duration `key:"channel_shutdown_delay" negative:"off" doc:"time an unused channel is kept; 0 is 1s, negative is none"`
	TrackExpiredExtraDelay time.Duration `key:"track_expired_extra_delay" doc:"grace after tracking expired; 0 is 25s"`
	PublishEnabled         bool          `key:"publish_enabled" doc:"take publications of the server API; needs versioned mode"`
}

// SharedPoll is what all namespaces of type shared_poll have in common.
type SharedPoll struct {
	HMACSecretKey                   string `key:"hmac_secret_key" secret:"true" doc:"secret that signs tracked keys"`
	HMACPreviousSecretKey           string `key:"hmac_previous_secret_key" secret:"true" doc:"old secret that is still accepted during a rotation"`
	HMACPreviousSecretKeyValidUntil int64  `key:"hmac_previous_secret_key_valid_until" doc:"Unix seconds after which the old secret is refused; 0 is no limit"`
	ConcurrencyLimit                int    `key:"concurrency_limit" doc:"backend calls of one node at a time; 0 is 64"`
}
