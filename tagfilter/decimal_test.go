package tagfilter

import (
	"math/big"
	"regexp"
	"strings"
	"testing"
)

func TestParseDecimal(t *testing.T) {
	nines := strings.Repeat("9", 200)
	for s, want := range map[string]bool{
		"0": true, "-0": true, "+0": true, "007": true, "1.5": true, "-1.50": true, "+3": true,
		"0.1234567890123456789": true, "0.12345678901234567890": false,
		nines: true, nines + "9": false, "-" + nines: false, "-" + nines[1:]: true,
		"": false, "-": false, "+": false, ".": false, "-.": false, ".5": false, "5.": false, "-.5": false,
		"1e5": false, "1E5": false, "0x10": false, "1_000": false, "1,5": false, "1.2.3": false,
		" 1": false, "1 ": false, "--1": false, "+-1": false, "1-": false, "1.-5": false, "1.+5": false,
		"NaN": false, "Inf": false, "١": false, "1\x00": false,
	} {
		if _, ok := parseDecimal(s); ok != want {
			t.Errorf("parseDecimal(%q): %v, want %v", s, ok, want)
		}
	}
}

func TestCompareDecimals(t *testing.T) {
	// Groups of equal numbers, ascending.
	groups := [][]string{
		{"-" + strings.Repeat("9", 199)},
		{"-100.5", "-0100.50"},
		{"-100"},
		{"-2", "-02", "-2.0"},
		{"-1.10", "-1.1"},
		{"-1.09"},
		{"-0.0000000000000000001"},
		{"0", "-0", "+0", "000", "0.0", "-0.00", "+00.000"},
		{"0.0000000000000000001"},
		{"0.1", "00.10", "+0.1"},
		{"0.11"},
		{"0.9"},
		{"1", "+1", "1.0"},
		{"1.09"},
		{"1.1", "1.10"},
		{"9", "9.0"},
		{"9.99"},
		{"10", "010"},
		{"9007199254740992"},
		{"9007199254740993"},
		{"18446744073709551616"},
		{"18446744073709551616.0000000000000000001"},
		{strings.Repeat("9", 200)},
	}
	for i, group := range groups {
		for j, other := range groups {
			for _, a := range group {
				for _, b := range other {
					x, okX := parseDecimal(a)
					y, okY := parseDecimal(b)
					if !okX || !okY {
						t.Fatalf("%q or %q is no decimal", a, b)
					}
					if got := sign(compareDecimals(x, y)); got != sign(i-j) {
						t.Errorf("%q against %q: %d, want %d", a, b, got, sign(i-j))
					}
				}
			}
		}
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

var decimalSyntax = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]{1,19})?$`)

// The reference: the syntax as a pattern, the order by math/big.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"0", "-0", "1.10", "+001.1", "-5", "abc", "1e3", ".5", "99999999999999999999.5"} {
		f.Add(s, "1.1")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		x, okX := parseDecimal(a)
		if want := decimalSyntax.MatchString(a) && len(a) <= 200; okX != want {
			t.Fatalf("parseDecimal(%q): %v, want %v", a, okX, want)
		}
		y, okY := parseDecimal(b)
		if !okX || !okY {
			return
		}
		m, _ := new(big.Rat).SetString(a)
		n, _ := new(big.Rat).SetString(b)
		if got, want := sign(compareDecimals(x, y)), m.Cmp(n); got != want {
			t.Errorf("%q against %q: %d, want %d", a, b, got, want)
		}
	})
}
