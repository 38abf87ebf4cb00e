package protocol

import "carillon/protocol/clientpb"

// decodeJSONCommand reads one command. Fields that are not known are skipped,
// and of several with one name the last counts.
func decodeJSONCommand(text []byte, c *clientpb.Command) error {
	s := scanner{text: text}
	s.command(c)
	s.end()
	return s.err
}

func (s *scanner) command(c *clientpb.Command) {
	if !s.object() {
		if s.err == nil {
			s.fail("a command is an object")
		}
		return
	}
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return
		}
		switch string(key) {
		case "id":
			c.Id = uint32(s.uint(32))
		case "connect":
			c.Connect = s.connectRequest()
		case "subscribe":
			c.Subscribe = s.subscribeRequest()
		case "unsubscribe":
			c.Unsubscribe = s.unsubscribeRequest()
		case "publish":
			c.Publish = s.publishRequest()
		case "presence":
			c.Presence = s.presenceRequest()
		case "presence_stats":
			c.PresenceStats = s.presenceStatsRequest()
		case "history":
			c.History = s.historyRequest()
		case "ping":
			c.Ping = s.pingRequest()
		case "send":
			c.Send = s.sendRequest()
		case "rpc":
			c.Rpc = s.rpcRequest()
		case "refresh":
			c.Refresh = s.refreshRequest()
		case "sub_refresh":
			c.SubRefresh = s.subRefreshRequest()
		default:
			s.skip()
		}
	}
}

func (s *scanner) connectRequest() *clientpb.ConnectRequest {
	if !s.object() {
		return nil
	}
	m := new(clientpb.ConnectRequest)
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return m
		}
		switch string(key) {
		case "token":
			m.Token = s.string()
		case "data":
			m.Data = s.raw()
		case "subs":
			m.Subs = s.subs()
		case "name":
			m.Name = s.string()
		case "version":
			m.Version = s.string()
		case "headers":
			m.Headers = s.stringMap()
		case "flag":
			m.Flag = s.int(64)
		default:
			s.skip()
		}
	}
}

func (s *scanner) subs() map[string]*clientpb.SubscribeRequest {
	if !s.object() {
		return nil
	}
	m := map[string]*clientpb.SubscribeRequest{}
	for first := true; ; {
		name, more := s.mapKey(&first)
		if !more {
			return m
		}
		if m[name] = s.subscribeRequest(); m[name] == nil {
			m[name] = new(clientpb.SubscribeRequest) // null
		}
	}
}

func (s *scanner) stringMap() map[string]string {
	if !s.object() {
		return nil
	}
	m := map[string]string{}
	for first := true; ; {
		name, more := s.mapKey(&first)
		if !more {
			return m
		}
		m[name] = s.string()
	}
}

// mapKey is key for maps, whose keys are kept as they are.
func (s *scanner) mapKey(first *bool) (string, bool) {
	if !s.member(first, '}') {
		return "", false
	}
	raw, plain := s.rawString()
	s.want(':')
	if s.err != nil {
		return "", false
	}
	if plain {
		return string(raw), true
	}
	return string(unescape(nil, raw)), true
}

func (s *scanner) subscribeRequest() *clientpb.SubscribeRequest {
	if !s.object() {
		return nil
	}
	m := new(clientpb.SubscribeRequest)
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return m
		}
		switch string(key) {
		case "channel":
			m.Channel = s.string()
		case "token":
			m.Token = s.string()
		case "recover":
			m.Recover = s.bool()
		case "epoch":
			m.Epoch = s.string()
		case "offset":
			m.Offset = s.uint(64)
		case "data":
			m.Data = s.raw()
		case "positioned":
			m.Positioned = s.bool()
		case "recoverable":
			m.Recoverable = s.bool()
		case "join_leave":
			m.JoinLeave = s.bool()
		case "delta":
			m.Delta = s.string()
		case "tf":
			m.Tf = s.filterNode(1)
		case "flag":
			m.Flag = s.int(64)
		case "type":
			m.Type = int32(s.int(32))
		case "phase":
			m.Phase = int32(s.int(32))
		case "cursor":
			m.Cursor = s.string()
		case "limit":
			m.Limit = int32(s.int(32))
		case "asc":
			m.Asc = s.bool()
		default:
			s.skip()
		}
	}
}

func (s *scanner) filterNode(depth int) *clientpb.FilterNode {
	if depth > maxFilterDepth {
		s.fail("tags filter nested too deep")
		return nil
	}
	if !s.object() {
		return nil
	}
	m := new(clientpb.FilterNode)
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return m
		}
		switch string(key) {
		case "op":
			m.Op = s.string()
		case "key":
			m.Key = s.string()
		case "cmp":
			m.Cmp = s.string()
		case "val":
			m.Val = s.string()
		case "vals":
			m.Vals = s.strings()
		case "nodes":
			m.Nodes = nil
			if s.array() {
				for first := true; s.member(&first, ']'); {
					node := s.filterNode(depth + 1)
					if node == nil {
						node = new(clientpb.FilterNode) // null
					}
					m.Nodes = append(m.Nodes, node)
				}
			}
		default:
			s.skip()
		}
	}
}

func (s *scanner) strings() []string {
	var list []string
	if s.array() {
		for first := true; s.member(&first, ']'); {
			list = append(list, s.string())
		}
	}
	return list
}

func (s *scanner) unsubscribeRequest() *clientpb.UnsubscribeRequest {
	if !s.object() {
		return nil
	}
	return &clientpb.UnsubscribeRequest{Channel: s.channelOnly()}
}

func (s *scanner) presenceRequest() *clientpb.PresenceRequest {
	if !s.object() {
		return nil
	}
	return &clientpb.PresenceRequest{Channel: s.channelOnly()}
}

func (s *scanner) presenceStatsRequest() *clientpb.PresenceStatsRequest {
	if !s.object() {
		return nil
	}
	return &clientpb.PresenceStatsRequest{Channel: s.channelOnly()}
}

// channelOnly reads the rest of an object whose only field is a channel.
func (s *scanner) channelOnly() (channel string) {
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return channel
		}
		if string(key) == "channel" {
			channel = s.string()
		} else {
			s.skip()
		}
	}
}

func (s *scanner) publishRequest() *clientpb.PublishRequest {
	if !s.object() {
		return nil
	}
	m := new(clientpb.PublishRequest)
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return m
		}
		switch string(key) {
		case "channel":
			m.Channel = s.string()
		case "data":
			m.Data = s.raw()
		case "type":
			m.Type = int32(s.int(32))
		case "key":
			m.Key = s.string()
		case "removed":
			m.Removed = s.bool()
		default:
			s.skip()
		}
	}
}

func (s *scanner) historyRequest() *clientpb.HistoryRequest {
	if !s.object() {
		return nil
	}
	m := new(clientpb.HistoryRequest)
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return m
		}
		switch string(key) {
		case "channel":
			m.Channel = s.string()
		case "limit":
			m.Limit = int32(s.int(32))
		case "since":
			m.Since = s.streamPosition()
		case "reverse":
			m.Reverse = s.bool()
		default:
			s.skip()
		}
	}
}

func (s *scanner) streamPosition() *clientpb.StreamPosition {
	if !s.object() {
		return nil
	}
	m := new(clientpb.StreamPosition)
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return m
		}
		switch string(key) {
		case "offset":
			m.Offset = s.uint(64)
		case "epoch":
			m.Epoch = s.string()
		default:
			s.skip()
		}
	}
}

func (s *scanner) pingRequest() *clientpb.PingRequest {
	if !s.object() {
		return nil
	}
	s.nothing()
	return new(clientpb.PingRequest)
}

// nothing reads the rest of an object none of whose fields matter.
func (s *scanner) nothing() {
	for first := true; ; {
		if _, more := s.key(&first); !more {
			return
		}
		s.skip()
	}
}

func (s *scanner) sendRequest() *clientpb.SendRequest {
	if !s.object() {
		return nil
	}
	m := new(clientpb.SendRequest)
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return m
		}
		if string(key) == "data" {
			m.Data = s.raw()
		} else {
			s.skip()
		}
	}
}

func (s *scanner) rpcRequest() *clientpb.RPCRequest {
	if !s.object() {
		return nil
	}
	m := new(clientpb.RPCRequest)
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return m
		}
		switch string(key) {
		case "data":
			m.Data = s.raw()
		case "method":
			m.Method = s.string()
		default:
			s.skip()
		}
	}
}

func (s *scanner) refreshRequest() *clientpb.RefreshRequest {
	if !s.object() {
		return nil
	}
	m := new(clientpb.RefreshRequest)
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return m
		}
		if string(key) == "token" {
			m.Token = s.string()
		} else {
			s.skip()
		}
	}
}

func (s *scanner) subRefreshRequest() *clientpb.SubRefreshRequest {
	if !s.object() {
		return nil
	}
	m := new(clientpb.SubRefreshRequest)
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return m
		}
		switch string(key) {
		case "channel":
			m.Channel = s.string()
		case "token":
			m.Token = s.string()
		case "type":
			m.Type = int32(s.int(32))
		case "track":
			m.Track = nil
			if s.array() {
				for first := true; s.member(&first, ']'); {
					m.Track = append(m.Track, s.trackBatch())
				}
			}
		case "untrack":
			m.Untrack = s.strings()
		default:
			s.skip()
		}
	}
}

func (s *scanner) trackBatch() *clientpb.TrackBatch {
	m := new(clientpb.TrackBatch)
	if !s.object() {
		return m
	}
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return m
		}
		switch string(key) {
		case "signature":
			m.Signature = s.string()
		case "items":
			m.Items = nil
			if s.array() {
				for first := true; s.member(&first, ']'); {
					m.Items = append(m.Items, s.keyedItem())
				}
			}
		default:
			s.skip()
		}
	}
}

func (s *scanner) keyedItem() *clientpb.KeyedItem {
	m := new(clientpb.KeyedItem)
	if !s.object() {
		return m
	}
	for first := true; ; {
		key, more := s.key(&first)
		if !more {
			return m
		}
		switch string(key) {
		case "key":
			m.Key = s.string()
		case "version":
			m.Version = s.uint(64)
		default:
			s.skip()
		}
	}
}
