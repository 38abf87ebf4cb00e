package config

import "time"

// BrokerPostgres is a broker in PostgreSQL.
type BrokerPostgres struct {
	PostgresStore
}

// MapBrokerPostgres keeps map channels in PostgreSQL.
type MapBrokerPostgres struct {
	PostgresStore
	TTLCheckInterval time.Duration `key:"ttl_check_interval" default:"1s" doc:"time between scans for expired entries"`
}

// PostgresStore are the keys of everything that keeps data in PostgreSQL.
type PostgresStore struct {
	PostgresAccess
	PoolSize               int            `key:"pool_size" default:"16" doc:"connections in the pool"`
	NumShards              int            `key:"num_shards" default:"8" doc:"parallel deliveries"`
	PartitionRetentionDays int            `key:"partition_retention_days" default:"7" doc:"days after which partitions are dropped"`
	CleanupInterval        time.Duration  `key:"cleanup_interval" default:"1m" doc:"time between clean-ups"`
	IdempotentResultTTL    time.Duration  `key:"idempotent_result_ttl" default:"5m" doc:"how long a write with an idempotency key is remembered"`
	BinaryData             bool           `key:"binary_data" doc:"keep payloads as BYTEA instead of JSONB"`
	StreamRetention        time.Duration  `key:"stream_retention" default:"24h" doc:"longest life of a stream"`
	Outbox                 PostgresOutbox `key:"outbox"`
}

// PostgresOutbox says how the outbox is read.
type PostgresOutbox struct {
	PollInterval time.Duration `key:"poll_interval" default:"100ms" doc:"time between reads of the outbox"`
	BatchSize    int           `key:"batch_size" default:"1000" doc:"rows per read"`
}

// ControllerPostgres carries control messages through PostgreSQL.
type ControllerPostgres struct {
	PostgresAccess
	PoolSize                 int           `key:"pool_size" default:"8" doc:"connections in the pool"`
	NumShards                int           `key:"num_shards" default:"1" doc:"parallel deliveries"`
	PartitionRetentionDays   int           `key:"partition_retention_days" default:"1" doc:"days after which partitions are dropped"`
	PollInterval             time.Duration `key:"poll_interval" default:"50ms" doc:"time between reads"`
	PartitionCleanupInterval time.Duration `key:"partition_cleanup_interval" default:"1m" doc:"time between clean-ups"`
	BatchSize                int           `key:"batch_size" default:"1000" doc:"rows per read"`
}

// PostgresAccess says how to reach PostgreSQL and what to call the tables.
type PostgresAccess struct {
	DSN                    string `key:"dsn" secret:"true" doc:"connection string"`
	TLS                    TLS    `key:"tls"`
	TablePrefix            string `key:"table_prefix" default:"cf" doc:"first part of every table name"`
	SkipSchemaInit         bool   `key:"skip_schema_init" doc:"do not create tables"`
	UseNotify              bool   `key:"use_notify" doc:"wake up by LISTEN/NOTIFY"`
	NotifyDSN              string `key:"notify_dsn" secret:"true" doc:"connection string for LISTEN that bypasses poolers"`
	PartitionLookaheadDays int    `key:"partition_lookahead_days" default:"2" doc:"days for which partitions are created ahead"`
}
