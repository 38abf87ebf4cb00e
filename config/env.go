package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// prefixes of environment variables; the first that is set to something wins.
var prefixes = []string{"CARILLON_", "CENTRIFUGO_"}

// environment is a snapshot of the process's variables and a record of the names
// that mean something.
type environment struct {
	vars  map[string]string
	known map[string]bool
	// flagged are the paths that a flag decides, whose variables are not read.
	flagged map[string]string
}

// newEnvironment takes variables in the form of os.Environ. Of a name given
// twice the first counts, as for os.Getenv.
func newEnvironment(list []string, flagged map[string]string) *environment {
	e := &environment{vars: make(map[string]string, len(list)), known: make(map[string]bool), flagged: flagged}
	for _, pair := range list {
		name, value, _ := strings.Cut(pair, "=")
		if _, dup := e.vars[name]; !dup {
			e.vars[name] = value
		}
	}
	return e
}

func (e *environment) lookup(name string) (string, bool) {
	value, ok := e.vars[name]
	return value, ok
}

// value finds the variable of a key: its full name, and its text, which is empty
// when nothing is set.
func (e *environment) value(suffix string) (name, text string) {
	for _, prefix := range prefixes {
		full := prefix + suffix
		e.known[full] = true
		if text == "" {
			name, text = full, e.vars[full]
		}
	}
	return name, text
}

// apply overwrites the keys of the struct v that variables set. suffix is the
// part of the variables' names that the object stands for.
func (e *environment) apply(n *node, v reflect.Value, path, suffix string) error {
	for _, child := range n.children {
		field, at := child.of(v), join(path, child.key)
		segment := suffix + envSegment(child.key)
		var err error
		switch child.kind {
		case kindObject:
			err = e.apply(child, field, at, segment+"_")
		case kindItems:
			err = e.list(child, field, at, segment)
		default:
			err = e.leaf(child, field, at, segment)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *environment) leaf(n *node, v reflect.Value, path, suffix string) error {
	name, text := e.value(suffix)
	if _, ok := e.flagged[path]; ok || text == "" {
		return nil
	}
	err := setText(n, v, text)
	if err == nil && n.kind == kindMap {
		err = interpolate(v.Interface().(map[string]string), e.lookup)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// list reads a list of objects: a JSON array replaces it, names are appended to
// it. Then variables of their own may set the keys of named items.
func (e *environment) list(n *node, v reflect.Value, path, suffix string) error {
	name, text := e.value(suffix)
	switch {
	case text == "":
	case strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]"):
		raw, err := parseJSON([]byte(text))
		if err != nil {
			return fmt.Errorf("%s: read JSON: %w", name, err)
		}
		if err := new(decoder).items(n, v, raw, path); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	case n.named():
		for _, word := range words(text) {
			item := reflect.New(n.typ.Elem()).Elem()
			n.byKey["name"].of(item).SetString(word)
			v.Set(reflect.Append(v, item))
		}
	default:
		return fmt.Errorf("%s: want a JSON array", name)
	}
	if !n.named() {
		return nil
	}
	for i := range v.Len() {
		item := v.Index(i)
		if name := n.byKey["name"].of(item).String(); name != "" {
			if err := e.apply(n, item, itemPath(path, i), suffix+"_"+envSegment(name)+"_"); err != nil {
				return err
			}
		}
	}
	return nil
}

// injected are the variables that a container orchestrator sets for a service
// called like the server.
var injected = regexp.MustCompile(`^(?:CARILLON|CENTRIFUGO)(?:_[A-Z0-9_]+)?_(?:PORT|SERVICE_)`)

// unknown reports the variables that look meant for the server and name no key.
func (e *environment) unknown(warn func(Warning)) {
	var names []string
	for name := range e.vars {
		for _, prefix := range prefixes {
			if strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, prefix+"VAR_") &&
				!e.known[name] && !injected.MatchString(name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return
	}
	known := make([]string, 0, len(e.known))
	for name := range e.known {
		known = append(known, name)
	}
	slices.Sort(known)
	slices.Sort(names)
	for _, name := range names {
		warn(Warning{Kind: UnknownVar, Var: name, Suggestion: nearest(name, known)})
	}
}
