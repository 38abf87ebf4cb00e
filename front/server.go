package front

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Config of a Server. All fields are required.
type Config struct {
	// Handler answers requests, here and behind net/http.
	Handler http.Handler
	// Hot reports whether requests with a method and path are served here.
	Hot func(method, path string) bool
	// MaxBody bounds a body that is read here, in bytes; requests with a larger
	// one are handed over.
	MaxBody int
	// HeaderTimeout is how long a new connection may be silent, IdleTimeout how
	// long it may be between requests, BodyTimeout how long a body may take, and
	// WriteTimeout how long it may be from a request to the end of its response.
	HeaderTimeout, IdleTimeout, BodyTimeout, WriteTimeout time.Duration
	Log                                                   *slog.Logger
}

// Server accepts connections.
type Server struct {
	Config
	http     *http.Server
	listener net.Listener
	handover *handover
	stopping atomic.Bool
	// blank has the context of all requests, which ends when the server does.
	blank *http.Request
	end   context.CancelFunc
	conns sync.WaitGroup

	mu   sync.Mutex
	open map[*conn]struct{}
}

// New returns a server for a listener of plain TCP.
func New(ln net.Listener, cfg Config) *Server {
	s := &Server{Config: cfg, listener: ln, handover: newHandover(ln.Addr()), open: map[*conn]struct{}{}}
	ctx, end := context.WithCancel(context.Background())
	s.blank, s.end = new(http.Request).WithContext(ctx), end
	s.http = &http.Server{
		Handler:           cfg.Handler,
		ReadHeaderTimeout: cfg.HeaderTimeout,
		ReadTimeout:       cfg.BodyTimeout,
		WriteTimeout:      cfg.WriteTimeout,
		IdleTimeout:       cfg.IdleTimeout,
		ErrorLog:          slog.NewLogLogger(cfg.Log.Handler(), slog.LevelWarn),
	}
	return s
}

// acceptPause is how long nothing is accepted after the system had no file or
// memory for it.
const acceptPause = 50 * time.Millisecond

// Serve accepts connections until Shutdown or Close, and then returns nil, or
// until the listener fails.
func (s *Server) Serve() error {
	s.conns.Go(func() { _ = s.http.Serve(s.handover) })
	for {
		nc, err := s.listener.Accept()
		switch {
		case err == nil:
			s.take(nc)
		case s.stopping.Load():
			return nil
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE), errors.Is(err, syscall.ENOBUFS), errors.Is(err, syscall.ENOMEM):
			s.Log.Warn("accept connection", "error", err)
			time.Sleep(acceptPause)
		case errors.Is(err, syscall.ECONNABORTED):
		default:
			_ = s.Close()
			return err
		}
	}
}

func (s *Server) take(nc net.Conn) {
	c := &conn{server: s, net: nc}
	s.mu.Lock()
	late := s.stopping.Load()
	if !late {
		s.open[c] = struct{}{}
		s.conns.Add(1)
	}
	s.mu.Unlock()
	if late {
		nc.Close()
		return
	}
	go c.serve()
}

// forget takes a connection off the list of those that are served here.
func (s *Server) forget(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
}

// Shutdown takes no more connections and requests, and waits for those under
// way until ctx ends. It returns ctx's error if it did.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stop(false)
	err := s.http.Shutdown(ctx)
	over := make(chan struct{})
	go func() {
		s.conns.Wait()
		close(over)
	}()
	select {
	case <-over:
		s.end()
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close cuts all connections that are served here or by net/http.
func (s *Server) Close() error {
	s.stop(true)
	s.end()
	return s.http.Close()
}

// stop closes the listener, and connections: all, or those that are idle.
func (s *Server) stop(all bool) {
	var closing []*conn
	s.mu.Lock()
	first := !s.stopping.Swap(true)
	for c := range s.open {
		if all || !c.busy.Load() {
			closing = append(closing, c)
		}
	}
	s.mu.Unlock()
	if first {
		s.listener.Close()
	}
	for _, c := range closing {
		c.net.Close()
	}
}
