package server

import (
	"fmt"

	"carillon/access"
	"carillon/access/jwt"
	"carillon/config"
)

// accessConfig says who may connect and what is open to them.
func accessConfig(cfg *config.Config) (*access.Config, error) {
	connection, err := verifier(cfg, &cfg.Client.Token)
	if err != nil {
		return nil, fmt.Errorf("client.token: %w", err)
	}
	subscription := connection
	if own := &cfg.Client.SubscriptionToken; own.Enabled {
		if subscription, err = verifier(cfg, &own.Token); err != nil {
			return nil, fmt.Errorf("client.subscription_token: %w", err)
		}
	}
	personal := &cfg.Client.SubscribeToUserPersonalChannel
	out := &access.Config{
		Connection:            connection,
		Subscription:          subscription,
		AnonymousWithoutToken: cfg.Client.AllowAnonymousConnectWithoutToken,
		NoAnonymousTokens:     cfg.Client.DisallowAnonymousConnectionTokens,
		Insecure:              cfg.Client.Insecure,
		Personal: access.Personal{
			Enabled: personal.Enabled, Namespace: personal.PersonalChannelNamespace, Single: personal.SingleConnection,
		},
		RPC: access.RPC{Boundary: cfg.RPC.NamespaceBoundary, Namespaces: map[string]bool{}},
	}
	if cfg.RPC.Ping.Enabled {
		out.RPC.Ping = cfg.RPC.Ping.Method
	}
	for i := range cfg.RPC.Namespaces {
		out.RPC.Namespaces[cfg.RPC.Namespaces[i].Name] = true
	}
	return out, nil
}

func verifier(cfg *config.Config, t *config.Token) (*jwt.Verifier, error) {
	return jwt.New(jwt.Config{
		HMACSecret:         t.HMACSecretKey,
		PreviousSecret:     t.HMACPreviousSecretKey,
		PreviousValidUntil: t.HMACPreviousSecretKeyValidUntil,
		Audience:           t.Audience,
		AudienceRegex:      t.AudienceRegex,
		Issuer:             t.Issuer,
		IssuerRegex:        t.IssuerRegex,
		UserClaim:          t.UserIDClaim,
		SkipSignature:      cfg.Client.InsecureSkipTokenSignatureVerify,
	})
}

// Verifiers returns what verifies connection and subscription tokens under a
// configuration.
func Verifiers(cfg *config.Config) (connection, subscription *jwt.Verifier, err error) {
	a, err := accessConfig(cfg)
	if err != nil {
		return nil, nil, err
	}
	return a.Connection, a.Subscription, nil
}
