package config

import "time"

// Log says what is logged and where to.
type Log struct {
	Level string `key:"level" default:"info" doc:"none, trace, debug, info, warn, error or fatal"`
	File  string `key:"file" doc:"file to append JSON lines to; empty is the terminal or standard error"`
}

// Prometheus is the metrics endpoint.
type Prometheus struct {
	Enabled                        bool   `key:"enabled" doc:"serve metrics"`
	HandlerPrefix                  string `key:"handler_prefix" default:"/metrics" doc:"path of the metrics endpoint"`
	MetricsPrefix                  string `key:"metrics_prefix" default:"carillon" doc:"first part of every metric name; centrifugo keeps dashboards made for it working"`
	InstrumentHTTPHandlers         bool   `key:"instrument_http_handlers" doc:"measure every HTTP endpoint"`
	RecoveredPublicationsHistogram bool   `key:"recovered_publications_histogram" doc:"measure how many publications a recovery returned"`
	NativeHistograms               bool   `key:"native_histograms" doc:"expose native histograms"`
}

// Health is the liveness endpoint.
type Health struct {
	Enabled       bool   `key:"enabled" doc:"serve the health endpoint"`
	HandlerPrefix string `key:"handler_prefix" default:"/health" doc:"path of the health endpoint"`
}

// Debug is Go's profiling endpoint.
type Debug struct {
	Enabled       bool   `key:"enabled" doc:"serve profiling pages"`
	HandlerPrefix string `key:"handler_prefix" default:"/debug/pprof" doc:"path of the profiling pages"`
}

// Swagger is the API explorer.
type Swagger struct {
	Enabled       bool   `key:"enabled" doc:"serve the API explorer"`
	HandlerPrefix string `key:"handler_prefix" default:"/swagger" doc:"path of the API explorer"`
}

// Init is an external endpoint that load balancers and browsers may touch.
type Init struct {
	Enabled       bool   `key:"enabled" doc:"serve the init endpoint"`
	HandlerPrefix string `key:"handler_prefix" default:"/connection/init" doc:"path of the init endpoint"`
}

// Admin is the web interface for operators.
type Admin struct {
	Enabled         bool   `key:"enabled" doc:"serve the admin interface"`
	HandlerPrefix   string `key:"handler_prefix" doc:"path of the admin interface; empty is the root"`
	Password        string `key:"password" secret:"true" doc:"password to log in with"`
	Secret          string `key:"secret" secret:"true" doc:"key that signs admin sessions; share it between nodes"`
	Insecure        bool   `key:"insecure" doc:"ask for no password"`
	WebPath         string `key:"web_path" doc:"directory to serve the interface's files from instead of the built-in ones"`
	WebProxyAddress string `key:"web_proxy_address" doc:"address to proxy the interface's files from"`
	External        bool   `key:"external" doc:"serve on the external listener"`
}

// Graphite exports metrics to a Graphite server.
type Graphite struct {
	Enabled  bool          `key:"enabled" doc:"export metrics to Graphite"`
	Host     string        `key:"host" default:"localhost" doc:"host of the Graphite server"`
	Port     int           `key:"port" default:"2003" doc:"port of the Graphite server"`
	Prefix   string        `key:"prefix" default:"centrifugo" doc:"first part of every metric path"`
	Interval time.Duration `key:"interval" default:"10s" doc:"time between exports"`
	Tags     bool          `key:"tags" doc:"send labels as tags"`
}

// OpenTelemetry is tracing.
type OpenTelemetry struct {
	Enabled            bool `key:"enabled" doc:"export traces"`
	API                bool `key:"api" doc:"trace server API calls"`
	Consuming          bool `key:"consuming" doc:"trace consumers"`
	GoogleCloudADCAuth bool `key:"google_cloud_adc_auth" doc:"authenticate with Google application default credentials"`
}

// UsageStats are accepted for compatibility; Carillon sends none.
type UsageStats struct {
	Disabled bool `key:"disabled" doc:"send no usage statistics; Carillon never sends any"`
}
