package config

import (
	"fmt"
	"strings"
)

// running reports whether path lies within an enabled consumer.
func (k *checker) running(path string) bool {
	for i, c := range k.c.Consumers {
		if c.Enabled && strings.HasPrefix(path, itemPath("consumers", i)+".") {
			return true
		}
	}
	return false
}

func (k *checker) consumers() {
	seen := make(map[string]bool)
	for i := range k.c.Consumers {
		c, path := &k.c.Consumers[i], itemPath("consumers", i)
		k.name(path, "consumer", c.Name, consumerName, seen)
		check, ok := consumerRules[c.Type]
		if !ok {
			k.fail(path+".type", "unknown consumer type: %s", c.Type)
			continue
		}
		if c.Enabled {
			check(&consumerChecker{checker: k, path: path + "." + c.Type}, c)
		}
	}
}

var consumerRules = map[string]func(*consumerChecker, *Consumer){
	"postgresql":        (*consumerChecker).postgreSQL,
	"kafka":             (*consumerChecker).kafka,
	"nats_jetstream":    (*consumerChecker).natsJetStream,
	"redis_stream":      (*consumerChecker).redisStream,
	"google_pub_sub":    (*consumerChecker).googlePubSub,
	"aws_sqs":           (*consumerChecker).awsSQS,
	"azure_service_bus": (*consumerChecker).azureServiceBus,
}

// consumerChecker checks the object of one consumer's type.
type consumerChecker struct {
	*checker
	path string
}

// require checks that a text is set.
func (k *consumerChecker) require(key, value, what string) {
	if value == "" {
		k.fail(k.path+"."+key, "no %s provided", what)
	}
}

// requireSome checks that a list has something in it.
func (k *consumerChecker) requireSome(key string, list []string, what string) {
	if len(list) == 0 {
		k.fail(k.path+"."+key, "no %s provided", what)
	}
}

func (k *consumerChecker) choose(key, value string, allowed ...string) {
	k.choice(k.path+"."+key, value, allowed...)
}

func (k *consumerChecker) postgreSQL(c *Consumer) {
	k.require("dsn", c.PostgreSQL.DSN, "PostgreSQL DSN")
	k.require("outbox_table_name", c.PostgreSQL.OutboxTableName, "outbox table name")
	k.clientTLS(k.path+".tls", c.PostgreSQL.TLS)
}

func (k *consumerChecker) kafka(c *Consumer) {
	o := &c.Kafka
	k.requireSome("brokers", o.Brokers, "Kafka brokers")
	k.requireSome("topics", o.Topics, "Kafka topics")
	k.require("consumer_group", o.ConsumerGroup, "Kafka consumer group")
	k.choose("sasl_mechanism", o.SASLMechanism, "", "plain", "scram-sha-256", "scram-sha-512", "aws-msk-iam")
	if o.AssumeRoleARN != "" && o.SASLMechanism != "aws-msk-iam" {
		k.fail(k.path+".assume_role_arn", "needs sasl_mechanism aws-msk-iam")
	}
	k.clientTLS(k.path+".tls", o.TLS)
}

func (k *consumerChecker) natsJetStream(c *Consumer) {
	o := &c.NATSJetStream
	k.require("stream_name", o.StreamName, "stream name")
	k.require("durable_consumer_name", o.DurableConsumerName, "durable consumer name")
	if !o.UseExistingConsumer {
		k.choose("deliver_policy", o.DeliverPolicy, "new", "all")
	}
	k.clientTLS(k.path+".tls", o.TLS)
}

func (k *consumerChecker) redisStream(c *Consumer) {
	o := &c.RedisStream
	k.requireSome("streams", o.Streams, "Redis streams")
	k.require("consumer_group", o.ConsumerGroup, "Redis consumer group")
	for key, list := range map[string][]string{
		"address": o.Address, "cluster_address": o.ClusterAddress, "sentinel_address": o.SentinelAddress,
	} {
		if len(list) > 1 {
			k.fail(k.path+"."+key, "a consumer reads exactly one Redis, got %d addresses", len(list))
		}
	}
	if len(o.SentinelAddress) > 0 {
		k.require("sentinel_master_name", o.SentinelMasterName, "sentinel master name")
	}
	k.clientTLS(k.path+".tls", o.TLS)
	k.clientTLS(k.path+".sentinel_tls", o.SentinelTLS)
}

func (k *consumerChecker) googlePubSub(c *Consumer) {
	o := &c.GooglePubSub
	k.require("project_id", o.ProjectID, "Google project")
	k.requireSome("subscriptions", o.Subscriptions, "Pub/Sub subscriptions")
	k.choose("auth_mechanism", strings.ToLower(o.AuthMechanism), "", "default", "service_account")
}

func (k *consumerChecker) awsSQS(c *Consumer) {
	k.requireSome("queues", c.AWSSQS.Queues, "SQS queues")
}

func (k *consumerChecker) azureServiceBus(c *Consumer) {
	o := &c.AzureServiceBus
	k.requireSome("queues", o.Queues, "Service Bus queues")
	if !o.UseAzureIdentity {
		k.require("connection_string", o.ConnectionString, "connection string")
		return
	}
	for _, r := range []struct{ key, value string }{
		{"fully_qualified_namespace", o.FullyQualifiedNamespace}, {"tenant_id", o.TenantID},
		{"client_id", o.ClientID}, {"client_secret", o.ClientSecret},
	} {
		k.require(r.key, r.value, fmt.Sprintf("%s for use_azure_identity", r.key))
	}
}
