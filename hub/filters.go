package hub

import (
	"runtime"
	"sync"
	"weak"

	"carillon/tagfilter"
)

// Filters makes equal tags filters one object, so that a broadcast evaluates
// each distinct filter once. A filter that nobody uses any more is forgotten.
// The zero value is ready; safe for concurrent use.
type Filters struct {
	mu    sync.Mutex
	known map[string]weak.Pointer[tagfilter.Filter]
}

// Intern returns the filter known under key, or f, which is then known under
// it. key must be an unambiguous encoding of the filter's tree.
func (t *Filters) Intern(key string, f *tagfilter.Filter) *tagfilter.Filter {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil {
		t.known = map[string]weak.Pointer[tagfilter.Filter]{}
	}
	if same := t.known[key].Value(); same != nil {
		return same
	}
	t.known[key] = weak.Make(f)
	runtime.AddCleanup(f, t.forget, key)
	return f
}

// forget runs after a filter was collected. Another one may have taken the
// key since.
func (t *Filters) forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known[key].Value() == nil {
		delete(t.known, key)
	}
}
