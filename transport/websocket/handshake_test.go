package websocket

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"carillon/transport"
)

func TestHandshake(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Origins, _ = transport.NewOrigins([]string{"https://*.example.com", "null"})
	})
	good := upgradeRequest("/")
	for name, c := range map[string]struct {
		request string
		want    int
	}{
		"good":                      {good, 101},
		"plain GET":                 {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"POST":                      {strings.Replace(good, "GET", "POST", 1), 405},
		"no Upgrade":                {strings.Replace(good, "Upgrade: WebSocket\r\n", "", 1), 400},
		"no Connection":             {strings.Replace(good, "Connection: keep-alive, Upgrade\r\n", "", 1), 400},
		"version 8":                 {strings.Replace(good, "Version: 13", "Version: 8", 1), 400},
		"no key":                    {strings.Replace(good, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 1), 400},
		"short key":                 {strings.Replace(good, "dGhlIHNhbXBsZSBub25jZQ==", "dGhl", 1), 400},
		"key not base64":            {strings.Replace(good, "dGhlIHNhbXBsZSBub25jZQ==", "!!!!", 1), 400},
		"good origin":               {upgradeRequest("/", "Origin: https://a.example.com"), 101},
		"origin in capitals":        {upgradeRequest("/", "Origin: https://A.Example.com"), 101},
		"origin with more labels":   {upgradeRequest("/", "Origin: https://a.b.example.com"), 101},
		"origin null":               {upgradeRequest("/", "Origin: null"), 101},
		"origin without the label":  {upgradeRequest("/", "Origin: https://example.com"), 403},
		"foreign origin":            {upgradeRequest("/", "Origin: https://evil.test"), 403},
		"origin that only contains": {upgradeRequest("/", "Origin: https://a.example.com.evil.test"), 403},
	} {
		t.Run(name, func(t *testing.T) {
			r := *r
			r.t = t
			_, res := r.dial(c.request)
			if res.StatusCode != c.want {
				t.Fatalf("status %d, want %d", res.StatusCode, c.want)
			}
			if c.want == 101 {
				if got := res.Header.Get("Sec-WebSocket-Accept"); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" { // RFC 6455, section 1.3
					t.Errorf("accept %q", got)
				}
				return
			}
			body, _ := io.ReadAll(res.Body)
			if got := res.Header.Get("Sec-Websocket-Version"); got != "13" || strings.TrimSpace(string(body)) != http.StatusText(c.want) {
				t.Errorf("version %q, body %q", got, body)
			}
		})
	}
}

func TestEncodingIsChosen(t *testing.T) {
	r := newRig(t)
	for name, c := range map[string]struct {
		path, offer, selected string
		protobuf              bool
	}{
		"nothing":               {"/", "", "", false},
		"protobuf":              {"/", "centrifuge-protobuf", "centrifuge-protobuf", true},
		"unknown, then json":    {"/", "foo, centrifuge-json", "centrifuge-json", false},
		"json, then protobuf":   {"/", "centrifuge-json, centrifuge-protobuf", "centrifuge-json", false},
		"unknown":               {"/", "foo", "", false},
		"query format":          {"/?format=protobuf", "", "", true},
		"query cf_protocol":     {"/?cf_protocol=protobuf", "", "", true},
		"query wins over offer": {"/?format=protobuf", "centrifuge-json", "centrifuge-json", true},
		"other query":           {"/?cf_protocol_version=v2", "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := *r
			r.t = t
			var lines []string
			if c.offer != "" {
				lines = append(lines, "Sec-WebSocket-Protocol: "+c.offer)
			}
			p, res := r.dial(upgradeRequest(c.path, lines...))
			if got := res.Header.Get("Sec-WebSocket-Protocol"); got != c.selected {
				t.Errorf("selected %q, want %q", got, c.selected)
			}
			if c.protobuf {
				p.write(frame(2, true, 0, "\x04\x08\x01\x22\x00")) // {id: 1, connect: {}}
			} else {
				p.send(`{"id":1,"connect":{}}`)
			}
			f := p.receive()
			if binary := f.Header.OpCode == 2; binary != c.protobuf {
				t.Fatalf("answered with %+v %q", f.Header, f.Payload)
			}
			if c.protobuf && int(f.Payload[0]) != len(f.Payload)-1 {
				t.Errorf("reply of %d bytes begins with length %d", len(f.Payload), f.Payload[0])
			}
		})
	}
}

func TestCommandBehindTheHandshake(t *testing.T) {
	r := newRig(t)
	p, res := r.dial(upgradeRequest("/") + string(frame(1, true, 0, `{"id":1,"connect":{}}`)))
	if res.StatusCode != 101 {
		t.Fatal(res.Status)
	}
	if got := p.message(); !strings.HasPrefix(got, `{"id":1,"connect":`) {
		t.Fatal(got)
	}
}
