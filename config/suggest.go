package config

import "strings"

// suggestKey guesses which key was meant by an unknown one inside the object n
// at path: a neighbour spelled almost alike, or else a key elsewhere in the tree
// that ends like it, as keys that moved into an object do: the highest, and of
// these the first.
func suggestKey(n *node, path, key string) string {
	names := make([]string, len(n.children))
	for i, child := range n.children {
		names[i] = child.key
	}
	if name := nearest(key, names); name != "" {
		return join(path, name)
	}
	flat := "_" + strings.ReplaceAll(key, ".", "_")
	best := ""
	root.paths("", func(_ *node, path string) {
		if strings.HasSuffix("_"+strings.ReplaceAll(path, ".", "_"), flat) && (best == "" || strings.Count(path, ".") < strings.Count(best, ".")) {
			best = path
		}
	})
	return best
}

// paths calls fn for every key outside of lists.
func (n *node) paths(path string, fn func(n *node, path string)) {
	for _, child := range n.children {
		at := join(path, child.key)
		fn(child, at)
		if child.kind == kindObject {
			child.paths(at, fn)
		}
	}
}

// nearest is the candidate closest to word, or empty if none is close. A third
// of the letters may be wrong.
func nearest(word string, candidates []string) string {
	best, limit := "", min(len(word)/3, 3)
	for _, c := range candidates {
		if d := distance(word, c, limit); d <= limit {
			best, limit = c, d-1
		}
	}
	return best
}

// distance is the number of letters to insert, delete, replace or swap with
// their neighbour to turn a into b; anything above limit is some number above
// limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
