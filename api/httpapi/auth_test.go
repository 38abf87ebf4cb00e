package httpapi_test

import (
	"net/http"
	"testing"

	"carillon/api/httpapi"
)

var (
	refused = response{status: http.StatusUnauthorized}
	done    = response{http.StatusOK, "application/json", empty}
)

const publishPlain = `{"channel":"plain:a","data":{}}`

func TestAuthentication(t *testing.T) {
	for _, tt := range []struct {
		check   string
		query   string
		headers []string
		want    response
	}{
		{"acceptance 2: no key", "", nil, refused},
		{"the key in its header", "", []string{"X-API-Key: k"}, done},
		{"a wrong key", "", []string{"X-API-Key: K"}, refused},
		{"a longer key", "", []string{"X-API-Key: kk"}, refused},
		{"acceptance 3: Authorization, ignoring case of the scheme", "", []string{"Authorization: ApiKey k"}, done},
		{"Authorization in lower case", "", []string{"Authorization: apikey k"}, done},
		{"Authorization with more white space", "", []string{"Authorization: apikey  \t k"}, done},
		{"acceptance 3: another scheme", "", []string{"Authorization: bearer k"}, refused},
		{"acceptance 3: three fields", "", []string{"Authorization: apikey k k"}, refused},
		{"the scheme alone", "", []string{"Authorization: apikey"}, refused},
		{"the key alone", "", []string{"Authorization: k"}, refused},
		{"a wrong key in Authorization", "", []string{"Authorization: apikey K"}, refused},
		{"acceptance 4: the key in the query", "?api_key=k", nil, done},
		{"the key in the query among others", "?a=1&api_key=k", nil, done},
		{"a wrong key in the query", "?api_key=x", nil, refused},
		{"an empty key in the query", "?api_key=", nil, refused},
		{"a broken query", "?api_key=%zz", nil, refused},
		{"acceptance 4: the query rescues a wrong header", "?api_key=k", []string{"X-API-Key: bad"}, done},
		{"the query rescues a wrong Authorization", "?api_key=k", []string{"Authorization: apikey bad"}, done},
		{"acceptance 4: Authorization does not rescue a wrong header", "", []string{"X-API-Key: bad", "Authorization: apikey k"}, refused},
		{"Authorization counts beside an empty header", "", []string{"X-API-Key: ", "Authorization: apikey k"}, done},
	} {
		t.Run(tt.check, func(t *testing.T) {
			r := newRig(t)
			for _, path := range []string{"/api/publish", "/api/batch", "/api"} {
				body, want := publishPlain, tt.want
				switch {
				case path == "/api/batch":
					body = `{"commands":[{"publish":` + publishPlain + `}]}`
				case path == "/api":
					body = `{"method":"publish","params":` + publishPlain + `}`
				}
				if path == "/api/batch" && want == done {
					want.body = `{"replies":[{"publish":{}}]}`
				}
				if got := r.do(http.MethodPost, path+tt.query, body, tt.headers...); got != want {
					t.Errorf("%s: got %+v, want %+v", path, got, want)
				}
			}
		})
	}
}

func TestAcceptance5WithoutAConfiguredKeyNobodyIsAuthenticated(t *testing.T) {
	r := newRig(t, func(c *httpapi.Config) { c.Key = "" })
	for _, headers := range [][]string{nil, {"X-API-Key: k"}, {"X-API-Key: "}, {"Authorization: apikey "}} {
		for _, path := range []string{"/api/publish", "/api/publish?api_key=", "/api"} {
			if got := r.do(http.MethodPost, path, publishPlain, headers...); got != refused {
				t.Errorf("%s with %q: got %+v", path, headers, got)
			}
		}
	}
}

func TestAcceptance5InsecureTakesEverybody(t *testing.T) {
	for _, key := range []string{"", "k"} {
		r := newRig(t, func(c *httpapi.Config) { c.Key, c.Insecure = key, true })
		for _, headers := range [][]string{nil, {"X-API-Key: bad"}} {
			if got := r.do(http.MethodPost, "/api/publish", publishPlain, headers...); got != done {
				t.Errorf("with %q: got %+v", headers, got)
			}
		}
	}
}

func TestWhoIsRefusedCausesNothing(t *testing.T) {
	r := newRig(t)
	c := r.subscriber("42", "plain:a")
	if got := r.do(http.MethodPost, "/api/publish", publishPlain, "X-API-Key: bad"); got != refused {
		t.Errorf("got %+v", got)
	}
	if got := r.do(http.MethodPost, "/api/disconnect", `{"user":"42"}`); got != refused {
		t.Errorf("got %+v", got)
	}
	c.gets()
	c.isOpen()
}
