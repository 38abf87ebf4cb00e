package config

// The publication data mode of consumers: the message is the publication's data
// and its metadata says where to publish it. What carries the metadata is called
// differently by each kind of queue, and so are the keys. The types differ in
// their tags only and convert into one another.

// PublicationHeaders is the publication data mode of Kafka and JetStream.
type PublicationHeaders struct {
	Enabled        bool   `key:"enabled" doc:"messages carry bare publication data"`
	Channels       string `key:"channels_header" default:"centrifugo-channels" doc:"header with the channels to publish to, separated by commas"`
	IdempotencyKey string `key:"idempotency_key_header" default:"centrifugo-idempotency-key" doc:"header with the idempotency key"`
	Delta          string `key:"delta_header" default:"centrifugo-delta" doc:"header with the delta flag"`
	Version        string `key:"version_header" default:"centrifugo-version" doc:"header with the version"`
	VersionEpoch   string `key:"version_epoch_header" default:"centrifugo-version-epoch" doc:"header with the version epoch"`
	TagsPrefix     string `key:"tags_header_prefix" default:"centrifugo-tag-" doc:"first part of headers that are tags"`
}

// PublicationValues is the publication data mode of Redis streams.
type PublicationValues struct {
	Enabled        bool   `key:"enabled" doc:"messages carry bare publication data"`
	Channels       string `key:"channels_value" default:"centrifugo-channels" doc:"field with the channels to publish to, separated by commas"`
	IdempotencyKey string `key:"idempotency_key_value" default:"centrifugo-idempotency-key" doc:"field with the idempotency key"`
	Delta          string `key:"delta_value" default:"centrifugo-delta" doc:"field with the delta flag"`
	Version        string `key:"version_value" default:"centrifugo-version" doc:"field with the version"`
	VersionEpoch   string `key:"version_epoch_value" default:"centrifugo-version-epoch" doc:"field with the version epoch"`
	TagsPrefix     string `key:"tags_value_prefix" default:"centrifugo-tag-" doc:"first part of fields that are tags"`
}

// PublicationAttributes is the publication data mode of Pub/Sub and SQS.
type PublicationAttributes struct {
	Enabled        bool   `key:"enabled" doc:"messages carry bare publication data"`
	Channels       string `key:"channels_attribute" default:"centrifugo-channels" doc:"attribute with the channels to publish to, separated by commas"`
	IdempotencyKey string `key:"idempotency_key_attribute" default:"centrifugo-idempotency-key" doc:"attribute with the idempotency key"`
	Delta          string `key:"delta_attribute" default:"centrifugo-delta" doc:"attribute with the delta flag"`
	Version        string `key:"version_attribute" default:"centrifugo-version" doc:"attribute with the version"`
	VersionEpoch   string `key:"version_epoch_attribute" default:"centrifugo-version-epoch" doc:"attribute with the version epoch"`
	TagsPrefix     string `key:"tags_attribute_prefix" default:"centrifugo-tag-" doc:"first part of attributes that are tags"`
}

// PublicationProperties is the publication data mode of Service Bus.
type PublicationProperties struct {
	Enabled        bool   `key:"enabled" doc:"messages carry bare publication data"`
	Channels       string `key:"channels_property" default:"centrifugo-channels" doc:"property with the channels to publish to, separated by commas"`
	IdempotencyKey string `key:"idempotency_key_property" default:"centrifugo-idempotency-key" doc:"property with the idempotency key"`
	Delta          string `key:"delta_property" default:"centrifugo-delta" doc:"property with the delta flag"`
	Version        string `key:"version_property" default:"centrifugo-version" doc:"property with the version"`
	VersionEpoch   string `key:"version_epoch_property" default:"centrifugo-version-epoch" doc:"property with the version epoch"`
	TagsPrefix     string `key:"tags_property_prefix" default:"centrifugo-tag-" doc:"first part of properties that are tags"`
}
