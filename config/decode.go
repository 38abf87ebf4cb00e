package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// decoder puts the untyped tree that a parser made into the struct tree.
type decoder struct {
	// lookup finds the environment variables that map values refer to; nil leaves
	// references alone.
	lookup func(name string) (string, bool)
	// warn takes what is odd but not wrong; nil drops it.
	warn func(Warning)
}

// object decodes raw into the struct v. Keys match ignoring case; null is the
// same as absent.
func (d *decoder) object(n *node, v reflect.Value, raw any, path string) error {
	object, ok := asObject(raw)
	if !ok {
		return fmt.Errorf("%s: want an object, got %s", path, shape(raw))
	}
	seen := make(map[string]bool, len(object))
	for _, spelled := range sortedKeys(object) {
		value := object[spelled]
		if value == nil {
			continue
		}
		key := strings.ToLower(spelled)
		child := n.byKey[key]
		if child == nil {
			d.report(Warning{Kind: UnknownKey, Key: join(path, key), Suggestion: suggestKey(n, path, key)})
			continue
		}
		if seen[key] {
			return fmt.Errorf("%s: the key is given twice, in different letter case", join(path, key))
		}
		seen[key] = true
		if err := d.value(child, child.of(v), value, join(path, key)); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) value(n *node, v reflect.Value, raw any, path string) error {
	var err error
	switch n.kind {
	case kindObject:
		return d.object(n, v, raw, path)
	case kindItems:
		return d.items(n, v, raw, path)
	case kindMap:
		err = d.stringMap(v, raw)
	case kindStrings:
		err = setStrings(v, raw)
	case kindDuration:
		err = d.duration(n, v, raw, path)
	default:
		err = setScalar(n, v, raw)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// items replaces the list by raw: a list of objects, or one object.
func (d *decoder) items(n *node, v reflect.Value, raw any, path string) error {
	list, ok := raw.([]any)
	if !ok {
		list = []any{raw}
	}
	items := reflect.MakeSlice(n.typ, len(list), len(list))
	for i, item := range list {
		if err := d.object(n, items.Index(i), item, itemPath(path, i)); err != nil {
			return err
		}
	}
	v.Set(items)
	return nil
}

func (d *decoder) stringMap(v reflect.Value, raw any) error {
	if object, ok := asObject(raw); ok && d.lookup != nil {
		// Keys of a file match ignoring case, and the object form pays for it.
		folded := make(map[string]any, len(object))
		for key, value := range object {
			folded[strings.ToLower(key)] = value
		}
		if len(folded) < len(object) {
			return fmt.Errorf("duplicate key: keys of an object are lower-cased, use the list form")
		}
		raw = folded
	}
	m, err := pairs(raw)
	if err != nil {
		return err
	}
	if d.lookup != nil {
		if err := interpolate(m, d.lookup); err != nil {
			return err
		}
	}
	v.Set(reflect.ValueOf(m))
	return nil
}

// duration takes text with units, or a bare number of nanoseconds. Small bare
// numbers almost always mean seconds or milliseconds.
func (d *decoder) duration(n *node, v reflect.Value, raw any, path string) error {
	if text, ok := raw.(string); ok {
		return setText(n, v, text)
	}
	number, ok := wholeNumber(raw)
	if !ok {
		return fmt.Errorf("want a duration such as 25s, got %s", shape(raw))
	}
	if 0 < number && number < 1_000_000 {
		d.report(Warning{Kind: SuspiciousDuration, Key: path, Suggestion: fmt.Sprintf("\"%ds\"", number)})
	}
	v.SetInt(number)
	return nil
}

func (d *decoder) report(w Warning) {
	if d.warn != nil {
		d.warn(w)
	}
}

// setStrings takes a list, or one value as a list of one; text is never split.
func setStrings(v reflect.Value, raw any) error {
	list, ok := raw.([]any)
	if !ok {
		list = []any{raw}
		if raw == "" {
			list = nil
		}
	}
	texts := make([]string, 0, len(list))
	for i, item := range list {
		if item == nil {
			continue
		}
		text, ok := scalarText(item)
		if !ok {
			return fmt.Errorf("item %d: want a string, got %s", i, shape(item))
		}
		texts = append(texts, text)
	}
	v.Set(reflect.ValueOf(texts))
	return nil
}

// setScalar sets strings, integers and booleans, converting between them as
// leniently as the reference does.
func setScalar(n *node, v reflect.Value, raw any) error {
	text, ok := scalarText(raw)
	if !ok {
		return fmt.Errorf("want %s, got %s", kindNames[n.kind], shape(raw))
	}
	_, isText := raw.(string)
	switch {
	case n.kind == kindString || n.kind == kindPEM:
		v.SetString(text)
	case text == "":
		v.SetZero()
	case isText:
		return setText(n, v, text)
	case n.kind == kindBool:
		v.SetBool(truth(raw))
	default:
		number, ok := wholeNumber(raw)
		if b, isBool := raw.(bool); isBool {
			number, ok = 0, true
			if b {
				number = 1
			}
		}
		if !ok || v.OverflowInt(number) {
			return n.refuse(text, "an integer")
		}
		v.SetInt(number)
	}
	return nil
}

// asObject returns raw's members if it is an object of any parser.
func asObject(raw any) (map[string]any, bool) {
	switch m := raw.(type) {
	case map[string]any:
		return m, true
	case map[any]any:
		object := make(map[string]any, len(m))
		for key, value := range m {
			object[fmt.Sprint(key)] = value
		}
		return object, true
	}
	return nil, false
}

// shape names what raw is, for errors that must not show it.
func shape(raw any) string {
	switch raw.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a string"
	case []any:
		return "a list"
	case map[string]any, map[any]any:
		return "an object"
	case time.Time:
		return "a date"
	}
	return "a number"
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
