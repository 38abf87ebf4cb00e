package protocol

import "carillon/protocol/clientpb"

func (w *writer) reply(m *clientpb.Reply) {
	w.open()
	w.uint("id", uint64(m.Id))
	if e := m.Error; e != nil {
		w.field("error")
		w.open()
		w.uint("code", uint64(e.Code))
		w.string("message", e.Message)
		w.bool("temporary", e.Temporary)
		w.close()
	}
	if m.Push != nil {
		w.field("push")
		w.push(m.Push)
	}
	if m.Connect != nil {
		w.field("connect")
		w.connectResult(m.Connect)
	}
	if m.Subscribe != nil {
		w.field("subscribe")
		w.subscribeResult(m.Subscribe)
	}
	w.emptyResult("unsubscribe", m.Unsubscribe != nil)
	w.emptyResult("publish", m.Publish != nil)
	if m.Presence != nil {
		w.field("presence")
		w.presenceResult(m.Presence)
	}
	if r := m.PresenceStats; r != nil {
		w.field("presence_stats")
		w.presenceStatsResult(r)
	}
	if m.History != nil {
		w.field("history")
		w.historyResult(m.History)
	}
	w.emptyResult("ping", m.Ping != nil)
	if r := m.Rpc; r != nil {
		w.field("rpc")
		w.open()
		w.raw("data", r.Data)
		w.close()
	}
	if r := m.Refresh; r != nil {
		w.field("refresh")
		w.open()
		w.string("client", r.Client)
		w.string("version", r.Version)
		w.bool("expires", r.Expires)
		w.uint("ttl", uint64(r.Ttl))
		w.close()
	}
	if r := m.SubRefresh; r != nil {
		w.field("sub_refresh")
		w.open()
		w.bool("expires", r.Expires)
		w.uint("ttl", uint64(r.Ttl))
		w.publications("items", r.Items)
		w.close()
	}
	w.close()
}

func (w *writer) emptyResult(name string, set bool) {
	if set {
		w.field(name)
		w.open()
		w.close()
	}
}

func (w *writer) push(m *clientpb.Push) {
	w.open()
	w.int("id", m.Id)
	w.string("channel", m.Channel)
	if m.Pub != nil {
		w.field("pub")
		w.publication(m.Pub)
	}
	if j := m.Join; j != nil {
		w.field("join")
		w.open()
		w.clientInfo("info", j.Info)
		w.close()
	}
	if l := m.Leave; l != nil {
		w.field("leave")
		w.open()
		w.clientInfo("info", l.Info)
		w.close()
	}
	if u := m.Unsubscribe; u != nil {
		w.field("unsubscribe")
		w.open()
		w.uint("code", uint64(u.Code))
		w.string("reason", u.Reason)
		w.close()
	}
	if msg := m.Message; msg != nil {
		w.field("message")
		w.open()
		w.raw("data", msg.Data)
		w.close()
	}
	if s := m.Subscribe; s != nil {
		w.field("subscribe")
		w.open()
		w.bool("recoverable", s.Recoverable)
		w.string("epoch", s.Epoch)
		w.uint("offset", s.Offset)
		w.bool("positioned", s.Positioned)
		w.raw("data", s.Data)
		w.close()
	}
	if m.Connect != nil {
		w.field("connect")
		w.connectPush(m.Connect)
	}
	if d := m.Disconnect; d != nil {
		w.field("disconnect")
		w.open()
		w.uint("code", uint64(d.Code))
		w.string("reason", d.Reason)
		w.bool("reconnect", d.Reconnect)
		w.close()
	}
	if r := m.Refresh; r != nil {
		w.field("refresh")
		w.open()
		w.bool("expires", r.Expires)
		w.uint("ttl", uint64(r.Ttl))
		w.close()
	}
	w.close()
}

func (w *writer) clientInfo(name string, m *clientpb.ClientInfo) {
	if m == nil {
		return
	}
	w.field(name)
	w.info(m)
}

// info writes user and client even when they are empty.
func (w *writer) info(m *clientpb.ClientInfo) {
	w.open()
	w.stringAlways("user", m.User)
	w.stringAlways("client", m.Client)
	w.raw("conn_info", m.ConnInfo)
	w.raw("chan_info", m.ChanInfo)
	w.close()
}

func (w *writer) publication(m *clientpb.Publication) {
	w.open()
	w.raw("data", m.Data)
	w.clientInfo("info", m.Info)
	w.uint("offset", m.Offset)
	w.stringMap("tags", m.Tags)
	w.bool("delta", m.Delta)
	w.int("time", m.Time)
	w.string("channel", m.Channel)
	w.string("key", m.Key)
	w.bool("removed", m.Removed)
	w.int("score", m.Score)
	w.string("epoch", m.Epoch)
	w.raw("prev_data", m.PrevData)
	w.uint("version", m.Version)
	w.close()
}

func (w *writer) publications(name string, list []*clientpb.Publication) {
	if len(list) > 0 {
		w.publicationsAlways(name, list)
	}
}

func (w *writer) publicationsAlways(name string, list []*clientpb.Publication) {
	w.field(name)
	w.out = append(w.out, '[')
	for i, p := range list {
		w.separate(i)
		w.publication(p)
	}
	w.out = append(w.out, ']')
}

func (w *writer) connectResult(m *clientpb.ConnectResult) {
	w.open()
	w.string("client", m.Client)
	w.string("version", m.Version)
	w.bool("expires", m.Expires)
	w.uint("ttl", uint64(m.Ttl))
	w.raw("data", m.Data)
	w.subscribeResults(m.Subs)
	w.uint("ping", uint64(m.Ping))
	w.bool("pong", m.Pong)
	w.string("session", m.Session)
	w.string("node", m.Node)
	w.int("time", m.Time)
	w.close()
}

func (w *writer) connectPush(m *clientpb.Connect) {
	w.open()
	w.string("client", m.Client)
	w.string("version", m.Version)
	w.raw("data", m.Data)
	w.subscribeResults(m.Subs)
	w.bool("expires", m.Expires)
	w.uint("ttl", uint64(m.Ttl))
	w.uint("ping", uint64(m.Ping))
	w.bool("pong", m.Pong)
	w.string("session", m.Session)
	w.string("node", m.Node)
	w.int("time", m.Time)
	w.close()
}

func (w *writer) subscribeResults(subs map[string]*clientpb.SubscribeResult) {
	if len(subs) == 0 {
		return
	}
	w.field("subs")
	w.open()
	for channel, result := range subs {
		w.mapKey(channel)
		w.subscribeResult(result)
	}
	w.close()
}

func (w *writer) subscribeResult(m *clientpb.SubscribeResult) {
	w.open()
	w.bool("expires", m.Expires)
	w.uint("ttl", uint64(m.Ttl))
	w.bool("recoverable", m.Recoverable)
	w.string("epoch", m.Epoch)
	w.publications("publications", m.Publications)
	w.bool("recovered", m.Recovered)
	w.uint("offset", m.Offset)
	w.bool("positioned", m.Positioned)
	w.raw("data", m.Data)
	w.bool("was_recovering", m.WasRecovering)
	w.bool("delta", m.Delta)
	w.int("id", m.Id)
	w.int("type", int64(m.Type))
	w.int("phase", int64(m.Phase))
	w.string("cursor", m.Cursor)
	w.publications("state", m.State)
	w.uint("publish_debounce", uint64(m.PublishDebounce))
	w.close()
}

func (w *writer) presenceResult(m *clientpb.PresenceResult) {
	w.open()
	w.field("presence")
	w.open()
	for client, info := range m.Presence {
		w.mapKey(client)
		w.info(info)
	}
	w.close()
	w.close()
}

func (w *writer) presenceStatsResult(m *clientpb.PresenceStatsResult) {
	w.open()
	w.field("num_clients")
	w.number(uint64(m.NumClients))
	w.field("num_users")
	w.number(uint64(m.NumUsers))
	w.close()
}

func (w *writer) historyResult(m *clientpb.HistoryResult) {
	w.open()
	w.publicationsAlways("publications", m.Publications)
	w.stringAlways("epoch", m.Epoch)
	w.field("offset")
	w.number(m.Offset)
	w.close()
}
