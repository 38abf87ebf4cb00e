package config

import "fmt"

// WarningKind says what a Warning is about.
type WarningKind int

const (
	// UnknownKey is a key of the file that does not exist; Key is set.
	UnknownKey WarningKind = iota
	// UnknownVar is an environment variable that names no key; Var is set.
	UnknownVar
	// SuspiciousDuration is a bare number below a millisecond; Key is set.
	SuspiciousDuration
	// RiskySetting is a valid setting that an operator should know about; Key is
	// set.
	RiskySetting
)

// Warning is something odd that does not stop the server. It never contains a
// configured value.
type Warning struct {
	Kind WarningKind
	// Key is a dotted path, Var the name of a variable; at most one is set.
	Key string
	Var string
	// Suggestion is what was probably meant; empty when there is no good guess.
	Suggestion string
	// Detail replaces the kind's own message.
	Detail string
}

// Message is the constant part, fit for a log line that carries Key and Var as
// fields.
func (w Warning) Message() string {
	switch {
	case w.Detail != "":
		return w.Detail
	case w.Kind == UnknownKey:
		return "unknown key in configuration file"
	case w.Kind == UnknownVar:
		return "unknown var in environment"
	case w.Kind == SuspiciousDuration:
		return "duration without unit counts nanoseconds"
	}
	return "risky setting"
}

// String is the whole warning as one line.
func (w Warning) String() string {
	line := fmt.Sprintf("%s: %s", w.Message(), w.Key+w.Var)
	if w.Suggestion != "" {
		line += fmt.Sprintf(" (did you mean %s?)", w.Suggestion)
	}
	return line
}
