package observe

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// SessionMetrics count what client connections do. The label channel_namespace
// exists for dashboards and is always empty.
type SessionMetrics struct {
	options     Options
	commands    []duration
	replyErrors *prometheus.CounterVec
	unsubs      *prometheus.CounterVec
	disconnects *prometheus.CounterVec
	recovered   [2][2]prometheus.Counter
	recoveredN  prometheus.Observer
	filtered    prometheus.Counter

	accepted               *prometheus.CounterVec
	inflight               *prometheus.GaugeVec
	subsAccepted           [2]prometheus.Counter
	subsInflight           [2]prometheus.Gauge
	pingPong               *prometheus.HistogramVec
	sent, sentSize         *prometheus.CounterVec
	received, receivedSize *prometheus.CounterVec
	closes                 *prometheus.CounterVec
}

func newSessionMetrics(f factory) *SessionMetrics {
	connection := []string{"transport", "accept_protocol", "client_name", "client_version"}
	frame := []string{"transport", "frame_type", "channel_namespace"}
	m := &SessionMetrics{
		options:     f.Options,
		replyErrors: f.counters("client_num_reply_errors", "Error replies to commands.", "method", "code", "channel_namespace"),
		unsubs:      f.counters("client_num_server_unsubscribes", "Unsubscribe pushes.", "code", "channel_namespace"),
		disconnects: f.counters("client_num_server_disconnects", "Connections closed by the server.", "code"),
		filtered:    f.counters("node_tags_filter_dropped_publications", "Publications not delivered because of a tags filter.", "channel_namespace").WithLabelValues(""),

		accepted:     f.counters("client_connections_accepted", "Authenticated connections.", connection...),
		inflight:     f.gauges("client_connections_inflight", "Connections that are open.", connection...),
		pingPong:     f.histograms("client_ping_pong_duration_seconds", "Time from a ping to its pong.", commandBuckets, "transport"),
		sent:         f.counters("transport_messages_sent", "Messages sent to clients.", frame...),
		sentSize:     f.counters("transport_messages_sent_size", "Bytes of messages sent, before compression and framing.", frame...),
		received:     f.counters("transport_messages_received", "Messages received from clients.", frame...),
		receivedSize: f.counters("transport_messages_received_size", "Bytes of messages received.", frame...),
		closes:       f.counters("transport_outgoing_close_count", "Close frames sent.", "transport", "code"),
	}
	commands := f.durations("client_command_duration_seconds", "Duration of client commands.", commandBuckets, "method", "channel_namespace")
	for _, name := range f.FrameTypes {
		m.commands = append(m.commands, commands.with(name, ""))
	}
	recovered := f.counters("client_recover", "Recovery attempts.", "recovered", "channel_namespace", "has_recovered_publications")
	for i, yes := range []string{"no", "yes"} {
		for j, some := range []string{"no", "yes"} {
			m.recovered[i][j] = recovered.WithLabelValues(yes, "", some)
		}
	}
	if f.RecoveredHistogram {
		m.recoveredN = f.histograms("client_recovered_publications", "Publications in a successful recovery.", countBuckets, "channel_namespace").WithLabelValues("")
	}
	subsAccepted := f.counters("client_subscriptions_accepted", "Subscriptions made.", "client_name", "channel_namespace")
	subsInflight := f.gauges("client_subscriptions_inflight", "Subscriptions that are held.", "client_name", "channel_namespace")
	for i, name := range clientNames {
		m.subsAccepted[i] = subsAccepted.WithLabelValues(name, "")
		m.subsInflight[i] = subsInflight.WithLabelValues(name, "")
	}
	return m
}

// Names and versions that clients send don't become label values: there could
// be any number of them.
var (
	clientNames    = [2]string{"unnamed", "unregistered"}
	clientVersions = [2]string{"unversioned", "unregistered"}
)

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Command records a command's duration.
func (m *SessionMetrics) Command(kind uint8, took time.Duration) { m.commands[kind].observe(took) }

// ReplyError counts an error reply.
func (m *SessionMetrics) ReplyError(kind uint8, code uint32) {
	m.replyErrors.WithLabelValues(m.options.FrameTypes[kind], number(code), "").Inc()
}

// Unsubscribe counts an unsubscribe push.
func (m *SessionMetrics) Unsubscribe(code uint32) { m.unsubs.WithLabelValues(number(code), "").Inc() }

// Disconnect counts a connection closed by the server.
func (m *SessionMetrics) Disconnect(code uint32) { m.disconnects.WithLabelValues(number(code)).Inc() }

// Recovered counts a recovery attempt and its n publications.
func (m *SessionMetrics) Recovered(ok bool, n int) {
	m.recovered[bit(ok)][bit(n > 0)].Inc()
	if ok && m.recoveredN != nil {
		m.recoveredN.Observe(float64(n))
	}
}

// Filtered counts publications that a tags filter kept from a client.
func (m *SessionMetrics) Filtered(n int) { m.filtered.Add(float64(n)) }

// SubscriptionOpened and SubscriptionClosed count the subscriptions held; named
// says that the client told a name when it connected.
func (m *SessionMetrics) SubscriptionOpened(named bool) {
	m.subsAccepted[bit(named)].Inc()
	m.subsInflight[bit(named)].Inc()
}

// SubscriptionClosed undoes SubscriptionOpened.
func (m *SessionMetrics) SubscriptionClosed(named bool) { m.subsInflight[bit(named)].Dec() }

func number(code uint32) string { return strconv.FormatUint(uint64(code), 10) }

// TransportMetrics are those of one kind of transport.
type TransportMetrics struct {
	frames   []frameCounters
	accepted [2][2]prometheus.Counter
	inflight [2][2]prometheus.Gauge
	pingPong prometheus.Observer
	closes   *prometheus.CounterVec
	name     string
}

type frameCounters struct{ sent, sentSize, received, receivedSize prometheus.Counter }

// Transport returns the metrics of the transport with this label.
func (m *SessionMetrics) Transport(name string) *TransportMetrics {
	t := &TransportMetrics{name: name, pingPong: m.pingPong.WithLabelValues(name), closes: m.closes}
	for _, kind := range m.options.FrameTypes {
		t.frames = append(t.frames, frameCounters{
			m.sent.WithLabelValues(name, kind, ""), m.sentSize.WithLabelValues(name, kind, ""),
			m.received.WithLabelValues(name, kind, ""), m.receivedSize.WithLabelValues(name, kind, ""),
		})
	}
	for i, client := range clientNames {
		for j, version := range clientVersions {
			t.accepted[i][j] = m.accepted.WithLabelValues(name, "", client, version)
			t.inflight[i][j] = m.inflight.WithLabelValues(name, "", client, version)
		}
	}
	return t
}

// Sent counts n messages of one kind, bytes together.
func (t *TransportMetrics) Sent(kind uint8, n, bytes int) {
	t.frames[kind].sent.Add(float64(n))
	t.frames[kind].sentSize.Add(float64(bytes))
}

// Received counts one message from a client.
func (t *TransportMetrics) Received(kind uint8, bytes int) {
	t.frames[kind].received.Inc()
	t.frames[kind].receivedSize.Add(float64(bytes))
}

// Opened counts an authenticated connection, whose client may have told a name
// and a version.
func (t *TransportMetrics) Opened(named, versioned bool) {
	t.accepted[bit(named)][bit(versioned)].Inc()
	t.inflight[bit(named)][bit(versioned)].Inc()
}

// Closed undoes Opened.
func (t *TransportMetrics) Closed(named, versioned bool) {
	t.inflight[bit(named)][bit(versioned)].Dec()
}

// PingPong records the time from a ping to its pong.
func (t *TransportMetrics) PingPong(took time.Duration) { t.pingPong.Observe(took.Seconds()) }

// CloseSent counts a close frame.
func (t *TransportMetrics) CloseSent(code uint32) {
	t.closes.WithLabelValues(t.name, number(code)).Inc()
}
