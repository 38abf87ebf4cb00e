package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"carillon/access/jwt"
	"carillon/server"

	parser "github.com/golang-jwt/jwt/v5"
	"github.com/spf13/cobra"
)

func newCheckTokenCommand() *cobra.Command {
	return checkTokenCommand("checktoken", "Check a connection token", func(connection, _ *jwt.Verifier, token string) (string, error) {
		t, err := connection.Connection(token)
		if err != nil {
			return "", err
		}
		who := "anonymous user"
		if t.User != "" {
			who = "user " + t.User
		}
		return fmt.Sprintf("valid token for %s\npayload: %s", who, t.Payload()), nil
	})
}

func newCheckSubTokenCommand() *cobra.Command {
	return checkTokenCommand("checksubtoken", "Check a subscription token", func(_, subscription *jwt.Verifier, token string) (string, error) {
		t, err := subscription.Subscription(token)
		if err != nil {
			return "", err
		}
		who := "anonymous user"
		if t.User != "" {
			who = fmt.Sprintf("user %q", t.User)
		}
		return fmt.Sprintf("valid subscription token for %s and channel %q\npayload: %s", who, t.Channel, t.Payload()), nil
	})
}

func checkTokenCommand(use, short string, check func(connection, subscription *jwt.Verifier, token string) (string, error)) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use + " TOKEN",
		Short: short,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("error: provide token to check [%s <TOKEN>]", use)
			}
			cfg, err := loadTokenConfig(cmd)
			if err != nil {
				return err
			}
			connection, subscription, err := server.Verifiers(cfg)
			if err != nil {
				return fmt.Errorf("error: %w", err)
			}
			result, err := check(connection, subscription, args[0])
			if err != nil {
				return describe(args[0], err)
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), result)
			return err
		},
	}
	addConfigFlag(cmd)
	return cmd
}

// describe says what is wrong with a token, and what it says of itself if it can
// be read at all.
func describe(token string, reason error) error {
	claims := parser.MapClaims{}
	t, _, err := parser.NewParser().ParseUnverified(token, claims)
	if err != nil && !errors.Is(err, parser.ErrTokenUnverifiable) {
		return fmt.Errorf("error: %w", err)
	}
	said, err := json.Marshal(claims)
	if err != nil {
		return fmt.Errorf("error: %w", err)
	}
	return fmt.Errorf("error: token with algorithm %v and claims %s has error: %w", t.Header["alg"], said, reason)
}
