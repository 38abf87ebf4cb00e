package tagfilter

import (
	"errors"
	"fmt"
)

// Limits of a tree.
const (
	MaxDepth  = 16  // levels of nodes, a single leaf being one
	MaxNodes  = 128 // nodes in the whole tree
	MaxValues = 256 // entries of Vals in the whole tree
)

// Node is one node of a filter tree as subscribers send it.
//
// Op "and" and "or" join one or more Nodes, "not" negates exactly one; their
// other fields have no meaning. An empty Op is a comparison of the tag named
// Key:
//
//	eq neq          with Val; a missing tag is not equal
//	in nin          with Vals; a missing tag counts as an empty one
//	ex nex          the tag exists, or not; without any value
//	sw ew ct        starts with, ends with, contains Val
//	gt gte lt lte   as exact decimals; false if one of both is none
type Node struct {
	Op    string
	Key   string
	Cmp   string
	Val   string
	Vals  []string
	Nodes []*Node
}

var comparisons = map[string]operator{
	"eq": opEqual, "neq": opNotEqual,
	"in": opIn, "nin": opNotIn,
	"ex": opExists, "nex": opNotExists,
	"sw": opPrefix, "ew": opSuffix, "ct": opContains,
	"gt": opGreater, "gte": opGreaterOrEqual, "lt": opLess, "lte": opLessOrEqual,
}

// Compile checks a tree and makes it ready for matching. The tree may come from
// anywhere; the error says what is wrong with it. Nothing of the tree but its
// strings is kept.
func Compile(n *Node) (*Filter, error) {
	var c compiler
	root, err := c.node(n, 1)
	if err != nil {
		return nil, fmt.Errorf("compile filter: %w", err)
	}
	return &Filter{root: root}, nil
}

// compiler counts what the limits are on.
type compiler struct {
	nodes, values int
}

func (c *compiler) node(n *Node, depth int) (node, error) {
	if n == nil {
		return node{}, errors.New("a node is null")
	}
	if depth > MaxDepth {
		return node{}, fmt.Errorf("tree is deeper than %d levels", MaxDepth)
	}
	if c.nodes++; c.nodes > MaxNodes {
		return node{}, fmt.Errorf("tree has more than %d nodes", MaxNodes)
	}
	switch n.Op {
	case "":
		return c.comparison(n)
	case "and":
		return c.join(opAnd, n, depth)
	case "or":
		return c.join(opOr, n, depth)
	case "not":
		if len(n.Nodes) != 1 {
			return node{}, fmt.Errorf(`"not" has %d nodes, want one`, len(n.Nodes))
		}
		return c.join(opNot, n, depth)
	default:
		return node{}, fmt.Errorf("unknown op %.20q", n.Op)
	}
}

func (c *compiler) join(op operator, n *Node, depth int) (node, error) {
	if len(n.Nodes) == 0 {
		return node{}, fmt.Errorf("%q has no nodes", n.Op)
	}
	// What is beyond the limit is not worth making room for.
	out := node{op: op, nodes: make([]node, 0, min(len(n.Nodes), MaxNodes))}
	for _, child := range n.Nodes {
		compiled, err := c.node(child, depth+1)
		if err != nil {
			return node{}, err
		}
		out.nodes = append(out.nodes, compiled)
	}
	return out, nil
}

func (c *compiler) comparison(n *Node) (node, error) {
	op, known := comparisons[n.Cmp]
	switch {
	case n.Cmp == "":
		return node{}, errors.New("a comparison has no cmp")
	case !known:
		return node{}, fmt.Errorf("unknown cmp %.20q", n.Cmp)
	}
	wantsVal, wantsVals := true, false
	switch op {
	case opExists, opNotExists:
		wantsVal = false
	case opIn, opNotIn:
		wantsVal, wantsVals = false, true
	}
	switch {
	case n.Key == "" && (wantsVal || wantsVals):
		return node{}, fmt.Errorf("%q has no key", n.Cmp)
	case wantsVal && n.Val == "":
		return node{}, fmt.Errorf("%q has no val", n.Cmp)
	case !wantsVal && n.Val != "":
		return node{}, fmt.Errorf("%q has a val", n.Cmp)
	case wantsVals && len(n.Vals) == 0:
		return node{}, fmt.Errorf("%q has no vals", n.Cmp)
	case !wantsVals && len(n.Vals) != 0:
		return node{}, fmt.Errorf("%q has vals", n.Cmp)
	}
	if c.values += len(n.Vals); c.values > MaxValues {
		return node{}, fmt.Errorf("tree has more than %d values", MaxValues)
	}
	out := node{op: op, key: n.Key, val: n.Val}
	if wantsVals {
		out.vals = newValueSet(n.Vals)
	}
	if op >= opGreater {
		out.number, out.numeric = parseDecimal(n.Val)
	}
	return out, nil
}
