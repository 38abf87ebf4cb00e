package tagfilter

import (
	"slices"
	"strings"
)

// Filter is a compiled tree. It is immutable and safe for concurrent use.
type Filter struct {
	root node
}

// Match reports whether a publication with these tags passes. nil tags are the
// same as none.
func (f *Filter) Match(tags map[string]string) bool { return f.root.match(tags) }

type operator uint8

const (
	opAnd operator = iota
	opOr
	opNot
	opEqual
	opNotEqual
	opIn
	opNotIn
	opExists
	opNotExists
	opPrefix
	opSuffix
	opContains
	opGreater
	opGreaterOrEqual
	opLess
	opLessOrEqual
)

// node is a Node made ready for matching. nodes belongs to opAnd, opOr and
// opNot; the other fields to the comparisons.
type node struct {
	op    operator
	nodes []node
	key   string
	val   string
	vals  valueSet
	// number is val as a decimal, for the numeric comparisons; without numeric
	// it is none, and nothing compares with it.
	number  decimal
	numeric bool
}

func (n *node) match(tags map[string]string) bool {
	switch n.op {
	case opAnd:
		for i := range n.nodes {
			if !n.nodes[i].match(tags) {
				return false
			}
		}
		return true
	case opOr:
		for i := range n.nodes {
			if n.nodes[i].match(tags) {
				return true
			}
		}
		return false
	case opNot:
		return !n.nodes[0].match(tags)
	default:
		tag, exists := tags[n.key]
		return n.compare(tag, exists)
	}
}

// compare judges one tag, which is empty when it doesn't exist.
func (n *node) compare(tag string, exists bool) bool {
	switch n.op {
	case opNotEqual:
		return !exists || tag != n.val
	case opNotExists:
		return !exists
	case opIn:
		return n.vals.has(tag)
	case opNotIn:
		return !n.vals.has(tag)
	}
	if !exists {
		return false
	}
	switch n.op {
	case opEqual:
		return tag == n.val
	case opExists:
		return true
	case opPrefix:
		return strings.HasPrefix(tag, n.val)
	case opSuffix:
		return strings.HasSuffix(tag, n.val)
	case opContains:
		return strings.Contains(tag, n.val)
	}
	number, numeric := parseDecimal(tag)
	if !numeric || !n.numeric {
		return false
	}
	order := compareDecimals(number, n.number)
	switch n.op {
	case opGreater:
		return order > 0
	case opGreaterOrEqual:
		return order >= 0
	case opLess:
		return order < 0
	default:
		return order <= 0
	}
}

// valueSet holds the values of "in" and "nin".
type valueSet struct {
	few  []string
	many map[string]struct{}
}

// fewValues is up to where looking through all values is the fastest way.
const fewValues = 8

func newValueSet(vals []string) valueSet {
	if len(vals) <= fewValues {
		return valueSet{few: slices.Clone(vals)}
	}
	many := make(map[string]struct{}, len(vals))
	for _, val := range vals {
		many[val] = struct{}{}
	}
	return valueSet{many: many}
}

func (s *valueSet) has(val string) bool {
	if s.many != nil {
		_, found := s.many[val]
		return found
	}
	return slices.Contains(s.few, val)
}
