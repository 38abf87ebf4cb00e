package access

import (
	"context"
	"maps"
	"slices"

	"carillon"
	"carillon/access/jwt"
	"carillon/channel"
	"carillon/node"
	"carillon/session"
)

// Connect implements session.Access.
func (a *Access) Connect(ctx context.Context, req session.ConnectRequest) (*session.Identity, error) {
	cfg, rules := a.config.Load(), a.node.Rules()
	ident, err := a.identify(cfg, rules, req)
	if err != nil {
		return nil, err
	}
	if req.Token == "" && ident.User != "" {
		// A user known from a request header gets nothing but its identity.
		return ident, nil
	}
	if err := a.personal(ctx, cfg, rules, ident); err != nil {
		return nil, err
	}
	return ident, a.requested(cfg, rules, ident, req)
}

// identify finds out who connects. The first source that applies decides.
func (a *Access) identify(cfg *Config, rules *channel.Rules, req session.ConnectRequest) (*session.Identity, error) {
	switch {
	case req.Token != "":
		return a.byToken(cfg, rules, req)
	case cfg.AnonymousWithoutToken || cfg.Insecure:
		return &session.Identity{}, nil
	case req.Request.User != "":
		return &session.Identity{User: req.Request.User}, nil
	}
	a.log.Info("connection without credentials", "client", req.ClientID, "address", req.Request.RemoteAddr)
	return nil, carillon.DisconnectBadRequest
}

func (a *Access) byToken(cfg *Config, rules *channel.Rules, req session.ConnectRequest) (*session.Identity, error) {
	token, err := cfg.Connection.Connection(req.Token)
	if err != nil {
		a.log.Info("connection token refused", "client", req.ClientID, "error", err)
		if expired(err) {
			return nil, carillon.ErrTokenExpired
		}
		return nil, carillon.DisconnectInvalidToken
	}
	ident := &session.Identity{User: token.User, Meta: token.Meta, ExpireAt: token.ExpireAt()}
	if cfg.Insecure {
		ident.ExpireAt = 0
	}
	if ident.Subs, err = a.tokenSubs(rules, token, req.ClientID); err != nil {
		return nil, err
	}
	if ident.Info, err = token.Own.Info(); err != nil {
		return nil, carillon.DisconnectInvalidToken
	}
	if ident.User == "" && cfg.NoAnonymousTokens {
		return nil, carillon.DisconnectPermissionDenied
	}
	return ident, nil
}

// tokenChannels are the server-side channels that a token names.
func tokenChannels(token *jwt.Connection) []string {
	names := token.Channels
	if len(token.Subs) > 0 {
		names = slices.Collect(maps.Keys(token.Subs))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// tokenSubs are the subscriptions that a token asks for.
func (a *Access) tokenSubs(rules *channel.Rules, token *jwt.Connection, client string) ([]*session.Grant, error) {
	names := tokenChannels(token)
	subs := make([]*session.Grant, 0, len(names))
	for _, name := range names {
		ch := rules.Resolve(name)
		if ch.Options == nil {
			a.log.Info("unknown channel in connection token", "channel", name, "client", client, "user", token.User)
			return nil, carillon.ErrUnknownChannel
		}
		o := token.Subs[name]
		g := grant(ch, session.SourceConnectionToken, channel.Override(o.Override))
		if err := withOptions(g, &o); err != nil {
			return nil, carillon.DisconnectInvalidToken
		}
		subs = append(subs, g)
	}
	return subs, nil
}

// personal adds the user's own channel, and applies the rule of one connection.
func (a *Access) personal(ctx context.Context, cfg *Config, rules *channel.Rules, ident *session.Identity) error {
	if !cfg.Personal.Enabled || ident.User == "" {
		return nil
	}
	ch := rules.Resolve(rules.Personal(cfg.Personal.Namespace, ident.User))
	if ch.Options == nil {
		return carillon.ErrUnknownChannel
	}
	if cfg.Personal.Single {
		stats, err := a.node.PresenceStats(ctx, ch.Name)
		if err != nil {
			a.log.Error("read presence of personal channel", "channel", ch.Name, "error", err)
			return carillon.DisconnectServerError
		}
		if stats.Clients > 0 {
			a.node.DisconnectUser(node.Target{User: ident.User}, carillon.DisconnectConnectionLimit)
		}
	}
	ident.Subs = replace(ident.Subs, grant(ch, session.SourcePersonal, channel.Override{}))
	return nil
}

// replace puts a grant in place of an earlier one for its channel.
func replace(subs []*session.Grant, g *session.Grant) []*session.Grant {
	if i := slices.IndexFunc(subs, func(have *session.Grant) bool { return have.Channel == g.Channel }); i >= 0 {
		subs[i] = g
		return subs
	}
	return append(subs, g)
}

// requested adds the channels that the client asks for and may have. Others are
// left out without a word, unless there can be no such channel.
func (a *Access) requested(cfg *Config, rules *channel.Rules, ident *session.Identity, req session.ConnectRequest) error {
	for _, name := range req.Channels {
		if name == "" || slices.ContainsFunc(ident.Subs, func(g *session.Grant) bool { return g.Channel == name }) {
			continue
		}
		ch := rules.Resolve(name)
		if ch.Options == nil {
			a.log.Info("unknown channel in connect command", "channel", name, "client", req.ClientID, "user", ident.User)
			return carillon.DisconnectBadRequest
		}
		if ch.Private() || !ch.Legal() || ch.Options.Type != channel.Stream {
			continue
		}
		limited := ch.Limited()
		allowed := limited && ident.User != "" && ch.ListsUser(ident.User) ||
			!limited && ch.Options.SubscribeBy.Allows(ident.User, false) || cfg.Insecure
		if allowed {
			ident.Subs = append(ident.Subs, grant(ch, session.SourceConnectFrame, channel.Override{}))
		}
	}
	return nil
}

// Refresh implements session.Access.
func (a *Access) Refresh(_ context.Context, c session.Client, text string) (*session.Renewal, error) {
	cfg, rules := a.config.Load(), a.node.Rules()
	token, err := cfg.Connection.Connection(text)
	if err != nil {
		a.log.Info("connection token refused on refresh", "client", c.ID, "user", c.User, "error", err)
		if expired(err) {
			return nil, carillon.ErrTokenExpired
		}
		return nil, carillon.DisconnectInvalidToken
	}
	if _, err := a.tokenSubs(rules, token, c.ID); err != nil {
		return nil, err
	}
	info, err := token.Own.Info()
	if err != nil {
		return nil, carillon.DisconnectInvalidToken
	}
	if token.User != c.User {
		a.log.Info("refresh with the token of another user", "client", c.ID, "user", c.User)
		return nil, carillon.DisconnectInvalidToken
	}
	r := &session.Renewal{ExpireAt: token.ExpireAt(), Info: info, Meta: token.Meta, TokenChannels: tokenChannels(token)}
	if cfg.Insecure {
		r.ExpireAt = 0
	}
	return r, nil
}
