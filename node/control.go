package node

import (
	"context"
	"sync"
	"time"

	"carillon"
	"carillon/session"
)

// SubscribeUser subscribes connections to a channel.
func (n *Node) SubscribeUser(t Target, sub session.ServerSubscription) error {
	for _, s := range n.registry.find(t) {
		if err := s.ServerSubscribe(sub); err != nil {
			return err
		}
	}
	return nil
}

// UnsubscribeUser ends connections' subscriptions to a channel.
func (n *Node) UnsubscribeUser(t Target, channel string, why carillon.Unsubscribe) {
	for _, s := range n.registry.find(t) {
		s.ServerUnsubscribe(channel, why)
	}
}

// DisconnectUser closes connections.
func (n *Node) DisconnectUser(t Target, why carillon.Disconnect) {
	for _, s := range n.registry.find(t) {
		s.Close(why)
	}
}

// RefreshUser gives connections a new expiry, Unix seconds or 0 for none, and
// new info unless it is empty.
func (n *Node) RefreshUser(t Target, expireAt int64, info []byte) error {
	for _, s := range n.registry.find(t) {
		if err := s.ServerRefresh(expireAt, info); err != nil {
			return err
		}
	}
	return nil
}

// Channels returns the channels with subscribers and the number of these.
func (n *Node) Channels() map[string]int { return n.hub.Channels() }

// Info describes one node.
type Info struct {
	ID, Name, Version                       string
	Clients, Users, Subscriptions, Channels int
	Uptime                                  time.Duration
}

// Nodes describes every node that this one knows, itself included.
func (n *Node) Nodes() []Info {
	s := n.sizes()
	return []Info{{
		ID: n.ID, Name: n.Name, Version: n.Version, Uptime: time.Since(n.started),
		Clients: s.Clients, Users: s.Users, Subscriptions: s.Subscriptions, Channels: s.Channels,
	}}
}

// closings is how many connections are closed at once on shutdown, so that the
// burst stays soft for those who hear of it.
const closings = 128

// Stop closes every connection with the shutdown reason, takes no new ones, and
// waits for what runs on their behalf, for as long as ctx allows.
func (n *Node) Stop(ctx context.Context) error {
	n.registry.mu.Lock()
	n.registry.stopping = true
	n.registry.mu.Unlock()

	slots := make(chan struct{}, closings)
	var open sync.WaitGroup
	for _, s := range n.registry.all() {
		slots <- struct{}{}
		open.Go(func() {
			s.Close(carillon.DisconnectShutdown)
			<-slots
		})
	}
	open.Wait()

	done := make(chan struct{})
	go func() {
		n.work.Lock()
		n.work.stopping = true
		n.work.Unlock()
		n.work.group.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
