package config

// Config is the whole configuration. It is read-only once loaded.
type Config struct {
	HTTPServer HTTPServer `key:"http_server"`
	Log        Log        `key:"log"`
	Node       Node       `key:"node"`
	Shutdown   Shutdown   `key:"shutdown"`
	PIDFile    string     `key:"pid_file" doc:"file that holds the process id while the server runs"`

	EnableUnreleasedFeatures bool       `key:"enable_unreleased_features" doc:"permit features that are not stable yet"`
	UsageStats               UsageStats `key:"usage_stats"`

	Engine          Engine          `key:"engine"`
	Broker          Broker          `key:"broker"`
	PresenceManager PresenceManager `key:"presence_manager"`
	MapBroker       MapBroker       `key:"map_broker"`
	Controller      Controller      `key:"controller"`

	Client  Client  `key:"client"`
	Channel Channel `key:"channel"`
	RPC     RPC     `key:"rpc"`

	Proxies    []NamedProxy `key:"proxies" doc:"proxies that channel and RPC options refer to by name"`
	SharedPoll SharedPoll   `key:"shared_poll"`
	Consumers  []Consumer   `key:"consumers" doc:"queues and tables that commands are pulled from"`

	HTTPAPI HTTPAPI `key:"http_api"`
	GRPCAPI GRPCAPI `key:"grpc_api"`

	WebSocket     WebSocket     `key:"websocket"`
	SSE           SSE           `key:"sse"`
	HTTPStream    HTTPStream    `key:"http_stream"`
	Emulation     Emulation     `key:"emulation"`
	WebTransport  WebTransport  `key:"webtransport"`
	UniWebSocket  UniWebSocket  `key:"uni_websocket"`
	UniSSE        UniSSE        `key:"uni_sse"`
	UniHTTPStream UniHTTPStream `key:"uni_http_stream"`
	UniGRPC       UniGRPC       `key:"uni_grpc"`

	Prometheus    Prometheus    `key:"prometheus"`
	Health        Health        `key:"health"`
	Debug         Debug         `key:"debug"`
	Swagger       Swagger       `key:"swagger"`
	Init          Init          `key:"init"`
	Admin         Admin         `key:"admin"`
	Graphite      Graphite      `key:"graphite"`
	OpenTelemetry OpenTelemetry `key:"opentelemetry"`
}

// Default is the configuration of an empty file and environment.
func Default() *Config {
	c := new(Config)
	fillDefaults(root, valueOf(c))
	return c
}
