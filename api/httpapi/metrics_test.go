package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
)

// errorCounts are the errors that were counted, as "method error count".
func (r *rig) errorCounts() (counts []string) {
	r.t.Helper()
	r.eachAPIMetric("carillon_api_command_errors_total", func(labels map[string]string, m *dto.Metric) {
		counts = append(counts, fmt.Sprint(labels["method"], " ", labels["error"], " ", m.GetCounter().GetValue()))
	})
	slices.Sort(counts)
	return counts
}

// calls is how often the duration of a method was measured.
func (r *rig) calls(method string) (n uint64) {
	r.t.Helper()
	r.eachAPIMetric("carillon_api_command_duration_seconds", func(labels map[string]string, m *dto.Metric) {
		if labels["method"] == method {
			n = m.GetSummary().GetSampleCount()
		}
	})
	return n
}

func (r *rig) eachAPIMetric(name string, do func(map[string]string, *dto.Metric)) {
	r.t.Helper()
	families, err := r.metrics.Registry.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.Metric {
			labels := map[string]string{}
			for _, l := range m.Label {
				labels[l.GetName()] = l.GetValue()
			}
			if labels["protocol"] != "http" {
				r.t.Errorf("%s has labels %v", name, labels)
			}
			do(labels, m)
		}
	}
}

func TestErrorsAreCounted(t *testing.T) {
	r := newRig(t)
	r.call("publish", `{}`)
	r.call("publish", `{}`)
	r.call("history", `{"channel":"plain:a"}`)
	r.call("broadcast", `{"channels":["nope:x","","plain:a"],"data":1}`)
	r.call("broadcast", `{}`)
	r.call("batch", `{"commands":[{"nosuch":{}},null,{"publish":{"channel":"nope:x"}}]}`)
	r.post("publish", `{`)
	r.post("batch", `[]`)
	r.call("publish", `{"channel":"hist:b","b64data":"AA=="}`)
	r.post("history", `{"channel":"hist:b","limit":1}`)
	want := []string{
		"batch unmarshal 1", "broadcast 107 1", "broadcast_publish 102 1", "broadcast_publish 107 1", "history 108 1", "history marshal 1",
		"publish 102 1", "publish 107 2", "publish unmarshal 1", "unknown 104 1", "unknown 107 1",
	}
	if got := r.errorCounts(); !slices.Equal(got, want) {
		t.Errorf("counted are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestCallsAreMeasured(t *testing.T) {
	r := newRig(t)
	r.call("publish", publishPlain)
	r.call("publish", `{}`)
	r.call("batch", `{"commands":[{"publish":{}},{"info":{}}]}`)
	r.legacy(`{"method":"info"}`)
	for method, want := range map[string]uint64{"publish": 3, "info": 2, "batch": 1, "history": 0} {
		if got := r.calls(method); got != want {
			t.Errorf("%s was measured %d times, want %d", method, got, want)
		}
	}
}

// Names that callers make up don't become labels.
func TestReliability12MadeUpNamesAreNotCounted(t *testing.T) {
	r := newRig(t)
	for i := range 100 {
		r.post(fmt.Sprint("nosuch", i), "{}")
		r.call("batch", fmt.Sprintf(`{"commands":[{"nosuch%d":{}}]}`, i))
		r.legacy(fmt.Sprintf(`{"method":"nosuch%d"}`, i))
		r.call("rpc", fmt.Sprintf(`{"method":"nosuch%d"}`, i))
		r.do(http.MethodPost, "/api/publish", publishPlain)
	}
	for _, count := range r.errorCounts() {
		if strings.Contains(count, "nosuch") {
			t.Errorf("counted is %s", count)
		}
	}
	if got := len(r.errorCounts()); got > 4 {
		t.Errorf("there are %d series of errors: %q", got, r.errorCounts())
	}
}
