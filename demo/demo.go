package demo

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// Config is what the page is told about the server that shows it.
type Config struct {
	// Version of the server, for the page's head.
	Version string `json:"version"`
	// APIKey opens the server API; the page puts it into the command that it
	// offers. Empty when the API asks for none.
	APIKey string `json:"apiKey"`
}

// policy allows the page its own files and its own server, and nobody to frame
// it: whatever is published into a channel stays text.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the page at / and what it loads. It may be called by any
// number of goroutines.
func Handler(cfg Config) http.Handler {
	pages, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // The folder is part of the binary.
	}
	files := http.FileServerFS(pages)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /demo/config.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(cfg)
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			// Their names change with their content.
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		files.ServeHTTP(w, r)
	})
	return mux
}
