package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// APIMetrics count calls of the server API.
type APIMetrics struct {
	calls  durations
	rpc    durations
	errors *prometheus.CounterVec
}

func newAPIMetrics(f factory) *APIMetrics {
	return &APIMetrics{
		calls:  f.durations("api_command_duration_seconds", "Duration of server API calls.", apiBuckets, "protocol", "method"),
		rpc:    f.durations("api_rpc_duration_seconds", "Duration of server API remote procedure calls.", apiBuckets, "protocol", "method"),
		errors: f.counters("api_command_errors_total", "Server API calls that failed.", "protocol", "method", "error"),
	}
}

// APICall measures one method over one protocol.
type APICall struct {
	took             duration
	protocol, method string
	errors           *prometheus.CounterVec
}

// Call returns the meter of a method; keep it.
func (m *APIMetrics) Call(protocol, method string) *APICall {
	return &APICall{took: m.calls.with(protocol, method), protocol: protocol, method: method, errors: m.errors}
}

// Done records the duration of one call.
func (c *APICall) Done(took time.Duration) { c.took.observe(took) }

// Failed counts an error: its code, or read_body, unmarshal, marshal.
func (c *APICall) Failed(kind string) { c.errors.WithLabelValues(c.protocol, c.method, kind).Inc() }

// FailedWith counts an error code.
func (c *APICall) FailedWith(code uint32) { c.Failed(number(code)) }
