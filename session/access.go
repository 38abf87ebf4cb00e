package session

import (
	"context"
	"time"

	"carillon/channel"
)

// Access answers "may this client do that?". Every method returns a
// *carillon.Error to refuse a command, a carillon.Disconnect to end the
// connection, and any other error for a failure of its own, which the client
// sees as an internal error.
type Access interface {
	// Connect establishes who a connection is.
	Connect(ctx context.Context, req ConnectRequest) (*Identity, error)
	// Refresh renews a connection's expiry from a new token. Token is not
	// empty.
	Refresh(ctx context.Context, c Client, token string) (*Renewal, error)
	// Subscribe decides about a client-side subscription, from line 8 of the
	// order in the channels specification on. The channel's name is not empty.
	Subscribe(ctx context.Context, c Client, req SubscribeRequest) (*Grant, error)
	// SubRefresh renews a subscription's expiry from a new token.
	SubRefresh(ctx context.Context, c Client, req SubRefreshRequest) (*SubRenewal, error)
	// Publish, Presence and History decide about calls on a channel, which
	// must be resolved and is not empty.
	Publish(ctx context.Context, c Client, ch channel.Resolved, subscribed bool, data []byte) error
	Presence(ctx context.Context, c Client, ch channel.Resolved, subscribed bool) error
	History(ctx context.Context, c Client, ch channel.Resolved, subscribed bool) error
	// RPC carries out a remote procedure call.
	RPC(ctx context.Context, c Client, method string, data []byte) ([]byte, error)
}

// Client is a connection as Access sees it.
type Client struct {
	ID   string
	User string
	Info []byte
	Meta []byte
}

// Request is what a transport knows of the request that opened a connection.
type Request struct {
	// User comes from the header that client.user_id_http_header names; empty
	// when there is none.
	User string
	// RemoteAddr is for logs.
	RemoteAddr string
	// OwnPings says that the transport finds out by itself whether the client
	// is alive: the session then sends no pings.
	OwnPings bool
}

// ConnectRequest is a connect command.
type ConnectRequest struct {
	ClientID string
	Token    string
	Name     string
	Version  string
	Data     []byte
	// Channels are the server-side channels the client asks for.
	Channels []string
	Request  Request
}

// Identity is who a connection is, and what comes with that.
type Identity struct {
	User string
	Info []byte
	Meta []byte
	// ExpireAt is in Unix seconds; 0 is never.
	ExpireAt int64
	// Subs are the server-side subscriptions, without repeats.
	Subs []*Grant
	// Data goes into the connect reply.
	Data []byte
}

// Renewal is the outcome of refreshing a connection.
type Renewal struct {
	ExpireAt int64
	// Info and Meta replace the connection's own when not nil.
	Info []byte
	Meta []byte
	// TokenChannels are the server-side channels that the new token names.
	TokenChannels []string
}

// SubscribeRequest is a subscribe command that got past the session's checks.
type SubscribeRequest struct {
	Channel channel.Resolved
	Type    channel.SubscriptionType
	Token   string
	Data    []byte
	Wishes  channel.Wishes
}

// SubRefreshRequest is a sub_refresh command.
type SubRefreshRequest struct {
	Channel channel.Resolved
	Token   string
}

// SubRenewal is the outcome of refreshing a subscription.
type SubRenewal struct {
	ExpireAt int64
	// Info replaces the channel info, also when empty.
	Info []byte
}

// Source tells where a subscription came from.
type Source uint8

// Sources, numbered as in the server API.
const (
	SourceConnectionToken   Source = 1
	SourceSubscriptionToken Source = 3
	SourceUserLimited       Source = 5
	SourceClientAllowed     Source = 6
	SourceInsecure          Source = 7
	SourceConnectFrame      Source = 8
	SourcePersonal          Source = 9
	SourceServerAPI         Source = 10
)

// Grant is a subscription that may be made.
type Grant struct {
	Channel  string
	Settings channel.Settings
	Source   Source
	// Info is shown to others in presence and joins; Data goes to the client.
	Info []byte
	Data []byte
	// ExpireAt is in Unix seconds; 0 is never.
	ExpireAt int64
	// MetaTTL is how long reads keep the stream's position alive; 0 for ever.
	MetaTTL time.Duration
}
