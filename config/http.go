package config

import "strings"

// HTTPServer says where the HTTP listeners are and how they are secured.
type HTTPServer struct {
	Address         string      `key:"address" doc:"host to bind; empty is all interfaces"`
	Port            int         `key:"port" default:"8000" doc:"port of the external endpoints"`
	InternalAddress string      `key:"internal_address" doc:"host to bind for internal endpoints; empty takes address"`
	InternalPort    string      `key:"internal_port" doc:"port of the internal endpoints; empty takes port"`
	TLS             TLS         `key:"tls"`
	TLSAutocert     TLSAutocert `key:"tls_autocert"`
	TLSExternal     bool        `key:"tls_external" doc:"apply tls and tls_autocert to the external listener only"`
	InternalTLS     TLS         `key:"internal_tls"`
	HTTP3           HTTP3       `key:"http3"`
	H2CExternal     bool        `key:"h2c_external" doc:"cleartext HTTP/2 on the external listener"`
}

// TLSAutocert obtains certificates by ACME.
type TLSAutocert struct {
	Enabled       bool     `key:"enabled" doc:"obtain certificates by ACME"`
	HostWhitelist []string `key:"host_whitelist" doc:"hosts to obtain certificates for; empty is any"`
	CacheDir      string   `key:"cache_dir" doc:"directory that keeps certificates over restarts"`
	Email         string   `key:"email" doc:"contact address given to the authority"`
	ServerName    string   `key:"server_name" doc:"host assumed when a client sends no SNI"`
	HTTP          bool     `key:"http" doc:"answer http-01 challenges"`
	HTTPAddr      string   `key:"http_addr" default:":80" doc:"address of the http-01 listener"`
}

// HTTP3 is QUIC on the external address.
type HTTP3 struct {
	Enabled bool `key:"enabled" doc:"serve HTTP/3 on the external address (experimental)"`
}

// HTTPAPI is the server API over HTTP.
type HTTPAPI struct {
	Disabled      bool   `key:"disabled" doc:"do not serve the HTTP API"`
	HandlerPrefix string `key:"handler_prefix" default:"/api" doc:"path of the HTTP API"`
	Key           string `key:"key" secret:"true" doc:"API key; with an empty key every request is refused unless insecure is on"`
	ErrorMode     string `key:"error_mode" doc:"transport maps errors to HTTP status codes; empty always answers 200"`
	External      bool   `key:"external" doc:"serve on the external listener"`
	Insecure      bool   `key:"insecure" doc:"ask for no key"`
}

// GRPCAPI is the server API over GRPC.
type GRPCAPI struct {
	Enabled               bool   `key:"enabled" doc:"serve the GRPC API"`
	Address               string `key:"address" doc:"host to bind; empty is all interfaces"`
	Port                  int    `key:"port" default:"10000" doc:"port to bind"`
	Key                   string `key:"key" secret:"true" doc:"key expected in call metadata; empty checks nothing"`
	ErrorMode             string `key:"error_mode" doc:"transport maps errors to GRPC status codes; empty always answers OK"`
	TLS                   TLS    `key:"tls"`
	Reflection            bool   `key:"reflection" doc:"serve the GRPC reflection service"`
	MaxReceiveMessageSize int    `key:"max_receive_message_size" negative:"default" doc:"largest request in bytes; 0 is the library's 4 MiB"`
}

// HandlerPath is the path that a handler_prefix means: without trailing
// slashes, and "/" when nothing is left.
func HandlerPath(prefix string) string {
	if p := strings.TrimRight(prefix, "/"); p != "" {
		return p
	}
	return "/"
}
