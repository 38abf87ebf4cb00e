package api_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"carillon/api"
)

const limit = 1024

// crowd lets operations wait, and counts them.
type crowd struct {
	waiting, total atomic.Int64
	goOn           chan struct{}
}

func (c *crowd) before(string) error {
	c.total.Add(1)
	c.waiting.Add(1)
	<-c.goOn
	c.waiting.Add(-1)
	return nil
}

// commands are n publishes to as many channels.
func commands(n int) []*api.Command {
	list := make([]*api.Command, n)
	for i := range list {
		list[i] = &api.Command{Publish: publish(fmt.Sprint(i), fmt.Sprint(i))}
	}
	return list
}

// Where the store makes callers wait, they wait together, but not without bound.
func TestParallelWorkIsBounded(t *testing.T) {
	const n = 3 * limit
	channels := make([]string, n)
	for i := range channels {
		channels[i] = fmt.Sprint(i)
	}
	for name, call := range map[string]func(*api.Service) int{
		"batch": func(s *api.Service) int {
			return len(s.Batch(t.Context(), &api.BatchRequest{Commands: commands(n), Parallel: true}).Replies)
		},
		"broadcast": func(s *api.Service) int {
			req := &api.BroadcastRequest{Channels: channels}
			req.Data = []byte("1")
			res, err := s.Broadcast(t.Context(), req)
			if err != nil {
				t.Error(err)
			}
			return len(res.Responses)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, store := newService(t)
				c := &crowd{goOn: make(chan struct{})}
				store.before = c.before
				answered := make(chan int, 1)
				go func() { answered <- call(s) }()
				synctest.Wait()
				if got := c.waiting.Load(); got != limit {
					t.Errorf("%d operations are under way, want %d", got, limit)
				}
				close(c.goOn)
				if got := <-answered; got != n || c.total.Load() != n {
					t.Errorf("there were %d operations and %d answers, want %d", c.total.Load(), got, n)
				}
			})
		})
	}
}

func TestCommandsInOrderWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := newService(t)
		c := &crowd{goOn: make(chan struct{})}
		store.before = c.before
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.Batch(t.Context(), &api.BatchRequest{Commands: commands(10)})
		}()
		for n := range int64(10) {
			synctest.Wait()
			if c.total.Load() != n+1 || c.waiting.Load() != 1 {
				t.Errorf("%d commands began and %d are under way, want %d and 1", c.total.Load(), c.waiting.Load(), n+1)
			}
			c.goOn <- struct{}{}
		}
		<-done
	})
}

func TestAnswersOfParallelWorkAreInOrder(t *testing.T) {
	s, _ := newService(t)
	const n = 2000
	list := commands(n)
	for i := 0; i < n; i += 2 {
		list[i].Publish.Channel = "nope:x"
	}
	for i, reply := range s.Batch(t.Context(), &api.BatchRequest{Commands: list, Parallel: true}).Replies {
		if failed := reply.Error != nil; failed != (i%2 == 0) {
			t.Fatalf("reply %d is %+v", i, reply)
		}
	}
	for i := 1; i < n; i += 2 {
		h, err := s.History(t.Context(), &api.HistoryRequest{Channel: fmt.Sprint(i), Limit: 10})
		if err != nil || len(h.Publications) != 1 || string(h.Publications[0].Data) != fmt.Sprint(i) {
			t.Fatalf("stream %d is %+v, %v", i, h, err)
		}
	}
}

// What one call has to say to many connections is written together.
func TestPublishesAreWrittenTogether(t *testing.T) {
	for name, call := range map[string]func(*api.Service){
		"publish": func(s *api.Service) { _, _ = s.Publish(t.Context(), publish("a", "1")) },
		"broadcast": func(s *api.Service) {
			req := &api.BroadcastRequest{Channels: []string{"a", "b"}}
			req.Data = []byte("1")
			_, _ = s.Broadcast(t.Context(), req)
		},
		"batch": func(s *api.Service) { s.Batch(t.Context(), &api.BatchRequest{Commands: commands(2)}) },
	} {
		s, store := newService(t)
		var outside atomic.Bool
		store.before = func(string) error {
			if store.within.Load() != 1 {
				outside.Store(true)
			}
			return nil
		}
		call(s)
		if outside.Load() {
			t.Errorf("%s publishes outside one batch of writes", name)
		}
	}
}
