package tagfilter

import (
	"fmt"
	"strings"
	"testing"
)

func compile(t testing.TB, n *Node) *Filter {
	t.Helper()
	f, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// manyValues is a list too long to be looked through, with "b" among them.
func manyValues() []string {
	vals := []string{"b"}
	for i := range 60 {
		vals = append(vals, fmt.Sprint("v", i))
	}
	return vals
}

func TestComparisons(t *testing.T) {
	type tags = map[string]string
	for _, c := range []struct {
		cmp, val string
		vals     []string
		missing  bool            // verdict without the tag
		verdicts map[string]bool // verdict by the tag's value
	}{
		{cmp: "eq", val: "b", missing: false, verdicts: map[string]bool{"b": true, "B": false, "bb": false, "": false}},
		{cmp: "neq", val: "b", missing: true, verdicts: map[string]bool{"b": false, "B": true, "bb": true, "": true}},
		{cmp: "in", vals: []string{"a", "b"}, missing: false, verdicts: map[string]bool{"a": true, "b": true, "c": false, "": false}},
		{cmp: "in", vals: []string{"a", ""}, missing: true, verdicts: map[string]bool{"a": true, "": true, "b": false}},
		{cmp: "in", vals: manyValues(), missing: false, verdicts: map[string]bool{"b": true, "v59": true, "v60": false, "": false}},
		{cmp: "in", vals: append(manyValues(), ""), missing: true, verdicts: map[string]bool{"b": true, "": true, "c": false}},
		{cmp: "nin", vals: []string{"a", "b"}, missing: true, verdicts: map[string]bool{"a": false, "b": false, "c": true, "": true}},
		{cmp: "nin", vals: []string{"a", ""}, missing: false, verdicts: map[string]bool{"a": false, "": false, "b": true}},
		{cmp: "nin", vals: manyValues(), missing: true, verdicts: map[string]bool{"b": false, "v59": false, "v60": true, "": true}},
		{cmp: "ex", missing: false, verdicts: map[string]bool{"b": true, "": true}},
		{cmp: "nex", missing: true, verdicts: map[string]bool{"b": false, "": false}},
		{cmp: "sw", val: "ab", missing: false, verdicts: map[string]bool{"ab": true, "abc": true, "a": false, "cab": false, "": false}},
		{cmp: "ew", val: "ab", missing: false, verdicts: map[string]bool{"ab": true, "cab": true, "b": false, "abc": false, "": false}},
		{cmp: "ct", val: "ab", missing: false, verdicts: map[string]bool{"ab": true, "cabc": true, "acb": false, "": false}},
		{cmp: "gt", val: "10", missing: false, verdicts: map[string]bool{"10": false, "9": false, "11": true, "9.99": false, "10.01": true, "abc": false, "": false}},
		{cmp: "gte", val: "10", missing: false, verdicts: map[string]bool{"10": true, "9": false, "11": true, "9.99": false, "10.0": true, "abc": false, "": false}},
		{cmp: "lt", val: "10", missing: false, verdicts: map[string]bool{"10": false, "9": true, "11": false, "9.99": true, "-11": true, "abc": false, "": false}},
		{cmp: "lte", val: "10", missing: false, verdicts: map[string]bool{"10": true, "9": true, "11": false, "010": true, "10.001": false, "abc": false, "": false}},
		{cmp: "gt", val: "x", missing: false, verdicts: map[string]bool{"x": false, "y": false, "1": false}},
		{cmp: "lte", val: "x", missing: false, verdicts: map[string]bool{"x": false, "a": false, "0": false, "-1": false}},
	} {
		name := fmt.Sprintf("%s %q", c.cmp, c.val)
		if len(c.vals) > 0 {
			name = fmt.Sprintf("%s one of %d", c.cmp, len(c.vals))
		}
		t.Run(name, func(t *testing.T) {
			f := compile(t, &Node{Key: "k", Cmp: c.cmp, Val: c.val, Vals: c.vals})
			for _, without := range []tags{nil, {}, {"K": "b"}} {
				if got := f.Match(without); got != c.missing {
					t.Errorf("tags %v: %v, want %v", without, got, c.missing)
				}
			}
			for tag, want := range c.verdicts {
				if got := f.Match(tags{"k": tag, "other": "b"}); got != want {
					t.Errorf("tag %q: %v, want %v", tag, got, want)
				}
			}
		})
	}
}

func TestJoins(t *testing.T) {
	yes, no := &Node{Cmp: "ex", Key: "k"}, &Node{Cmp: "nex", Key: "k"}
	join := func(op string, nodes ...*Node) *Node { return &Node{Op: op, Nodes: nodes} }
	tags := map[string]string{"k": "v"}
	for _, c := range []struct {
		name string
		tree *Node
		want bool
	}{
		{"and of one", join("and", yes), true},
		{"and of all", join("and", yes, yes, yes), true},
		{"and with first failing", join("and", no, yes), false},
		{"and with last failing", join("and", yes, yes, no), false},
		{"or of one", join("or", no), false},
		{"or of none", join("or", no, no), false},
		{"or with first matching", join("or", yes, no), true},
		{"or with last matching", join("or", no, no, yes), true},
		{"not", join("not", yes), false},
		{"not not", join("not", join("not", yes)), true},
		{"nested", join("and", join("or", no, join("not", no)), join("not", join("and", yes, no))), true},
		{"fields of comparisons mean nothing in joins", &Node{Op: "and", Key: "x", Cmp: "eq", Val: "y", Nodes: []*Node{yes}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := compile(t, c.tree).Match(tags); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// The tree belongs to the caller again after Compile.
func TestFilterOutlivesTree(t *testing.T) {
	n := &Node{Key: "k", Cmp: "in", Vals: []string{"a", "b"}}
	f := compile(t, n)
	n.Vals[0], n.Key, n.Cmp = "z", "z", "nin"
	if !f.Match(map[string]string{"k": "a"}) {
		t.Error("a change of the tree changed the filter")
	}
}

func TestMatchAllocatesNothing(t *testing.T) {
	tags := map[string]string{"number": "12.5", "long": strings.Repeat("x", 500)}
	for cmp := range comparisons {
		for _, key := range []string{"number", "long", "missing"} {
			leaf := &Node{Key: key, Cmp: cmp}
			switch cmp {
			case "ex", "nex":
			case "in", "nin":
				leaf.Vals = manyValues()
			default:
				leaf.Val = "12.50"
			}
			f := compile(t, &Node{Op: "or", Nodes: []*Node{leaf, {Op: "not", Nodes: []*Node{leaf}}}})
			if !f.Match(tags) {
				t.Errorf("%s %s: neither it nor its opposite", cmp, key)
			}
			if n := testing.AllocsPerRun(100, func() { f.Match(tags) }); n != 0 {
				t.Errorf("%s %s: Match allocates %v times", cmp, key, n)
			}
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	tags := map[string]string{"type": "trade", "price": "100.25"}
	for _, c := range []struct {
		name string
		tree *Node
	}{
		{"eq", &Node{Key: "type", Cmp: "eq", Val: "trade"}},
		{"gte", &Node{Key: "price", Cmp: "gte", Val: "99.5"}},
		{"in 61", &Node{Key: "type", Cmp: "in", Vals: manyValues()}},
		{"and", &Node{Op: "and", Nodes: []*Node{{Key: "type", Cmp: "eq", Val: "trade"}, {Key: "price", Cmp: "gte", Val: "99.5"}}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			f := compile(b, c.tree)
			b.ReportAllocs()
			for b.Loop() {
				f.Match(tags)
			}
		})
	}
}
