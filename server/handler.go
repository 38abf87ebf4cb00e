package server

import (
	"bufio"
	"context"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"
)

// handler serves routes. Requests are counted and logged only where somebody
// wants that.
func (s *Server) handler(routes []route) http.Handler {
	mux := http.NewServeMux()
	for _, r := range routes {
		r.register(mux)
	}
	count, log := s.cfg.Prometheus.InstrumentHTTPHandlers, s.Log.Enabled(context.Background(), slog.LevelDebug)
	if !count && !log {
		return mux
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		mux.ServeHTTP(recorder, r)
		if count {
			s.metrics.HTTP.Request(r.Pattern, knownMethod(r.Method), recorder.status)
		}
		if log {
			s.Log.Debug("http request", "method", r.Method, "status", recorder.status, "path", r.URL.Path,
				"addr", clientAddress(r), "duration", time.Since(start).String())
		}
	})
}

// statusRecorder remembers the status of a response.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Hijack lets a connection switch protocols.
func (r *statusRecorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	r.status = http.StatusSwitchingProtocols
	return http.NewResponseController(r.ResponseWriter).Hijack()
}

// Unwrap lets http.ResponseController through.
func (r *statusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

var httpMethods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
	http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace,
}

// knownMethod keeps methods that somebody made up out of metrics.
func knownMethod(method string) string {
	if slices.Contains(httpMethods, method) {
		return method
	}
	return "other"
}

// clientAddress is where a request came from, as a proxy in front tells.
func clientAddress(r *http.Request) string {
	for _, header := range []string{"X-Real-IP", "X-Forwarded-For"} {
		if v := r.Header.Get(header); v != "" {
			return v
		}
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}
