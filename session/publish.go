package session

import (
	"carillon"
	"carillon/channel"
	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// publish handles the publish command. Commands of type map are for namespaces
// that do not exist here and fail like any other publish into such a channel.
func (s *Session) publish(id uint32, req *clientpb.PublishRequest) error {
	ch, err := s.resolve(req.Channel)
	if err != nil {
		return err
	}
	client, info, subscribed := s.asPublisher(ch)
	if err := s.env.Access.Publish(s.env.Context, client, ch, subscribed, req.Data); err != nil {
		return err
	}
	pub := &carillon.Publication{Data: req.Data, Info: info}
	if err := s.env.Node.Publish(s.env.Context, ch, pub); err != nil {
		return err
	}
	return s.send(protocol.TypePublish, &clientpb.Reply{Id: id, Publish: &clientpb.PublishResult{}})
}

// resolve finds the options of the channel that a command names, and refuses
// names that can't be.
func (s *Session) resolve(name string) (channel.Resolved, error) {
	if name == "" {
		return channel.Resolved{}, carillon.DisconnectBadRequest
	}
	ch := s.env.Node.Rules().Resolve(name)
	switch {
	case ch.Options == nil:
		return ch, carillon.ErrUnknownChannel
	case !ch.Legal():
		return ch, carillon.ErrBadRequest
	}
	return ch, nil
}

// asPublisher describes the client as the publisher of a message in a channel.
func (s *Session) asPublisher(ch channel.Resolved) (client Client, info *carillon.ClientInfo, subscribed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var chanInfo []byte
	if sub := s.subs.get(ch.Name); sub != nil && sub.state == subLive {
		subscribed, chanInfo = true, sub.info
	}
	return s.client(), s.clientInfo(chanInfo), subscribed
}

// asReader describes the client as a caller of presence or history.
func (s *Session) asReader(ch channel.Resolved) (client Client, subscribed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub := s.subs.get(ch.Name)
	return s.client(), sub != nil && sub.state == subLive
}

// rpc handles the rpc command.
func (s *Session) rpc(id uint32, req *clientpb.RPCRequest) error {
	s.mu.Lock()
	client := s.client()
	s.mu.Unlock()
	data, err := s.env.Access.RPC(s.env.Context, client, req.Method, req.Data)
	if err != nil {
		return err
	}
	return s.send(protocol.TypeRPC, &clientpb.Reply{Id: id, Rpc: &clientpb.RPCResult{Data: data}})
}
