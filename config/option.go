package config

import "slices"

// Option is one key, for documentation and generated tests.
type Option struct {
	// Path is dotted; the items of a list are written [], as in
	// channel.namespaces.[].presence.
	Path string
	// Env is the name of the variable; <NAME> stands for the item's name. Empty
	// for keys inside lists without names, which cannot be set one by one.
	Env string
	// Type is string, pem, int, bool, duration, []string, map or []object.
	Type string
	// Default is the text form of the default; empty for zero.
	Default string
	Doc     string
	// Secret values must not be shown.
	Secret bool
	// Limit reports that a negative value means the default.
	Limit bool
	// WholeSeconds reports that a positive duration must be whole seconds.
	WholeSeconds bool
}

// Options are all keys in tree order, objects dissolved.
func Options() []Option {
	var list []Option
	root.options("", prefixes[0], &list)
	return slices.Clip(list)
}

func (n *node) options(path, env string, list *[]Option) {
	for _, child := range n.children {
		at, name := join(path, child.key), ""
		if env != "" {
			name = env + envSegment(child.key)
		}
		if child.kind == kindObject {
			if name != "" {
				name += "_"
			}
			child.options(at, name, list)
			continue
		}
		*list = append(*list, Option{
			Path: at, Env: name, Type: kindNames[child.kind], Default: child.def, Doc: child.doc,
			Secret: child.secret, Limit: child.negative == "default", WholeSeconds: child.whole,
		})
		if child.kind != kindItems {
			continue
		}
		if name != "" && child.named() {
			name += "_<NAME>_"
		} else {
			name = ""
		}
		child.options(at+".[]", name, list)
	}
}
