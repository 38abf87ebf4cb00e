package websocket

import (
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"carillon/netloop"
	"carillon/observe"
	"carillon/session"
	"carillon/transport"
)

// Config of an Endpoint. The pointers are required.
type Config struct {
	Env     *session.Env
	Loops   *netloop.Group
	Gate    *transport.Gate
	Origins *transport.Origins
	Metrics *observe.TransportMetrics
	Log     *slog.Logger
	// MessageLimit bounds a message from a client, in bytes on the wire;
	// InflatedLimit bounds it after decompression.
	MessageLimit  int
	InflatedLimit int
	// Compression offers permessage-deflate. Messages of up to
	// CompressionMinSize bytes are still sent as they are. CompressionLevel is
	// that of compress/flate.
	Compression        bool
	CompressionLevel   int
	CompressionMinSize int
	// PingInterval and PongTimeout serve clients that asked for pings of the
	// WebSocket protocol instead of the session's.
	PingInterval time.Duration
	PongTimeout  time.Duration
}

// Endpoint accepts WebSocket connections.
type Endpoint struct {
	Config
	deflaters sync.Pool
	inflaters sync.Pool
}

// Pings of the WebSocket protocol where the configuration says none.
const (
	defaultPingInterval = 25 * time.Second
	defaultPongTimeout  = 10 * time.Second
)

// New returns an endpoint.
func New(cfg Config) *Endpoint {
	if cfg.PingInterval <= 0 {
		cfg.PingInterval = defaultPingInterval
	}
	if cfg.PongTimeout <= 0 {
		cfg.PongTimeout = defaultPongTimeout
	}
	return &Endpoint{Config: cfg}
}

// released is a connection that is wrapped because some of it was read before
// HTTP was served on it. An event loop needs the one inside.
type released interface {
	Release() (inner net.Conn, unread []byte)
}

// ServeHTTP upgrades a request and serves the connection in the background.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, ok := e.Gate.Admit(w, r)
	if !ok {
		return
	}
	h, refusal := e.handshake(r)
	if refusal != 0 {
		refuse(w, refusal)
		return
	}
	nc, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		e.Log.Error("upgrade to WebSocket failed", "error", err)
		refuse(w, http.StatusInternalServerError)
		return
	}
	// What the client sent right behind its request, if it was so quick.
	early, _ := rw.Reader.Peek(rw.Reader.Buffered())
	if wrapped, ok := nc.(released); ok {
		inner, unread := wrapped.Release()
		nc, early = inner, append(early, unread...)
	}
	// The server's deadlines were for the request.
	err = nc.SetDeadline(time.Now().Add(handshakeTimeout))
	if err == nil {
		_, err = nc.Write(h.response())
	}
	if err == nil {
		err = nc.SetDeadline(time.Time{})
	}
	if err != nil {
		nc.Close()
		return
	}
	c := &conn{endpoint: e, encoding: h.encoding, deflate: h.deflate}
	if req.OwnPings = h.framePings; h.framePings {
		c.pings = &framePings{}
	}
	c.request = &req
	if err := e.Loops.Serve(nc, early, c); err != nil {
		e.Log.Debug("serve WebSocket connection failed", "error", err)
	}
}
