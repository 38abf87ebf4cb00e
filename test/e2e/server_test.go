package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

const apiKey = "k"

// server is a running process of the binary.
type server struct {
	t    *testing.T
	dir  string
	port int
	cmd  *exec.Cmd
	log  logBuffer
	done chan struct{}
}

// start runs a server on a configuration in JSON; port and API key are added
// unless it has them.
func start(t *testing.T, config string, env ...string) *server {
	t.Helper()
	s := launch(t, config, env...)
	s.waitListening(s.port)
	return s
}

// launch is start without waiting for the server to listen.
func launch(t *testing.T, config string, env ...string) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), port: freePort(t), done: make(chan struct{})}
	s.configure(config)
	s.run([]string{"-c", "config.json"}, env)
	return s
}

// configure writes the configuration file.
func (s *server) configure(config string) {
	s.t.Helper()
	tree := map[string]any{}
	if err := json.Unmarshal([]byte(config), &tree); err != nil {
		s.t.Fatalf("the test's configuration: %v", err)
	}
	section(tree, "http_server", map[string]any{"address": "127.0.0.1", "port": s.port})
	section(tree, "http_api", map[string]any{"key": apiKey})
	data, err := json.Marshal(tree)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "config.json"), data, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// section sets defaults of a part of a configuration.
func section(tree map[string]any, name string, defaults map[string]any) {
	given, _ := tree[name].(map[string]any)
	maps.Copy(defaults, given)
	tree[name] = defaults
}

// run starts the process in the server's folder with a bare environment.
func (s *server) run(args, env []string) {
	s.t.Helper()
	s.cmd = exec.Command(program, args...)
	s.cmd.Dir = s.dir
	s.cmd.Env = append([]string{"HOME=" + s.dir, "PATH=" + os.Getenv("PATH")}, env...)
	s.cmd.Stderr = &s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		_ = s.cmd.Wait()
		close(s.done)
	}()
	s.t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.done
		if log := s.log.String(); strings.Contains(log, "DATA RACE") || strings.Contains(log, "panic") {
			s.t.Errorf("the server complains:\n%s", log)
		}
		if s.t.Failed() {
			s.t.Logf("log of the server:\n%s", s.log.String())
		}
	})
}

// waitListening returns when a port takes connections.
func (s *server) waitListening(port int) {
	s.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; {
		if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			c.Close()
			return
		}
		select {
		case <-tick.C:
		case <-s.done:
			s.t.Fatalf("the server ended with %v:\n%s", s.cmd.ProcessState, s.log.String())
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("nothing listens on port %d:\n%s", port, s.log.String())
		}
	}
}

func (s *server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// exitCode waits for the end of the process.
func (s *server) exitCode() int {
	s.t.Helper()
	select {
	case <-s.done:
		return s.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		s.t.Fatal("the server does not end")
		return 0
	}
}

// waitLog waits until a line of the log contains a text.
func (s *server) waitLog(text string) {
	s.t.Helper()
	eventually(s.t, fmt.Sprintf("the log says %q", text), func() bool { return strings.Contains(s.log.String(), text) })
}

func (s *server) url(path string) string {
	return fmt.Sprintf("http://127.0.0.1:%d%s", s.port, path)
}

// reply is an HTTP response with its body read.
type reply struct {
	status int
	header http.Header
	body   string
}

// do sends an HTTP request; headers are pairs of name and value.
func (s *server) do(method, path, body string, headers ...string) reply {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url(path), strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(data)}
}

// api calls a method of the server API and returns the body of the answer.
func (s *server) api(method, params string) string {
	s.t.Helper()
	return s.do("POST", "/api/"+method, params, "X-API-Key", apiKey).body
}

// publish publishes data, which is JSON, and returns the result's offset.
func (s *server) publish(channel, data string) uint64 {
	s.t.Helper()
	body := s.api("publish", fmt.Sprintf(`{"channel":%q,"data":%s}`, channel, data))
	var out struct {
		Error  any
		Result struct{ Offset uint64 }
	}
	if err := json.Unmarshal([]byte(body), &out); err != nil || out.Error != nil {
		s.t.Fatalf("publish: %s", body)
	}
	return out.Result.Offset
}

// epoch returns the epoch of a channel's stream.
func (s *server) epoch(channel string) string {
	s.t.Helper()
	var out struct{ Result struct{ Epoch string } }
	body := s.api("history", fmt.Sprintf(`{"channel":%q}`, channel))
	if err := json.Unmarshal([]byte(body), &out); err != nil || out.Result.Epoch == "" {
		s.t.Fatalf("history: %s", body)
	}
	return out.Result.Epoch
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// eventually waits for a condition that nothing announces.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// logBuffer keeps what a process writes.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
