package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"
)

// Marshal prints the whole tree, secrets included, so that Load of the text gives
// c again. JSON and YAML are in tree order and indented by two spaces.
func (c *Config) Marshal(format Format) ([]byte, error) {
	return plain(root, valueOf(c)).Marshal(format)
}

// Tree is an object in order, to be printed in any format.
type Tree []Member

// Member is one key of a Tree. Value is a Tree, a list of them ([]any), a
// string, an int64, a bool or a list of strings.
type Member struct {
	Key   string
	Value any
}

// Marshal prints the tree.
func (t Tree) Marshal(format Format) ([]byte, error) {
	var text bytes.Buffer
	var err error
	switch format {
	case JSON:
		e := json.NewEncoder(&text)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		err = e.Encode(t)
	case YAML:
		e := yaml.NewEncoder(&text)
		e.SetIndent(2)
		err = e.Encode(t)
	case TOML:
		err = toml.NewEncoder(&text).Encode(unordered(t))
	default:
		err = fmt.Errorf("unknown format %q", format)
	}
	if err != nil {
		return nil, fmt.Errorf("marshal config: %w", err)
	}
	return text.Bytes(), nil
}

// plain turns a struct into a Tree.
func plain(n *node, v reflect.Value) Tree {
	t := make(Tree, 0, len(n.children))
	for _, child := range n.children {
		t = append(t, Member{child.key, plainValue(child, child.of(v))})
	}
	return t
}

func plainValue(n *node, v reflect.Value) any {
	switch n.kind {
	case kindObject:
		return plain(n, v)
	case kindItems:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = plain(n, v.Index(i))
		}
		return items
	case kindMap:
		return plainMap(v.Interface().(map[string]string))
	case kindStrings:
		return append([]string{}, v.Interface().([]string)...)
	case kindDuration:
		return time.Duration(v.Int()).String()
	case kindInt:
		return v.Int()
	case kindBool:
		return v.Bool()
	}
	return v.String()
}

// plainMap uses the list form, the only one that keeps the case of keys.
func plainMap(m map[string]string) any {
	if len(m) == 0 {
		return Tree{}
	}
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	list := make([]any, len(keys))
	for i, key := range keys {
		list[i] = Tree{{"key", key}, {"value", m[key]}}
	}
	return list
}

// MarshalJSON keeps the order of members.
func (t Tree) MarshalJSON() ([]byte, error) {
	var text bytes.Buffer
	text.WriteByte('{')
	for i, m := range t {
		if i > 0 {
			text.WriteByte(',')
		}
		for j, part := range []any{m.Key, m.Value} {
			if j > 0 {
				text.WriteByte(':')
			}
			e := json.NewEncoder(&text)
			e.SetEscapeHTML(false)
			if err := e.Encode(part); err != nil {
				return nil, err
			}
		}
	}
	text.WriteByte('}')
	return text.Bytes(), nil
}

// MarshalYAML keeps the order of members.
func (t Tree) MarshalYAML() (any, error) {
	object := &yaml.Node{Kind: yaml.MappingNode}
	if len(t) == 0 {
		object.Style = yaml.FlowStyle
	}
	for _, m := range t {
		var key, value yaml.Node
		key.SetString(m.Key)
		if err := value.Encode(m.Value); err != nil {
			return nil, err
		}
		object.Content = append(object.Content, &key, &value)
	}
	return object, nil
}

// unordered is the tree for a TOML encoder, which has an order of its own.
func unordered(value any) any {
	switch v := value.(type) {
	case Tree:
		m := make(map[string]any, len(v))
		for _, member := range v {
			m[member.Key] = unordered(member.Value)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = unordered(item)
		}
		return list
	}
	return value
}
