package observe

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// HTTPMetrics count HTTP requests by route.
type HTTPMetrics struct{ requests *prometheus.CounterVec }

func newHTTPMetrics(f factory) *HTTPMetrics {
	return &HTTPMetrics{f.counters("node_incoming_http_requests_total", "HTTP requests by route.", "path", "method", "status")}
}

// Request counts a request that ended. route is the registered pattern, never
// the URL, and method one of HTTP's own: both must come from a bounded set.
func (m *HTTPMetrics) Request(route, method string, status int) {
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
}
