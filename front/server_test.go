package front

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// echo answers with what it was asked. served counts what was served by the
// front, and not by net/http behind it.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, front := w.(*response)
	switch r.Header.Get("Do") {
	case "nothing":
	case "fail":
		http.Error(w, "no", http.StatusTeapot)
	case "no content":
		w.WriteHeader(http.StatusNoContent)
	case "panic":
		panic("the handler's own")
	case "abort":
		panic(http.ErrAbortHandler)
	case "split":
		w.Header().Set("A", "b\r\nInjected: yes")
		_, _ = io.WriteString(w, "split")
	case "who":
		fmt.Fprintf(w, "front: %v", front)
	default:
		w.Header().Add("B", "1")
		w.Header().Add("B", "2")
		fmt.Fprintf(w, "%s %s %s %v %q", r.Method, r.URL, r.Host, r.Header, body)
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// open starts a front at an address of its own.
func open(t *testing.T, change func(*Config)) *Server {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Handler: http.HandlerFunc(echo), Hot: func(_, path string) bool { return strings.HasPrefix(path, "/hot") }, MaxBody: 60_000,
		HeaderTimeout: 20 * time.Second, IdleTimeout: 20 * time.Second, BodyTimeout: 20 * time.Second, WriteTimeout: 20 * time.Second, Log: quiet(),
	}
	if change != nil {
		change(&cfg)
	}
	s := New(ln, cfg)
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	t.Cleanup(func() {
		_ = s.Close()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		s.conns.Wait()
	})
	return s
}

func dial(t *testing.T, addr net.Addr) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	return c
}

// roundTrip sends bytes and returns so many responses, in a form that those of
// two servers can be compared by.
func roundTrip(t *testing.T, addr net.Addr, request string, responses int) (all []string) {
	t.Helper()
	c := dial(t, addr)
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	br := bufio.NewReader(c)
	for range responses {
		res, err := http.ReadResponse(br, nil)
		if err != nil {
			return append(all, "closed")
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := http.ParseTime(res.Header.Get("Date")); err != nil && res.StatusCode != http.StatusBadRequest {
			t.Errorf("the date: %v", err)
		}
		res.Header.Del("Date")
		res.Header.Del("Content-Length") // Whether a large body comes in chunks is no matter.
		all = append(all, fmt.Sprintf("%s %v close %v\n%.2000s", res.Status, res.Header, res.Close, body))
	}
	return all
}

// TestResponsesAreThoseOfNetHTTP sends the same to a front and to net/http
// alone.
func TestResponsesAreThoseOfNetHTTP(t *testing.T) {
	plain := &http.Server{Handler: http.HandlerFunc(echo), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = plain.Serve(ln) }()
	t.Cleanup(func() { plain.Close() })
	front := open(t, nil)
	post := func(do, body string) string {
		return fmt.Sprintf("POST /hot?a=b HTTP/1.1\r\nHost: x\r\nDo: %s\r\nContent-Length: %d\r\n\r\n%s", do, len(body), body)
	}
	for name, c := range map[string]struct {
		request   string
		responses int
	}{
		"a call":                  {post("", "body"), 1},
		"an empty answer":         {post("nothing", ""), 1},
		"an error":                {post("fail", "body"), 1},
		"no content":              {post("no content", ""), 1},
		"calls in a row":          {post("", "1") + post("fail", "2") + post("", "3"), 3},
		"a large body":            {post("", strings.Repeat("x", 50_000)), 1},
		"a body that's too large": {post("", strings.Repeat("x", 100_000)), 1},
		"not hot":                 {"GET /cold HTTP/1.1\r\nHost: x\r\n\r\n", 1},
		"hot, then not":           {post("", "1") + "GET /cold HTTP/1.1\r\nHost: x\r\n\r\n" + post("", "3"), 3},
		"chunks":                  {"POST /hot HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + post("", "2"), 2},
		"a header injected":       {post("split", ""), 1},
		"smuggled by two lengths": {"POST /hot HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n" + post("", ""), 2},
		"smuggled by chunks":      {"POST /hot HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /cold HTTP/1.1\r\nHost: x\r\n\r\n", 2},
		"garbage":                 {"\x00\x01\r\n\r\n", 1},
		"a panic":                 {post("panic", ""), 1},
		"an abort":                {post("abort", ""), 1},
	} {
		t.Run(name, func(t *testing.T) {
			got, want := roundTrip(t, front.listener.Addr(), c.request, c.responses), roundTrip(t, ln.Addr(), c.request, c.responses)
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got\n%.500s\nwant\n%.500s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func TestHotRequestsAreServedHere(t *testing.T) {
	s := open(t, nil)
	for target, want := range map[string]string{"/hot": "front: true", "/cold": "front: false"} {
		got := roundTrip(t, s.listener.Addr(), "POST "+target+" HTTP/1.1\r\nHost: x\r\nDo: who\r\nContent-Length: 0\r\n\r\n", 1)
		if !strings.HasSuffix(got[0], want) {
			t.Errorf("%s: %s", target, got[0])
		}
	}
}

func TestBodiesInPieces(t *testing.T) {
	s := open(t, nil)
	c := dial(t, s.listener.Addr())
	body := strings.Repeat("0123456789", 4000)
	request := fmt.Sprintf("POST /hot HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	br := bufio.NewReader(c)
	for range 3 {
		for rest := request; len(rest) > 0; {
			n := min(7001, len(rest))
			if _, err := io.WriteString(c, rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		res, err := http.ReadResponse(br, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(res.Body)
		if err != nil || !bytes.Contains(got, []byte(body)) {
			t.Fatalf("the body came back with %d bytes, %v", len(got), err)
		}
	}
}

func TestHijackedConnectionsAreLeftAlone(t *testing.T) {
	taken := make(chan string, 1)
	s := open(t, func(cfg *Config) {
		cfg.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			c, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			early, _ := rw.Peek(rw.Reader.Buffered())
			_, _ = io.WriteString(c, "mine now\n")
			if _, err := io.WriteString(w, "x"); !errors.Is(err, http.ErrHijacked) {
				t.Errorf("writing afterwards: %v", err)
			}
			go func() {
				defer c.Close()
				line, _ := bufio.NewReader(c).ReadString('\n')
				taken <- string(early) + "|" + line
			}()
		})
	})
	for _, early := range []string{"", "early"} {
		c := dial(t, s.listener.Addr())
		if _, err := io.WriteString(c, "GET /hot HTTP/1.1\r\nHost: x\r\n\r\n"+early); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(c).ReadString('\n'); line != "mine now\n" {
			t.Fatalf("%q, %v", line, err)
		}
		if _, err := io.WriteString(c, "later\n"); err != nil {
			t.Fatal(err)
		}
		if got, want := <-taken, early+"|later\n"; got != want {
			t.Errorf("the handler read %q, want %q", got, want)
		}
	}
}

func TestSilenceEnds(t *testing.T) {
	short := 50 * time.Millisecond
	s := open(t, func(cfg *Config) { cfg.HeaderTimeout, cfg.IdleTimeout, cfg.BodyTimeout = short, short, short })
	for name, sent := range map[string]string{
		"from the beginning": "",
		"behind a request":   "POST /hot HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
		"within a head":      "POST /hot HTTP/1.1\r\nHo",
		"within a body":      "POST /hot HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab",
	} {
		c := dial(t, s.listener.Addr())
		if _, err := io.WriteString(c, sent); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, c); err != nil {
			t.Errorf("silence %s: %v", name, err)
		}
	}
}

func TestShutdownWaitsForWhatIsUnderWay(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	s := open(t, func(cfg *Config) {
		cfg.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			entered <- struct{}{}
			<-leave
			_, _ = io.WriteString(w, "done")
		})
	})
	idle, busy := dial(t, s.listener.Addr()), dial(t, s.listener.Addr())
	if _, err := io.WriteString(busy, "POST /hot HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-entered
	down := make(chan error, 1)
	go func() { down <- s.Shutdown(context.Background()) }()
	if _, err := io.Copy(io.Discard, idle); err != nil {
		t.Errorf("the idle connection: %v", err)
	}
	select {
	case err := <-down:
		t.Errorf("Shutdown returned before the request was served: %v", err)
	default:
	}
	close(leave)
	response, err := io.ReadAll(busy)
	if err != nil || !bytes.Contains(response, []byte("Connection: close")) || !bytes.HasSuffix(response, []byte("done")) {
		t.Errorf("the response is %q, %v", response, err)
	}
	if err := <-down; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

func TestShutdownEndsWithItsContext(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	s := open(t, func(cfg *Config) {
		cfg.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			entered <- struct{}{}
			<-leave
			<-r.Context().Done() // Close ends it.
		})
	})
	if _, err := io.WriteString(dial(t, s.listener.Addr()), "POST /hot HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-entered
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Shutdown: %v", err)
	}
	close(leave)
}
