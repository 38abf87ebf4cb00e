package delta

import "testing"

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		n    uint64
		text string
	}{
		{0, "0"}, {9, "9"}, {10, "A"}, {35, "Z"}, {36, "_"}, {37, "a"}, {62, "z"}, {63, "~"},
		{64, "10"}, {1000, "Fd"}, {4095, "~~"}, {4096, "100"}, {1<<32 - 1, "3~~~~~"}, {1<<64 - 1, "F~~~~~~~~~~"},
	} {
		if got := string(appendNumber(nil, c.n)); got != c.text {
			t.Errorf("appendNumber(%d) = %q, want %q", c.n, got, c.text)
		}
		r := reader{patch: []byte(c.text)}
		if got, err := r.number(); got != c.n || err != nil {
			t.Errorf("number of %q = %d, %v, want %d", c.text, got, err, c.n)
		}
		if c.n < 1<<62 && numberLen(int(c.n)) != len(c.text) {
			t.Errorf("numberLen(%d) = %d, want %d", c.n, numberLen(int(c.n)), len(c.text))
		}
	}
}

func TestChecksum(t *testing.T) {
	for _, c := range []struct {
		text string
		sum  uint32
	}{
		{"", 0},
		{"\x01", 1 << 24},
		{"abcd", 1633837924},
		{"abcde", 3328336740},
		{"\xff\xff\xff\xff\x00\x00\x00\x02", 1},
	} {
		if got := checksum([]byte(c.text)); got != c.sum {
			t.Errorf("checksum(%q) = %d, want %d", c.text, got, c.sum)
		}
	}
}
