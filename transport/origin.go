package transport

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gobwas/glob"
)

// Origins are the web origins whose pages may connect. The zero value allows
// none.
type Origins struct {
	all      bool
	patterns []*glob.Pattern
}

// NewOrigins compiles patterns: globs over the whole Origin header in lower
// case. The single pattern "*" allows everything.
func NewOrigins(patterns []string) (*Origins, error) {
	if len(patterns) == 1 && patterns[0] == "*" {
		return &Origins{all: true}, nil
	}
	o := &Origins{}
	for _, p := range patterns {
		g, err := glob.Compile(p)
		if err != nil {
			return nil, fmt.Errorf("compile allowed origin %q: %w", p, err)
		}
		o.patterns = append(o.patterns, g)
	}
	return o, nil
}

// CORS adds the headers that let a page of an allowed origin read the response.
func (o *Origins) CORS(w http.ResponseWriter, r *http.Request) {
	if !o.Allows(r) {
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	h.Set("Access-Control-Allow-Credentials", "true")
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" && asked != "null" {
		h.Set("Access-Control-Allow-Headers", asked)
	}
}

// Allows reports whether a request may connect. One without an Origin header
// may: only browsers send it, and only they can be misused by a foreign page.
func (o *Origins) Allows(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if o.all || origin == "" {
		return true
	}
	origin = strings.ToLower(origin)
	for _, p := range o.patterns {
		if p.Match(origin) {
			return true
		}
	}
	return false
}
