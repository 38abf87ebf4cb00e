package config

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Validate checks every rule that can be checked without a network, and that the
// configuration switches on nothing that this release lacks. It reads the files
// that TLS objects in use name. The error is a *ValidationError with everything
// that is wrong, sorted by path.
func (c *Config) Validate() error {
	k := &checker{c: c}
	k.numbers(root, valueOf(c), "")
	k.httpServer()
	k.endpoints()
	k.apis()
	k.transports()
	k.engines()
	k.client()
	k.proxies()
	k.channel()
	k.rpc()
	k.consumers()
	k.unbuilt()
	if len(k.violations) == 0 {
		return nil
	}
	slices.SortFunc(k.violations, func(a, b Violation) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Message, b.Message))
	})
	return &ValidationError{Violations: slices.Compact(k.violations)}
}

// numbers checks signs and durations by their tags. Consumers are left out: the
// keys of a disabled one do not count.
func (k *checker) numbers(n *node, v reflect.Value, path string) {
	n.visit(v, path, func(n *node, v reflect.Value, path string) {
		if n.kind != kindInt && n.kind != kindDuration || strings.HasPrefix(path, "consumers.") && !k.running(path) {
			return
		}
		switch number := v.Int(); {
		case number < 0 && n.negative == "":
			k.fail(path, "must not be negative")
		case number > 0 && n.whole && number%int64(time.Second) != 0:
			k.fail(path, "malformed duration %s, sub-second precision is not supported for this key", time.Duration(number))
		}
	})
}

// Warnings are settings that work and that an operator should know about.
func (c *Config) Warnings() []Warning {
	var list []Warning
	risky := func(on bool, key, detail string) {
		if on {
			list = append(list, Warning{Kind: RiskySetting, Key: key, Detail: detail})
		}
	}
	risky(c.Client.Insecure, "client.insecure", "client authentication is off")
	risky(c.Client.InsecureSkipTokenSignatureVerify, "client.insecure_skip_token_signature_verify", "token signatures are not checked")
	risky(c.HTTPAPI.Insecure, "http_api.insecure", "the server API asks for no key")
	risky(c.Admin.Insecure, "admin.insecure", "the admin interface asks for no password")
	risky(c.Debug.Enabled, "debug.enabled", "profiling pages are served; never expose them to the public")
	risky(len(c.Client.AllowedOrigins) == 1 && c.Client.AllowedOrigins[0] == "*",
		"client.allowed_origins", "pages of every origin may connect")
	risky(!knownLevels[strings.ToLower(c.Log.Level)], "log.level", "unknown log level, using info")
	for _, o := range c.Channel.all() {
		positions := o.ForcePositioning || o.AllowPositioning || o.AllowRecovery
		risky(positions && o.HistorySize == 0, o.path, "positioning and recovery are without effect while there is no history")
	}
	return list
}

var knownLevels = map[string]bool{
	"trace": true, "debug": true, "info": true, "warn": true, "error": true, "fatal": true, "none": true,
}

// pathOptions are channel options and where they stand.
type pathOptions struct {
	*ChannelOptions
	path string
	name string // of the namespace; empty without one
}

// all are the options of every namespace, those without namespace first.
func (c *Channel) all() []pathOptions {
	list := []pathOptions{{&c.WithoutNamespace, "channel.without_namespace", ""}}
	for i := range c.Namespaces {
		ns := &c.Namespaces[i]
		list = append(list, pathOptions{&ns.ChannelOptions, itemPath("channel.namespaces", i), ns.Name})
	}
	return list
}
