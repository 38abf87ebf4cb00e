package server

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"carillon/channel"
	"carillon/config"
)

// channelRules turns the channel section, which is valid, into rules.
func channelRules(cfg *config.Channel) (*channel.Rules, error) {
	syntax := channel.Syntax{
		NamespaceBoundary: cfg.NamespaceBoundary, PrivatePrefix: cfg.PrivatePrefix,
		UserBoundary: cfg.UserBoundary, UserSeparator: cfg.UserSeparator,
	}
	plain, err := channelOptions(cfg, &cfg.WithoutNamespace)
	if err != nil {
		return nil, err
	}
	namespaces := make([]channel.Namespace, len(cfg.Namespaces))
	for i := range cfg.Namespaces {
		ns := &cfg.Namespaces[i]
		options, err := channelOptions(cfg, &ns.ChannelOptions)
		if err != nil {
			return nil, fmt.Errorf("namespace %s: %w", ns.Name, err)
		}
		namespaces[i] = channel.Namespace{Name: ns.Name, Options: options}
	}
	return channel.NewRules(syntax, cfg.MaxLength, plain, namespaces)
}

func channelOptions(cfg *config.Channel, o *config.ChannelOptions) (channel.Options, error) {
	out := channel.Options{
		Presence:           o.Presence,
		JoinLeave:          o.JoinLeave,
		ForcePushJoinLeave: o.ForcePushJoinLeave,
		HistorySize:        o.HistorySize,
		HistoryTTL:         o.HistoryTTL,
		HistoryMetaTTL:     cmp.Or(o.HistoryMetaTTL, cfg.HistoryMetaTTL),
		ForcePositioning:   o.ForcePositioning,
		AllowPositioning:   o.AllowPositioning,
		ForceRecovery:      o.ForceRecovery,
		AllowRecovery:      o.AllowRecovery,
		AutoCacheRecover:   o.AutoCacheRecover,
		AllowFossilDelta:   slices.Contains(o.AllowedDeltaTypes, "fossil"),
		DeltaPublish:       o.DeltaPublish,
		AllowTagsFilter:    o.AllowTagsFilter,
		SubscribeBy:        channel.Permission{Client: o.AllowSubscribeForClient, Anonymous: o.AllowSubscribeForAnonymous},
		PublishBy: channel.Permission{
			Client: o.AllowPublishForClient, Subscriber: o.AllowPublishForSubscriber, Anonymous: o.AllowPublishForAnonymous,
		},
		HistoryBy: channel.Permission{
			Client: o.AllowHistoryForClient, Subscriber: o.AllowHistoryForSubscriber, Anonymous: o.AllowHistoryForAnonymous,
		},
		PresenceBy: channel.Permission{
			Client: o.AllowPresenceForClient, Subscriber: o.AllowPresenceForSubscriber, Anonymous: o.AllowPresenceForAnonymous,
		},
		UserLimited: o.AllowUserLimitedChannels,
		Format:      formats[cmp.Or(o.PublicationDataFormat, cfg.PublicationDataFormat)],
		Type:        channel.Stream,
	}
	if o.ForceRecoveryMode == "cache" {
		out.RecoveryMode = channel.RecoverCache
	}
	if o.ChannelRegex != "" {
		re, err := regexp.Compile(o.ChannelRegex)
		if err != nil {
			return out, fmt.Errorf("channel_regex: %w", err)
		}
		out.Regex = re
	}
	return out, nil
}

var formats = map[string]channel.DataFormat{
	"":            channel.FormatNonEmpty,
	"json":        channel.FormatJSON,
	"json_object": channel.FormatJSONObject,
	"binary":      channel.FormatBinary,
}
