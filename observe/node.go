package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// NodeMetrics count what a node does between connections and engines.
type NodeMetrics struct {
	factory    factory
	actions    *prometheus.CounterVec
	sent       *prometheus.CounterVec
	received   *prometheus.CounterVec
	lag        prometheus.Observer
	broadcast  prometheus.Observer
	suppressed *prometheus.CounterVec
	limited    prometheus.Counter
	build      *prometheus.GaugeVec
}

func newNodeMetrics(f factory) *NodeMetrics {
	return &NodeMetrics{
		factory:    f,
		actions:    f.counters("node_action_count", "Internal operations.", "action", "channel_namespace"),
		sent:       f.counters("node_messages_sent_count", "Messages handed to the broker.", "type", "channel_namespace"),
		received:   f.counters("node_messages_received_count", "Messages that came from the broker.", "type", "channel_namespace"),
		lag:        f.histograms("node_pub_sub_lag_seconds", "Time from publishing to delivery.", lagBuckets, "channel_namespace").WithLabelValues(""),
		broadcast:  f.histograms("node_broadcast_duration_seconds", "Time to hand a publication to all subscribers.", castBuckets, "type", "channel_namespace").WithLabelValues("publication", ""),
		suppressed: f.counters("broker_publish_suppressed_count", "Publishes that changed nothing.", "reason", "channel_namespace"),
		limited:    f.counter("node_client_connection_limit", "Requests refused because of the connection limit."),
		build:      f.gauges("node_build", "The version that runs.", "version"),
	}
}

// NodeSizes are the figures behind the node's gauges.
type NodeSizes struct{ Clients, Users, Subscriptions, Channels, Nodes int }

// Gauges makes the node's gauges read sizes whenever they are collected.
func (m *NodeMetrics) Gauges(version string, sizes func() NodeSizes) {
	m.build.WithLabelValues(version).Set(1)
	for name, pick := range map[string]func(NodeSizes) int{
		"node_num_clients":       func(s NodeSizes) int { return s.Clients },
		"node_num_users":         func(s NodeSizes) int { return s.Users },
		"node_num_subscriptions": func(s NodeSizes) int { return s.Subscriptions },
		"node_num_channels":      func(s NodeSizes) int { return s.Channels },
		"node_num_nodes":         func(s NodeSizes) int { return s.Nodes },
	} {
		m.factory.registry.MustRegister(prometheus.NewGaugeFunc(
			prometheus.GaugeOpts{Name: m.factory.Prefix + "_" + name, Help: "Current number on this node."},
			func() float64 { return float64(pick(sizes())) }))
	}
}

// Action is a counter of one kind of operation; keep it.
func (m *NodeMetrics) Action(name string) prometheus.Counter {
	return m.actions.WithLabelValues(name, "")
}

// MessagesSent and MessagesReceived are counters of one kind of message; keep
// them.
func (m *NodeMetrics) MessagesSent(kind string) prometheus.Counter {
	return m.sent.WithLabelValues(kind, "")
}

// MessagesReceived is as MessagesSent.
func (m *NodeMetrics) MessagesReceived(kind string) prometheus.Counter {
	return m.received.WithLabelValues(kind, "")
}

// Lag records how old a publication was when it was delivered.
func (m *NodeMetrics) Lag(age time.Duration) { m.lag.Observe(max(age, -age).Seconds()) }

// Broadcast records how long one took.
func (m *NodeMetrics) Broadcast(took time.Duration) { m.broadcast.Observe(took.Seconds()) }

// Suppressed counts a publish that changed nothing.
func (m *NodeMetrics) Suppressed(reason string) { m.suppressed.WithLabelValues(reason, "").Inc() }

// ConnectionLimited counts a request refused by the connection limit.
func (m *NodeMetrics) ConnectionLimited() { m.limited.Inc() }
