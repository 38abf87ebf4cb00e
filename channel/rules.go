package channel

import (
	"fmt"
	"strings"
)

// Syntax holds the symbols that have a meaning in channel names. None of them
// may be empty.
type Syntax struct {
	NamespaceBoundary string // ends the namespace name, ":"
	PrivatePrefix     string // a token is mandatory, "$"
	UserBoundary      string // begins the list of allowed users, "#"
	UserSeparator     string // separates user ids, ","
}

// DefaultSyntax is the syntax of an empty configuration.
var DefaultSyntax = Syntax{NamespaceBoundary: ":", PrivatePrefix: "$", UserBoundary: "#", UserSeparator: ","}

// Namespace is a named set of options.
type Namespace struct {
	Name    string
	Options Options
}

// Rules map channel names to options. Immutable; safe for concurrent use.
type Rules struct {
	syntax     Syntax
	maxLength  int
	plain      *Options
	namespaces map[string]*Options
}

// NewRules compiles rules. plain are the options of channels without a
// namespace, maxLength the longest name in bytes a client may subscribe to.
// Namespace names must be unique.
func NewRules(syntax Syntax, maxLength int, plain Options, namespaces []Namespace) (*Rules, error) {
	r := &Rules{syntax: syntax, maxLength: maxLength, plain: &plain, namespaces: make(map[string]*Options, len(namespaces))}
	for i := range namespaces {
		ns := &namespaces[i]
		if _, dup := r.namespaces[ns.Name]; dup {
			return nil, fmt.Errorf("compile channel rules: namespace name must be unique: %s", ns.Name)
		}
		r.namespaces[ns.Name] = &ns.Options
	}
	return r, nil
}

// Resolved is a channel name together with what the rules say about it.
type Resolved struct {
	Name string
	// Options are nil when the name's namespace is not defined.
	Options *Options
	// Rest is the name after the namespace boundary, what Regex looks at. For a
	// channel without namespace it is the whole name, private prefix included.
	Rest  string
	rules *Rules
}

// Resolve finds the options of a channel. It allocates nothing.
func (r *Rules) Resolve(name string) Resolved {
	trimmed := strings.TrimPrefix(name, r.syntax.PrivatePrefix)
	ns, rest, found := strings.Cut(trimmed, r.syntax.NamespaceBoundary)
	res := Resolved{Name: name, rules: r}
	switch {
	case !found:
		res.Options, res.Rest = r.plain, name
	case ns == "":
		res.Options, res.Rest = r.plain, rest
	default:
		res.Options, res.Rest = r.namespaces[ns], rest
	}
	return res
}

// TooLong reports whether the name is longer than a client may subscribe to.
func (c Resolved) TooLong() bool { return len(c.Name) > c.rules.maxLength }

// Legal reports whether the name's characters are allowed in its namespace.
// Options must not be nil.
func (c Resolved) Legal() bool {
	if re := c.Options.Regex; re != nil {
		return re.MatchString(c.Rest)
	}
	for i := range len(c.Name) {
		if c.Name[i] >= 0x80 {
			return false
		}
	}
	return true
}

// Private reports whether only a token can open the channel to a client.
func (c Resolved) Private() bool { return strings.HasPrefix(c.Name, c.rules.syntax.PrivatePrefix) }

// Limited reports whether the name lists the users who may subscribe.
func (c Resolved) Limited() bool {
	return c.Options.UserLimited && strings.Contains(c.Name, c.rules.syntax.UserBoundary)
}

// ListsUser reports whether user stands in the list of a limited name: what
// follows the last user boundary, split at the user separator. The empty
// (anonymous) user stands in a list with an empty piece.
func (c Resolved) ListsUser(user string) bool {
	i := strings.LastIndex(c.Name, c.rules.syntax.UserBoundary)
	if i < 0 {
		return false
	}
	list := c.Name[i+len(c.rules.syntax.UserBoundary):]
	for {
		piece, rest, more := strings.Cut(list, c.rules.syntax.UserSeparator)
		if piece == user {
			return true
		}
		if !more {
			return false
		}
		list = rest
	}
}

// Personal is the name of a user's personal channel in a namespace ("" for
// none).
func (r *Rules) Personal(namespace, user string) string {
	if namespace == "" {
		return r.syntax.UserBoundary + user
	}
	return namespace + r.syntax.NamespaceBoundary + r.syntax.UserBoundary + user
}

// CheckType answers a subscribe command's type before anything else is looked
// at: only mismatches that involve shared poll are decided here, the others
// after name and namespace were checked (MatchesType).
func (c Resolved) CheckType(t SubscriptionType) TypeMismatch {
	shared := c.Options != nil && c.Options.Type == SharedPoll
	switch {
	case t == SharedPoll && !shared:
		return TypeUnavailable
	case t != SharedPoll && shared:
		return TypeWrong
	case t < Stream || t > SharedPoll:
		return TypeWrong
	}
	return TypeFits
}

// TypeMismatch is the outcome of CheckType.
type TypeMismatch uint8

const (
	TypeFits TypeMismatch = iota
	// TypeWrong: the namespace serves another kind, or there is no such kind.
	TypeWrong
	// TypeUnavailable: shared poll was asked for and is not served here.
	TypeUnavailable
)
