package front

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// response is the http.ResponseWriter of one request. It gathers the body and
// is sent as a whole.
type response struct {
	conn     *conn
	header   http.Header
	status   int
	body     []byte
	hijacked bool
	// early is what came behind the request.
	early []byte
}

// keptBody bounds the memory for a body that is kept for the next response.
const keptBody = 4 << 10

// reset makes w ready for a request that early comes behind.
func (w *response) reset(c *conn, early []byte) {
	body := w.body[:0]
	if cap(body) > keptBody {
		body = nil
	}
	if w.header == nil {
		w.header = make(http.Header, 4)
	}
	clear(w.header)
	*w = response{conn: c, header: w.header, body: body, early: early}
}

// Header implements http.ResponseWriter.
func (w *response) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

// Write implements http.ResponseWriter.
func (w *response) Write(p []byte) (int, error) {
	if w.hijacked {
		return 0, http.ErrHijacked
	}
	w.WriteHeader(http.StatusOK)
	w.body = append(w.body, p...)
	return len(p), nil
}

// WriteString implements io.StringWriter.
func (w *response) WriteString(s string) (int, error) {
	if w.hijacked {
		return 0, http.ErrHijacked
	}
	w.WriteHeader(http.StatusOK)
	w.body = append(w.body, s...)
	return len(s), nil
}

// SetReadDeadline serves http.ResponseController.
func (w *response) SetReadDeadline(t time.Time) error { return w.conn.net.SetReadDeadline(t) }

// SetWriteDeadline serves http.ResponseController.
func (w *response) SetWriteDeadline(t time.Time) error { return w.conn.net.SetWriteDeadline(t) }

// Hijack implements http.Hijacker. What the client sent behind its request is
// buffered in the reader.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.hijacked {
		return nil, nil, http.ErrHijacked
	}
	w.hijacked = true
	w.conn.server.forget(w.conn)
	reader := bufio.NewReaderSize(&replayed{Conn: w.conn.net, rest: bytes.Clone(w.early)}, len(w.early))
	// Fills the buffer, which is as large as what is there.
	if _, err := reader.Peek(len(w.early)); err != nil {
		return nil, nil, err
	}
	return w.conn.net, bufio.NewReadWriter(reader, bufio.NewWriterSize(w.conn.net, 0)), nil
}

// bodyAllowed reports whether a response of a status has a body: RFC 9110,
// section 6.4.1.
func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// append puts the response together.
func (w *response) append(b []byte, last bool) []byte {
	w.WriteHeader(http.StatusOK)
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(w.status), 10)
	b = append(append(append(b, ' '), http.StatusText(w.status)...), "\r\n"...)
	if _, given := w.header["Content-Type"]; !given && len(w.body) > 0 {
		b = line(b, "Content-Type", http.DetectContentType(w.body))
	}
	for name, values := range w.header {
		if name == "Content-Length" || name == "Date" || name == "Connection" || name == "Transfer-Encoding" {
			continue // These are ours to say.
		}
		for _, value := range values {
			b = line(b, name, value)
		}
	}
	b = append(append(b, "Date: "...), date()...)
	if bodyAllowed(w.status) {
		b = append(b, "\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(w.body)), 10)
	}
	if last {
		b = append(b, "\r\nConnection: close"...)
	}
	b = append(b, "\r\n\r\n"...)
	if bodyAllowed(w.status) {
		b = append(b, w.body...)
	}
	return b
}

// line writes a header. A handler's value cannot begin another line.
func line(b []byte, name, value string) []byte {
	b = append(append(b, name...), ": "...)
	for i := range len(value) {
		c := value[i]
		if c == '\r' || c == '\n' {
			c = ' '
		}
		b = append(b, c)
	}
	return append(b, "\r\n"...)
}

// dated is a Date header for a second.
type dated struct {
	second int64
	text   []byte
}

var today atomic.Pointer[dated]

// date is the value of the Date header now.
func date() []byte {
	now := time.Now()
	d := today.Load()
	if d == nil || d.second != now.Unix() {
		d = &dated{now.Unix(), now.UTC().AppendFormat(nil, http.TimeFormat)}
		today.Store(d)
	}
	return d.text
}
