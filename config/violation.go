package config

import (
	"fmt"
	"strings"
)

// Violation is one broken rule.
type Violation struct {
	// Path is the dotted path of the key to change.
	Path string
	// Message says what is wrong and never contains a secret.
	Message string
}

// String is the violation as one line.
func (v Violation) String() string { return v.Path + ": " + v.Message }

// ValidationError is everything that is wrong with a configuration. It has at
// least one violation.
type ValidationError struct {
	Violations []Violation
}

// Error has one line per violation.
func (e *ValidationError) Error() string {
	lines := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		lines[i] = v.String()
	}
	return strings.Join(lines, "\n")
}

// checker collects violations.
type checker struct {
	c          *Config
	violations []Violation
}

func (k *checker) fail(path, format string, args ...any) {
	k.violations = append(k.violations, Violation{Path: path, Message: fmt.Sprintf(format, args...)})
}

// failOn records err, if any.
func (k *checker) failOn(path string, err error) {
	if err != nil {
		k.fail(path, "%v", err)
	}
}

// choice checks a value out of a fixed list.
func (k *checker) choice(path, value string, allowed ...string) {
	var shown []string
	for _, a := range allowed {
		if a == value {
			return
		}
		if a != "" {
			shown = append(shown, a)
		}
	}
	k.fail(path, "unknown value %q: use %s", value, strings.Join(shown, ", "))
}
