package protocol

import "carillon/protocol/clientpb"

// FrameType tells kinds of messages apart in metrics. Its String is the value
// of the label frame_type, and for commands also of method.
type FrameType uint8

const (
	TypeUnknown FrameType = iota
	TypeServerPing
	TypeClientPong
	TypePushConnect
	TypePushSubscribe
	TypePushPublication
	TypePushJoin
	TypePushLeave
	TypePushUnsubscribe
	TypePushMessage
	TypePushRefresh
	TypePushDisconnect
	TypeConnect
	TypeSubscribe
	TypeUnsubscribe
	TypePublish
	TypePresence
	TypePresenceStats
	TypeHistory
	TypeRPC
	TypeSend
	TypeRefresh
	TypeSubRefresh
	frameTypes
)

var frameTypeNames = [frameTypes]string{
	"unknown", "server_ping", "client_pong", "push_connect", "push_subscribe", "push_publication", "push_join",
	"push_leave", "push_unsubscribe", "push_message", "push_refresh", "push_disconnect", "connect", "subscribe",
	"unsubscribe", "publish", "presence", "presence_stats", "history", "rpc", "send", "refresh", "sub_refresh",
}

func (t FrameType) String() string { return frameTypeNames[t] }

// FrameTypeNames are the names of all frame types, in their order.
func FrameTypeNames() []string { return frameTypeNames[:] }

// CommandType is the type of a command: that of the first request it holds in
// the order in which the server looks for them.
func CommandType(c *clientpb.Command) FrameType {
	switch {
	case IsPong(c):
		return TypeClientPong
	case c.Connect != nil:
		return TypeConnect
	case c.Subscribe != nil:
		return TypeSubscribe
	case c.Unsubscribe != nil:
		return TypeUnsubscribe
	case c.Publish != nil:
		return TypePublish
	case c.Presence != nil:
		return TypePresence
	case c.PresenceStats != nil:
		return TypePresenceStats
	case c.History != nil:
		return TypeHistory
	case c.Rpc != nil:
		return TypeRPC
	case c.Send != nil:
		return TypeSend
	case c.Refresh != nil:
		return TypeRefresh
	case c.SubRefresh != nil:
		return TypeSubRefresh
	}
	return TypeUnknown
}

// IsPong reports whether a command answers a ping: it has no id, and is not of
// the one kind that needs none.
func IsPong(c *clientpb.Command) bool { return c.Id == 0 && c.Send == nil }
