package main

import (
	"errors"
	"fmt"
	"os"

	"carillon/config"

	"github.com/spf13/cobra"
)

func newDefaultConfigCommand() *cobra.Command {
	var base string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "defaultconfig",
		Short: "Write a configuration file with every key",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, err := cmd.Flags().GetString("config")
			if err != nil {
				return err
			}
			format, err := outputFormat(path)
			if err != nil {
				return err
			}
			loaded, err := config.Load(config.Source{File: base, Env: os.Environ()})
			if err != nil {
				return fmt.Errorf("error getting config: %w", err)
			}
			text, err := loaded.Config.Marshal(format)
			if err != nil {
				return fmt.Errorf("error: %w", err)
			}
			if dryRun {
				_, err := cmd.OutOrStdout().Write(text)
				return err
			}
			return writeNewFile(path, text, errors.New("error: target file already exists"))
		},
	}
	addConfigFlag(cmd)
	cmd.Flags().StringVarP(&base, "base", "b", "", "configuration file whose values are kept")
	cmd.Flags().BoolVarP(&dryRun, "dry-run", "d", false, "print instead of writing")
	return cmd
}
