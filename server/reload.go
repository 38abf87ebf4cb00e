package server

import (
	"fmt"

	"carillon/config"
)

// Reload puts those parts of a new configuration in force that can change while
// the server runs. Either all of them change or, with an error, none.
func (s *Server) Reload(cfg *config.Config) error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	if err := cfg.Validate(); err != nil {
		return err
	}
	rules, err := channelRules(&cfg.Channel)
	if err != nil {
		return fmt.Errorf("build channel rules: %w", err)
	}
	credentials, err := accessConfig(cfg)
	if err != nil {
		return fmt.Errorf("build token verifiers: %w", err)
	}
	s.node.SetRules(rules)
	s.access.Configure(credentials)
	if s.cfg.Client.ConnectionLimit > 0 {
		s.gate.SetConnectionLimit(cfg.Client.ConnectionLimit)
	}
	return nil
}
