package delta

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
)

func TestApplyRefusesMalformedPatches(t *testing.T) {
	const base = "abcdefghijklmnopqrstuvwxyz0123456789"
	const limit = 1000
	for _, c := range []struct{ name, patch, cause string }{
		{"empty", "", "truncated"},
		{"no length", "\n_@0,1bRnpo;", "want a number"},
		{"length only", "_", "truncated"},
		{"no line feed", "_;", "want a line feed"},
		{"no segments", "_\n", "truncated"},
		{"segment without operation", "_\n_", "truncated"},
		{"copy without offset", "_\n_@", "truncated"},
		{"copy without comma", "_\n_@0", "truncated"},
		{"copy with another end", "_\n_@0;", "want a comma"},
		{"copy without a number", "_\n_@,1bRnpo;", "want a number"},
		{"unknown operation", "_\n_#0,1bRnpo;", `want one of`},
		{"byte that is no digit", "_\n$@0,1bRnpo;", "want a number"},
		{"no checksum", "_\n_@0,", "truncated"},
		{"no semicolon", "_\n_@0,1bRnpo", "truncated"},
		{"wrong checksum", "_\n_@0,1bRnpp;", "checksum"},
		{"checksum of more than 32 bits", "_\n_@0,40000000;", "larger than 32 bits"},
		{"copy beyond base", "_\n_@1,1bRnpo;", "beyond the base"},
		{"copy from beyond base", "_\n0@a,_@0,1bRnpo;", "beyond the base"},
		{"copy whose end overflows", "_\n_@F~~~~~~~~~~,1bRnpo;", "beyond the base"},
		{"longer copy than the base, overflowing", "_\nF~~~~~~~~~~@1,1bRnpo;", "beyond the base"},
		{"literal beyond patch", "_\n_:abc", "truncated"},
		{"literal whose end overflows", "_\nF~~~~~~~~~~:abc", "truncated"},
		{"number of more than 64 bits", "_\nG0000000000:abc", "larger than 64 bits"},
		{"endless number", strings.Repeat("1", 10000), "larger than 64 bits"},
		{"leading zero", "0_\n_@0,1bRnpo;", "leading zeros"},
		{"more than announced", "Z\n_@0,1bRnpo;", "more than the 35 bytes"},
		{"less than announced", "a\n_@0,1bRnpo;", "1 bytes short"},
		{"larger than the limit", "Fe\n0;", "limit of 1000"},
		{"as large as a number can be", "F~~~~~~~~~~\n0;", "limit of 1000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Apply([]byte(base), []byte(c.patch), limit)
			if err == nil {
				t.Fatalf("accepted as %q", got)
			}
			if !strings.HasPrefix(err.Error(), "apply delta: ") || !strings.Contains(err.Error(), c.cause) {
				t.Errorf("error is %q, want it to name %q", err, c.cause)
			}
		})
	}
}

func TestApplyRefusesEveryTruncation(t *testing.T) {
	base := []byte(strings.Repeat("0123456789abcdef", 4))
	patch := Create(base, append([]byte("new"), base[8:]...))
	for n := range patch {
		if got, err := Apply(base, patch[:n], 1000); err == nil {
			t.Errorf("first %d bytes of %q were accepted as %q", n, patch, got)
		}
	}
}

func TestApplyAnotherBase(t *testing.T) {
	patch := Create([]byte(strings.Repeat("0123456789abcdef", 4)), []byte(strings.Repeat("0123456789abcdef", 3)))
	if got, err := Apply([]byte(strings.Repeat("0123456789abcdeg", 4)), patch, 1000); err == nil {
		t.Errorf("patch for another base was accepted as %q", got)
	}
}

func TestApplyIgnoresBytesBehindTheEnd(t *testing.T) {
	got, err := Apply(nil, []byte("4\n4:abcd1XObD_;rubbish"), 4)
	if string(got) != "abcd" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestApplyLimit(t *testing.T) {
	patch := []byte("4\n4:abcd1XObD_;")
	for limit, ok := range map[int]bool{-1: false, 0: false, 3: false, 4: true, 5: true} {
		if _, err := Apply(nil, patch, limit); (err == nil) != ok {
			t.Errorf("limit %d: error %v", limit, err)
		}
	}
	if got, err := Apply([]byte("base"), []byte("0\n0;"), 0); len(got) != 0 || err != nil {
		t.Errorf("empty target with limit 0: %q, %v", got, err)
	}
}

// A patch that announces much and holds little must not cost what it announces.
func TestApplyAllocatesNothingForAnnouncements(t *testing.T) {
	const limit = 1 << 30
	gigabyte := string(appendNumber(nil, limit))
	for _, patch := range []string{gigabyte + "\n0;", gigabyte + "\n1:a", gigabyte + "\n" + gigabyte + ":a", gigabyte + "\n1@0,1@0,0;"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := Apply([]byte("base"), []byte(patch), limit); err == nil {
			t.Errorf("%q was accepted", patch)
		}
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
			t.Errorf("refusing %q allocated %d bytes", patch, grown)
		}
	}
}

func FuzzApply(f *testing.F) {
	base := []byte("abcdefghijklmnopqrstuvwxyz0123456789")
	f.Add(base, []byte("_\n_@0,1bRnpo;"), 36)
	f.Add(base, []byte("7\n7:{\"a\":2}2qLDtY;"), 7)
	f.Add([]byte{}, []byte("0\n0;"), 0)
	f.Add(base, []byte("F~~~~~~~~~~\n1@F~~~~~~~~~~,0;"), 1<<20)
	f.Fuzz(func(t *testing.T, base, patch []byte, limit int) {
		limit %= 1 << 20
		target, err := Apply(base, patch, limit)
		if err != nil {
			if target != nil {
				t.Errorf("error %v comes with %d bytes", err, len(target))
			}
			return
		}
		if len(target) > limit || cap(target) > limit+limit/4+64 {
			t.Errorf("target of %d bytes, capacity %d, with limit %d", len(target), cap(target), limit)
		}
		again, err := Apply(base, Create(base, target), limit)
		if err != nil || !bytes.Equal(again, target) {
			t.Errorf("target %q doesn't survive a round trip: %q, %v", target, again, err)
		}
	})
}

func BenchmarkApply(b *testing.B) {
	base := bytes.Repeat([]byte("The quick brown fox. "), 50)
	target := append([]byte("new "), base...)
	patch := Create(base, target)
	b.ReportAllocs()
	b.SetBytes(int64(len(target)))
	for b.Loop() {
		if _, err := Apply(base, patch, len(target)); err != nil {
			b.Fatal(err)
		}
	}
}
