package access

import (
	"context"

	"carillon"
	"carillon/channel"
	"carillon/session"
)

// Subscribe implements session.Access.
func (a *Access) Subscribe(_ context.Context, c session.Client, req session.SubscribeRequest) (*session.Grant, error) {
	cfg, ch := a.config.Load(), req.Channel
	switch {
	case ch.Options == nil:
		a.log.Info("unknown channel", "command", "subscribe", "channel", ch.Name, "client", c.ID, "user", c.User)
		return nil, carillon.ErrUnknownChannel
	case !ch.Legal():
		return nil, carillon.ErrBadRequest
	case req.Type != ch.Options.Type:
		return nil, a.deny(c, ch, "the namespace serves another type of subscription")
	}
	g, err := a.decide(cfg, c, req)
	if err != nil {
		return nil, err
	}
	g.Settings.Grant(ch.Options, req.Wishes, c.User, cfg.Insecure)
	return g, nil
}

// decide finds the one rule that speaks about the subscription.
func (a *Access) decide(cfg *Config, c session.Client, req session.SubscribeRequest) (*session.Grant, error) {
	ch := req.Channel
	limited := ch.Limited()
	switch {
	case ch.Private() && req.Token == "":
		return nil, a.deny(c, ch, "a private channel needs a token")
	case req.Token != "":
		return a.bySubscriptionToken(cfg, c, req)
	case limited && ch.ListsUser(c.User):
		return grant(ch, session.SourceUserLimited, channel.Override{}), nil
	case !limited && ch.Options.SubscribeBy.Allows(c.User, false):
		return grant(ch, session.SourceClientAllowed, channel.Override{}), nil
	case cfg.Insecure:
		return grant(ch, session.SourceInsecure, channel.Override{}), nil
	case limited:
		return nil, a.deny(c, ch, "the channel's list of users does not name this one")
	}
	return nil, a.deny(c, ch, "neither a token nor an option of the namespace allows it")
}

func (a *Access) deny(c session.Client, ch channel.Resolved, rule string) error {
	a.log.Info("permission denied", "command", "subscribe", "channel", ch.Name, "client", c.ID, "user", c.User, "rule", rule)
	return carillon.ErrPermissionDenied
}

func (a *Access) bySubscriptionToken(cfg *Config, c session.Client, req session.SubscribeRequest) (*session.Grant, error) {
	ch := req.Channel
	token, err := cfg.Subscription.Subscription(req.Token)
	if err != nil {
		a.log.Info("subscription token refused", "channel", ch.Name, "client", c.ID, "user", c.User, "error", err)
		if expired(err) {
			return nil, carillon.ErrTokenExpired
		}
		return nil, carillon.ErrPermissionDenied
	}
	if a.node.Rules().Resolve(token.Channel).Options == nil {
		return nil, carillon.ErrUnknownChannel
	}
	g := grant(ch, session.SourceSubscriptionToken, channel.Override(token.Own.Override))
	g.ExpireAt = token.ExpireAt()
	if err := withOptions(g, &token.Own); err != nil {
		return nil, carillon.ErrPermissionDenied
	}
	if !a.meant(c, ch.Name, token.Channel, token.User, token.Client) {
		return nil, carillon.DisconnectInvalidToken
	}
	return g, nil
}

// meant reports whether a subscription token was made for this channel and
// connection.
func (a *Access) meant(c session.Client, name, channel, user, client string) bool {
	ok := channel == name && user == c.User && (client == "" || client == c.ID)
	if !ok {
		a.log.Info("subscription token of another channel, user or client", "channel", name, "client", c.ID, "user", c.User)
	}
	return ok
}

// SubRefresh implements session.Access.
func (a *Access) SubRefresh(_ context.Context, c session.Client, req session.SubRefreshRequest) (*session.SubRenewal, error) {
	cfg := a.config.Load()
	token, err := cfg.Subscription.Subscription(req.Token)
	if err != nil {
		a.log.Info("subscription token refused on refresh", "channel", req.Channel.Name, "client", c.ID, "user", c.User, "error", err)
		if expired(err) {
			return nil, carillon.ErrTokenExpired
		}
		return nil, carillon.DisconnectInvalidToken
	}
	if a.node.Rules().Resolve(token.Channel).Options == nil {
		return nil, carillon.ErrUnknownChannel
	}
	info, err := token.Own.Info()
	if err != nil || !a.meant(c, req.Channel.Name, token.Channel, token.User, token.Client) {
		return nil, carillon.DisconnectInvalidToken
	}
	return &session.SubRenewal{ExpireAt: token.ExpireAt(), Info: info}, nil
}
