package config

import (
	"fmt"
	"reflect"
)

// fillDefaults puts defaults where v is zero, in list items too, so that zero
// means default wherever a value came from.
func fillDefaults(n *node, v reflect.Value) {
	n.visit(v, "", func(n *node, v reflect.Value, path string) {
		if n.negative == "default" && v.Int() < 0 {
			v.SetZero()
		}
		if n.def == "" || !isZero(v) {
			return
		}
		if err := setText(n, v, n.def); err != nil {
			panic(fmt.Sprintf("config: default of %s: %v", path, err))
		}
	})
}

// isZero counts empty lists and maps as zero even when they are not nil.
func isZero(v reflect.Value) bool {
	if k := v.Kind(); k == reflect.Slice || k == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}
