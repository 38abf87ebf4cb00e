package access

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"

	"carillon"
	"carillon/access/jwt"
	"carillon/channel"
	"carillon/node"
	"carillon/session"
)

// Config says how connections are authenticated and what is open to them. It
// is immutable once in use.
type Config struct {
	// Connection verifies connection tokens, Subscription subscription tokens.
	// Both are required and may be the same.
	Connection   *jwt.Verifier
	Subscription *jwt.Verifier
	// AnonymousWithoutToken lets connections without a token in as anonymous.
	AnonymousWithoutToken bool
	// NoAnonymousTokens refuses tokens without a user id.
	NoAnonymousTokens bool
	// Insecure lets everybody in and opens what nothing else decides about.
	Insecure bool
	Personal Personal
	RPC      RPC
}

// Personal configures the channel that every connection of a user is subscribed
// to.
type Personal struct {
	Enabled   bool
	Namespace string
	// Single closes a user's other connections when a new one comes.
	Single bool
}

// RPC configures remote procedure calls.
type RPC struct {
	// Ping is the method that answers with nothing; empty is none.
	Ping string
	// Boundary ends the namespace in a method's name, empty if there are none;
	// Namespaces are those that are defined.
	Boundary   string
	Namespaces map[string]bool
}

// Access implements session.Access.
type Access struct {
	node   *node.Node
	log    *slog.Logger
	config atomic.Pointer[Config]
}

// New returns an Access for the sessions of a node.
func New(n *node.Node, log *slog.Logger, cfg *Config) *Access {
	a := &Access{node: n, log: log}
	a.config.Store(cfg)
	return a
}

// Configure puts a new configuration in force.
func (a *Access) Configure(cfg *Config) { a.config.Store(cfg) }

var _ session.Access = (*Access)(nil)

// Publish implements session.Access.
func (a *Access) Publish(_ context.Context, c session.Client, ch channel.Resolved, subscribed bool, data []byte) error {
	if !ch.Options.Format.Accepts(data, false) {
		return carillon.ErrBadRequest
	}
	return a.allow("publish", c, ch, ch.Options.PublishBy, subscribed)
}

// Presence implements session.Access.
func (a *Access) Presence(_ context.Context, c session.Client, ch channel.Resolved, subscribed bool) error {
	return a.allow("presence", c, ch, ch.Options.PresenceBy, subscribed)
}

// History implements session.Access.
func (a *Access) History(_ context.Context, c session.Client, ch channel.Resolved, subscribed bool) error {
	return a.allow("history", c, ch, ch.Options.HistoryBy, subscribed)
}

func (a *Access) allow(what string, c session.Client, ch channel.Resolved, p channel.Permission, subscribed bool) error {
	if p.Allows(c.User, subscribed) || a.config.Load().Insecure {
		return nil
	}
	a.log.Info("permission denied", "command", what, "channel", ch.Name, "client", c.ID, "user", c.User, "subscribed", subscribed,
		"rule", "no "+what+" permission of the namespace covers this connection")
	return carillon.ErrPermissionDenied
}

// RPC implements session.Access.
func (a *Access) RPC(_ context.Context, _ session.Client, method string, _ []byte) ([]byte, error) {
	rpc := a.config.Load().RPC
	switch {
	case rpc.Ping != "" && method == rpc.Ping:
		return nil, nil
	case rpc.Ping == "" && len(rpc.Namespaces) == 0:
		return nil, carillon.ErrNotAvailable
	}
	namespace, _, found := strings.Cut(method, rpc.Boundary)
	if rpc.Ping != "" || rpc.Boundary != "" && found && !rpc.Namespaces[namespace] {
		return nil, carillon.ErrMethodNotFound
	}
	return nil, carillon.ErrNotAvailable
}

// grant is a subscription with the settings that a namespace gives it.
func grant(ch channel.Resolved, source session.Source, over channel.Override) *session.Grant {
	return &session.Grant{
		Channel: ch.Name, Source: source,
		Settings: ch.Options.Settings(over), MetaTTL: ch.Options.HistoryMetaTTL,
	}
}

// withOptions adds what a token says about a subscription.
func withOptions(g *session.Grant, o *jwt.SubOptions) (err error) {
	if g.Info, err = o.Info(); err != nil {
		return err
	}
	g.Data, err = o.Data()
	return err
}

// expired reports whether a token is genuine but out of time.
func expired(err error) bool { return errors.Is(err, jwt.ErrExpired) }
