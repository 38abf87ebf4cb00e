package main

import (
	"errors"
	"fmt"
	"strings"

	"carillon/config"

	"github.com/spf13/cobra"
)

func newCheckConfigCommand() *cobra.Command {
	var strict bool
	cmd := &cobra.Command{
		Use:   "checkconfig",
		Short: "Check a configuration file without starting anything",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			src, err := source(cmd)
			if err != nil {
				return err
			}
			loaded, err := config.Load(src)
			if err != nil {
				return fmt.Errorf("error getting config: %w", err)
			}
			if !loaded.FileFound {
				return errors.New("config file not found")
			}
			for _, w := range loaded.Warnings {
				if w.Kind == config.SuspiciousDuration || w.Kind == config.UnknownKey && !strict {
					cmd.PrintErrln("warning:", w)
				}
			}
			return checkLoaded(loaded, strict)
		},
	}
	addConfigFlag(cmd)
	cmd.Flags().BoolVarP(&strict, "strict", "s", false, "fail on unknown keys")
	return cmd
}

// checkLoaded makes one error with a line for everything that is wrong.
func checkLoaded(loaded *config.Loaded, strict bool) error {
	var lines []error
	if keys := loaded.UnknownKeys(); strict && len(keys) > 0 {
		lines = append(lines, fmt.Errorf("unknown keys in config: %s", strings.Join(keys, ", ")))
	}
	err := loaded.Config.Validate()
	if invalid, ok := errors.AsType[*config.ValidationError](err); ok {
		for _, v := range invalid.Violations {
			lines = append(lines, fmt.Errorf("error validating config: %v", v))
		}
	} else if err != nil {
		lines = append(lines, fmt.Errorf("error validating config: %w", err))
	}
	return errors.Join(lines...)
}
