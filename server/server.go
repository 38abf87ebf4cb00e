package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"carillon/access"
	"carillon/config"
	"carillon/engine/memory"
	"carillon/netloop"
	"carillon/node"
	"carillon/observe"
	"carillon/protocol"
	"carillon/session"
	"carillon/transport"

	"github.com/google/uuid"
)

// Options are what a configuration doesn't say. Version and Log are required.
type Options struct {
	Version string
	Log     *slog.Logger
	// Page, if not nil, is served at the root of the external listener.
	Page http.Handler
}

// Server is a built server. Run makes it serve.
type Server struct {
	Options
	cfg       *config.Config
	metrics   *observe.Metrics
	snapshots *observe.Snapshots
	loops     *netloop.Group
	broker    *memory.Broker
	node      *node.Node
	access    *access.Access
	gate      *transport.Gate
	origins   *transport.Origins
	env       *session.Env
	stopping  atomic.Bool

	// reloading orders reloads.
	reloading sync.Mutex
	// end ends everything that runs in the background.
	end        context.CancelFunc
	background sync.WaitGroup
}

// ErrShutdownTimeout says that the graceful stop took longer than
// shutdown.timeout.
var ErrShutdownTimeout = errors.New("shutdown timeout reached")

// New builds a server from a configuration, which must be valid and is not to
// be changed afterwards. Nothing listens yet.
func New(cfg *config.Config, o Options) (*Server, error) {
	s := &Server{Options: o, cfg: cfg}
	rules, err := channelRules(&cfg.Channel)
	if err != nil {
		return nil, fmt.Errorf("build channel rules: %w", err)
	}
	credentials, err := accessConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("build token verifiers: %w", err)
	}
	if s.origins, err = transport.NewOrigins(cfg.Client.AllowedOrigins); err != nil {
		return nil, err
	}
	s.metrics = observe.NewMetrics(observe.Options{
		Prefix:             cfg.Prometheus.MetricsPrefix,
		NativeHistograms:   cfg.Prometheus.NativeHistograms,
		RecoveredHistogram: cfg.Prometheus.RecoveredPublicationsHistogram,
		FrameTypes:         protocol.FrameTypeNames(),
	})
	s.loops, err = netloop.Open(netloop.Options{WriteTimeout: cfg.WebSocket.WriteTimeout, Log: o.Log})
	if err != nil {
		return nil, fmt.Errorf("start event loops: %w", err)
	}
	s.node = node.New(node.Config{
		ID: uuid.NewString(), Name: nodeName(cfg), Version: o.Version,
		UserConnectionLimit: cfg.Client.UserConnectionLimit,
		Metrics:             s.metrics.Node, Log: o.Log, Batch: s.loops.Batch,
	}, rules)
	s.broker = memory.NewBroker(s.node, memory.Options{})
	s.node.Use(s.broker, memory.NewPresence())
	s.access = access.New(s.node, o.Log, credentials)
	s.gate = transport.NewGate(transport.GateConfig{
		RateLimit: cfg.Client.ConnectionRateLimit, UserIDHeader: cfg.Client.UserIDHTTPHeader,
		Clients: s.node.Clients, Limited: s.metrics.Node.ConnectionLimited, Log: o.Log,
	})
	s.gate.SetConnectionLimit(cfg.Client.ConnectionLimit)
	ctx, end := context.WithCancel(context.Background())
	s.end = end
	s.env = &session.Env{
		Config: sessionConfig(&cfg.Client, o.Version), Node: s.node, Access: s.access,
		Metrics: s.metrics.Session, Log: o.Log, Context: ctx,
		Now: time.Now, Mono: netloop.Mono, Go: s.node.Go,
		NewID: func() [16]byte { return uuid.New() }, Random: rand.Uint64,
	}
	s.snapshots = observe.NewSnapshots(s.metrics.Registry, cfg.Node.InfoMetricsAggregateInterval)
	s.background.Go(func() { s.snapshots.Run(ctx) })
	s.background.Go(func() { s.broker.Run(ctx) })
	return s, nil
}

func nodeName(cfg *config.Config) string {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return cmp.Or(cfg.Node.Name, fmt.Sprintf("%s_%d", host, cfg.HTTPServer.Port))
}

func sessionConfig(c *config.Client, version string) session.Config {
	return session.Config{
		Version:              version,
		PingInterval:         c.PingInterval,
		PongTimeout:          c.PongTimeout,
		StaleCloseDelay:      c.StaleCloseDelay,
		ExpiredCloseDelay:    c.ExpiredCloseDelay,
		ExpiredSubCloseDelay: c.ExpiredSubCloseDelay,
		PresenceInterval:     c.PresenceUpdateInterval,
		PositionCheckDelay:   c.ChannelPositionCheckDelay,
		PositionMaxLag:       c.ChannelPositionMaxTimeLag,
		ChannelLimit:         c.ChannelLimit,
		QueueMaxSize:         c.QueueMaxSize,
		Concurrency:          c.Concurrency,
		HistoryLimit:         c.HistoryMaxPublicationLimit,
		RecoveryLimit:        c.RecoveryMaxPublicationLimit,
		IncludeServerTime:    c.ConnectIncludeServerTime,
	}
}

// Run listens and serves until ctx ends, then stops gracefully. It returns what
// made starting or stopping fail.
func (s *Server) Run(ctx context.Context) error {
	defer s.close()
	listeners, err := s.listen()
	if err != nil {
		return err
	}
	failed := make(chan error, len(listeners))
	for _, l := range listeners {
		s.background.Go(func() { failed <- l.serve() })
	}
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	return errors.Join(err, s.stop(listeners))
}

// farewellTime is how long clients get to take leave, once they were told to
// go, before their connections are cut.
const farewellTime = 6 * time.Second

// stop closes listeners and connections, gracefully as long as there is time.
func (s *Server) stop(listeners []*listener) error {
	s.Log.Info("shutting down ...")
	s.stopping.Store(true)
	ctx, cancel := context.WithTimeoutCause(context.Background(), s.cfg.Shutdown.Timeout, ErrShutdownTimeout)
	defer cancel()
	var closing sync.WaitGroup
	for _, l := range listeners {
		closing.Go(func() { l.stop(ctx) })
	}
	err := s.node.Stop(ctx)
	farewell, over := context.WithTimeout(ctx, farewellTime)
	defer over()
	s.loops.Drain(farewell)
	closing.Wait()
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return err
}

func (s *Server) close() {
	s.loops.Close()
	s.end()
	s.background.Wait()
}
