// Command carillon is the server, and the tools that come with it.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	root := newRootCommand()
	if err := root.Execute(); err != nil {
		// What was logged already needs no second telling.
		if !errors.Is(err, errLogged) {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
}

// errLogged ends a command that has told what went wrong by its log.
var errLogged = errors.New("see the log")

func newRootCommand() *cobra.Command {
	root := newServeCommand("carillon")
	root.Long = `Carillon is a real-time messaging server. Backends publish into channels over
its API, clients subscribe to channels over WebSocket and get what is published.

Without a subcommand it serves, like "carillon serve". To try it out:

  carillon serve --dev      then open http://localhost:8000`
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(misuse)
	root.AddCommand(
		newServeCommand("serve"),
		newVersionCommand(),
		newGenConfigCommand(), newCheckConfigCommand(), newDefaultConfigCommand(), newDefaultEnvCommand(),
		newGenTokenCommand(), newGenSubTokenCommand(), newCheckTokenCommand(), newCheckSubTokenCommand(),
	)
	for _, cmd := range append(root.Commands(), root) {
		if check := cmd.Args; check != nil {
			cmd.Args = func(cmd *cobra.Command, args []string) error {
				if err := check(cmd, args); err != nil {
					return misuse(cmd, err)
				}
				return nil
			}
		}
	}
	return root
}

// misuse adds to an error about how a command was called where to read how it
// is called.
func misuse(cmd *cobra.Command, err error) error {
	return fmt.Errorf("%w\nRun '%s --help' for usage", err, cmd.CommandPath())
}
