package config

import "time"

// Engine is what carries publications between nodes and keeps history and
// presence, unless Broker or PresenceManager replace their half of it.
type Engine struct {
	Type  string      `key:"type" default:"memory" doc:"memory or redis"`
	Redis EngineRedis `key:"redis"`
}

// EngineRedis is both halves in Redis.
type EngineRedis struct {
	PrefixedRedis
	RedisBroker
	RedisPresence
}

// Broker carries publications and keeps history.
type Broker struct {
	Enabled   bool           `key:"enabled" doc:"use this broker instead of the engine's"`
	Type      string         `key:"type" default:"memory" doc:"memory, redis, nats, postgres or redisnats"`
	Redis     BrokerRedis    `key:"redis"`
	NATS      BrokerNATS     `key:"nats"`
	Postgres  BrokerPostgres `key:"postgres"`
	RedisNATS RedisNATS      `key:"redisnats"`
}

// BrokerRedis is a broker in Redis.
type BrokerRedis struct {
	PrefixedRedis
	RedisBroker
}

// RedisNATS keeps history in Redis and carries publications over NATS.
type RedisNATS struct {
	Redis BrokerRedis `key:"redis"`
	NATS  BrokerNATS  `key:"nats"`
}

// PresenceManager keeps presence.
type PresenceManager struct {
	Enabled bool                 `key:"enabled" doc:"use this presence manager instead of the engine's"`
	Type    string               `key:"type" default:"memory" doc:"memory or redis"`
	Redis   PresenceManagerRedis `key:"redis"`
}

// PresenceManagerRedis keeps presence in Redis.
type PresenceManagerRedis struct {
	PrefixedRedis
	RedisPresence
}

// MapBroker keeps map channels.
type MapBroker struct {
	Type     string            `key:"type" default:"memory" doc:"memory, redis or postgres"`
	Redis    MapBrokerRedis    `key:"redis"`
	Postgres MapBrokerPostgres `key:"postgres"`
}

// MapBrokerRedis keeps map channels in Redis.
type MapBrokerRedis struct {
	PrefixedRedis
	CleanupInterval     time.Duration `key:"cleanup_interval" default:"1s" negative:"off" doc:"time between scans for expired entries; negative is none"`
	CleanupBatchSize    int           `key:"cleanup_batch_size" default:"100" doc:"entries removed per scan"`
	IdempotentResultTTL time.Duration `key:"idempotent_result_ttl" default:"5m" doc:"how long a write with an idempotency key is remembered"`
	SkipPubSub          bool          `key:"skip_pub_sub" doc:"do not carry changes between nodes"`
}

// Controller carries control messages between nodes.
type Controller struct {
	Enabled  bool               `key:"enabled" doc:"use this controller instead of the broker"`
	Type     string             `key:"type" doc:"postgres"`
	Postgres ControllerPostgres `key:"postgres"`
}
