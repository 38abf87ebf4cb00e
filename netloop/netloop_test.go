package netloop

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// script is a Handler whose parts a test fills in. Output comes from a queue.
type script struct {
	conn   Conn
	onRead func(s *script, b []byte)
	onTick func(s *script, now int64)
	opened chan struct{}
	ended  chan error

	mu  sync.Mutex
	out []byte
}

func newScript() *script {
	return &script{opened: make(chan struct{}), ended: make(chan error, 1)}
}

func (s *script) Open(c Conn) { s.conn = c; close(s.opened) }
func (s *script) Read(b []byte) {
	if s.onRead != nil {
		s.onRead(s, b)
	}
}
func (s *script) Tick(now int64)   { s.onTick(s, now) }
func (s *script) Closed(why error) { s.ended <- why }

func (s *script) Output(scratch []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(s.out), cap(scratch))
	scratch = append(scratch, s.out[:n]...)
	s.out = s.out[n:]
	return scratch
}

func (s *script) send(b []byte) {
	s.mu.Lock()
	s.out = append(s.out, b...)
	s.mu.Unlock()
	s.conn.Wake()
}

func echo(s *script, b []byte) { s.send(b) }

// kinds are the ways to carry a connection; each test runs on all.
var kinds = []string{"loop", "fallback", "tls"}

func onEachKind(t *testing.T, test func(t *testing.T, e *env)) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			e := newEnv(t, kind)
			test(t, e)
		})
	}
}

type env struct {
	t     *testing.T
	kind  string
	group *Group
	logs  *bytes.Buffer
	certs tls.Certificate
}

func newEnv(t *testing.T, kind string) *env {
	e := &env{t: t, kind: kind, logs: &bytes.Buffer{}}
	var mu sync.Mutex
	g, err := Open(Options{Loops: 2, WriteTimeout: 200 * time.Millisecond, Log: slog.New(slog.NewTextHandler(lockedWriter{&mu, e.logs}, nil))})
	if err != nil {
		t.Fatal(err)
	}
	e.group = g
	t.Cleanup(g.Close)
	if kind == "tls" {
		e.certs = selfSigned(t)
	}
	return e
}

type lockedWriter struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// hidden keeps a connection from being taken for a plain one.
type hidden struct{ net.Conn }

// connect makes a connection whose server side is served by s.
func (e *env) connect(s *script, early []byte) net.Conn {
	e.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		e.t.Fatal(err)
	}
	defer ln.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		c, _ := ln.Accept()
		accepted <- c
	}()
	client, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		e.t.Fatal(err)
	}
	server := <-accepted
	switch e.kind {
	case "fallback":
		server = hidden{server}
	case "tls":
		server = tls.Server(server, &tls.Config{Certificates: []tls.Certificate{e.certs}})
		client = tls.Client(client, &tls.Config{InsecureSkipVerify: true})
	}
	if err := e.group.Serve(server, early, s); err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { client.Close() })
	return client
}

func selfSigned(t *testing.T) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (s *script) waitEnd(t *testing.T) error {
	t.Helper()
	select {
	case err := <-s.ended:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("connection did not end")
		return nil
	}
}

func TestEchoLarge(t *testing.T) {
	onEachKind(t, func(t *testing.T, e *env) {
		s := newScript()
		s.onRead = echo
		c := e.connect(s, []byte("early "))
		data := make([]byte, 5<<20)
		rand.Read(data)
		go func() {
			for b := data; len(b) > 0; {
				n := min(len(b), 70_001)
				if _, err := c.Write(b[:n]); err != nil {
					return
				}
				b = b[n:]
			}
		}()
		got := make([]byte, len("early ")+len(data))
		if _, err := io.ReadFull(c, got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, append([]byte("early "), data...)) {
			t.Error("bytes came back changed")
		}
		c.Close()
		if err := s.waitEnd(t); !errors.Is(err, io.EOF) {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestTick(t *testing.T) {
	onEachKind(t, func(t *testing.T, e *env) {
		s := newScript()
		ticks := make(chan int64, 10)
		s.onTick = func(_ *script, now int64) { ticks <- now }
		e.connect(s, nil)
		at := Mono() + int64(50*time.Millisecond)
		s.conn.WakeAt(at + int64(time.Hour))
		s.conn.WakeAt(at) // the earlier one counts
		if now := <-ticks; now < at || now > at+int64(2*time.Second) {
			t.Errorf("tick came at %v after its time", time.Duration(now-at))
		}
		s.conn.WakeAt(Mono() - 1) // late from the start
		<-ticks
	})
}

func TestPauseMakesThePeerWait(t *testing.T) {
	onEachKind(t, func(t *testing.T, e *env) {
		s := newScript()
		read := make(chan int, 1000)
		s.onRead = func(s *script, b []byte) { s.conn.PauseReading(); read <- len(b) }
		c := e.connect(s, nil)
		c.Write([]byte("one"))
		if n := <-read; n != 3 {
			t.Fatalf("read %d bytes", n)
		}
		c.Write([]byte("two!"))
		// Reading is paused, so the bytes wait until it goes on.
		s.conn.ResumeReading()
		if n := <-read; n != 4 {
			t.Fatalf("read %d bytes", n)
		}
	})
}

func TestWriteTimeout(t *testing.T) {
	onEachKind(t, func(t *testing.T, e *env) {
		s := newScript()
		s.onRead = func(s *script, _ []byte) { s.send(make([]byte, 64<<20)) }
		c := e.connect(s, nil)
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		// Not a byte is read.
		if err := s.waitEnd(t); !errors.Is(err, ErrWriteTimeout) {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestSlowReaderIsNotTimedOut(t *testing.T) {
	// TLS can't go on after a deadline, so that only progress within one
	// write's time counts there.
	for _, kind := range kinds[:2] {
		t.Run(kind, func(t *testing.T) {
			e := newEnv(t, kind)
			s := newScript()
			const size = 24 << 20
			s.onRead = func(s *script, _ []byte) { s.send(make([]byte, size)) }
			c := e.connect(s, nil)
			c.Write([]byte("x"))
			start := time.Now()
			buf := make([]byte, 1<<20)
			for got := 0; got < size; {
				n, err := c.Read(buf)
				if err != nil {
					t.Fatalf("after %d bytes: %v", got, err)
				}
				got += n
				pace(start, got, size, time.Second)
			}
		})
	}
}

// pace waits until this much of the size is due, if all of it is to take d.
func pace(start time.Time, got, size int, d time.Duration) {
	due := start.Add(time.Duration(float64(d) * float64(got) / float64(size)))
	<-time.After(time.Until(due))
}

func TestCloseFromTheServer(t *testing.T) {
	onEachKind(t, func(t *testing.T, e *env) {
		s := newScript()
		s.onRead = func(s *script, _ []byte) { s.conn.Close(); s.conn.Close() }
		c := e.connect(s, nil)
		c.Write([]byte("x"))
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Error("connection stayed open")
		}
		if err := s.waitEnd(t); err != nil {
			t.Errorf("ended with %v", err)
		}
		// All of it is harmless afterwards.
		s.conn.Wake()
		s.conn.WakeAt(1)
		s.conn.PauseReading()
		s.conn.ResumeReading()
	})
}

func TestPanicEndsOneConnectionOnly(t *testing.T) {
	onEachKind(t, func(t *testing.T, e *env) {
		good, bad := newScript(), newScript()
		good.onRead = echo
		bad.onRead = func(*script, []byte) { panic("ouch") }
		gc, bc := e.connect(good, nil), e.connect(bad, nil)
		bc.Write([]byte("x"))
		if err := bad.waitEnd(t); err == nil {
			t.Error("no reason given")
		}
		gc.Write([]byte("x"))
		if _, err := io.ReadFull(gc, make([]byte, 1)); err != nil {
			t.Error(err)
		}
		if !strings.Contains(e.logs.String(), "ouch") {
			t.Error("panic is not in the log")
		}
	})
}

func TestBatchesAreWritten(t *testing.T) {
	e := newEnv(t, "loop")
	const n = 300
	var scripts []*script
	var conns []net.Conn
	for range n {
		s := newScript()
		scripts = append(scripts, s)
		conns = append(conns, e.connect(s, nil))
	}
	var wg sync.WaitGroup
	const publishers, rounds = 4, 50
	for range publishers {
		wg.Go(func() {
			for range rounds {
				e.group.Batch(10, func() {
					for _, s := range scripts {
						s.send([]byte("0123456789"))
					}
				})
			}
		})
	}
	wg.Wait()
	for i, c := range conns {
		// It was written before Batch returned, or soon after.
		c.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.ReadFull(c, make([]byte, 10*publishers*rounds)); err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
	}
}

func TestGroupCloseTellsEveryHandler(t *testing.T) {
	onEachKind(t, func(t *testing.T, e *env) {
		var scripts []*script
		for range 20 {
			s := newScript()
			e.connect(s, nil)
			scripts = append(scripts, s)
		}
		e.group.Close()
		for _, s := range scripts {
			if err := s.waitEnd(t); err != nil {
				t.Errorf("ended with %v", err)
			}
		}
		a, b := net.Pipe()
		defer b.Close()
		if err := e.group.Serve(a, nil, newScript()); err == nil {
			t.Error("a closed group took a connection")
		}
	})
}

func TestNothingLeaks(t *testing.T) {
	onEachKind(t, func(t *testing.T, e *env) {
		churn := func(n int) {
			for i := range n {
				s := newScript()
				s.onRead = echo
				c := e.connect(s, nil)
				s.conn.WakeAt(Mono() + int64(time.Hour))
				c.Write([]byte("x"))
				io.ReadFull(c, make([]byte, 1))
				if i%2 == 0 {
					c.Close()
				} else {
					s.conn.Close()
				}
				s.waitEnd(t)
				c.Close()
			}
		}
		churn(10)
		goroutines, files := runtime.NumGoroutine(), openFiles(t)
		churn(200)
		if n := openFiles(t); n > files+2 {
			t.Errorf("%d files open, %d before", n, files)
		}
		if n := runtime.NumGoroutine(); n > goroutines+5 {
			t.Errorf("%d goroutines, %d before", n, goroutines)
		}
	})
}

func openFiles(t *testing.T) int {
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}
