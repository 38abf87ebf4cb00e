package front

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func anything(string, string) bool { return true }

func TestUsualRequestsAreTaken(t *testing.T) {
	for name, request := range map[string]string{
		"a call of the API":      "POST /api/publish HTTP/1.1\r\nHost: localhost:8000\r\nContent-Type: application/json\r\nX-API-Key: k\r\nContent-Length: 2\r\n\r\n{}",
		"with a query":           "POST /api/publish?api_key=a-b%20c HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
		"an upgrade":             "GET /connection/websocket HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
		"spaces around a value":  "GET / HTTP/1.1\r\nHost:  x\t \r\nA:b\r\n\r\n",
		"a header twice":         "GET / HTTP/1.1\r\nHost: x\r\nCookie: a\r\nCookie: b\r\n\r\n",
		"an empty value":         "GET / HTTP/1.1\r\nHost: x\r\nOrigin:\r\n\r\n",
		"more than one request":  "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"an IPv6 host":           "GET / HTTP/1.1\r\nHost: [::1]:8000\r\n\r\n",
		"names in any case":      "POST / HTTP/1.1\r\nhOST: x\r\ncontent-length: 1\r\n\r\n1",
		"a question mark alone":  "GET /a? HTTP/1.1\r\nHost: x\r\n\r\n",
		"headers of a browser":   "GET /a HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) \"quoted\" {}\r\nAccept-Language: en;q=0.5\r\n\r\n",
		"Content-Length of zero": "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) { sameAsNetHTTP(t, []byte(request)) })
	}
}

// sameAsNetHTTP fails unless parse takes a request and makes of it what
// net/http does.
func sameAsNetHTTP(t *testing.T, b []byte) {
	t.Helper()
	got, size, length, v := new(scratch).parse(b, new(http.Request), anything)
	if v != hot {
		t.Fatal("handed over")
	}
	want, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b)))
	if err != nil {
		t.Fatalf("net/http refuses it: %v", err)
	}
	if got.Method != want.Method || got.Host != want.Host || got.RequestURI != want.RequestURI || got.Proto != want.Proto ||
		got.ContentLength != want.ContentLength || want.Close || len(want.TransferEncoding) > 0 {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if diff := cmp.Diff(want.URL, got.URL); diff != "" {
		t.Errorf("URL: %s", diff)
	}
	if diff := cmp.Diff(want.Header, got.Header); diff != "" {
		t.Errorf("header: %s", diff)
	}
	if len(b) >= size+length {
		body, err := io.ReadAll(want.Body)
		if err != nil || !bytes.Equal(body, b[size:size+length]) {
			t.Errorf("body %q, want %q, %v", b[size:size+length], body, err)
		}
	}
}

func TestUnusualRequestsAreHandedOver(t *testing.T) {
	const host = "Host: x\r\n"
	post := func(lines string) string { return "POST / HTTP/1.1\r\n" + host + lines + "\r\n" }
	for name, request := range map[string]string{
		"nothing":                         "",
		"an incomplete head":              "GET / HTTP/1.1\r\nHost: x\r\n",
		"HTTP/1.0":                        "GET / HTTP/1.0\r\n" + host + "\r\n",
		"HTTP/2":                          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"TLS":                             "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
		"bare LF behind the request line": "GET / HTTP/1.1\n" + host + "\r\n",
		"bare LF behind a header":         "GET / HTTP/1.1\r\nA: b\n" + host + "\r\n",
		"bare CR in a header":             "GET / HTTP/1.1\r\nA: b\rc\r\n" + host + "\r\n",
		"two spaces":                      "GET  / HTTP/1.1\r\n" + host + "\r\n",
		"a tab":                           "GET\t/ HTTP/1.1\r\n" + host + "\r\n",
		"space behind the version":        "GET / HTTP/1.1 \r\n" + host + "\r\n",
		"an empty line first":             "\r\nGET / HTTP/1.1\r\n" + host + "\r\n",
		"an absolute target":              "GET http://x/ HTTP/1.1\r\n" + host + "\r\n",
		"an authority target":             "CONNECT x:80 HTTP/1.1\r\n" + host + "\r\n",
		"an asterisk":                     "OPTIONS * HTTP/1.1\r\n" + host + "\r\n",
		"an escape in the path":           "GET /%61 HTTP/1.1\r\n" + host + "\r\n",
		"a path to be cleaned":            "GET /a/../b HTTP/1.1\r\n" + host + "\r\n",
		"two slashes":                     "GET //a HTTP/1.1\r\n" + host + "\r\n",
		"a fragment":                      "GET /a#b HTTP/1.1\r\n" + host + "\r\n",
		"a semicolon in the query":        "GET /?a;b HTTP/1.1\r\n" + host + "\r\n",
		"beyond ASCII":                    "GET /é HTTP/1.1\r\n" + host + "\r\n",
		"no Host":                         "GET / HTTP/1.1\r\nA: b\r\n\r\n",
		"an empty Host":                   "GET / HTTP/1.1\r\nHost:\r\n\r\n",
		"Host twice":                      "GET / HTTP/1.1\r\n" + host + host + "\r\n",
		"a Host with a path":              "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n",
		"a folded header":                 "GET / HTTP/1.1\r\n" + host + "A: b\r\n c\r\n\r\n",
		"space before the colon":          "GET / HTTP/1.1\r\n" + host + "Content-Length : 0\r\n\r\n",
		"a line without colon":            "GET / HTTP/1.1\r\n" + host + "A\r\n\r\n",
		"a name with a space":             "GET / HTTP/1.1\r\n" + host + "A B: c\r\n\r\n",
		"NUL in a value":                  "GET / HTTP/1.1\r\n" + host + "A: \x00\r\n\r\n",
		"POST without a length":           post(""),
		"GET with a length":               "GET / HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n",
		"a length with a sign":            post("Content-Length: +1\r\n"),
		"a negative length":               post("Content-Length: -1\r\n"),
		"a hexadecimal length":            post("Content-Length: 0x1\r\n"),
		"an empty length":                 post("Content-Length:\r\n"),
		"a list of lengths":               post("Content-Length: 1, 1\r\n"),
		"two lengths":                     post("Content-Length: 1\r\nContent-Length: 2\r\n"),
		"two equal lengths":               post("Content-Length: 1\r\nContent-Length: 1\r\n"),
		"a length beyond measure":         post("Content-Length: 18446744073709551617\r\n"),
		"chunks":                          post("Transfer-Encoding: chunked\r\n"),
		"chunks and a length":             post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
		"chunks under a crooked name":     post("Content-Length: 1\r\nTransfer_Encoding : chunked\r\n"),
		"an unknown coding":               post("Content-Length: 1\r\nTransfer-Encoding: x\r\n"),
		"Expect":                          post("Content-Length: 1\r\nExpect: 100-continue\r\n"),
		"Connection: close":               post("Content-Length: 1\r\nConnection: close\r\n"),
		"a hop-by-hop header":             post("Content-Length: 1\r\nConnection: keep-alive, X-API-Key\r\n"),
		"Connection twice":                post("Content-Length: 1\r\nConnection: keep-alive\r\nConnection: close\r\n"),
		"a POST that upgrades":            post("Content-Length: 1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"),
		"another method":                  "PUT / HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n",
		"a method in small letters":       "get / HTTP/1.1\r\n" + host + "\r\n",
		"too many headers":                "GET / HTTP/1.1\r\n" + host + strings.Repeat("A: b\r\n", maxHeaders) + "\r\n",
		"an offer of HTTP/2":              "GET / HTTP/1.1\r\n" + host + "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
		"a response":                      "HTTP/1.1 200 OK\r\n" + host + "\r\n",
		"a value beyond ASCII":            "GET / HTTP/1.1\r\n" + host + "A: é\r\n\r\n",
		"delete in a value":               "GET / HTTP/1.1\r\n" + host + "A: \x7f\r\n\r\n",
	} {
		if _, _, _, v := new(scratch).parse([]byte(request), new(http.Request), anything); v != other {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestOnlyHotPathsAreTaken(t *testing.T) {
	request := []byte("GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n")
	var asked []string
	_, _, _, v := new(scratch).parse(request, new(http.Request), func(method, path string) bool {
		asked = append(asked, method+" "+path)
		return false
	})
	if v != other || !slices.Equal(asked, []string{"GET /a"}) {
		t.Errorf("verdict %v, asked for %q", v, asked)
	}
}

// FuzzParse holds parse to net/http: what it takes, net/http takes, too, and
// understands in the same way.
func FuzzParse(f *testing.F) {
	f.Add([]byte("POST /api/publish?a=b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nX-API-Key: k\r\nX-API-Key: l\r\n\r\n{}"))
	f.Add([]byte("GET /ws HTTP/1.1\r\nHost: [::1]:1\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, _, _, v := new(scratch).parse(b, new(http.Request), anything); v == hot {
			sameAsNetHTTP(t, b)
		}
	})
}
