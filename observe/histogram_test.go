package observe

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
)

// TestOperations31NativeHistograms is on what the option promises: sparse
// histograms, and no summaries.
func TestOperations31NativeHistograms(t *testing.T) {
	for _, native := range []bool{false, true} {
		m := NewMetrics(Options{Prefix: "carillon", NativeHistograms: native})
		m.API.Call("http", "publish").Done(time.Millisecond)
		families, err := m.Registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		sparse, summaries := 0, 0
		for _, family := range families {
			if !strings.HasPrefix(family.GetName(), "carillon_") {
				continue
			}
			if family.GetType() == dto.MetricType_SUMMARY {
				summaries++
			}
			for _, metric := range family.Metric {
				if h := metric.GetHistogram(); h != nil && h.Schema != nil && len(h.Bucket) == 0 {
					sparse++
				}
			}
		}
		if native != (sparse > 0) || native == (summaries > 0) {
			t.Errorf("native %v: %d sparse histograms, %d summaries", native, sparse, summaries)
		}
		w := httptest.NewRecorder()
		promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		if w.Code != http.StatusOK {
			t.Errorf("native %v: the text format answers %d", native, w.Code)
		}
	}
}
