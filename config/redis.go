package config

import "time"

// Redis says how to reach Redis.
type Redis struct {
	Address            []string      `key:"address" default:"redis://127.0.0.1:6379" secret:"true" doc:"host:port or URL, one per client-side shard"`
	ConnectTimeout     time.Duration `key:"connect_timeout" default:"1s" doc:"time to connect"`
	IOTimeout          time.Duration `key:"io_timeout" default:"4s" doc:"time that one request may take"`
	DB                 int           `key:"db" doc:"database number"`
	User               string        `key:"user" doc:"user name"`
	Password           string        `key:"password" secret:"true" doc:"password"`
	ClientName         string        `key:"client_name" doc:"name of the connection"`
	ForceRESP2         bool          `key:"force_resp2" doc:"speak RESP2"`
	ClusterAddress     []string      `key:"cluster_address" secret:"true" doc:"cluster mode: comma-separated host:port, one list per client-side shard"`
	TLS                TLS           `key:"tls"`
	SentinelAddress    []string      `key:"sentinel_address" secret:"true" doc:"sentinel mode: comma-separated host:port, one list per client-side shard"`
	SentinelUser       string        `key:"sentinel_user" doc:"user name at sentinels"`
	SentinelPassword   string        `key:"sentinel_password" secret:"true" doc:"password at sentinels"`
	SentinelClientName string        `key:"sentinel_client_name" doc:"name of the connection to sentinels"`
	SentinelMasterName string        `key:"sentinel_master_name" doc:"name of the master; required in sentinel mode"`
	SentinelTLS        TLS           `key:"sentinel_tls"`
	ReplicaClient      ReplicaClient `key:"replica_client"`
}

// ReplicaClient reads from replicas.
type ReplicaClient struct {
	Enabled bool `key:"enabled" doc:"accepted for compatibility; without effect"`
}

// PrefixedRedis keeps its keys under a prefix.
type PrefixedRedis struct {
	Prefix string `key:"prefix" default:"centrifugo" doc:"first part of every key and channel in Redis"`
	Redis
}

// RedisBroker are the broker's own keys.
type RedisBroker struct {
	HistoryUseLists bool `key:"history_use_lists" doc:"keep history in lists instead of streams"`
}

// RedisPresence are the presence manager's own keys.
type RedisPresence struct {
	PresenceTTL          time.Duration `key:"presence_ttl" default:"60s" doc:"life of a presence entry without refresh"`
	PresenceHashFieldTTL bool          `key:"presence_hash_field_ttl" doc:"expire entries by hash field TTL; needs Redis 7.4"`
	PresenceUserMapping  bool          `key:"presence_user_mapping" doc:"keep users apart to make presence_stats cheap"`
}
