package main

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"carillon/config"

	"github.com/spf13/cobra"
)

func newGenConfigCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "genconfig",
		Short: "Write a minimal configuration file with random secrets",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, err := cmd.Flags().GetString("config")
			if err != nil {
				return err
			}
			return genConfig(path)
		},
	}
	addConfigFlag(cmd)
	return cmd
}

func genConfig(path string) error {
	format, err := outputFormat(path)
	if err != nil {
		return err
	}
	text, err := config.Tree{
		{Key: "client", Value: config.Tree{
			{Key: "token", Value: config.Tree{{Key: "hmac_secret_key", Value: randomSecret(64)}}},
			{Key: "allowed_origins", Value: []string{}},
		}},
		{Key: "admin", Value: config.Tree{
			{Key: "enabled", Value: false},
			{Key: "password", Value: randomSecret(16)},
			{Key: "secret", Value: randomSecret(64)},
		}},
		{Key: "http_api", Value: config.Tree{{Key: "key", Value: randomSecret(64)}}},
	}.Marshal(format)
	if err != nil {
		return fmt.Errorf("error: %w", err)
	}
	return writeNewFile(path, text, fmt.Errorf("error: output config file already exists: %s", path))
}

// randomSecret is n random bytes as base64url text without padding.
func randomSecret(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails: the runtime ends the process instead
	return base64.RawURLEncoding.EncodeToString(b)
}
