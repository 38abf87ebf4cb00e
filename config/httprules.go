package config

import (
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ListenAddress is the host:port of the external listener.
func (h *HTTPServer) ListenAddress() string {
	return net.JoinHostPort(h.Address, strconv.Itoa(h.Port))
}

// InternalListenAddress is the host:port of the internal endpoints. They share the
// external listener when it is the same.
func (h *HTTPServer) InternalListenAddress() string {
	host, port := h.InternalAddress, h.InternalPort
	if host == "" {
		host = h.Address
	}
	if port == "" {
		port = strconv.Itoa(h.Port)
	}
	return net.JoinHostPort(host, port)
}

func (k *checker) httpServer() {
	h := &k.c.HTTPServer
	k.port("http_server.port", h.Port)
	if h.InternalPort != "" {
		port, err := strconv.Atoi(h.InternalPort)
		if err != nil {
			k.fail("http_server.internal_port", "%q is not a port number", h.InternalPort)
		} else {
			k.port("http_server.internal_port", port)
		}
	}
	split := h.InternalListenAddress() != h.ListenAddress()
	if h.H2CExternal {
		if h.InternalPort == "" || h.InternalPort == strconv.Itoa(h.Port) {
			k.fail("http_server.h2c_external", "needs an http_server.internal_port that differs from http_server.port")
		}
		if h.TLS.Enabled {
			k.fail("http_server.h2c_external", "can not be combined with http_server.tls.enabled")
		}
	}
	if h.HTTP3.Enabled {
		if h.TLSAutocert.Enabled {
			k.fail("http_server.http3.enabled", "can not be combined with http_server.tls_autocert.enabled")
		} else if !h.TLS.Enabled {
			k.fail("http_server.http3.enabled", "needs http_server.tls.enabled")
		}
	}
	if k.c.WebTransport.Enabled && !h.HTTP3.Enabled {
		k.fail("webtransport.enabled", "needs http_server.http3.enabled")
	}
	k.serverTLS("http_server.tls", h.TLS, !h.TLSAutocert.Enabled)
	k.serverTLS("http_server.internal_tls", h.InternalTLS, split)
}

func (k *checker) port(path string, port int) {
	if port < 1 || port > 65535 {
		k.fail(path, "%d is not a port: use 1 to 65535", port)
	}
}

// serverTLS and clientTLS check that TLS objects in use can be used.
func (k *checker) serverTLS(path string, t TLS, used bool) {
	if used && t.Enabled {
		_, err := t.ServerConfig()
		k.failOn(path, err)
	}
}

func (k *checker) clientTLS(path string, t TLS) {
	if t.Enabled {
		_, err := t.ClientConfig()
		k.failOn(path, err)
	}
}

// endpoint is a path that a listener serves.
type endpoint struct {
	key      string // of the handler_prefix
	prefix   string
	served   bool
	internal bool
}

// endpoints checks that every path is well-formed and served by one endpoint
// only.
func (k *checker) endpoints() {
	c := k.c
	list := []endpoint{
		{"websocket", c.WebSocket.HandlerPrefix, !c.WebSocket.Disabled, false},
		{"sse", c.SSE.HandlerPrefix, c.SSE.Enabled, false},
		{"http_stream", c.HTTPStream.HandlerPrefix, c.HTTPStream.Enabled, false},
		{"emulation", c.Emulation.HandlerPrefix, c.SSE.Enabled || c.HTTPStream.Enabled, false},
		{"webtransport", c.WebTransport.HandlerPrefix, c.WebTransport.Enabled, false},
		{"uni_websocket", c.UniWebSocket.HandlerPrefix, c.UniWebSocket.Enabled, false},
		{"uni_sse", c.UniSSE.HandlerPrefix, c.UniSSE.Enabled, false},
		{"uni_http_stream", c.UniHTTPStream.HandlerPrefix, c.UniHTTPStream.Enabled, false},
		{"init", c.Init.HandlerPrefix, c.Init.Enabled, false},
		{"http_api", c.HTTPAPI.HandlerPrefix, !c.HTTPAPI.Disabled, !c.HTTPAPI.External},
		{"admin", c.Admin.HandlerPrefix, c.Admin.Enabled, !c.Admin.External},
		{"prometheus", c.Prometheus.HandlerPrefix, c.Prometheus.Enabled, true},
		{"health", c.Health.HandlerPrefix, c.Health.Enabled, true},
		{"swagger", c.Swagger.HandlerPrefix, c.Swagger.Enabled, true},
		{"debug", c.Debug.HandlerPrefix, c.Debug.Enabled, true},
	}
	split := c.HTTPServer.InternalListenAddress() != c.HTTPServer.ListenAddress()
	taken := make(map[string]string)
	for _, e := range list {
		if !e.served {
			continue
		}
		key, path := e.key+".handler_prefix", HandlerPath(e.prefix)
		if !handlerPath.MatchString(path) {
			k.fail(key, "%q is not a path: it must begin with / and have no space, brace, query or empty segment", path)
		}
		place := path
		if split && e.internal {
			place = "internal " + path
		}
		if other := taken[place]; other != "" {
			k.fail(key, "%s is already the path of %s: give one of them another path", path, other)
			continue
		}
		taken[place] = key
	}
}

var handlerPath = regexp.MustCompile(`^(/|(/[^/\s{}?#]+)+)$`)

var metricsPrefix = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

func (k *checker) apis() {
	c := k.c
	k.choice("http_api.error_mode", c.HTTPAPI.ErrorMode, "", "transport")
	k.choice("grpc_api.error_mode", c.GRPCAPI.ErrorMode, "", "transport")
	k.port("grpc_api.port", c.GRPCAPI.Port)
	k.serverTLS("grpc_api.tls", c.GRPCAPI.TLS, c.GRPCAPI.Enabled)
	if !metricsPrefix.MatchString(c.Prometheus.MetricsPrefix) {
		k.fail("prometheus.metrics_prefix", "%q can not begin a metric's name: use letters, digits and underscores", c.Prometheus.MetricsPrefix)
	}
}

func (k *checker) transports() {
	c := k.c
	for path, level := range map[string]int{
		"websocket.compression_level":     c.WebSocket.CompressionLevel,
		"uni_websocket.compression_level": c.UniWebSocket.CompressionLevel,
	} {
		if level < -2 || level > 9 {
			k.fail(path, "%d is not a deflate level: use 1 to 9", level)
		}
	}
	k.port("uni_grpc.port", c.UniGRPC.Port)
	k.serverTLS("uni_grpc.tls", c.UniGRPC.TLS, c.UniGRPC.Enabled)
	k.connectCodes("uni_sse", c.UniSSE.ConnectCodeToHTTPResponse)
	k.connectCodes("uni_http_stream", c.UniHTTPStream.ConnectCodeToHTTPResponse)
}

func (k *checker) connectCodes(section string, r ConnectCodeToHTTPResponse) {
	for i, t := range r.Transforms {
		path := itemPath(section+".connect_code_to_http_response.transforms", i)
		if t.Code == 0 {
			k.fail(path+".code", "must be set")
		}
		if t.To.StatusCode == 0 {
			k.fail(path+".to.status_code", "must be set")
		}
	}
}

// ascii checks text that goes into a close frame.
func (k *checker) ascii(path, text string) {
	if len(text) > 123 {
		k.fail(path, "must not be longer than 123 bytes")
	}
	if slices.ContainsFunc([]byte(text), func(b byte) bool { return b >= 0x80 }) {
		k.fail(path, "must be ASCII")
	}
}

var (
	itemName     = regexp.MustCompile(`^[-a-zA-Z0-9_.]{2,}$`)
	consumerName = regexp.MustCompile(`^[a-zA-Z0-9_]{2,}$`)
)

// name checks an item's name and that no earlier item has it.
func (k *checker) name(path, what, name string, pattern *regexp.Regexp, seen map[string]bool) {
	switch {
	case name == "":
		k.fail(path+".name", "%s name must be set", what)
	case !pattern.MatchString(name):
		k.fail(path+".name", "invalid %s name %q: it must match %s", what, name, strings.Trim(pattern.String(), "^$"))
	case seen[name]:
		k.fail(path+".name", "%s name must be unique: %s", what, name)
	}
	seen[name] = true
}
