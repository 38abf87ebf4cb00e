package websocket

import (
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"carillon/protocol"

	"github.com/gobwas/httphead"
)

// handshakeTimeout bounds the writing of the response.
const handshakeTimeout = 10 * time.Second

// acceptGUID is the constant of RFC 6455, section 1.3.
const acceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// handshake is what the opening of a connection settled.
type handshake struct {
	accept      string
	subprotocol string
	encoding    protocol.Encoding
	deflate     bool
	framePings  bool
}

// handshake looks at a request (RFC 6455, section 4.2) and settles how to go
// on, or returns the HTTP status to refuse it with.
func (e *Endpoint) handshake(r *http.Request) (h handshake, refusal int) {
	if r.Method != http.MethodGet {
		return h, http.StatusMethodNotAllowed
	}
	key := r.Header.Get("Sec-WebSocket-Key")
	nonce, err := base64.StdEncoding.DecodeString(key)
	switch {
	case !hasToken(r.Header, "Connection", "upgrade"),
		!hasToken(r.Header, "Upgrade", "websocket"),
		r.Header.Get("Sec-WebSocket-Version") != "13",
		err != nil, len(nonce) != 16:
		return h, http.StatusBadRequest
	case !e.Origins.Allows(r):
		return h, http.StatusForbidden
	}
	sum := sha1.Sum([]byte(key + acceptGUID))
	h.accept = base64.StdEncoding.EncodeToString(sum[:])
	h.subprotocol = chooseSubprotocol(r.Header)
	if h.subprotocol == subprotocolProtobuf {
		h.encoding = protocol.Protobuf
	}
	if r.URL.RawQuery != "" {
		query := r.URL.Query()
		if query.Get("cf_protocol") == "protobuf" || query.Get("format") == "protobuf" {
			h.encoding = protocol.Protobuf
		}
		h.framePings = query.Get("cf_ws_frame_ping_pong") == "true"
	}
	h.deflate = e.Compression && offersDeflate(r.Header)
	return h, 0
}

// refuse answers a request that won't be upgraded.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Sec-Websocket-Version", "13")
	http.Error(w, http.StatusText(status), status)
}

// response is the 101 response.
func (h *handshake) response() []byte {
	out := make([]byte, 0, 256)
	out = append(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	out = append(out, h.accept...)
	if h.subprotocol != "" {
		out = append(out, "\r\nSec-WebSocket-Protocol: "...)
		out = append(out, h.subprotocol...)
	}
	if h.deflate {
		out = append(out, "\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover"...)
	}
	return append(out, "\r\n\r\n"...)
}

func hasToken(header http.Header, name, token string) bool {
	for _, line := range header.Values(name) {
		for part := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

const (
	subprotocolJSON     = "centrifuge-json"
	subprotocolProtobuf = "centrifuge-protobuf"
)

// chooseSubprotocol is the first known one of the client's list; empty if there
// is none.
func chooseSubprotocol(header http.Header) string {
	for _, line := range header.Values("Sec-WebSocket-Protocol") {
		for part := range strings.SplitSeq(line, ",") {
			if p := strings.TrimSpace(part); p == subprotocolJSON || p == subprotocolProtobuf {
				return p
			}
		}
	}
	return ""
}

// offersDeflate reports whether one of the client's offers of permessage-deflate
// (RFC 7692, section 7.1) can be accepted: one that doesn't limit our window,
// which the compressor can't.
func offersDeflate(header http.Header) bool {
	for _, line := range header.Values("Sec-WebSocket-Extensions") {
		offers, ok := httphead.ParseOptions([]byte(line), nil)
		if !ok {
			continue
		}
		for _, offer := range offers {
			if string(offer.Name) == "permessage-deflate" && acceptable(offer) {
				return true
			}
		}
	}
	return false
}

func acceptable(offer httphead.Option) bool {
	good := true
	offer.Parameters.ForEach(func(name, value []byte) bool {
		switch string(name) {
		case "server_no_context_takeover", "client_no_context_takeover":
			good = good && len(value) == 0
		case "client_max_window_bits":
		case "server_max_window_bits":
			good = good && string(value) == "15"
		default:
			good = false
		}
		return good
	})
	return good
}
