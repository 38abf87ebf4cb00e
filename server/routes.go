package server

import (
	"io"
	"net/http"
	"net/http/pprof"
	"strings"

	"carillon/api"
	"carillon/api/httpapi"
	"carillon/config"
	"carillon/transport/websocket"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// route is one endpoint. register adds its handlers to a mux.
type route struct {
	path     string
	register func(mux *http.ServeMux)
}

// at serves h at a path, and at nothing below it.
func at(path string, h http.Handler) route {
	return route{path, func(mux *http.ServeMux) {
		if path == "/" {
			path = "/{$}"
		}
		mux.Handle(path, h)
	}}
}

// externalRoutes are for clients.
func (s *Server) externalRoutes() []route {
	var routes []route
	if ws := &s.cfg.WebSocket; !ws.Disabled {
		routes = append(routes, at(config.HandlerPath(ws.HandlerPrefix), s.webSocket()))
	}
	if s.cfg.Init.Enabled {
		routes = append(routes, at(config.HandlerPath(s.cfg.Init.HandlerPrefix), http.HandlerFunc(s.initialise)))
	}
	if s.cfg.HTTPAPI.External {
		routes = append(routes, s.api()...)
	}
	if s.Page != nil {
		routes = append(routes, route{"/", func(mux *http.ServeMux) { mux.Handle("/", s.Page) }})
	}
	return routes
}

// internalRoutes are for backends and operators.
func (s *Server) internalRoutes() []route {
	var routes []route
	if !s.cfg.HTTPAPI.External {
		routes = append(routes, s.api()...)
	}
	if p := &s.cfg.Prometheus; p.Enabled {
		metrics := promhttp.InstrumentMetricHandler(s.metrics.Registry, promhttp.HandlerFor(s.metrics.Registry, promhttp.HandlerOpts{}))
		routes = append(routes, at(config.HandlerPath(p.HandlerPrefix), metrics))
	}
	if s.cfg.Health.Enabled {
		routes = append(routes, at(config.HandlerPath(s.cfg.Health.HandlerPrefix), http.HandlerFunc(health)))
	}
	if s.cfg.Debug.Enabled {
		routes = append(routes, debug(strings.TrimRight(s.cfg.Debug.HandlerPrefix, "/")))
	}
	return routes
}

func (s *Server) webSocket() http.Handler {
	ws := &s.cfg.WebSocket
	inflated := ws.DecompressedMessageSizeLimit
	if inflated == 0 {
		inflated = 10 * ws.MessageSizeLimit
	}
	return websocket.New(websocket.Config{
		Env: s.env, Loops: s.loops, Gate: s.gate, Origins: s.origins, Log: s.Log,
		Metrics:      s.metrics.Session.Transport("websocket"),
		MessageLimit: ws.MessageSizeLimit, InflatedLimit: inflated,
		Compression: ws.Compression, CompressionLevel: ws.CompressionLevel, CompressionMinSize: ws.CompressionMinSize,
		PingInterval: s.cfg.Client.PingInterval, PongTimeout: s.cfg.Client.PongTimeout,
	})
}

func (s *Server) api() []route {
	c := &s.cfg.HTTPAPI
	if c.Disabled {
		return nil
	}
	service := api.New(api.Config{
		Node: s.node, Metrics: s.metrics.API, Protocol: "http", Snapshot: s.snapshots.Latest, Log: s.Log,
	})
	path := config.HandlerPath(c.HandlerPrefix)
	return []route{{path, func(mux *http.ServeMux) {
		httpapi.Register(mux, httpapi.Config{
			Service: service, Log: s.Log, Prefix: strings.TrimSuffix(path, "/"), Key: c.Key, Insecure: c.Insecure,
			TransportErrors: c.ErrorMode == "transport", Stopping: s.stopping.Load,
		})
	}}}
}

// initialise is an endpoint that load balancers check and that browsers may
// touch before they connect.
func (s *Server) initialise(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.gate.Admit(w, r); !ok {
		return
	}
	s.origins.CORS(w, r)
	if r.Method != http.MethodGet {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = io.WriteString(w, "{}")
}

// health says that the process serves.
func health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, "{}")
}

// debug serves the profiling pages below a prefix of any name.
func debug(prefix string) route {
	return route{prefix + "/", func(mux *http.ServeMux) {
		mux.HandleFunc(prefix+"/cmdline", pprof.Cmdline)
		mux.HandleFunc(prefix+"/profile", pprof.Profile)
		mux.HandleFunc(prefix+"/symbol", pprof.Symbol)
		mux.HandleFunc(prefix+"/trace", pprof.Trace)
		mux.HandleFunc(prefix+"/{profile}", func(w http.ResponseWriter, r *http.Request) {
			pprof.Handler(r.PathValue("profile")).ServeHTTP(w, r)
		})
		mux.HandleFunc(prefix+"/{$}", func(w http.ResponseWriter, r *http.Request) {
			// The index looks for a profile's name behind its own usual prefix.
			r.URL.Path = "/debug/pprof/"
			pprof.Index(w, r)
		})
	}}
}
