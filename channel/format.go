package channel

import (
	"bytes"
	"encoding/json"
)

// DataFormat says which payloads a channel takes.
type DataFormat uint8

const (
	// FormatNonEmpty takes any bytes but none at all.
	FormatNonEmpty DataFormat = iota
	// FormatJSON takes one valid JSON value.
	FormatJSON
	// FormatJSONObject takes one JSON object.
	FormatJSONObject
	// FormatBinary takes anything, nothing included.
	FormatBinary
)

// Accepts reports whether data may be published. isJSON says that the caller
// already knows data to be a valid JSON value, which saves looking again.
func (f DataFormat) Accepts(data []byte, isJSON bool) bool {
	switch f {
	case FormatBinary:
		return true
	case FormatJSON:
		return len(data) > 0 && (isJSON || json.Valid(data))
	case FormatJSONObject:
		b := bytes.TrimLeft(data, " \t\r\n")
		return len(b) > 0 && b[0] == '{' && (isJSON || json.Valid(data))
	default:
		return len(data) > 0
	}
}
