package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"carillon"
	"carillon/delta"
	"carillon/protocol"
)

// read lets the client take what the server has for it, n messages at most, and
// checks everything.
func (c *client) read(n int) {
	l := c.link
	for ; n > 0 && l.more(); n-- {
		f := l.box[0]
		l.box = l.box[1:]
		replies, err := decode(c.enc, f.Payload())
		if err != nil {
			c.w.fail("%v: message can't be decoded: %v: %q", c, err, f.Payload())
			return
		}
		for _, r := range replies {
			if err := c.take(l, r); err != nil {
				c.w.fail("%v: %v", c, err)
				return
			}
			if c.link != l {
				return
			}
		}
	}
}

// more fetches what the server has for the client, and reports whether there is
// anything to read.
func (l *link) more() bool {
	if len(l.box) == 0 {
		l.box = l.session.Pull(make([]*protocol.Frame, 0, 1+l.c.w.rng.IntN(8)))
	}
	return len(l.box) > 0
}

// ended finds out about a connection that the server closed, once everything
// before was read.
func (c *client) ended() bool {
	l := c.link
	if !l.finished || l.more() {
		return false
	}
	c.w.seen.Disconnected.Add(1)
	if c.w.gentle && l.why == carillon.DisconnectInsufficientState {
		c.w.fail("%v: position lost though nothing happened", c)
	}
	c.w.note("%s was disconnected: %v", c.name, l.why)
	c.gone()
	c.w.spawn(c.name+" closes", func() { l.session.Close(carillon.DisconnectConnectionClosed) })
	return true
}

func (c *client) take(l *link, r *reply) error {
	switch {
	case r.Push != nil:
		return c.takePush(r.Push)
	case r.ID == 0: // a ping
		l.inbox = append(l.inbox, pong(c.enc))
		return nil
	case r.ID == l.connectID:
		if r.Error != nil {
			c.drop()
			return nil
		}
		return c.takeConnect(l, r)
	case l.leaving[r.ID] != nil:
		delete(l.leaving, r.ID)
		return nil
	case l.pending[r.ID] != nil:
		sub := l.pending[r.ID]
		delete(l.pending, r.ID)
		if r.Error != nil {
			c.w.note("%s: subscribe to %s: error %d", c.name, sub.channel, r.Error.Code)
			sub.asked = false
			return nil
		}
		if !sub.asked {
			return nil // unsubscribed meanwhile
		}
		return c.begin(sub, r.Subscribe)
	}
	return nil
}

func pong(enc protocol.Encoding) []byte {
	if enc == protocol.JSON {
		return []byte("{}")
	}
	return []byte{0}
}

func (c *client) takeConnect(l *link, r *reply) error {
	l.connected = true
	c.w.note("%s is connected", c.name)
	for _, ch := range serverChannels {
		result := r.Connect.Subs[ch]
		if result == nil {
			return fmt.Errorf("connect reply lacks %s", ch)
		}
		if err := c.begin(c.subs[ch], result); err != nil {
			return err
		}
	}
	return nil
}

// begin checks the answer to a subscribe.
func (c *client) begin(sub *subscription, r *subscribed) error {
	c.w.note("%s is subscribed to %s: recovered %v, %d publications, position %d %s",
		c.name, sub.channel, r.Recovered, len(r.Publications), r.Offset, r.Epoch)
	sub.live, sub.asked = true, true
	sub.positioned, sub.negotiated = r.Positioned, r.Delta
	sub.known = r.Recoverable
	if want := sub.delta && sub.filter == "" && !strings.HasPrefix(sub.channel, "plain"); r.Delta != want {
		return fmt.Errorf("%s: delta is %v, want %v", sub.channel, r.Delta, want)
	}
	if !r.Recovered && len(r.Publications) > 0 {
		return fmt.Errorf("%s: publications without recovery", sub.channel)
	}
	if !r.Positioned {
		return nil
	}
	cache := strings.HasPrefix(sub.channel, "cache") || strings.HasPrefix(sub.channel, "auto")
	if r.Recovered && !cache && sub.want.Epoch != "" && r.Epoch != sub.want.Epoch {
		return fmt.Errorf("%s: recovered from epoch %q in epoch %q", sub.channel, sub.want.Epoch, r.Epoch)
	}
	if r.Recovered && !sub.recover && !strings.HasPrefix(sub.channel, "auto") {
		return fmt.Errorf("%s: recovered without being asked", sub.channel)
	}
	sub.position = carillon.StreamPosition{Offset: r.Offset, Epoch: r.Epoch}
	switch {
	case r.Recovered && cache:
		c.w.seen.CacheHits.Add(1)
	case r.Recovered:
		c.w.seen.Recovered.Add(1)
		c.w.seen.Missed.Add(int64(len(r.Publications)))
	case sub.recover:
		c.w.seen.Unrecovered.Add(1)
	}
	if cache && r.Recovered {
		return c.beginCache(sub, r)
	}
	for _, pub := range r.Publications {
		if err := c.takePublication(sub, pub); err != nil {
			return fmt.Errorf("recovered: %w", err)
		}
	}
	return nil
}

// beginCache checks a recovery of the newest publication only.
func (c *client) beginCache(sub *subscription, r *subscribed) error {
	t := c.w.model.stream(sub.channel, r.Epoch)
	for i, pub := range r.Publications {
		c.w.note("%s begins with %d of %s", c.name, pub.Offset, sub.channel)
		truth := t.at(pub.Offset)
		if truth == nil {
			return fmt.Errorf("%s: offset %d was never published", sub.channel, pub.Offset)
		}
		// Two publications may come: the first is the base of the second.
		if i > 0 && pub.Offset != r.Publications[i-1].Offset+1 {
			return fmt.Errorf("%s: cache recovery with offsets %d and %d", sub.channel, r.Publications[i-1].Offset, pub.Offset)
		}
		if err := c.payload(sub, pub, truth.Data); err != nil {
			return err
		}
		sub.position.Offset = pub.Offset
	}
	return nil
}

func (c *client) takePush(p *push) error {
	sub := c.subs[p.Channel]
	switch {
	case p.Unsubscribe != nil:
		c.w.note("%s was unsubscribed from %s: %d", c.name, p.Channel, p.Unsubscribe.Code)
		c.w.seen.Unsubscribed.Add(1)
		if c.w.gentle && p.Unsubscribe.Code == carillon.UnsubscribeInsufficientState.Code && !c.w.asked[c.name+p.Channel] {
			return fmt.Errorf("%s: position lost though nothing happened", p.Channel)
		}
		if sub != nil && sub.live {
			sub.live, sub.asked = false, false
		}
		return nil
	case p.Pub == nil:
		return nil // joins and leaves
	case sub == nil || !sub.live:
		if sub != nil && sub.leaving(c) {
			return nil // sent before the server knew
		}
		return fmt.Errorf("%s: publication without a subscription", p.Channel)
	}
	return c.takePublication(sub, p.Pub)
}

// leaving reports whether an unsubscribe of the channel is under way.
func (s *subscription) leaving(c *client) bool {
	for _, other := range c.link.leaving {
		if other == s {
			return true
		}
	}
	return false
}

// takePublication checks that a publication is the next one this client is to
// see.
func (c *client) takePublication(sub *subscription, pub *publication) error {
	c.w.note("%s gets %d of %s", c.name, pub.Offset, sub.channel)
	if !sub.positioned || pub.Offset == 0 {
		return c.takeLoose(sub, pub)
	}
	if sub.position.Epoch == "" {
		sub.position.Epoch = pub.Epoch
	}
	t := c.w.model.stream(sub.channel, sub.position.Epoch)
	truth := t.at(pub.Offset)
	switch {
	case truth == nil:
		return fmt.Errorf("%s: offset %d was never published in %s", sub.channel, pub.Offset, sub.position.Epoch)
	case pub.Offset <= sub.position.Offset:
		return fmt.Errorf("%s: offset %d after %d", sub.channel, pub.Offset, sub.position.Offset)
	case sub.filter != "" && truth.Tags["k"] != sub.filter:
		return fmt.Errorf("%s: offset %d does not match the filter", sub.channel, pub.Offset)
	}
	if err := t.hidden(sub.position.Offset, pub.Offset, sub.filter); err != nil {
		return fmt.Errorf("%s: %w", sub.channel, err)
	}
	c.w.seen.Filtered.Add(int64(pub.Offset - sub.position.Offset - 1))
	sub.position.Offset = pub.Offset
	return c.payload(sub, pub, truth.Data)
}

// takeLoose checks a publication outside of a stream, or one whose place in it
// the client doesn't follow.
func (c *client) takeLoose(sub *subscription, pub *publication) error {
	data, err := c.open(sub, pub)
	if err != nil {
		return err
	}
	if pub.Offset == 0 && !c.w.model.loose[sub.channel+" "+string(data)] {
		return fmt.Errorf("%s: %q was never published", sub.channel, data)
	}
	if sub.seen[string(data)] {
		return fmt.Errorf("%s: %q came twice", sub.channel, data)
	}
	sub.seen[string(data)] = true
	return nil
}

func (c *client) payload(sub *subscription, pub *publication, want []byte) error {
	got, err := c.open(sub, pub)
	if err == nil && !bytes.Equal(got, want) {
		err = fmt.Errorf("%s: offset %d has payload %q, want %q", sub.channel, pub.Offset, got, want)
	}
	return err
}

// open undoes delta compression, as SDKs do.
func (c *client) open(sub *subscription, pub *publication) ([]byte, error) {
	data := []byte(pub.Data)
	c.w.seen.Publications.Add(1)
	if !sub.negotiated {
		if pub.Delta {
			return nil, fmt.Errorf("%s: delta was not negotiated", sub.channel)
		}
		return data, nil
	}
	if c.enc == protocol.JSON {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return nil, fmt.Errorf("%s: payload of a delta subscription is no string: %q", sub.channel, data)
		}
		data = []byte(text)
	}
	if pub.Delta {
		c.w.seen.Patches.Add(1)
		applied, err := delta.Apply(sub.base, data, 1<<20)
		if err != nil {
			return nil, fmt.Errorf("%s: offset %d: %w", sub.channel, pub.Offset, err)
		}
		data = applied
	}
	sub.base = data
	return data, nil
}

// complete checks that nothing is missing, once everything has come to rest.
func (c *client) complete() error {
	for _, ch := range everyChannel {
		sub := c.subs[ch]
		if sub == nil || !sub.positioned {
			continue
		}
		top, err := c.w.top(ch)
		if err != nil {
			return err
		}
		if top.Epoch != sub.position.Epoch && top.Offset > 0 {
			return fmt.Errorf("%s: client is in epoch %q, the stream in %q", ch, sub.position.Epoch, top.Epoch)
		}
		if top.Epoch == sub.position.Epoch {
			if err := c.w.model.stream(ch, top.Epoch).hidden(sub.position.Offset, top.Offset+1, sub.filter); err != nil {
				return fmt.Errorf("%s: client stopped at %d of %d: %w", ch, sub.position.Offset, top.Offset, err)
			}
		}
	}
	return nil
}
