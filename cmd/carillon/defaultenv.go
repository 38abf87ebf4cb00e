package main

import (
	"fmt"
	"os"

	"carillon/config"

	"github.com/spf13/cobra"
)

func newDefaultEnvCommand() *cobra.Command {
	var base string
	var nonZero bool
	cmd := &cobra.Command{
		Use:   "defaultenv",
		Short: "Print every key as an environment variable",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			src := config.Source{File: base, Env: os.Environ()}
			if nonZero {
				src.KeepZero, src.Env = true, config.ReferenceVars(src.Env)
			}
			loaded, err := config.Load(src)
			if err != nil {
				return fmt.Errorf("error getting config: %w", err)
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), loaded.Config.EnvText(nonZero))
			return err
		},
	}
	cmd.Flags().StringVarP(&base, "base", "b", "", "configuration file whose values are kept")
	cmd.Flags().BoolVar(&nonZero, "base-non-zero-only", false, "print only what the base file sets to something other than zero")
	return cmd
}
