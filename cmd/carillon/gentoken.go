package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"carillon/config"

	"github.com/golang-jwt/jwt/v5"
	"github.com/spf13/cobra"
)

// tokenOrder is what a token is to say.
type tokenOrder struct {
	user, channel string
	ttl           int64 // seconds
	quiet         bool
}

func newGenTokenCommand() *cobra.Command {
	return tokenCommand("gentoken", "Make a connection token for development", func(*cobra.Command, *tokenOrder) {})
}

func newGenSubTokenCommand() *cobra.Command {
	return tokenCommand("gensubtoken", "Make a subscription token for development", func(cmd *cobra.Command, o *tokenOrder) {
		cmd.Flags().StringVarP(&o.channel, "channel", "s", "", "channel that the token opens (required)")
		cmd.PreRunE = func(*cobra.Command, []string) error {
			if o.channel == "" {
				return errors.New("channel is required")
			}
			return nil
		}
	})
}

// week is how long a token is good for unless it is said otherwise, in seconds.
const week = 7 * 24 * 60 * 60

func tokenCommand(use, short string, more func(*cobra.Command, *tokenOrder)) *cobra.Command {
	order := &tokenOrder{}
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadTokenConfig(cmd)
			if err != nil {
				return err
			}
			return genToken(cmd, cfg, order)
		},
	}
	addConfigFlag(cmd)
	cmd.Flags().StringVarP(&order.user, "user", "u", "", "user id; empty is an anonymous user")
	cmd.Flags().Int64VarP(&order.ttl, "ttl", "t", week, "seconds until the token expires; negative is never")
	cmd.Flags().BoolVarP(&order.quiet, "quiet", "q", false, "print the token only")
	more(cmd, order)
	return cmd
}

// loadTokenConfig loads the configuration of a command that has to do with
// tokens. The file may be missing: the environment may hold the key.
func loadTokenConfig(cmd *cobra.Command) (*config.Config, error) {
	file, err := cmd.Flags().GetString("config")
	if err != nil {
		return nil, err
	}
	loaded, err := config.Load(config.Source{File: file, Env: os.Environ()})
	if err != nil {
		return nil, fmt.Errorf("error getting config: %w", err)
	}
	return loaded.Config, nil
}

func genToken(cmd *cobra.Command, cfg *config.Config, o *tokenOrder) error {
	keys := cfg.Client.Token
	if own := cfg.Client.SubscriptionToken; o.channel != "" && own.Enabled {
		keys = own.Token
	}
	if keys.HMACSecretKey == "" {
		return errors.New("error: no HMAC secret key is configured: only HMAC tokens can be generated, set client.token.hmac_secret_key")
	}
	now := time.Now().Unix()
	claims := jwt.MapClaims{"sub": o.user, "iat": now}
	if o.ttl > 0 {
		claims["exp"] = now + o.ttl
	}
	if o.channel != "" {
		claims["channel"] = o.channel
	}
	if keys.UserIDClaim != "" {
		claims[keys.UserIDClaim] = o.user
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(keys.HMACSecretKey))
	if err != nil {
		return fmt.Errorf("error: %w", err)
	}
	out := cmd.OutOrStdout()
	if o.quiet {
		_, err = fmt.Fprint(out, token)
		return err
	}
	who := "anonymous user"
	if o.user != "" {
		who = fmt.Sprintf("user %q", o.user)
	}
	if o.channel != "" {
		who += fmt.Sprintf(" and channel %q", o.channel)
	}
	until := "without expiration"
	if o.ttl >= 0 {
		until = "with expiration TTL " + (time.Duration(o.ttl) * time.Second).String()
	}
	_, err = fmt.Fprintf(out, "HMAC SHA-256 JWT for %s %s:\n%s\n", who, until, token)
	return err
}
