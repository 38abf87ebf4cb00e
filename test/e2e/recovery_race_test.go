package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
)

// follower is a client that comes and goes, and checks that it sees every
// offset of a channel once, in order.
type follower struct {
	s       *server
	t       *testing.T
	channel string
	rand    *rand.Rand
	offset  uint64
	epoch   string
	// seen counts publications, recovered those that came with a reply.
	seen, recovered int
}

// visit subscribes from where the follower was and follows for a while; if
// until isn't 0, no longer than until it has seen that offset.
func (f *follower) visit(until uint64) error {
	c := f.s.dial(f.t)
	defer c.drop()
	c.send(`{"id":1,"connect":{}}`)
	f.subscribe(c)
	stay := f.rand.IntN(40)
	if until > 0 {
		stay = 0
	}
	for pushes := 0; ; {
		line, err := c.next(patience)
		if err != nil {
			return fmt.Errorf("at offset %d: %w", f.offset, err)
		}
		var m struct {
			ID        int
			Error     any
			Subscribe *struct {
				Offset       uint64
				Epoch        string
				Recovered    bool
				Publications []pubFields
			}
			Push struct{ Pub *pubFields }
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil || m.Error != nil {
			return fmt.Errorf("message %s, %v", line, err)
		}
		switch {
		case m.Subscribe != nil:
			if f.epoch != "" && !m.Subscribe.Recovered {
				return fmt.Errorf("not recovered from offset %d: %s", f.offset, line)
			}
			if f.epoch == "" {
				f.offset = m.Subscribe.Offset
			}
			f.epoch = m.Subscribe.Epoch
			for _, pub := range m.Subscribe.Publications {
				f.recovered++
				if err := f.take(pub); err != nil {
					return err
				}
			}
		case m.Push.Pub != nil:
			if f.epoch == "" {
				return fmt.Errorf("a push before the reply: %s", line)
			}
			pushes++
			if err := f.take(*m.Push.Pub); err != nil {
				return err
			}
		}
		if f.epoch != "" && pushes >= stay && f.offset >= until {
			return nil
		}
		// Within one connection, too, a subscription may end and begin again.
		if pushes > 0 && f.rand.IntN(30) == 0 {
			c.send(fmt.Sprintf(`{"id":8,"unsubscribe":{"channel":%q}}`, f.channel))
			if err := f.untilUnsubscribed(c); err != nil {
				return err
			}
			f.subscribe(c)
		}
	}
}

func (f *follower) subscribe(c *conn) {
	if f.epoch == "" {
		c.send(fmt.Sprintf(`{"id":2,"subscribe":{"channel":%q}}`, f.channel))
		return
	}
	c.send(fmt.Sprintf(`{"id":2,"subscribe":{"channel":%q,"recover":true,"offset":%d,"epoch":%q}}`, f.channel, f.offset, f.epoch))
}

// untilUnsubscribed takes publications until the reply to an unsubscribe.
func (f *follower) untilUnsubscribed(c *conn) error {
	for {
		line, err := c.next(patience)
		if err != nil {
			return err
		}
		var m struct {
			ID   int
			Push struct{ Pub *pubFields }
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			return err
		}
		if m.ID == 8 {
			return nil
		}
		if m.Push.Pub != nil {
			if err := f.take(*m.Push.Pub); err != nil {
				return err
			}
		}
	}
}

func (f *follower) take(pub pubFields) error {
	if pub.Offset != f.offset+1 {
		return fmt.Errorf("after offset %d came %d", f.offset, pub.Offset)
	}
	f.offset = pub.Offset
	f.seen++
	return nil
}

// TestStreams17NoGapNoDuplicate publishes from several goroutines as fast as
// they can while clients subscribe, drop and recover.
func TestStreams17NoGapNoDuplicate(t *testing.T) {
	t.Parallel()
	s := start(t, `{"client": {"allow_anonymous_connect_without_token": true, "recovery_max_publication_limit": 100000}, "channel": {"without_namespace": {
		"allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true,
		"history_size": 100000, "history_ttl": "300s", "force_recovery": true}}}`)
	const channels, publishers, visits = 3, 4, 60
	var publishing, following sync.WaitGroup
	var stop atomic.Bool
	var last [channels]atomic.Uint64
	for p := range publishers {
		publishing.Go(func() {
			for n := p; !stop.Load(); n++ {
				top := s.publish(fmt.Sprint("c", n%channels), fmt.Sprint(n))
				for at := &last[n%channels]; ; {
					old := at.Load()
					if old >= top || at.CompareAndSwap(old, top) {
						break
					}
				}
			}
		})
	}
	followers := make([]*follower, 9)
	for i := range followers {
		f := &follower{s: s, t: t, channel: fmt.Sprint("c", i%channels), rand: rand.New(rand.NewPCG(uint64(i), 17))}
		followers[i] = f
		following.Go(func() {
			for range visits {
				if err := f.visit(0); err != nil {
					t.Errorf("follower %d of %s: %v", i, f.channel, err)
					return
				}
			}
		})
	}
	following.Wait()
	stop.Store(true)
	publishing.Wait()
	seen, recovered := 0, 0
	for i, f := range followers {
		// The last visit brings all that the others have left behind.
		if err := f.visit(last[i%channels].Load()); err != nil {
			t.Errorf("follower %d of %s at the end: %v", i, f.channel, err)
		}
		seen, recovered = seen+f.seen, recovered+f.recovered
	}
	if recovered < 100 || seen-recovered < 100 {
		t.Errorf("%d publications were recovered and %d live: the test tests little", recovered, seen-recovered)
	}
	t.Logf("%d publications seen, %d of them recovered", seen, recovered)
}
