package config

import "time"

// Client is what connections may do, how they are authenticated and how they
// are kept alive.
type Client struct {
	Proxy             ClientProxies     `key:"proxy"`
	Token             Token             `key:"token"`
	SubscriptionToken SubscriptionToken `key:"subscription_token"`

	AllowedOrigins []string `key:"allowed_origins" doc:"globs over the lower-cased Origin header of browsers that may connect"`

	AllowAnonymousConnectWithoutToken bool   `key:"allow_anonymous_connect_without_token" doc:"a connect without token is anonymous instead of refused"`
	DisallowAnonymousConnectionTokens bool   `key:"disallow_anonymous_connection_tokens" doc:"refuse tokens with an empty user id"`
	UserIDHTTPHeader                  string `key:"user_id_http_header" doc:"request header that holds the user id, set by a trusted proxy in front"`
	Insecure                          bool   `key:"insecure" doc:"no authentication and relaxed permissions; for development only"`
	InsecureSkipTokenSignatureVerify  bool   `key:"insecure_skip_token_signature_verify" doc:"do not check token signatures; for development only"`

	PingInterval                time.Duration `key:"ping_interval" default:"25s" negative:"off" doc:"time between pings; negative sends none"`
	PongTimeout                 time.Duration `key:"pong_timeout" default:"8s" negative:"off" doc:"time for the answer to a ping; negative waits for none"`
	ExpiredCloseDelay           time.Duration `key:"expired_close_delay" default:"25s" doc:"grace after a connection expired"`
	ExpiredSubCloseDelay        time.Duration `key:"expired_sub_close_delay" default:"25s" doc:"grace after a subscription expired"`
	StaleCloseDelay             time.Duration `key:"stale_close_delay" default:"10s" doc:"time to send a successful connect"`
	ChannelLimit                int           `key:"channel_limit" default:"128" negative:"default" doc:"subscriptions per connection"`
	QueueMaxSize                int           `key:"queue_max_size" default:"1048576" negative:"default" doc:"outgoing queue per connection in bytes"`
	PresenceUpdateInterval      time.Duration `key:"presence_update_interval" default:"27s" doc:"time between presence refreshes"`
	Concurrency                 int           `key:"concurrency" negative:"default" doc:"commands of one connection handled in parallel; 0 or 1 is in order"`
	ChannelPositionCheckDelay   time.Duration `key:"channel_position_check_delay" default:"40s" doc:"shortest time between checks of a stream position"`
	ChannelPositionMaxTimeLag   time.Duration `key:"channel_position_max_time_lag" doc:"publication lag that counts as a lost position; 0 is off"`
	ConnectionLimit             int           `key:"connection_limit" negative:"default" doc:"connections per node; 0 is unlimited"`
	UserConnectionLimit         int           `key:"user_connection_limit" negative:"default" doc:"connections of one user per node; 0 is unlimited"`
	ConnectionRateLimit         int           `key:"connection_rate_limit" negative:"default" doc:"new connections per second and node; 0 is unlimited"`
	ConnectIncludeServerTime    bool          `key:"connect_include_server_time" doc:"put the server's time into the connect reply"`
	HistoryMaxPublicationLimit  int           `key:"history_max_publication_limit" default:"300" negative:"default" doc:"most publications that one history call of a client returns"`
	RecoveryMaxPublicationLimit int           `key:"recovery_max_publication_limit" default:"300" negative:"default" doc:"most publications that one recovery returns"`

	SubscribeToUserPersonalChannel        PersonalChannel                       `key:"subscribe_to_user_personal_channel"`
	ConnectCodeToUnidirectionalDisconnect ConnectCodeToUnidirectionalDisconnect `key:"connect_code_to_unidirectional_disconnect"`
}

// Token says which tokens are believed.
type Token struct {
	HMACSecretKey                       string `key:"hmac_secret_key" secret:"true" doc:"secret of HS256, HS384 and HS512 tokens"`
	HMACPreviousSecretKey               string `key:"hmac_previous_secret_key" secret:"true" doc:"old secret that is still accepted during a rotation"`
	HMACPreviousSecretKeyValidUntil     int64  `key:"hmac_previous_secret_key_valid_until" doc:"Unix seconds after which the old secret is refused; 0 is no limit"`
	RSAPublicKey                        string `key:"rsa_public_key" secret:"true" doc:"PEM text of the key of RS256, RS384 and RS512 tokens"`
	ECDSAPublicKey                      string `key:"ecdsa_public_key" secret:"true" doc:"PEM text of the key of ES256, ES384 and ES512 tokens"`
	JWKSPublicEndpoint                  string `key:"jwks_public_endpoint" secret:"true" doc:"URL of a key set, possibly a template; replaces all other keys"`
	Audience                            string `key:"audience" doc:"required aud claim"`
	AudienceRegex                       string `key:"audience_regex" doc:"expression that the aud claim must match"`
	Issuer                              string `key:"issuer" doc:"required iss claim"`
	IssuerRegex                         string `key:"issuer_regex" doc:"expression that the iss claim must match"`
	UserIDClaim                         string `key:"user_id_claim" doc:"claim that holds the user id instead of sub"`
	InsecureSkipJWKSEndpointSafetyCheck bool   `key:"insecure_skip_jwks_endpoint_safety_check" doc:"only warn about a key set template that a token could point anywhere"`
}

// SubscriptionToken lets subscription tokens be checked by keys of their own.
type SubscriptionToken struct {
	Enabled bool `key:"enabled" doc:"check subscription tokens by this section instead of client.token"`
	Token
}

// ClientProxies ask the application about connections.
type ClientProxies struct {
	Connect ClientProxy `key:"connect"`
	Refresh ClientProxy `key:"refresh"`
}

// ClientProxy is a proxy that is switched on where it stands.
type ClientProxy struct {
	Enabled bool `key:"enabled" doc:"ask this proxy"`
	Proxy
}

// PersonalChannel subscribes every user to a channel of its own.
type PersonalChannel struct {
	Enabled                  bool   `key:"enabled" doc:"subscribe users to their personal channel on connect"`
	PersonalChannelNamespace string `key:"personal_channel_namespace" doc:"namespace of personal channels; empty is none"`
	SingleConnection         bool   `key:"single_connection" doc:"keep only the newest connection of a user; needs presence in the personal channel"`
}

// ConnectCodeToUnidirectionalDisconnect tells unidirectional clients why a
// connect failed by a disconnect code of the operator's choice.
type ConnectCodeToUnidirectionalDisconnect struct {
	Enabled    bool                             `key:"enabled" doc:"apply the transforms"`
	Transforms []UnidirectionalDisconnectChoice `key:"transforms" doc:"which error becomes which disconnect"`
}

// UnidirectionalDisconnectChoice maps one error code.
type UnidirectionalDisconnectChoice struct {
	Code int              `key:"code" doc:"error code of the failed connect"`
	To   DisconnectChoice `key:"to"`
}

// DisconnectChoice is a disconnect chosen by the operator.
type DisconnectChoice struct {
	Code   int    `key:"code" doc:"disconnect code"`
	Reason string `key:"reason" doc:"disconnect reason, ASCII and at most 123 bytes"`
}
