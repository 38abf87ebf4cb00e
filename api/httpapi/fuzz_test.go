package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzBodies sends any body to any method. Whatever it is, the answer is JSON or
// a refusal.
func FuzzBodies(f *testing.F) {
	paths := paths()
	for i := range paths {
		for _, body := range []string{
			"", "{}", "null", `{"channel":"hist:a","data":1,"tags":{"a":"b"},"version":1}`, `{"channels":["a","nope:x",""],"data":{}}`,
			`{"user":"42","channel":"rec:a","recover_since":{"offset":1},"override":{"presence":{"value":true}}}`,
			`{"channel":"hist:a","limit":-1,"since":{"offset":18446744073709551615,"epoch":""},"reverse":true}`,
			`{"pattern":"{a,[!b]*}?\\"}`, `{"commands":[null,{},{"publish":{"channel":"a","b64data":"AA=="}}],"parallel":true}`,
			`{"id":1,"method":"history","params":{"channel":"hist:a"}}{"method":8,"params":{}}`,
			`{"user":"42","expire_at":9223372036854775807,"info":{}}`, `{"user":"42","disconnect":{"code":4294967295}}`,
		} {
			f.Add(i, body)
		}
	}
	f.Fuzz(func(t *testing.T, method int, body string) {
		r := newRigWithoutServer(t)
		r.subscriber("42", "hist:a")
		path := paths[uint(method)%uint(len(paths))]
		req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		req.Header.Set("X-API-Key", apiKey)
		w := httptest.NewRecorder()
		r.handler.ServeHTTP(w, req)
		switch got := (response{w.Code, w.Header().Get("Content-Type"), w.Body.String()}); {
		case got == malformed:
		case got.status != http.StatusOK || got.kind != "application/json":
			// Base64 may have put in what JSON can't carry out.
			if got.status != http.StatusInternalServerError || !strings.Contains(body, "b64") {
				t.Errorf("%s %q: got %+v", path, body, got)
			}
		default:
			for line := range strings.Lines(got.body) {
				if !json.Valid([]byte(line)) {
					t.Errorf("%s %q: got %s", path, body, line)
				}
			}
		}
	})
}
