package httpapi_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"carillon/api"
)

func TestAcceptance6MalformedBodies(t *testing.T) {
	r := newRig(t)
	for _, method := range append([]string{"batch"}, api.Methods...) {
		for _, body := range []string{
			"", " ", "\n", "{", "}", "nul", "[]", "[{}]", "1", `"x"`, "true", "{}x", "{}{}", "{},", `{"channel":}`, `{'channel':'a'}`,
			`{"channel":"plain:a","data":1}x`, "\xff", "{}\x00", "\ufeff{}", strings.Repeat("[", 100_000), strings.Repeat(`{"data":`, 100_000),
		} {
			if got := r.post(method, body); got != malformed {
				t.Errorf("%s %.20q: got %+v", method, body, got)
			}
			// The error mode makes no difference.
			if got := r.post(method, body, "X-Centrifugo-Error-Mode: transport"); got != malformed {
				t.Errorf("%s %.20q in transport mode: got %+v", method, body, got)
			}
		}
	}
}

// fields are all fields of all methods by their kind.
var fields = map[string]map[string][]string{
	"publish": {
		"string": {"channel", "b64data", "idempotency_key", "version_epoch"}, "bool": {"skip_history", "delta"}, "uint64": {"version"}, "tags": {"tags"},
	},
	"broadcast": {
		"strings": {"channels"}, "string": {"b64data", "idempotency_key", "version_epoch"}, "bool": {"skip_history", "delta"}, "uint64": {"version"}, "tags": {"tags"},
	},
	"subscribe": {
		"string": {"channel", "user", "client", "session", "b64info", "b64data"}, "int64": {"expire_at"}, "position": {"recover_since"}, "override": {"override"},
	},
	"unsubscribe":    {"string": {"channel", "user", "client", "session"}},
	"disconnect":     {"string": {"user", "client", "session"}, "strings": {"whitelist"}, "disconnect": {"disconnect"}},
	"refresh":        {"string": {"user", "client", "session"}, "bool": {"expired"}, "int64": {"expire_at"}},
	"presence":       {"string": {"channel"}},
	"presence_stats": {"string": {"channel"}},
	"history":        {"string": {"channel"}, "int32": {"limit"}, "bool": {"reverse"}, "position": {"since"}},
	"history_remove": {"string": {"channel"}},
	"channels":       {"string": {"pattern"}},
	"rpc":            {"string": {"method"}},
	"batch":          {"bool": {"parallel"}, "commands": {"commands"}},
}

// wrong are values that a field of a kind does not take.
var wrong = map[string][]string{
	"string":     {"1", "true", "{}", "[]"},
	"strings":    {"1", `"a"`, "{}", "[1]", `["a",{}]`},
	"bool":       {"1", `"true"`, "{}", "[]"},
	"int32":      {`"5"`, "1.0", "1.5", "true", "{}", "2147483648", "-2147483649", "1e3"},
	"int64":      {`"5"`, "1.0", "{}", "9223372036854775808", "1e3"},
	"uint64":     {`"5"`, "1.0", "-1", "{}", "18446744073709551616"},
	"tags":       {"1", `"a"`, "[]", `{"a":1}`, `{"a":{}}`},
	"position":   {"1", `"a"`, "[]", `{"offset":"1"}`, `{"offset":-1}`, `{"epoch":1}`},
	"override":   {"1", "[]", `{"presence":true}`, `{"presence":{"value":1}}`, `{"force_recovery":"x"}`},
	"disconnect": {"1", `"a"`, "[]", `{"code":"4000"}`, `{"code":-1}`, `{"code":4294967296}`, `{"reason":1}`},
	"commands":   {"1", `"a"`, "{}", "[1]", `["publish"]`, "[[]]", `[{"publish":1}]`, `[{"publish":{"channel":1}}]`, `[{"info":[]}]`},
}

func TestReliability3WrongTypesAreMalformed(t *testing.T) {
	r := newRig(t)
	for method, kinds := range fields {
		for kind, names := range kinds {
			for _, name := range names {
				for _, value := range wrong[kind] {
					body := fmt.Sprintf(`{"%s":%s}`, name, value)
					if got := r.post(method, body); got != malformed {
						t.Errorf("%s %s: got %+v", method, body, got)
					}
				}
			}
		}
	}
}

func TestReliability3NullIsAbsence(t *testing.T) {
	r := newRig(t)
	for method, kinds := range fields {
		absent := r.call(method, "{}")
		if got := r.call(method, "null"); got != absent {
			t.Errorf("%s null: got %s, want %s", method, got, absent)
		}
		for _, names := range kinds {
			for _, name := range names {
				if got := r.call(method, `{"`+name+`":null}`); got != absent {
					t.Errorf("%s with %s null: got %s, want %s", method, name, got, absent)
				}
			}
		}
	}
}

func TestFieldNamesIgnoreCaseAndUnknownFieldsAreIgnored(t *testing.T) {
	r := newRig(t)
	c := r.subscriber("", "plain:a")
	r.answers("publish", `{"Channel":"plain:a","DATA":1,"B64Data":""}`, empty)
	r.answers("publish", `{"channel":"plain:a","data":2,"presence":{"x":[null]},"":3}`, empty)
	c.getsData("plain:a", "1", "2")
}

func TestHeadersOfContentAreNotLookedAt(t *testing.T) {
	r := newRig(t)
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-16", "\""} {
		if got := r.post("publish", publishPlain, "Content-Type: "+kind, "Accept: image/png"); got != done {
			t.Errorf("Content-Type %q: got %+v", kind, got)
		}
	}
}

func TestWhiteSpaceAroundTheBodyIsAllowed(t *testing.T) {
	r := newRig(t)
	r.answers("publish", " \r\n\t"+publishPlain+"\n ", empty)
}

func TestLargeBodiesAreTaken(t *testing.T) {
	r := newRig(t)
	data := `"` + strings.Repeat("x", 8<<20) + `"`
	r.answers("publish", `{"channel":"hist:a","data":`+data+`}`, strings.Replace(r.position("hist:a"), `"offset":0`, `"offset":1`, 1))
	if got := r.call("history", `{"channel":"hist:a","limit":1}`); !strings.Contains(got, data) {
		t.Errorf("the payload is not in the history of %d bytes", len(got))
	}
}

// A body that ends before its length says so is no request.
func TestABodyThatCannotBeReadIsAnError(t *testing.T) {
	r := newRig(t)
	for _, head := range []string{
		"Content-Length: 1000\r\n\r\n{}", "Content-Length: 9000000000000\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprint(conn, "POST /api/publish HTTP/1.1\r\nHost: x\r\nX-API-Key: k\r\n"+head); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusInternalServerError || string(body) != "Internal Server Error\n" {
			t.Errorf("%q: got %s %q, %v", head, res.Status, body, err)
		}
		conn.Close()
	}
}
