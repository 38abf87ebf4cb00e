package config

import "time"

// WebSocket is the bidirectional WebSocket transport.
type WebSocket struct {
	Disabled      bool   `key:"disabled" doc:"do not serve the WebSocket transport"`
	HandlerPrefix string `key:"handler_prefix" default:"/connection/websocket" doc:"path of the endpoint"`
	WebSocketIO
}

// UniWebSocket is the unidirectional WebSocket transport.
type UniWebSocket struct {
	Enabled       bool   `key:"enabled" doc:"serve the unidirectional WebSocket transport"`
	HandlerPrefix string `key:"handler_prefix" default:"/connection/uni_websocket" doc:"path of the endpoint"`
	WebSocketIO
	DisableClosingHandshake bool `key:"disable_closing_handshake" doc:"never send a close frame"`
	DisableDisconnectPush   bool `key:"disable_disconnect_push" doc:"send no disconnect push before the close frame"`
	JoinPushMessages        bool `key:"join_push_messages" doc:"put several pushes into one frame"`
}

// WebSocketIO are the keys that both WebSocket transports share.
type WebSocketIO struct {
	Compression                  bool          `key:"compression" doc:"negotiate permessage-deflate"`
	CompressionMinSize           int           `key:"compression_min_size" negative:"default" doc:"compress only messages of at least this many bytes"`
	CompressionLevel             int           `key:"compression_level" default:"1" negative:"off" doc:"deflate level, 1 to 9"`
	ReadBufferSize               int           `key:"read_buffer_size" negative:"default" doc:"read buffer in bytes; 0 leaves the choice to the server"`
	WriteBufferSize              int           `key:"write_buffer_size" negative:"default" doc:"write buffer in bytes; 0 leaves the choice to the server"`
	UseWriteBufferPool           bool          `key:"use_write_buffer_pool" doc:"share write buffers between connections"`
	WriteTimeout                 time.Duration `key:"write_timeout" default:"1s" doc:"time that one write may take"`
	MessageSizeLimit             int           `key:"message_size_limit" default:"65536" negative:"default" doc:"largest message from a client in bytes"`
	DecompressedMessageSizeLimit int           `key:"decompressed_message_size_limit" negative:"default" doc:"largest message after inflating in bytes; 0 is 10 times message_size_limit"`
}

// SSE is the server-sent events transport with emulation.
type SSE struct {
	Enabled            bool   `key:"enabled" doc:"serve the SSE transport"`
	HandlerPrefix      string `key:"handler_prefix" default:"/connection/sse" doc:"path of the endpoint"`
	MaxRequestBodySize int    `key:"max_request_body_size" default:"65536" negative:"default" doc:"largest request body in bytes"`
}

// HTTPStream is the HTTP streaming transport with emulation.
type HTTPStream struct {
	Enabled            bool   `key:"enabled" doc:"serve the HTTP streaming transport"`
	HandlerPrefix      string `key:"handler_prefix" default:"/connection/http_stream" doc:"path of the endpoint"`
	MaxRequestBodySize int    `key:"max_request_body_size" default:"65536" negative:"default" doc:"largest request body in bytes"`
}

// Emulation takes the commands of SSE and HTTP streaming clients. It is served
// when one of those transports is.
type Emulation struct {
	HandlerPrefix      string `key:"handler_prefix" default:"/emulation" doc:"path of the endpoint"`
	MaxRequestBodySize int    `key:"max_request_body_size" default:"65536" negative:"default" doc:"largest request body in bytes"`
}

// WebTransport runs over HTTP/3.
type WebTransport struct {
	Enabled          bool   `key:"enabled" doc:"serve the WebTransport transport; needs http_server.http3.enabled"`
	HandlerPrefix    string `key:"handler_prefix" default:"/connection/webtransport" doc:"path of the endpoint"`
	MessageSizeLimit int    `key:"message_size_limit" default:"65536" negative:"default" doc:"largest message from a client in bytes"`
}

// UniSSE is the unidirectional SSE transport.
type UniSSE struct {
	Enabled                   bool                      `key:"enabled" doc:"serve the unidirectional SSE transport"`
	HandlerPrefix             string                    `key:"handler_prefix" default:"/connection/uni_sse" doc:"path of the endpoint"`
	MaxRequestBodySize        int                       `key:"max_request_body_size" default:"65536" negative:"default" doc:"largest request body in bytes"`
	ConnectCodeToHTTPResponse ConnectCodeToHTTPResponse `key:"connect_code_to_http_response"`
}

// UniHTTPStream is the unidirectional HTTP streaming transport.
type UniHTTPStream struct {
	Enabled                   bool                      `key:"enabled" doc:"serve the unidirectional HTTP streaming transport"`
	HandlerPrefix             string                    `key:"handler_prefix" default:"/connection/uni_http_stream" doc:"path of the endpoint"`
	MaxRequestBodySize        int                       `key:"max_request_body_size" default:"65536" negative:"default" doc:"largest request body in bytes"`
	ConnectCodeToHTTPResponse ConnectCodeToHTTPResponse `key:"connect_code_to_http_response"`
}

// UniGRPC is the unidirectional GRPC transport on its own listener.
type UniGRPC struct {
	Enabled               bool   `key:"enabled" doc:"serve the unidirectional GRPC transport"`
	Address               string `key:"address" doc:"host to bind; empty is all interfaces"`
	Port                  int    `key:"port" default:"11000" doc:"port to bind"`
	MaxReceiveMessageSize int    `key:"max_receive_message_size" negative:"default" doc:"largest request in bytes; 0 is the library's 4 MiB"`
	TLS                   TLS    `key:"tls"`
}

// ConnectCodeToHTTPResponse answers a failed connect with an HTTP status of the
// operator's choice.
type ConnectCodeToHTTPResponse struct {
	Enabled    bool                   `key:"enabled" doc:"apply the transforms"`
	Transforms []ConnectCodeTransform `key:"transforms" doc:"which code becomes which response"`
}

// ConnectCodeTransform maps one error or disconnect code.
type ConnectCodeTransform struct {
	Code int                 `key:"code" doc:"error or disconnect code of the failed connect"`
	To   ConnectHTTPResponse `key:"to"`
}

// ConnectHTTPResponse is what the client gets instead.
type ConnectHTTPResponse struct {
	StatusCode int    `key:"status_code" doc:"HTTP status to answer with"`
	Body       string `key:"body" doc:"body to answer with; empty is the original message or reason"`
}
