package front

import (
	"bytes"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
)

// verdict is what parse makes of the bytes at the beginning of a request.
type verdict uint8

const (
	// hot: the request is served here.
	hot verdict = iota
	// other: it is not ours, or unusual, or not there as a whole.
	other
)

// scratch is the memory of a connection's requests, one after the other.
type scratch struct {
	request http.Request
	url     url.URL
	header  http.Header
	values  []string
}

// maxHeaders bounds the header lines of a request that is served here.
const maxHeaders = 64

// parse reads a request head, RFC 9112, sections 2 to 6. It takes only the
// form that well-behaved clients send, in which nothing can be read in two
// ways: HTTP/1.1, a path of plain characters, lines that end with CRLF, one
// Host, no Transfer-Encoding, at most one Content-Length of digits, no token
// of Connection but keep-alive and Upgrade.
//
// The request, which is s's own until the next one, has the context of
// template. size is that of the head, and body what Content-Length says.
func (s *scratch) parse(b []byte, template *http.Request, isHot func(method, path string) bool) (r *http.Request, size, body int, v verdict) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return nil, 0, 0, other
	}
	// One string for all that is kept of the head.
	head := string(b[:end+2])
	line, rest, _ := strings.Cut(head, "\r\n")
	method, target, ok := requestLine(line)
	if !ok {
		return nil, 0, 0, other
	}
	path, query, _ := strings.Cut(target, "?")
	if !plain(path, false) || !plain(query, true) || !isHot(method, path) {
		return nil, 0, 0, other
	}
	header, host, length, ok := s.headers(rest)
	if !ok {
		return nil, 0, 0, other
	}
	switch method {
	case http.MethodGet:
		ok = length < 0
	case http.MethodPost:
		ok = length >= 0 && header["Upgrade"] == nil
	default:
		ok = false
	}
	if !ok {
		return nil, 0, 0, other
	}
	length = max(length, 0)
	s.url = url.URL{Path: path, RawQuery: query, ForceQuery: query == "" && len(target) > len(path)}
	r = &s.request
	*r = *template
	r.Method, r.RequestURI, r.URL, r.Host, r.Header = method, target, &s.url, host, header
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	r.Body, r.ContentLength = http.NoBody, int64(length)
	return r, end + 4, length, hot
}

func requestLine(line string) (method, target string, ok bool) {
	method, rest, ok := strings.Cut(line, " ")
	if !ok {
		return "", "", false
	}
	target, ok = strings.CutSuffix(rest, " HTTP/1.1")
	return method, target, ok && strings.HasPrefix(target, "/")
}

// plain reports that a path or query consists of characters that mean
// themselves; in a query some more do, and escapes are left as they are.
func plain(s string, query bool) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '/', c == '-', c == '_', c == '.', c == '~':
		case query && (c == '=' || c == '&' || c == '%' || c == '+' || c == ':' || c == ',' || c == '*'):
		default:
			return false
		}
	}
	// A path that must be cleaned first is not plain.
	return query || !strings.Contains(s, "//") && !strings.Contains(s, "/.")
}

// headers reads the lines behind the request line. length is -1 if there is no
// Content-Length.
func (s *scratch) headers(lines string) (header http.Header, host string, length int, ok bool) {
	n := strings.Count(lines, "\r\n")
	if n > maxHeaders {
		return nil, "", 0, false
	}
	if s.header == nil {
		s.header = make(http.Header, n)
	}
	clear(s.header)
	header = s.header
	// One array behind all the lists of values.
	values := slices.Grow(s.values[:0], n)
	s.values = values
	length = -1
	for len(lines) > 0 {
		line, rest, _ := strings.Cut(lines, "\r\n")
		lines = rest
		name, value, found := strings.Cut(line, ":")
		if !found || !token(name) || !text(value) {
			return nil, "", 0, false
		}
		value = strings.Trim(value, " \t")
		name = textproto.CanonicalMIMEHeaderKey(name)
		switch name {
		case "Host":
			if host != "" || !hostname(value) {
				return nil, "", 0, false
			}
			host = value
			continue
		case "Content-Length":
			if length, ok = contentLength(value); !ok || header[name] != nil {
				return nil, "", 0, false
			}
		case "Connection":
			if header[name] != nil || !keepsOpen(value) {
				return nil, "", 0, false
			}
		case "Transfer-Encoding", "Te", "Trailer", "Expect", "Proxy-Connection", "Http2-Settings":
			return nil, "", 0, false
		}
		values = append(values, value)
		if header[name] == nil {
			header[name] = values[len(values)-1 : len(values) : len(values)]
		} else {
			header[name] = append(header[name], value)
		}
	}
	return header, host, length, host != ""
}

// token reports that s is a header's name: RFC 9110, section 5.6.2, without
// the characters that nobody uses.
func token(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return s != ""
}

// text reports that s has no control characters but tabs, and nothing beyond
// ASCII.
func text(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c > '~' {
			return false
		}
	}
	return true
}

func hostname(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == ':', c == '[', c == ']':
		default:
			return false
		}
	}
	return s != ""
}

// contentLength takes at most nine digits: more is not for this server.
func contentLength(s string) (n int, ok bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// keepsOpen reports that a Connection header has none but the usual tokens.
func keepsOpen(value string) bool {
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.Trim(part, " \t"); !strings.EqualFold(part, "keep-alive") && !strings.EqualFold(part, "upgrade") {
			return false
		}
	}
	return true
}
