package transport

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"carillon/session"

	"golang.org/x/time/rate"
)

// GateConfig says who gets in. Clients, Limited and Log are required.
type GateConfig struct {
	// RateLimit bounds new connections a second; 0 is no limit.
	RateLimit int
	// UserIDHeader names a header in which a trusted proxy tells who the user
	// is; empty is none.
	UserIDHeader string
	// Clients counts the connected clients of this node.
	Clients func() int
	// Limited counts a connection refused because of the connection limit.
	Limited func()
	Log     *slog.Logger
}

// Gate stands in front of the client endpoints.
type Gate struct {
	GateConfig
	limit   atomic.Int64
	rate    *rate.Limiter
	logRate rate.Sometimes
}

// refusalLogInterval keeps a flood of connections out of the log.
const refusalLogInterval = 3 * time.Second

// NewGate returns a gate without a connection limit.
func NewGate(cfg GateConfig) *Gate {
	g := &Gate{GateConfig: cfg, logRate: rate.Sometimes{Interval: refusalLogInterval}}
	if n := cfg.RateLimit; n > 0 {
		g.rate = rate.NewLimiter(rate.Limit(n), n)
	}
	return g
}

// SetConnectionLimit bounds the clients of this node; 0 is no limit. It may be
// called at any time.
func (g *Gate) SetConnectionLimit(n int) { g.limit.Store(int64(n)) }

// Admit lets a request pass and says what a session is to know of it, or
// answers it with 503.
func (g *Gate) Admit(w http.ResponseWriter, r *http.Request) (session.Request, bool) {
	refusal := ""
	if limit := g.limit.Load(); g.rate != nil && !g.rate.Allow() {
		refusal = "connection rate limit"
	} else if limit > 0 && int64(g.Clients()) >= limit {
		refusal = "connection limit"
		g.Limited()
	}
	if refusal != "" {
		g.logRate.Do(func() { g.Log.Warn("connection refused", "reason", refusal) })
		w.WriteHeader(http.StatusServiceUnavailable)
		return session.Request{}, false
	}
	req := session.Request{RemoteAddr: r.RemoteAddr}
	if g.UserIDHeader != "" {
		req.User = r.Header.Get(g.UserIDHeader)
	}
	return req, true
}
