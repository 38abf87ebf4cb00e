package server

import (
	"crypto/rand"
	"fmt"
	"net"
	"time"

	"carillon/config"
)

// Develop opens a configuration up for trying things out: anybody on this
// machine may connect and do everything. It refuses to listen anywhere else.
func Develop(cfg *config.Config) error {
	h := &cfg.HTTPServer
	for _, address := range []*string{&h.Address, &h.InternalAddress} {
		switch ip := net.ParseIP(*address); {
		case *address == "" || *address == "localhost":
			*address = "127.0.0.1"
		case ip == nil || !ip.IsLoopback():
			return fmt.Errorf("--dev opens the server to everybody, so it listens on loopback only: not on %s", *address)
		}
	}
	cfg.Client.AllowAnonymousConnectWithoutToken = true
	cfg.Client.AllowedOrigins = []string{"http://localhost:*", "http://127.0.0.1:*"}
	if cfg.HTTPAPI.Key == "" {
		cfg.HTTPAPI.Key = rand.Text()
	}
	cfg.Prometheus.Enabled, cfg.Health.Enabled = true, true
	open(&cfg.Channel.WithoutNamespace)
	for i := range cfg.Channel.Namespaces {
		open(&cfg.Channel.Namespaces[i].ChannelOptions)
	}
	if len(cfg.Channel.Namespaces) == 0 {
		ns := config.Namespace{Name: "chat"}
		ns.ChannelOptions = cfg.Channel.WithoutNamespace
		cfg.Channel.Namespaces = append(cfg.Channel.Namespaces, ns)
	}
	return nil
}

// open lets clients do everything in a namespace, and gives it history unless
// it says how much.
func open(o *config.ChannelOptions) {
	o.AllowSubscribeForClient, o.AllowSubscribeForAnonymous = true, true
	o.AllowPublishForClient, o.AllowPublishForAnonymous = true, true
	o.AllowPresenceForClient, o.AllowPresenceForAnonymous = true, true
	o.AllowHistoryForClient, o.AllowHistoryForAnonymous = true, true
	o.Presence, o.JoinLeave, o.ForcePushJoinLeave = true, true, true
	o.AllowTagsFilter, o.AllowedDeltaTypes = true, []string{"fossil"}
	if o.HistorySize == 0 && o.HistoryTTL == 0 {
		o.HistorySize, o.HistoryTTL = 100, 10*time.Minute
	}
	o.ForceRecovery = true
}
