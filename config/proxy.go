package config

import "time"

// NamedProxy is a proxy that options refer to by name.
type NamedProxy struct {
	Name string `key:"name" doc:"name of the proxy, at least two of letters, digits, hyphen, dot and underscore"`
	Proxy
}

// Proxy says how to ask the application's backend.
type Proxy struct {
	Endpoint              string        `key:"endpoint" secret:"true" doc:"http:// or https:// URL, or a GRPC target"`
	Timeout               time.Duration `key:"timeout" default:"1s" doc:"time that one call may take"`
	HTTPHeaders           []string      `key:"http_headers" doc:"headers of the client's request to forward"`
	GRPCMetadata          []string      `key:"grpc_metadata" doc:"metadata of the client's call to forward"`
	EmulatedHeaders       []string      `key:"emulated_headers" doc:"headers of the client's connect frame to forward"`
	BinaryEncoding        bool          `key:"binary_encoding" doc:"send payloads as base64"`
	IncludeConnectionMeta bool          `key:"include_connection_meta" doc:"send the connection's meta"`
	HTTP                  ProxyHTTP     `key:"http"`
	GRPC                  ProxyGRPC     `key:"grpc"`
}

// ProxyHTTP is for endpoints that speak HTTP.
type ProxyHTTP struct {
	TLS                    TLS                   `key:"tls"`
	StaticHeaders          map[string]string     `key:"static_headers" secret:"true" doc:"headers added to each request"`
	StatusToCodeTransforms []StatusCodeTransform `key:"status_to_code_transforms" doc:"which HTTP status becomes which error or disconnect"`
}

// ProxyGRPC is for endpoints that speak GRPC.
type ProxyGRPC struct {
	TLS              TLS               `key:"tls"`
	CredentialsKey   string            `key:"credentials_key" doc:"metadata key of per-call credentials"`
	CredentialsValue string            `key:"credentials_value" secret:"true" doc:"metadata value of per-call credentials"`
	Compression      bool              `key:"compression" doc:"compress calls with gzip"`
	StaticMetadata   map[string]string `key:"static_metadata" secret:"true" doc:"metadata added to each call"`
}

// StatusCodeTransform maps one HTTP status of the backend. Exactly one of
// ToError and ToDisconnect has a code.
type StatusCodeTransform struct {
	StatusCode   int              `key:"status_code" doc:"HTTP status of the backend's answer"`
	ToError      ErrorChoice      `key:"to_error"`
	ToDisconnect DisconnectChoice `key:"to_disconnect"`
}

// ErrorChoice is a client error chosen by the operator.
type ErrorChoice struct {
	Code      int    `key:"code" doc:"error code"`
	Message   string `key:"message" doc:"error message, ASCII and at most 123 bytes"`
	Temporary bool   `key:"temporary" doc:"the client may try again"`
}
