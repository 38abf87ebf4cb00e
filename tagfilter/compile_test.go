package tagfilter

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// leaves returns n comparisons that are in order.
func leaves(n int) []*Node { return slices.Repeat([]*Node{{Cmp: "ex", Key: "k"}}, n) }

// nested returns a tree of that many levels.
func nested(depth int) *Node {
	n := &Node{Cmp: "ex", Key: "k"}
	for range depth - 1 {
		n = &Node{Op: "not", Nodes: []*Node{n}}
	}
	return n
}

// in returns a comparison with n values.
func in(n int) *Node {
	vals := make([]string, n)
	for i := range vals {
		vals[i] = fmt.Sprint(i)
	}
	return &Node{Key: "k", Cmp: "in", Vals: vals}
}

func TestCompileAccepts(t *testing.T) {
	for name, n := range map[string]*Node{
		"deepest tree":            nested(MaxDepth),
		"most nodes":              {Op: "and", Nodes: leaves(MaxNodes - 1)},
		"most values":             in(MaxValues),
		"most values in two sets": {Op: "or", Nodes: []*Node{in(MaxValues / 2), in(MaxValues / 2)}},
		"ex without a key":        {Cmp: "ex"},
		"nex without a key":       {Cmp: "nex"},
		"val that is no number":   {Key: "k", Cmp: "gt", Val: "x"},
		"empty value in a list":   {Key: "k", Cmp: "in", Vals: []string{""}},
	} {
		if _, err := Compile(n); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	type test struct {
		name  string
		tree  *Node
		cause string
	}
	tests := []test{
		{"nil", nil, "null"},
		{"null among nodes", &Node{Op: "and", Nodes: []*Node{nil}}, "null"},
		{"empty node", &Node{}, "no cmp"},
		{"leaf without cmp", &Node{Key: "k", Val: "v"}, "no cmp"},
		{"unknown cmp", &Node{Key: "k", Cmp: "like", Val: "v"}, `unknown cmp "like"`},
		{"cmp of another case", &Node{Key: "k", Cmp: "EQ", Val: "v"}, "unknown cmp"},
		{"unknown op", &Node{Op: "xor", Nodes: leaves(2)}, `unknown op "xor"`},
		{"huge unknown op", &Node{Op: strings.Repeat("x", 1<<20)}, "unknown op"},
		{"not of none", &Node{Op: "not", Nodes: []*Node{}}, "want one"},
		{"not of two", &Node{Op: "not", Nodes: leaves(2)}, "want one"},
		{"and of none", &Node{Op: "and"}, `"and" has no nodes`},
		{"or of none", &Node{Op: "or"}, `"or" has no nodes`},
		{"fault deep inside", &Node{Op: "or", Nodes: []*Node{{Op: "not", Nodes: []*Node{{Cmp: "eq", Key: "k"}}}}}, "no val"},
		{"too deep", nested(MaxDepth + 1), "deeper"},
		{"much too deep", nested(100_000), "deeper"},
		{"too many nodes", &Node{Op: "and", Nodes: leaves(MaxNodes)}, "more than 128 nodes"},
		{"much too many nodes", &Node{Op: "and", Nodes: leaves(1_000_000)}, "more than 128 nodes"},
		{"too many nodes over the levels", &Node{Op: "and", Nodes: []*Node{{Op: "or", Nodes: leaves(64)}, {Op: "or", Nodes: leaves(63)}}}, "more than 128 nodes"},
		{"too many values", in(MaxValues + 1), "more than 256 values"},
		{"too many values in two sets", &Node{Op: "or", Nodes: []*Node{in(MaxValues), in(1)}}, "more than 256 values"},
	}
	for cmp := range comparisons {
		list := []string{"v"}
		switch cmp {
		case "ex", "nex":
			tests = append(tests,
				test{cmp + " with val", &Node{Key: "k", Cmp: cmp, Val: "v"}, "has a val"},
				test{cmp + " with vals", &Node{Key: "k", Cmp: cmp, Vals: list}, "has vals"})
		case "in", "nin":
			tests = append(tests,
				test{cmp + " without key", &Node{Cmp: cmp, Vals: list}, "no key"},
				test{cmp + " without vals", &Node{Key: "k", Cmp: cmp}, "no vals"},
				test{cmp + " with empty vals", &Node{Key: "k", Cmp: cmp, Vals: []string{}}, "no vals"},
				test{cmp + " with val", &Node{Key: "k", Cmp: cmp, Val: "v", Vals: list}, "has a val"})
		default:
			tests = append(tests,
				test{cmp + " without key", &Node{Cmp: cmp, Val: "v"}, "no key"},
				test{cmp + " without val", &Node{Key: "k", Cmp: cmp}, "no val"},
				test{cmp + " with vals", &Node{Key: "k", Cmp: cmp, Val: "v", Vals: list}, "has vals"})
		}
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			f, err := Compile(c.tree)
			if err == nil || f != nil {
				t.Fatalf("got %v, %v, want an error", f, err)
			}
			if !strings.HasPrefix(err.Error(), "compile filter: ") || !strings.Contains(err.Error(), c.cause) || len(err.Error()) > 200 {
				t.Errorf("error is %.300q, want it to name %q", err, c.cause)
			}
		})
	}
}

// A tree that contains itself is refused instead of being walked for ever.
func TestCompileRefusesCycle(t *testing.T) {
	n := &Node{Op: "and"}
	n.Nodes = []*Node{n, n}
	if _, err := Compile(n); err == nil {
		t.Error("accepted")
	}
}
