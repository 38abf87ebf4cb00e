package e2e

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// match compares JSON with a pattern, in which "*" stands for any value. It
// takes no field that the pattern hasn't.
func match(got, pattern string) error {
	g, err := decode(got)
	if err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	p, err := decode(pattern)
	if err != nil {
		return fmt.Errorf("the pattern is not JSON: %w", err)
	}
	return same("", g, p)
}

func decode(text string) (any, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	return v, err
}

func same(at string, got, want any) error {
	if want == "*" {
		return nil
	}
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Errorf("%s is no object", at)
		}
		for name, value := range g {
			if _, ok := w[name]; !ok {
				return fmt.Errorf("%s.%s is not expected", at, name)
			}
			if err := same(at+"."+name, value, w[name]); err != nil {
				return err
			}
		}
		for name := range w {
			if _, ok := g[name]; !ok {
				return fmt.Errorf("%s.%s is missing", at, name)
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return fmt.Errorf("%s is no list of %d", at, len(w))
		}
		for i := range w {
			if err := same(fmt.Sprintf("%s[%d]", at, i), g[i], w[i]); err != nil {
				return err
			}
		}
	default:
		if !reflect.DeepEqual(got, want) {
			return fmt.Errorf("%s is %v, not %v", at, got, want)
		}
	}
	return nil
}
