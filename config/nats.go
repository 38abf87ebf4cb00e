package config

import "time"

// BrokerNATS is a broker over NATS, at most once and without history.
type BrokerNATS struct {
	Prefix         string        `key:"prefix" default:"centrifugo" doc:"first part of every subject"`
	URL            string        `key:"url" default:"nats://localhost:4222" secret:"true" doc:"URL of the NATS server"`
	DialTimeout    time.Duration `key:"dial_timeout" default:"1s" doc:"time to connect"`
	WriteTimeout   time.Duration `key:"write_timeout" default:"1s" doc:"time that one write may take"`
	TLS            TLS           `key:"tls"`
	AllowWildcards bool          `key:"allow_wildcards" doc:"clients may subscribe to channels with wildcards"`
	RawMode        NATSRawMode   `key:"raw_mode"`
}

// NATSRawMode exchanges bare payloads with other users of NATS.
type NATSRawMode struct {
	Enabled             bool              `key:"enabled" doc:"take and send bare payloads"`
	ChannelReplacements map[string]string `key:"channel_replacements" doc:"what to replace in a channel name to make a subject"`
	Prefix              string            `key:"prefix" doc:"first part of raw subjects"`
}
