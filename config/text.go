package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// setText sets a leaf from the text form that environment variables, flags and
// defaults have. Lists of objects are not a leaf.
func setText(n *node, v reflect.Value, text string) error {
	switch n.kind {
	case kindString, kindPEM:
		v.SetString(text)
	case kindInt:
		i, err := strconv.ParseInt(text, 0, v.Type().Bits())
		if err != nil {
			return n.refuse(text, "an integer")
		}
		v.SetInt(i)
	case kindBool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return n.refuse(text, "a boolean: write true or false")
		}
		v.SetBool(b)
	case kindDuration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return n.refuse(text, "a duration: write numbers with units, such as 25s or 1m30s")
		}
		v.SetInt(int64(d))
	case kindStrings:
		v.Set(reflect.ValueOf(words(text)))
	case kindMap:
		raw, err := parseJSON([]byte(text))
		if err != nil {
			return fmt.Errorf("read JSON: %w", err)
		}
		m, err := pairs(raw)
		if err != nil {
			return err
		}
		v.Set(reflect.ValueOf(m))
	default:
		panic("config: no text form for " + kindNames[n.kind])
	}
	return nil
}

// refuse is the error for a value of the wrong form. The value is shown unless
// the key is secret or the value too long to help.
func (n *node) refuse(text, want string) error {
	if n.secret || len(text) > 64 {
		return fmt.Errorf("the value is not %s", want)
	}
	return fmt.Errorf("%q is not %s", text, want)
}

// words splits at spaces; an empty text has none.
func words(text string) []string {
	var list []string
	for w := range strings.SplitSeq(text, " ") {
		if w != "" {
			list = append(list, w)
		}
	}
	return list
}

// parseJSON reads exactly one strict JSON value. Numbers stay text.
func parseJSON(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var raw any
	if err := d.Decode(&raw); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		line, column := position(text, d.InputOffset())
		if syntax, ok := err.(*json.SyntaxError); ok {
			line, column = position(text, syntax.Offset)
		}
		return nil, fmt.Errorf("line %d, column %d: %w", line, column, err)
	}
	if _, err := d.Token(); err != io.EOF {
		line, column := position(text, d.InputOffset())
		return nil, fmt.Errorf("line %d, column %d: unexpected text after the value", line, column)
	}
	return raw, nil
}

// position turns an offset behind the offending byte into line and column.
func position(text []byte, offset int64) (line, column int) {
	before := text[:min(max(offset-1, 0), int64(len(text)))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}
