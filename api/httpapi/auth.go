package httpapi

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// authorized checks the API key of a request: in the header X-API-Key, else in
// Authorization, and failing both in the query.
func (h *Handler) authorized(r *http.Request) bool {
	if h.Insecure {
		return true
	}
	if h.Key == "" {
		h.Log.Error("server API request refused: no API key is configured, set http_api.key")
		return false
	}
	if key := r.Header.Get("X-API-Key"); key != "" {
		if h.isKey(key) {
			return true
		}
	} else if fields := strings.Fields(r.Header.Get("Authorization")); len(fields) == 2 &&
		strings.EqualFold(fields[0], "apikey") && h.isKey(fields[1]) {
		return true
	}
	return r.URL.RawQuery != "" && h.isKey(r.URL.Query().Get("api_key"))
}

func (h *Handler) isKey(s string) bool {
	return subtle.ConstantTimeCompare([]byte(s), []byte(h.Key)) == 1
}
