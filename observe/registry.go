package observe

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Options choose how metrics are exposed.
type Options struct {
	// Prefix of every metric of ours, without the underscore.
	Prefix string
	// NativeHistograms exposes sparse histograms instead of buckets and
	// summaries.
	NativeHistograms bool
	// RecoveredHistogram adds the histogram of recovered publications.
	RecoveredHistogram bool
	// FrameTypes are the values of the labels frame_type and method of client
	// metrics. Methods that take a kind take an index into it.
	FrameTypes []string
}

// Metrics are all metrics of one server. Rooms get the part that is theirs.
type Metrics struct {
	Registry *prometheus.Registry
	Session  *SessionMetrics
	Node     *NodeMetrics
	API      *APIMetrics
	HTTP     *HTTPMetrics
}

// NewMetrics registers everything, with the process's and the runtime's own.
func NewMetrics(o Options) *Metrics {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	f := factory{o, r}
	return &Metrics{
		Registry: r,
		Session:  newSessionMetrics(f),
		Node:     newNodeMetrics(f),
		API:      newAPIMetrics(f),
		HTTP:     newHTTPMetrics(f),
	}
}

// factory makes and registers metrics under the configured prefix.
type factory struct {
	Options
	registry prometheus.Registerer
}

func (f factory) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: f.Prefix + "_" + name, Help: help})
	f.registry.MustRegister(c)
	return c
}

func (f factory) counters(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: f.Prefix + "_" + name, Help: help}, labels)
	f.registry.MustRegister(c)
	return c
}

func (f factory) gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: f.Prefix + "_" + name, Help: help}, labels)
	f.registry.MustRegister(g)
	return g
}

func (f factory) histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	o := prometheus.HistogramOpts{Name: f.Prefix + "_" + name, Help: help, Buckets: buckets}
	if f.NativeHistograms {
		o.Buckets = nil
		o.NativeHistogramBucketFactor = 1.1
		o.NativeHistogramMaxBucketNumber = 200
		o.NativeHistogramMinResetDuration = time.Hour
	}
	h := prometheus.NewHistogramVec(o, labels)
	f.registry.MustRegister(h)
	return h
}

// durations is a summary with its histogram, which dashboards prefer. With
// native histograms there is no summary.
type durations struct {
	summary   *prometheus.SummaryVec
	histogram *prometheus.HistogramVec
}

func (f factory) durations(name, help string, buckets []float64, labels ...string) durations {
	d := durations{histogram: f.histograms(name+"_histogram", help, buckets, labels...)}
	if !f.NativeHistograms {
		d.summary = prometheus.NewSummaryVec(prometheus.SummaryOpts{
			Name: f.Prefix + "_" + name, Help: help,
			Objectives: map[float64]float64{0.5: 0.05, 0.99: 0.001, 0.999: 0.0001},
		}, labels)
		f.registry.MustRegister(d.summary)
	}
	return d
}

// duration is one series of durations.
type duration struct {
	summary   prometheus.Observer
	histogram prometheus.Observer
}

func (d durations) with(values ...string) duration {
	out := duration{histogram: d.histogram.WithLabelValues(values...)}
	if d.summary != nil {
		out.summary = d.summary.WithLabelValues(values...)
	}
	return out
}

func (d duration) observe(t time.Duration) {
	d.histogram.Observe(t.Seconds())
	if d.summary != nil {
		d.summary.Observe(t.Seconds())
	}
}

// Buckets in seconds, as dashboards know them.
var (
	commandBuckets = []float64{.0001, .00025, .0005, .001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	apiBuckets     = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	lagBuckets     = []float64{.001, .005, .01, .025, .05, .1, .2, .5, 1, 2, 5, 10}
	castBuckets    = slices.Concat([]float64{1e-6, 5e-6, 1e-5, 5e-5, 1e-4, 2.5e-4, 5e-4}, []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10})
	countBuckets   = []float64{0, 1, 2, 3, 5, 10, 20, 50, 100, 250, 500, 1000, 2000, 5000, 10000}
)
