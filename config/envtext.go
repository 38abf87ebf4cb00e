package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// EnvText prints every key as a line NAME=value, secrets included, sorted by
// name. With nonZero it leaves out what is zero.
func (c *Config) EnvText(nonZero bool) string {
	var lines []string
	root.envLines(valueOf(c), prefixes[0], func(n *node, name string, v reflect.Value) {
		if !nonZero || !isZero(v) {
			lines = append(lines, name+"="+envValue(n, v))
		}
	})
	slices.SortFunc(lines, func(a, b string) int {
		nameA, _, _ := strings.Cut(a, "=")
		nameB, _, _ := strings.Cut(b, "=")
		return strings.Compare(nameA, nameB)
	})
	lines = slices.Compact(lines)
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// envLines calls fn for every variable that can be set on its own, but not for
// the names of list items, which the list's own variable gives.
func (n *node) envLines(v reflect.Value, prefix string, fn func(n *node, name string, v reflect.Value)) {
	for _, child := range n.children {
		field, name := child.of(v), prefix+envSegment(child.key)
		if child.kind == kindObject {
			child.envLines(field, name+"_", fn)
			continue
		}
		fn(child, name, field)
		if !child.named() {
			continue
		}
		for i := range field.Len() {
			item := field.Index(i)
			itemPrefix := name + "_" + envSegment(child.byKey["name"].of(item).String()) + "_"
			child.envLines(item, itemPrefix, func(n *node, name string, v reflect.Value) {
				if name != itemPrefix+"NAME" {
					fn(n, name, v)
				}
			})
		}
	}
}

func envValue(n *node, v reflect.Value) string {
	switch value := plainValue(n, v).(type) {
	case string:
		if n.kind == kindDuration {
			return value
		}
		return envQuote(value)
	case []string:
		quoted := make([]string, len(value))
		for i, s := range value {
			quoted[i] = envQuote(s)
		}
		if len(quoted) == 0 {
			return `""`
		}
		return strings.Join(quoted, " ")
	case []any, Tree:
		if n.named() {
			names := make([]string, v.Len())
			for i := range names {
				names[i] = n.byKey["name"].of(v.Index(i)).String()
			}
			return envQuote(strings.Join(names, " "))
		}
		if n.kind == kindMap && v.Len() > 0 {
			value = v.Interface().(map[string]string)
		}
		text, err := json.Marshal(value)
		if err != nil {
			panic(fmt.Sprintf("config: print %s: %v", n.key, err))
		}
		return envQuote(string(text))
	default:
		return fmt.Sprint(value)
	}
}

// envQuote quotes text the way .env files and shells read it back.
func envQuote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}
