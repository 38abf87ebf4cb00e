package sim

import (
	"context"
	"fmt"
	"strings"
	"time"

	"carillon"
	"carillon/engine"
	"carillon/node"
	"carillon/protocol/clientpb"
)

// steps is the length of the busy part of a simulation.
const steps = 1200

// Run runs the simulation of a seed and adds what happened to seen. The error,
// if any, comes with the story that led to it.
func Run(seed uint64, seen *Seen) error {
	w := newWorld(seed)
	defer func() { seen.add(&w.seen) }()
	for range steps {
		w.act()
		if w.err != nil {
			return w.report(seed)
		}
	}
	w.settle()
	if w.err == nil {
		w.end()
	}
	if w.err != nil {
		return w.report(seed)
	}
	return nil
}

func (w *world) report(seed uint64) error {
	story := w.log
	const last = 200
	if len(story) > last {
		story = story[len(story)-last:]
	}
	return fmt.Errorf("seed %d: %w\n%s", seed, w.err, strings.Join(story, "\n"))
}

// act does one thing.
func (w *world) act() {
	c := w.clients[w.rng.IntN(len(w.clients))]
	switch p := w.rng.IntN(100); {
	case p < 45:
		for range 1 + w.rng.IntN(5) {
			w.step()
		}
	case p < 53:
		w.burst()
	case p < 62:
		w.deliver(everyChannel[w.rng.IntN(len(everyChannel))])
	case p < 63:
		w.pass(time.Duration(w.rng.IntN(1500)) * time.Millisecond)
	case p < 64 && w.chance(15) && !w.gentle:
		w.pass(time.Duration(w.rng.IntN(400)) * time.Second) // streams expire
		w.broker.Sweep()
	case p < 65 && w.chance(30) && !w.gentle:
		ch := channels[w.rng.IntN(len(channels))]
		w.note("history of %s removed", ch)
		_ = w.broker.RemoveHistory(context.Background(), ch) // it can't fail
	case p < 66 && w.chance(20):
		w.byServer(c)
	case c.link == nil:
		c.connect()
	default:
		c.act()
	}
}

// act lets a client do one thing.
func (c *client) act() {
	w, l := c.w, c.link
	if c.ended() {
		return
	}
	switch p := w.rng.IntN(100); {
	case p < 40:
		l.receive()
	case p < 75:
		c.read(1 + w.rng.IntN(20))
	case p < 76:
		c.drop()
	case !l.connected:
	case p < 93:
		c.want()
	default:
		ch := channels[w.rng.IntN(len(channels))]
		l.send(&clientpb.Command{Publish: &clientpb.PublishRequest{Channel: ch, Data: w.payload()}})
	}
}

// want subscribes to a channel, or unsubscribes from it.
func (c *client) want() {
	ch := channels[c.w.rng.IntN(len(channels))]
	sub := c.subs[ch]
	switch {
	case sub == nil:
		sub = &subscription{channel: ch, delta: c.w.chance(50)}
		if !strings.HasPrefix(ch, "plain") && c.w.chance(40) {
			sub.filter = "x"
		}
		c.subs[ch] = sub
		c.subscribe(sub)
	case !sub.asked && !sub.leaving(c):
		c.subscribe(sub)
	case sub.live && c.w.chance(25):
		c.unsubscribe(sub)
	}
}

// payload is a document that changes little from one to the next.
func (w *world) payload() []byte {
	w.serial++
	return fmt.Appendf(nil, `{"serial":%d,"text":"%s"}`, w.serial, strings.Repeat("the same é every time ", w.rng.IntN(8)))
}

// burst publishes some to one channel, which may arrive at once.
func (w *world) burst() {
	name := everyChannel[w.rng.IntN(len(everyChannel))]
	for range 1 + w.rng.IntN(4) {
		w.publish(name)
	}
	if w.chance(60) {
		w.deliver(name)
	}
}

// publish publishes as a backend does.
func (w *world) publish(name string) {
	ch := w.node.Rules().Resolve(name)
	pub := &carillon.Publication{Data: w.payload(), Tags: map[string]string{"k": []string{"x", "y"}[w.rng.IntN(2)]}}
	o := node.PublishOptions{Delta: w.chance(60), SkipHistory: w.chance(5)}
	result, err := w.node.PublishWith(context.Background(), ch, pub, o)
	if err != nil {
		w.fail("publish to %s: %v", name, err)
	}
	w.note("published %d to %s", result.Position.Offset, name)
}

// byServer acts on a client's connections through the server API.
func (w *world) byServer(c *client) {
	if c.link == nil || !c.link.connected {
		return
	}
	target := node.Target{User: c.name}
	ch := channels[w.rng.IntN(len(channels))]
	switch w.rng.IntN(3) {
	case 0:
		w.note("server disconnects %s", c.name)
		w.spawn("disconnect", func() { w.node.DisconnectUser(target, carillon.DisconnectForceReconnect) })
	case 1:
		w.note("server unsubscribes %s from %s", c.name, ch)
		w.asked[c.name+ch] = true
		w.spawn("unsubscribe", func() { w.node.UnsubscribeUser(target, ch, carillon.UnsubscribeInsufficientState) })
	default:
		w.note("server unsubscribes %s from %s for good", c.name, ch)
		w.spawn("unsubscribe", func() { w.node.UnsubscribeUser(target, ch, carillon.UnsubscribeServer) })
	}
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	w.now = w.now.Add(d)
	w.mono += int64(d)
	w.note("%v pass", d)
	for _, c := range w.clients {
		if c.link != nil {
			c.link.tick()
		}
	}
}

// top is where a stream is, without the world's delays.
func (w *world) top(channel string) (carillon.StreamPosition, error) {
	h, err := w.broker.History(context.Background(), channel, engine.HistoryQuery{MetaTTL: 5 * time.Minute})
	return h.Top, err
}

// settle ends all disturbance, lets every client get what it wants, and checks
// that it did.
func (w *world) settle() {
	w.note("calm")
	w.calm = true
	w.comeToRest()
	if w.lost {
		// What was lost last shows only when positions are checked, twice.
		const checks = 80 * time.Second
		for range checks / (2 * time.Second) {
			w.pass(2 * time.Second)
			w.comeToRest()
		}
	}
	for _, c := range w.clients {
		if err := c.complete(); err != nil {
			w.fail("%v: %v", c, err)
		}
	}
}

// comeToRest goes on until nobody has anything to do.
func (w *world) comeToRest() {
	for range 3000 {
		for w.step() {
		}
		quiet := true
		for _, ch := range everyChannel {
			for len(w.network[ch]) > 0 {
				quiet = false
				w.deliver(ch)
			}
		}
		for _, c := range w.clients {
			quiet = w.rest(c) && quiet
		}
		if quiet || w.err != nil {
			return
		}
	}
	w.fail("clients don't come to rest")
}

// rest lets a client do what it has to, and reports whether it had nothing to.
func (w *world) rest(c *client) bool {
	switch {
	case c.link == nil:
		c.connect()
		return false
	case c.ended():
		return false
	}
	c.link.receive()
	c.read(100)
	if c.link == nil || !c.link.connected {
		return false
	}
	for _, ch := range channels {
		if sub := c.subs[ch]; sub != nil && !sub.asked && !sub.leaving(c) {
			c.subscribe(sub)
		}
	}
	return c.idle() && len(w.ready) == 0
}

// end lets everybody go, and checks that nothing of them stays.
func (w *world) end() {
	for _, ch := range everyChannel {
		if err := w.present(ch); err != nil {
			w.fail("%v", err)
		}
	}
	for _, c := range w.clients {
		c.drop()
	}
	for w.step() {
	}
	if n := len(w.node.Channels()); n > 0 {
		w.fail("%d channels have subscribers after everybody left", n)
	}
	if n := w.node.Clients(); n > 0 {
		w.fail("%d clients are registered after everybody left", n)
	}
	for _, ch := range everyChannel {
		if err := w.present(ch); err != nil {
			w.fail("after everybody left: %v", err)
		}
	}
	for who := range w.joined {
		w.fail("%s joined and never left", who)
	}
}

// present compares a channel's presence with the clients who are there.
func (w *world) present(ch string) error {
	there := 0
	for _, c := range w.clients {
		if sub := c.subs[ch]; c.link != nil && sub != nil && sub.live {
			there++
		}
	}
	stats, err := w.node.PresenceStats(context.Background(), ch)
	if err != nil {
		return err
	}
	has := w.node.Rules().Resolve(ch).Options.Presence
	if has && stats.Clients != there || !has && stats.Clients != 0 {
		return fmt.Errorf("%s: %d clients present, %d are subscribed", ch, stats.Clients, there)
	}
	return nil
}
