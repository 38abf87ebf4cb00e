package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// kind is the shape of a value, which decides how it is read and printed.
type kind int

const (
	kindObject kind = iota
	kindItems       // list of objects
	kindString
	kindPEM
	kindInt
	kindBool
	kindDuration
	kindStrings // list of strings
	kindMap     // map of strings
)

var kindNames = map[kind]string{
	kindObject: "object", kindItems: "[]object", kindString: "string", kindPEM: "pem", kindInt: "int",
	kindBool: "bool", kindDuration: "duration", kindStrings: "[]string", kindMap: "map",
}

// node describes one key. The tree of nodes is built once from the struct tags
// of Config and mirrors it, embedded structs dissolved.
type node struct {
	key      string
	kind     kind
	index    []int // of the field within the struct of the parent node
	typ      reflect.Type
	def      string
	doc      string
	secret   bool
	whole    bool   // positive durations in whole seconds
	negative string // what a negative number means: "default", "off", or an error when empty
	children []*node
	byKey    map[string]*node
}

var root = buildRoot()

func buildRoot() *node {
	n := &node{kind: kindObject, typ: reflect.TypeFor[Config]()}
	n.addFields(n.typ, nil)
	return n
}

// addFields appends the keys of struct type t, which lies at index at within the
// node's own struct.
func (n *node) addFields(t reflect.Type, at []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int(nil), at...), i)
		if f.Anonymous {
			n.addFields(f.Type, index)
			continue
		}
		child := &node{
			key: f.Tag.Get("key"), index: index, typ: f.Type,
			def: f.Tag.Get("default"), doc: f.Tag.Get("doc"), secret: f.Tag.Get("secret") == "true",
			whole: f.Tag.Get("whole") == "seconds", negative: f.Tag.Get("negative"),
		}
		child.kind = kindOf(f.Type)
		switch child.kind {
		case kindObject:
			child.addFields(f.Type, nil)
		case kindItems:
			child.addFields(f.Type.Elem(), nil)
		}
		if n.byKey == nil {
			n.byKey = make(map[string]*node)
		}
		if child.key == "" || n.byKey[child.key] != nil {
			panic(fmt.Sprintf("config: field %s.%s needs a key of its own", t.Name(), f.Name))
		}
		n.byKey[child.key] = child
		n.children = append(n.children, child)
	}
}

func kindOf(t reflect.Type) kind {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return kindDuration
	case reflect.TypeFor[PEM]():
		return kindPEM
	case reflect.TypeFor[[]string]():
		return kindStrings
	case reflect.TypeFor[map[string]string]():
		return kindMap
	}
	switch t.Kind() {
	case reflect.Struct:
		return kindObject
	case reflect.Slice:
		return kindItems
	case reflect.String:
		return kindString
	case reflect.Int, reflect.Int64:
		return kindInt
	case reflect.Bool:
		return kindBool
	}
	panic("config: no kind for " + t.String())
}

// named reports whether the items of a list have names, so that environment
// variables can address them one by one.
func (n *node) named() bool { return n.kind == kindItems && n.byKey["name"] != nil }

// of is the node's field within the struct value of its parent.
func (n *node) of(parent reflect.Value) reflect.Value { return parent.FieldByIndex(n.index) }

// valueOf is the settable struct that c points to.
func valueOf(c *Config) reflect.Value { return reflect.ValueOf(c).Elem() }

// join appends a segment to a dotted path.
func join(path, segment string) string {
	if path == "" {
		return segment
	}
	return path + "." + segment
}

// itemPath is the path of a list's item in messages.
func itemPath(path string, i int) string { return fmt.Sprintf("%s.[%d]", path, i) }

// envSegment is what a key or an item's name adds to a variable's name.
func envSegment(s string) string {
	return strings.NewReplacer(".", "_", "-", "_").Replace(strings.ToUpper(s))
}

// visit calls fn for every leaf and every list within v, in tree order. Leaves
// inside list items are visited too, with the index of the item in their path.
func (n *node) visit(v reflect.Value, path string, fn func(n *node, v reflect.Value, path string)) {
	for _, child := range n.children {
		field, at := child.of(v), join(path, child.key)
		switch child.kind {
		case kindObject:
			child.visit(field, at, fn)
		case kindItems:
			fn(child, field, at)
			for i := range field.Len() {
				child.visit(field.Index(i), itemPath(at, i), fn)
			}
		default:
			fn(child, field, at)
		}
	}
}
