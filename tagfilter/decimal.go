package tagfilter

import (
	"cmp"
	"strings"
)

// What is accepted as a decimal.
const (
	maxDecimalLen  = 200
	maxFractionLen = 19
)

// decimal is a number taken apart in a form in which equal numbers are equal
// texts: no leading zeros before the point, no trailing ones behind it, and
// zero, which is the zero value, has no digits and no sign.
type decimal struct {
	negative          bool
	integer, fraction string
}

// parseDecimal reads an optional sign, digits, and optionally a point and 1 to
// 19 digits; at most 200 bytes.
func parseDecimal(s string) (decimal, bool) {
	if len(s) > maxDecimalLen {
		return decimal{}, false
	}
	var d decimal
	if s != "" && (s[0] == '-' || s[0] == '+') {
		d.negative = s[0] == '-'
		s = s[1:]
	}
	integer, fraction, point := strings.Cut(s, ".")
	if integer == "" || !isDigits(integer) {
		return decimal{}, false
	}
	if point && (fraction == "" || len(fraction) > maxFractionLen || !isDigits(fraction)) {
		return decimal{}, false
	}
	d.integer = strings.TrimLeft(integer, "0")
	d.fraction = strings.TrimRight(fraction, "0")
	if d.integer == "" && d.fraction == "" {
		d.negative = false
	}
	return d, true
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// compareDecimals is negative when a < b, 0 when they are equal, else positive.
func compareDecimals(a, b decimal) int {
	switch {
	case a.negative && b.negative:
		return compareMagnitudes(b, a)
	case a.negative:
		return -1
	case b.negative:
		return 1
	}
	return compareMagnitudes(a, b)
}

func compareMagnitudes(a, b decimal) int {
	return cmp.Or(
		cmp.Compare(len(a.integer), len(b.integer)),
		strings.Compare(a.integer, b.integer),
		// Without trailing zeros, the order of fractions is that of their texts.
		strings.Compare(a.fraction, b.fraction),
	)
}
