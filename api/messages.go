package api

import "encoding/json"

// The requests and results of the methods. The JSON names are those of the
// protocol; faces with another encoding convert. json.RawMessage fields are
// the application's bytes: any JSON value where they came in JSON.

// PublishRequest publishes into a channel.
type PublishRequest struct {
	Channel string `json:"channel"`
	PublishFields
}

// PublishFields are what publish and broadcast have in common. B64Data, when
// not empty, is the payload in base64 and wins over Data.
type PublishFields struct {
	Data           json.RawMessage   `json:"data"`
	B64Data        string            `json:"b64data"`
	SkipHistory    bool              `json:"skip_history"`
	Tags           map[string]string `json:"tags"`
	IdempotencyKey string            `json:"idempotency_key"`
	Delta          bool              `json:"delta"`
	Version        uint64            `json:"version"`
	VersionEpoch   string            `json:"version_epoch"`
}

// PublishResult is the position, if the channel has history.
type PublishResult struct {
	Offset uint64 `json:"offset,omitempty"`
	Epoch  string `json:"epoch,omitempty"`
}

// BroadcastRequest publishes into several channels.
type BroadcastRequest struct {
	Channels []string `json:"channels"`
	PublishFields
}

// BroadcastResult has a response for each channel, in their order.
type BroadcastResult struct {
	Responses []PublishResponse `json:"responses,omitempty"`
}

// PublishResponse is a result or an error.
type PublishResponse struct {
	Error  *Error         `json:"error,omitempty"`
	Result *PublishResult `json:"result,omitempty"`
}

// Error is an error as the API shows it.
type Error struct {
	Code    uint32 `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// StreamPosition is a place in a stream.
type StreamPosition struct {
	Offset uint64 `json:"offset"`
	Epoch  string `json:"epoch"`
}

// Bool is a bool that may be absent.
type Bool struct {
	Value bool `json:"value"`
}

// SubscribeOverride replaces namespace options; nil keeps them.
type SubscribeOverride struct {
	Presence           *Bool `json:"presence"`
	JoinLeave          *Bool `json:"join_leave"`
	ForceRecovery      *Bool `json:"force_recovery"`
	ForcePositioning   *Bool `json:"force_positioning"`
	ForcePushJoinLeave *Bool `json:"force_push_join_leave"`
}

// Target selects connections: all those of User, which when empty are the
// anonymous ones, narrowed by the fields that are not empty.
type Target struct {
	User    string `json:"user"`
	Client  string `json:"client"`
	Session string `json:"session"`
}

// SubscribeRequest subscribes connections to a channel. ExpireAt is in Unix
// seconds, 0 for never.
type SubscribeRequest struct {
	Target
	Channel      string             `json:"channel"`
	ExpireAt     int64              `json:"expire_at"`
	Info         json.RawMessage    `json:"info"`
	B64Info      string             `json:"b64info"`
	Data         json.RawMessage    `json:"data"`
	B64Data      string             `json:"b64data"`
	RecoverSince *StreamPosition    `json:"recover_since"`
	Override     *SubscribeOverride `json:"override"`
}

// UnsubscribeRequest ends connections' subscriptions to a channel.
type UnsubscribeRequest struct {
	Target
	Channel string `json:"channel"`
}

// DisconnectRequest closes connections, but not those of the clients in
// Whitelist.
type DisconnectRequest struct {
	Target
	Disconnect *Disconnect `json:"disconnect"`
	Whitelist  []string    `json:"whitelist"`
}

// Disconnect is a close code, 3000 to 4999, and a reason of up to 123 bytes.
type Disconnect struct {
	Code   uint32 `json:"code"`
	Reason string `json:"reason"`
}

// RefreshRequest changes connections' expiry, Unix seconds or 0 for never, and
// info; or closes them as expired.
type RefreshRequest struct {
	Target
	Expired  bool            `json:"expired"`
	ExpireAt int64           `json:"expire_at"`
	Info     json.RawMessage `json:"info"`
}

// Empty is the result of methods that return nothing.
type Empty struct{}

// PresenceRequest asks who is in a channel.
type PresenceRequest struct {
	Channel string `json:"channel"`
}

// PresenceResult is keyed by client id.
type PresenceResult struct {
	Presence map[string]*ClientInfo `json:"presence"`
}

// ClientInfo describes a connection.
type ClientInfo struct {
	User     string          `json:"user"`
	Client   string          `json:"client"`
	ConnInfo json.RawMessage `json:"conn_info,omitempty"`
	ChanInfo json.RawMessage `json:"chan_info,omitempty"`
}

// PresenceStatsRequest asks how many are in a channel.
type PresenceStatsRequest struct {
	Channel string `json:"channel"`
}

// PresenceStatsResult counts connections and distinct users.
type PresenceStatsResult struct {
	NumClients uint32 `json:"num_clients"`
	NumUsers   uint32 `json:"num_users"`
}

// HistoryRequest reads a stream. A Limit of 0 reads the position only, a
// negative one everything.
type HistoryRequest struct {
	Channel string          `json:"channel"`
	Limit   int32           `json:"limit"`
	Since   *StreamPosition `json:"since"`
	Reverse bool            `json:"reverse"`
}

// HistoryResult has the stream's top besides the publications.
type HistoryResult struct {
	Publications []*Publication `json:"publications"`
	Epoch        string         `json:"epoch"`
	Offset       uint64         `json:"offset"`
}

// Publication is one in a stream.
type Publication struct {
	Data   json.RawMessage   `json:"data,omitempty"`
	Info   *ClientInfo       `json:"info,omitempty"`
	Offset uint64            `json:"offset,omitempty"`
	Tags   map[string]string `json:"tags,omitempty"`
}

// HistoryRemoveRequest drops a stream's publications.
type HistoryRemoveRequest struct {
	Channel string `json:"channel"`
}

// ChannelsRequest lists channels with subscribers; Pattern is a glob, empty for
// all.
type ChannelsRequest struct {
	Pattern string `json:"pattern"`
}

// ChannelsResult is keyed by channel.
type ChannelsResult struct {
	Channels map[string]ChannelInfo `json:"channels"`
}

// ChannelInfo counts subscribers.
type ChannelInfo struct {
	NumClients uint32 `json:"num_clients,omitempty"`
}

// InfoRequest asks for the nodes.
type InfoRequest struct{}

// InfoResult has every node that is known.
type InfoResult struct {
	Nodes []NodeResult `json:"nodes,omitempty"`
}

// NodeResult describes a node. Uptime is in seconds.
type NodeResult struct {
	UID         string   `json:"uid"`
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	NumClients  uint32   `json:"num_clients"`
	NumUsers    uint32   `json:"num_users"`
	NumChannels uint32   `json:"num_channels"`
	Uptime      uint32   `json:"uptime,omitempty"`
	Metrics     *Metrics `json:"metrics,omitempty"`
	NumSubs     uint32   `json:"num_subs"`
}

// Metrics is a node's latest snapshot. Interval is in seconds.
type Metrics struct {
	Interval float64            `json:"interval,omitempty"`
	Items    map[string]float64 `json:"items,omitempty"`
}

// RPCRequest calls a method of the server's extensions.
type RPCRequest struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// RPCResult is what it returned.
type RPCResult struct {
	Data json.RawMessage `json:"data,omitempty"`
}
