package observe

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// Snapshots keep a flat view of the metrics, taken at regular intervals, for
// those who can't read Prometheus's format.
type Snapshots struct {
	gatherer prometheus.Gatherer
	interval time.Duration

	mu    sync.Mutex
	items map[string]float64
	// last are the counters' absolute values.
	last map[string]float64
}

// NewSnapshots takes the first one.
func NewSnapshots(g prometheus.Gatherer, interval time.Duration) *Snapshots {
	s := &Snapshots{gatherer: g, interval: interval, last: map[string]float64{}}
	s.take()
	return s
}

// Run takes snapshots until ctx ends.
func (s *Snapshots) Run(ctx context.Context) {
	tick := time.NewTicker(s.interval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.take()
		case <-ctx.Done():
			return
		}
	}
}

// Latest returns the latest snapshot, which is not to be changed, and the
// interval. Counters, and sums and counts of summaries, are differences over
// the interval, gauges current values. Histograms are left out.
func (s *Snapshots) Latest() (map[string]float64, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.items, s.interval
}

func (s *Snapshots) take() {
	// Gather returns what it could, also when a collector failed.
	families, _ := s.gatherer.Gather()
	items := map[string]float64{}
	s.mu.Lock()
	defer s.mu.Unlock()
	counter := func(key string, now float64) {
		items[key] = now - s.last[key]
		s.last[key] = now
	}
	for _, family := range families {
		name := dotted(family.GetName())
		for _, m := range family.GetMetric() {
			labels := labelSuffix(m.GetLabel())
			switch family.GetType() {
			case dto.MetricType_COUNTER:
				counter(name+labels, m.GetCounter().GetValue())
			case dto.MetricType_GAUGE:
				items[name+labels] = m.GetGauge().GetValue()
			case dto.MetricType_SUMMARY:
				summary := m.GetSummary()
				counter(name+".sum"+labels, summary.GetSampleSum())
				counter(name+".count"+labels, float64(summary.GetSampleCount()))
				for _, q := range summary.GetQuantile() {
					if v := q.GetValue(); v == v { // NaN: nothing observed
						items[name+".quantile."+percent(q.GetQuantile())+labels] = v
					}
				}
			}
		}
	}
	s.items = items
}

// dotted splits a name at its first two underscores.
func dotted(name string) string { return strings.Replace(name, "_", ".", 2) }

// percent writes 0.5 as 50, 0.99 as 99 and 0.999 as 999.
func percent(q float64) string {
	digits := strings.TrimPrefix(fmt.Sprintf("%g", q), "0.")
	if len(digits) == 1 {
		digits += "0"
	}
	return digits
}

func labelSuffix(labels []*dto.LabelPair) string {
	var out strings.Builder
	for _, l := range labels {
		if l.GetValue() != "" {
			fmt.Fprintf(&out, ".%s.%s", l.GetName(), l.GetValue())
		}
	}
	return out.String()
}
