package config

import "time"

// Consumer pulls commands out of one queue or table. Type says which of the
// objects counts.
type Consumer struct {
	Name    string `key:"name" doc:"name of the consumer, at least two of letters, digits and underscore"`
	Enabled bool   `key:"enabled" doc:"run the consumer"`
	Type    string `key:"type" doc:"postgresql, kafka, nats_jetstream, redis_stream, google_pub_sub, aws_sqs or azure_service_bus"`

	PostgreSQL      PostgreSQLConsumer      `key:"postgresql"`
	Kafka           KafkaConsumer           `key:"kafka"`
	NATSJetStream   NATSJetStreamConsumer   `key:"nats_jetstream"`
	RedisStream     RedisStreamConsumer     `key:"redis_stream"`
	GooglePubSub    GooglePubSubConsumer    `key:"google_pub_sub"`
	AWSSQS          AWSSQSConsumer          `key:"aws_sqs"`
	AzureServiceBus AzureServiceBusConsumer `key:"azure_service_bus"`
}

// PostgreSQLConsumer reads an outbox table.
type PostgreSQLConsumer struct {
	DSN                          string        `key:"dsn" secret:"true" doc:"connection string"`
	OutboxTableName              string        `key:"outbox_table_name" doc:"table to read"`
	NumPartitions                int           `key:"num_partitions" default:"1" doc:"partitions of the table"`
	PartitionSelectLimit         int           `key:"partition_select_limit" default:"100" doc:"rows per read"`
	PartitionPollInterval        time.Duration `key:"partition_poll_interval" default:"300ms" doc:"time between reads of a partition"`
	PartitionNotificationChannel string        `key:"partition_notification_channel" doc:"LISTEN channel that names partitions with new rows"`
	PartitionNotificationDSN     string        `key:"partition_notification_dsn" secret:"true" doc:"connection string for LISTEN that bypasses poolers"`
	TLS                          TLS           `key:"tls"`
	UseTryLock                   bool          `key:"use_try_lock" doc:"skip partitions that another node reads"`
}

// KafkaConsumer reads Kafka topics.
type KafkaConsumer struct {
	Brokers               []string           `key:"brokers" doc:"seed brokers as host:port"`
	Topics                []string           `key:"topics" doc:"topics to read"`
	ConsumerGroup         string             `key:"consumer_group" doc:"consumer group"`
	MaxPollRecords        int                `key:"max_poll_records" default:"100" doc:"records per poll"`
	FetchMaxBytes         int                `key:"fetch_max_bytes" doc:"bytes per fetch; 0 is the library's 50 MB"`
	FetchMaxWait          time.Duration      `key:"fetch_max_wait" default:"500ms" doc:"time a broker may wait for more records"`
	FetchReadUncommitted  bool               `key:"fetch_read_uncommitted" doc:"read records of open transactions"`
	PartitionQueueMaxSize int                `key:"partition_queue_max_size" default:"1000" negative:"off" doc:"records queued per partition; -1 pauses on every poll"`
	DialTimeout           time.Duration      `key:"dial_timeout" default:"3s" doc:"time to connect"`
	TLS                   TLS                `key:"tls"`
	SASLMechanism         string             `key:"sasl_mechanism" doc:"plain, scram-sha-256, scram-sha-512 or aws-msk-iam"`
	SASLUser              string             `key:"sasl_user" doc:"user name"`
	SASLPassword          string             `key:"sasl_password" secret:"true" doc:"password"`
	AssumeRoleARN         string             `key:"assume_role_arn" doc:"role to assume; only with aws-msk-iam"`
	InstanceID            string             `key:"instance_id" doc:"static group membership"`
	MethodHeader          string             `key:"method_header" default:"centrifugo-method" doc:"header that names the API method"`
	PublicationDataMode   PublicationHeaders `key:"publication_data_mode"`
}

// NATSJetStreamConsumer reads a JetStream stream.
type NATSJetStreamConsumer struct {
	URL                 string             `key:"url" default:"nats://127.0.0.1:4222" secret:"true" doc:"URL of the NATS server"`
	CredentialsFile     string             `key:"credentials_file" doc:"file with credentials"`
	Username            string             `key:"username" doc:"user name"`
	Password            string             `key:"password" secret:"true" doc:"password"`
	Token               string             `key:"token" secret:"true" doc:"token"`
	StreamName          string             `key:"stream_name" doc:"stream to read"`
	DurableConsumerName string             `key:"durable_consumer_name" doc:"durable consumer"`
	UseExistingConsumer bool               `key:"use_existing_consumer" doc:"do not create the consumer"`
	Subjects            []string           `key:"subjects" doc:"subjects to read; empty is all"`
	DeliverPolicy       string             `key:"deliver_policy" default:"new" doc:"new or all"`
	MaxAckPending       int                `key:"max_ack_pending" default:"100" doc:"messages in flight"`
	MethodHeader        string             `key:"method_header" default:"centrifugo-method" doc:"header that names the API method"`
	PublicationDataMode PublicationHeaders `key:"publication_data_mode"`
	TLS                 TLS                `key:"tls"`
}

// RedisStreamConsumer reads Redis streams.
type RedisStreamConsumer struct {
	Redis
	Streams             []string          `key:"streams" doc:"stream keys to read"`
	ConsumerGroup       string            `key:"consumer_group" doc:"consumer group"`
	VisibilityTimeout   time.Duration     `key:"visibility_timeout" default:"30s" doc:"time after which another consumer takes an entry over"`
	NumWorkers          int               `key:"num_workers" default:"1" doc:"entries handled in parallel"`
	PayloadValue        string            `key:"payload_value" default:"payload" doc:"field that holds the payload"`
	MethodValue         string            `key:"method_value" default:"method" doc:"field that names the API method"`
	PublicationDataMode PublicationValues `key:"publication_data_mode"`
}

// GooglePubSubConsumer reads Pub/Sub subscriptions.
type GooglePubSubConsumer struct {
	ProjectID              string                `key:"project_id" doc:"project"`
	Subscriptions          []string              `key:"subscriptions" doc:"subscriptions to read"`
	MaxOutstandingMessages int                   `key:"max_outstanding_messages" default:"100" doc:"messages in flight"`
	MaxOutstandingBytes    int                   `key:"max_outstanding_bytes" default:"1000000" doc:"bytes in flight"`
	AuthMechanism          string                `key:"auth_mechanism" doc:"default or service_account"`
	CredentialsFile        string                `key:"credentials_file" doc:"file with the service account"`
	MethodAttribute        string                `key:"method_attribute" default:"centrifugo-method" doc:"attribute that names the API method"`
	PublicationDataMode    PublicationAttributes `key:"publication_data_mode"`
}

// AWSSQSConsumer reads SQS queues.
type AWSSQSConsumer struct {
	Queues              []string              `key:"queues" doc:"URLs of the queues to read"`
	SNSEnvelope         bool                  `key:"sns_envelope" doc:"messages come wrapped by SNS"`
	Region              string                `key:"region" doc:"region"`
	MaxNumberOfMessages int                   `key:"max_number_of_messages" default:"10" doc:"messages per read"`
	WaitTime            time.Duration         `key:"wait_time_time" default:"20s" doc:"time one read waits for messages"`
	VisibilityTimeout   time.Duration         `key:"visibility_timeout" default:"30s" doc:"time after which a message is seen again"`
	MaxConcurrency      int                   `key:"max_concurrency" default:"1" doc:"messages handled in parallel"`
	CredentialsProfile  string                `key:"credentials_profile" doc:"shared credentials profile"`
	AssumeRoleARN       string                `key:"assume_role_arn" doc:"role to assume"`
	LocalStackEndpoint  string                `key:"localstack_endpoint" doc:"endpoint of a local stand-in for AWS"`
	MethodAttribute     string                `key:"method_attribute" default:"centrifugo-method" doc:"attribute that names the API method"`
	PublicationDataMode PublicationAttributes `key:"publication_data_mode"`
}

// AzureServiceBusConsumer reads Service Bus queues.
type AzureServiceBusConsumer struct {
	ConnectionString        string                `key:"connection_string" secret:"true" doc:"connection string"`
	UseAzureIdentity        bool                  `key:"use_azure_identity" doc:"authenticate by a service principal instead"`
	FullyQualifiedNamespace string                `key:"fully_qualified_namespace" doc:"host of the namespace"`
	TenantID                string                `key:"tenant_id" doc:"tenant of the service principal"`
	ClientID                string                `key:"client_id" doc:"id of the service principal"`
	ClientSecret            string                `key:"client_secret" secret:"true" doc:"secret of the service principal"`
	Queues                  []string              `key:"queues" doc:"queues to read"`
	UseSessions             bool                  `key:"use_sessions" doc:"the queues have sessions"`
	MaxConcurrentCalls      int                   `key:"max_concurrent_calls" default:"1" doc:"receivers per queue"`
	MaxReceiveMessages      int                   `key:"max_receive_messages" default:"1" doc:"messages per read"`
	MethodProperty          string                `key:"method_property" default:"centrifugo-method" doc:"property that names the API method"`
	PublicationDataMode     PublicationProperties `key:"publication_data_mode"`
}
