package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// pairs reads a map of strings from either of its forms: an object, or a list of
// {"key", "value"} objects.
func pairs(raw any) (map[string]string, error) {
	m := make(map[string]string)
	add := func(key string, value any) error {
		text, ok := scalarText(value)
		if !ok {
			return fmt.Errorf("the value of %q must be a string", key)
		}
		if _, dup := m[key]; dup {
			return fmt.Errorf("duplicate key %q", key)
		}
		m[key] = text
		return nil
	}
	if list, ok := raw.([]any); ok {
		for i, item := range list {
			key, value, err := pair(item)
			if err == nil {
				err = add(key, value)
			}
			if err != nil {
				return nil, fmt.Errorf("item %d: %w", i, err)
			}
		}
		return m, nil
	}
	object, ok := asObject(raw)
	if !ok {
		return nil, fmt.Errorf("want an object of strings or a list of key and value, got %s", shape(raw))
	}
	for _, key := range sortedKeys(object) {
		if object[key] == nil {
			continue
		}
		if err := add(key, object[key]); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func pair(item any) (key string, value any, err error) {
	object, ok := asObject(item)
	if !ok {
		return "", nil, fmt.Errorf("want an object with key and value, got %s", shape(item))
	}
	key, isKey := object["key"].(string)
	value, isValue := object["value"].(string)
	if !isKey || !isValue {
		return "", nil, errors.New("want an object with the strings key and value")
	}
	return key, value, nil
}

var reference = regexp.MustCompile(`\$\{((?:CARILLON|CENTRIFUGO)_VAR_[A-Za-z0-9_]+)\}`)

// interpolate replaces ${CARILLON_VAR_X} and ${CENTRIFUGO_VAR_X} in the values
// of m by the variable of exactly that name.
func interpolate(m map[string]string, lookup func(string) (string, bool)) error {
	var missing error
	for key, value := range m {
		m[key] = reference.ReplaceAllStringFunc(value, func(ref string) string {
			name := ref[2 : len(ref)-1]
			text, ok := lookup(name)
			if !ok && missing == nil {
				missing = fmt.Errorf("environment variable %q not found", name)
			}
			return text
		})
	}
	return missing
}

// ReferenceVars picks the variables that map values may refer to out of a list in
// the form of os.Environ. A Source with nothing else reads a file alone.
func ReferenceVars(env []string) []string {
	var list []string
	for _, pair := range env {
		for _, prefix := range prefixes {
			if strings.HasPrefix(pair, prefix+"VAR_") {
				list = append(list, pair)
			}
		}
	}
	return list
}
