package e2e

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// These tests are named after the rows of the reliability programme.

const churnConfig = `{"prometheus": {"enabled": true},
	"client": {"token": {"hmac_secret_key": "secret"}, "allow_anonymous_connect_without_token": true},
	"channel": {"without_namespace": {"history_size": 100, "history_ttl": "60s", "force_recovery": true, "presence": true, "join_leave": true,
		"force_push_join_leave": true, "allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true}}}`

// watch fails the test if f takes longer than a server that isn't stuck does.
func watch(t *testing.T, what string, f func()) {
	t.Helper()
	began := time.Now()
	f()
	if took := time.Since(began); took > stuckAfter {
		t.Errorf("%s took %v", what, took)
	}
}

// stuckAfter is far above what anything takes, also on a busy machine.
const stuckAfter = 5 * time.Second

// churn lets clients with two server-side subscriptions come and go while a
// publisher is at work.
func churn(t *testing.T, s *server, clients, rounds int) {
	t.Helper()
	var publishing, churning sync.WaitGroup
	var stop atomic.Bool
	publishing.Go(func() {
		for n := 0; !stop.Load(); n++ {
			watch(t, "publish", func() { s.publish([]string{"a", "b"}[n%2], `{"n":`+fmt.Sprint(n)+`}`) })
		}
	})
	for i := range clients {
		churning.Go(func() {
			token := sign(map[string]any{"sub": fmt.Sprint("u", i), "channels": []string{"a", "b"}}, "secret")
			for round := range rounds {
				c := s.dial(t)
				watch(t, "connect", func() {
					c.send(`{"id":1,"connect":{"token":"` + token + `","subs":{"a":{"recover":true,"offset":1},"b":{"recover":true,"offset":1}}}}`)
					c.line()
				})
				watch(t, "subscribe", func() {
					c.send(`{"id":2,"subscribe":{"channel":"c"}}`)
					for !strings.HasPrefix(c.line(), `{"id":2`) {
					}
				})
				if round%2 == 0 {
					watch(t, "disconnect", func() {
						s.api("disconnect", fmt.Sprintf(`{"user":"u%d"}`, i))
						c.expectEventualClose(3503, "force disconnect")
					})
				}
				c.drop()
			}
		})
	}
	churning.Wait()
	stop.Store(true)
	publishing.Wait()
}

func TestReliability01LockCycles(t *testing.T) {
	t.Parallel()
	churn(t, start(t, churnConfig), 8, 40)
}

func TestReliability02NothingOutlivesItsConnection(t *testing.T) {
	t.Parallel()
	s := start(t, churnConfig)
	gauge := func(name string) float64 {
		v, err := strconv.ParseFloat(s.metric(name), 64)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return v
	}
	churn(t, s, 2, 2) // what is made once is made now
	goroutines := gauge("go_goroutines")
	churn(t, s, 8, 20)
	for _, name := range []string{"carillon_node_num_clients", "carillon_node_num_users", "carillon_node_num_subscriptions", "carillon_node_num_channels"} {
		eventually(t, name+" is 0", func() bool { return gauge(name) == 0 })
	}
	eventually(t, "no goroutine is left", func() bool { return gauge("go_goroutines") <= goroutines+3 })
	for _, channel := range []string{"a", "b", "c"} {
		if got := s.api("presence", fmt.Sprintf(`{"channel":%q}`, channel)); got != `{"result":{"presence":{}}}` {
			t.Errorf("presence of %s: %s", channel, got)
		}
	}
	for line := range strings.Lines(s.do("GET", "/metrics", "").body) {
		if strings.Contains(line, "_inflight") && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "promhttp") && !strings.HasSuffix(line, " 0\n") {
			t.Errorf("a gauge is not back at 0: %s", line)
		}
	}
}

func TestReliability07ExtremeTimes(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"token": {"hmac_secret_key": "secret"}, "ping_interval": "1s", "pong_timeout": "500ms"}}`)
	for _, exp := range []string{"9223372036854775807", "9223372036854775806", "253402300800", "1e300", "4102444800"} {
		t.Run(exp, func(t *testing.T) {
			t.Parallel()
			c := s.dial(t)
			c.send(`{"id":1,"connect":{"token":"` + signRaw(`{"sub":"42","exp":`+exp+`}`, "secret") + `"}}`)
			if line := c.line(); !strings.Contains(line, `"connect"`) || !strings.Contains(line, `"ping":1`) {
				t.Fatalf("reply %s", line)
			}
			last := time.Now()
			for range 3 {
				data, _, err := c.frame()
				if err != nil || string(data) != "{}" {
					t.Fatalf("%s, %v; want a ping", data, err)
				}
				if gap := time.Since(last); gap > 3*time.Second {
					t.Errorf("a ping came after %v", gap)
				}
				last = time.Now()
				c.send("{}")
			}
		})
	}
}

// TestReliability15ClientRaces sends commands in any order, without waiting,
// and breaks off anywhere: each command gets its answer, or the connection the
// code that the protocol names.
func TestReliability15ClientRaces(t *testing.T) {
	t.Parallel()
	s := start(t, churnConfig)
	token := sign(map[string]any{"sub": "42"}, "secret")
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 0))
		c := s.dial(t)
		frame := []string{`{"id":1,"connect":{"token":"` + token + `"}}`}
		for id := 2; id < 30; id++ {
			channel := string(rune('a' + r.IntN(2)))
			kind := []string{"subscribe", "subscribe", "unsubscribe", "presence", "history"}[r.IntN(5)]
			command := fmt.Sprintf(`{"id":%d,"%s":{"channel":"%s"}}`, id, kind, channel)
			if r.IntN(10) == 0 {
				command = fmt.Sprintf(`{"id":%d,"refresh":{"token":"%s"}}`, id, token)
			}
			frame = append(frame, command)
		}
		if seed%3 == 0 {
			c.send(strings.Join(frame, "\n"))
			c.drop()
			continue
		}
		for _, command := range frame {
			c.send(command)
		}
		next := 1
		for next < 30 {
			line := c.line()
			if strings.HasPrefix(line, `{"push"`) {
				continue
			}
			if !strings.HasPrefix(line, fmt.Sprintf(`{"id":%d,`, next)) {
				t.Fatalf("seed %d: awaiting the reply %d, got %s", seed, next, line)
			}
			next++
		}
		c.drop()
	}
	eventually(t, "all are gone", func() bool { return s.metric("carillon_node_num_clients") == "0" })
}

func TestReliability16SubscribedMeansLive(t *testing.T) {
	t.Parallel()
	s := start(t, churnConfig)
	c := s.connect(t, `{}`)
	for n := range 300 {
		channel := fmt.Sprint("live", n)
		c.send(fmt.Sprintf(`{"id":2,"subscribe":{"channel":%q}}`, channel))
		for !strings.HasPrefix(c.line(), `{"id":2,"subscribe"`) {
		}
		s.publish(channel, "1")
		for {
			line := c.line()
			if strings.Contains(line, `"pub"`) {
				break
			}
		}
		c.send(fmt.Sprintf(`{"id":3,"unsubscribe":{"channel":%q}}`, channel))
	}
}

func TestReliability18Presence(t *testing.T) {
	t.Parallel()
	s := start(t, churnConfig)
	watcher := s.connect(t, `{}`)
	watcher.subscribe("p", `{"id":2,"subscribe":"*"}`)
	watcher.line() // its own join
	connect := func() *conn {
		c := s.as(t, "42")
		c.send(`{"id":2,"subscribe":{"channel":"p"}}`)
		return c
	}
	first, second := connect(), connect()
	for range 2 {
		watcher.expect(`{"push":{"channel":"p","join":{"info":{"user":"42","client":"*"}}}}`)
	}
	watcher.match(s.api("presence_stats", `{"channel":"p"}`), `{"result":{"num_clients":3,"num_users":2}}`)
	first.drop()
	watcher.expect(`{"push":{"channel":"p","leave":{"info":{"user":"42","client":"*"}}}}`)
	watcher.match(s.api("presence_stats", `{"channel":"p"}`), `{"result":{"num_clients":2,"num_users":2}}`)
	second.drop()
	watcher.expect(`{"push":{"channel":"p","leave":{"info":{"user":"42","client":"*"}}}}`)
	watcher.match(s.api("presence_stats", `{"channel":"p"}`), `{"result":{"num_clients":1,"num_users":1}}`)
	watcher.expectNothing()
}

// TestStreams42JoinComesBeforeLeave lets a client come and go faster than
// anybody could look.
func TestStreams42JoinComesBeforeLeave(t *testing.T) {
	t.Parallel()
	s := start(t, churnConfig)
	watcher := s.connect(t, `{}`)
	watcher.subscribe("p", `{"id":2,"subscribe":"*"}`)
	watcher.line()
	const visits = 300
	var visiting sync.WaitGroup
	for range 3 {
		visiting.Go(func() {
			for range visits / 3 {
				c := s.dial(t)
				c.send(`{"id":1,"connect":{}}` + "\n" + `{"id":2,"subscribe":{"channel":"p"}}`)
				c.line()
				c.line()
				c.drop()
			}
		})
	}
	here := map[string]bool{}
	for left := 0; left < visits; {
		line := watcher.line()
		client := line[strings.Index(line, `"client":"`)+10:][:36]
		switch {
		case strings.Contains(line, `"join"`) && !here[client]:
			here[client] = true
		case strings.Contains(line, `"leave"`) && here[client]:
			left++
		default:
			t.Fatalf("out of turn: %s", line)
		}
	}
	visiting.Wait()
}
