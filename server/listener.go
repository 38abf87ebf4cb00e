package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"carillon/config"
	"carillon/front"
)

// Time limits of HTTP requests. They don't concern connections that left HTTP.
const (
	headerTimeout   = 10 * time.Second
	requestTimeout  = 30 * time.Second
	responseTimeout = 10 * time.Second
)

// listener is one address that HTTP is served on.
type listener struct {
	net    net.Listener
	server httpServer
}

// httpServer is what serves HTTP: a front for plain TCP, net/http alone for
// TLS.
type httpServer interface {
	Serve() error
	Shutdown(ctx context.Context) error
	Close() error
}

// secureServer is net/http on a listener of TLS.
type secureServer struct {
	*http.Server
	net net.Listener
}

// Serve implements httpServer.
func (s secureServer) Serve() error { return s.Server.Serve(s.net) }

// listen opens the external and the internal address, or the one that is both.
func (s *Server) listen() (open []*listener, err error) {
	h := &s.cfg.HTTPServer
	external := net.JoinHostPort(h.Address, strconv.Itoa(h.Port))
	internal := net.JoinHostPort(either(h.InternalAddress, h.Address), either(h.InternalPort, strconv.Itoa(h.Port)))
	type plan struct {
		what    string
		address string
		tls     config.TLS
		routes  []route
	}
	plans := []plan{{"external", external, h.TLS, s.externalRoutes()}, {"internal", internal, h.TLS, s.internalRoutes()}}
	if h.TLSExternal {
		plans[1].tls = config.TLS{}
	}
	if h.InternalTLS.Enabled {
		plans[1].tls = h.InternalTLS
	}
	if external == internal {
		plans[0].what = "all"
		plans[0].routes = append(plans[0].routes, plans[1].routes...)
		plans = plans[:1]
	}
	defer func() {
		if err != nil {
			for _, l := range open {
				l.net.Close()
			}
		}
	}()
	for _, p := range plans {
		if len(p.routes) == 0 {
			continue
		}
		l, err := s.open(p.address, p.tls, p.routes)
		if err != nil {
			return open, err
		}
		open = append(open, l)
		s.Log.Info("serving "+p.what+" endpoints", "address", l.net.Addr().String(), "tls", p.tls.Enabled, "endpoints", paths(p.routes))
	}
	return open, nil
}

func either(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

func (s *Server) open(address string, secure config.TLS, routes []route) (*listener, error) {
	// Silent connections are found by pings and timeouts, not by the kernel.
	listen := net.ListenConfig{KeepAlive: -1}
	ln, err := listen.Listen(context.Background(), "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen on %s: something else listens there already; stop it, or choose another port (-p)", address)
	}
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if secure.Enabled {
		conf, err := secure.ServerConfig()
		if err != nil {
			ln.Close()
			return nil, fmt.Errorf("set up TLS of %s: %w", address, err)
		}
		conf.NextProtos = []string{"h2", "http/1.1"}
		ln = tls.NewListener(ln, conf)
	}
	return &listener{ln, s.serverOf(ln, secure.Enabled, s.handler(routes))}, nil
}

func (s *Server) serverOf(ln net.Listener, secure bool, handler http.Handler) httpServer {
	if !secure {
		return front.New(ln, front.Config{
			Handler: handler, Hot: s.hot(), MaxBody: hotBody, Log: s.Log,
			HeaderTimeout: headerTimeout, IdleTimeout: requestTimeout, BodyTimeout: requestTimeout, WriteTimeout: responseTimeout,
		})
	}
	return secureServer{&http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       requestTimeout,
		WriteTimeout:      responseTimeout,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}, ln}
}

// hotBody bounds the body of a request that is served without net/http. What
// is larger costs so much that the difference doesn't matter.
const hotBody = 64 << 10

// hot tells the requests that come all the time: upgrades to WebSocket, and
// calls of the server API.
func (s *Server) hot() func(method, path string) bool {
	socket, api := config.HandlerPath(s.cfg.WebSocket.HandlerPrefix), config.HandlerPath(s.cfg.HTTPAPI.HandlerPrefix)
	return func(method, path string) bool {
		switch method {
		case http.MethodGet:
			return path == socket
		case http.MethodPost:
			return strings.HasPrefix(path, api)
		}
		return false
	}
}

func (l *listener) serve() error {
	err := l.server.Serve()
	if err == nil || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve HTTP: %w", err)
}

// stop takes no more requests, and waits for those under way.
func (l *listener) stop(ctx context.Context) {
	if l.server.Shutdown(ctx) != nil {
		// Out of time: what is left is cut.
		_ = l.server.Close()
	}
}

func paths(routes []route) string {
	list := make([]string, len(routes))
	for i, r := range routes {
		list[i] = r.path
	}
	return strings.Join(list, " ")
}
