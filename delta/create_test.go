package delta

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// patchOf makes a patch and checks everything that holds for every patch.
func patchOf(t *testing.T, base, target string) string {
	t.Helper()
	patch := Create([]byte(base), []byte(target))
	got, err := Apply([]byte(base), patch, len(target))
	if err != nil {
		t.Fatalf("patch %q from %q to %q: %v", patch, base, target, err)
	}
	if string(got) != target {
		t.Fatalf("patch %q turns %q into %q, want %q", patch, base, got, target)
	}
	if utf8.ValidString(target) && !utf8.Valid(patch) {
		t.Fatalf("patch %q from %q to %q is not valid UTF-8", patch, base, target)
	}
	if len(patch) > len(target)+30 {
		t.Fatalf("patch has %d bytes for a target of %d", len(patch), len(target))
	}
	return string(patch)
}

func TestCreateVectors(t *testing.T) {
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	const quote = `{"symbol":"BTC-USD","price":100,"volume":5000,"venue":"main"}`
	for _, c := range []struct{ name, base, target, patch string }{
		{"same", alphabet, alphabet, "_\n_@0,1bRnpo;"},
		{"too short for a delta", `{"a":1}`, `{"a":2}`, "7\n7:{\"a\":2}2qLDtY;"},
		{"one digit", quote, strings.Replace(quote, "100", "101", 1), "y\nU@0,1:1U@V,3HdpUV;"},
		{"digit near the start", `{"a":1,"text":"hello world, hello again"}`, `{"a":2,"text":"hello world, hello again"}`, "e\n6:{\"a\":2Z@6,3pArlM;"},
		{"both empty", "", "", "0\n0;"},
		{"empty base", "", "abcd", "4\n4:abcd1XObD_;"},
		{"empty target", alphabet, "", "0\n0;"},
		{"base of one block", alphabet[:16], alphabet[:16], "G\nG:abcdefghijklmnop" + string(appendNumber(nil, uint64(checksum([]byte(alphabet[:16]))))) + ";"},
		{"target shorter than a block", alphabet, alphabet[:15], "F\nF:abcdefghijklmno" + string(appendNumber(nil, uint64(checksum([]byte(alphabet[:15]))))) + ";"},
		{"target of one block", alphabet, alphabet[:16], "G\nG@0," + string(appendNumber(nil, uint64(checksum([]byte(alphabet[:16]))))) + ";"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := patchOf(t, c.base, c.target); got != c.patch {
				t.Errorf("got %q, want %q", got, c.patch)
			}
		})
	}
}

// The whole payload goes out when the patch is not shorter.
func TestCreateSmallPayloadIsNoGain(t *testing.T) {
	if patch := patchOf(t, `{"a":1}`, `{"a":2}`); len(patch) != 18 {
		t.Errorf("patch has %d bytes, want 18", len(patch))
	}
}

// Both letters begin with the same byte, so a byte-wise patch would insert half
// a character.
func TestCreateCutsBetweenCharacters(t *testing.T) {
	const base = `{"t":"ффффффффффффффффф"}`
	for _, letter := range []string{"х", "у", "ц"} {
		for i, at := 0, strings.Index(base, "ф"); i < 17; i++ {
			target := base[:at+2*i] + letter + base[at+2*i+2:]
			patch := patchOf(t, base, target)
			if len(patch) >= len(target) {
				t.Errorf("patch %q is not shorter than %q", patch, target)
			}
		}
	}
}

func TestCreateCutsInvalidTextByteWise(t *testing.T) {
	base := strings.Repeat("0123456789abcdef", 4) + "é\xff" + strings.Repeat("fedcba9876543210", 4)
	target := strings.Replace(base, "é", "è", 1)
	patch := patchOf(t, base, target)
	if !strings.Contains(patch, "1:\xa8") {
		t.Errorf("patch %q doesn't insert the one byte that differs", patch)
	}
}

func TestCreateChainOfSingleCharacterEdits(t *testing.T) {
	letters := []rune("aéèфхц漢字𝄞😀\u00a0€")
	rng := rand.New(rand.NewPCG(35, 1))
	text := make([]rune, 120)
	for i := range text {
		text[i] = letters[rng.IntN(len(letters))]
	}
	shorter := 0
	for range 1000 {
		base := string(text)
		text[rng.IntN(len(text))] = letters[rng.IntN(len(letters))]
		if patch := patchOf(t, base, string(text)); len(patch) < len(string(text)) {
			shorter++
		}
	}
	if shorter < 990 {
		t.Errorf("only %d of 1000 patches were shorter than the text", shorter)
	}
}

func TestCreateFindsMovedText(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	block := func() string {
		b := make([]byte, 200)
		for i := range b {
			b[i] = byte('a' + rng.IntN(26))
		}
		return string(b)
	}
	a, b, c := block(), block(), block()
	for _, target := range []string{b + a, c + b + a, a + a, "x" + a + "y" + c + "z", a[100:] + c[:50]} {
		if patch := patchOf(t, a+b+c, target); len(patch) > 45 {
			t.Errorf("patch %q has %d bytes, want a few copies", patch, len(patch))
		}
	}
}

func TestCreateEveryLengthAroundTheBlockSize(t *testing.T) {
	text := strings.Repeat("The quick brown fox jümps över the lazy dog. ", 3)
	for i := 0; i <= 50; i++ {
		for j := 0; j <= 50; j++ {
			patchOf(t, text[:i], text[:j])
			patchOf(t, text[:i], text[i:i+j])
		}
	}
}

func TestCreateLeavesArgumentsAlone(t *testing.T) {
	base, target := bytes.Repeat([]byte("0123456789abcdef-"), 9), bytes.Repeat([]byte("0123456789abcdef+"), 9)
	wantBase, wantTarget := bytes.Clone(base), bytes.Clone(target)
	patch := Create(base, target)
	for i := range patch {
		patch[i] = 0
	}
	if !bytes.Equal(base, wantBase) || !bytes.Equal(target, wantTarget) {
		t.Error("Create shares memory with its arguments")
	}
}

func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte(""), []byte(""))
	f.Add([]byte(`{"t":"фффффффффффффф"}`), []byte(`{"t":"ффффххффффффффф"}`))
	f.Add(bytes.Repeat([]byte{0}, 300), bytes.Repeat([]byte{0}, 200))
	f.Add([]byte("0123456789abcdef0123456789abcdef"), []byte("x0123456789abcdefy0123456789abcde\xc3"))
	f.Fuzz(func(t *testing.T, base, target []byte) {
		patchOf(t, string(base), string(target))
		// Random bytes share nothing: derive a target that does.
		edited := append(bytes.Clone(base[len(base)/3:]), target...)
		edited = append(edited, base...)
		patchOf(t, string(base), string(edited))
	})
}

// hostile inputs make the encoder try as many candidates as it may. size is a
// power of two up to 1 MB.
func hostile(size int) map[string][2][]byte {
	zeros := make([]byte, size)
	twos := bytes.Repeat([]byte{2}, size)
	// Every block falls into the bucket of every window of twos (the number of
	// buckets is a power of two, so only the plain sum counts) but has no byte
	// in common with it.
	decoys := bytes.Repeat([]byte{1, 3}, size/2)
	flips := make([]byte, size)
	for i := range flips {
		flips[i] = byte(i / 97 % 2)
	}
	return map[string][2][]byte{
		"zeros":         {zeros, zeros},
		"decoys":        {decoys, twos},
		"flips":         {flips, append(bytes.Clone(flips[size/2:]), flips...)},
		"zeros to one":  {zeros, append(bytes.Clone(zeros[:size/2]), decoys...)},
		"runs of zeros": {zeros, bytes.Repeat(append(make([]byte, 40), 1), size/41)},
		"one character": {[]byte(strings.Repeat("é", size/2)), []byte(strings.Repeat("è", size/2))},
	}
}

func TestCreateHostileInputs(t *testing.T) {
	for name, in := range hostile(1 << 17) {
		t.Run(name, func(t *testing.T) { patchOf(t, string(in[0]), string(in[1])) })
	}
}

func TestCreateGivesUpOnDecoys(t *testing.T) {
	in := hostile(1 << 16)["decoys"]
	e := encoder{base: in[0], target: in[1]}
	e.copies()
	if e.tries != 0 || e.done != 0 {
		t.Errorf("%d tries left, %d bytes done, want none of both", e.tries, e.done)
	}
}

func BenchmarkCreate(b *testing.B) {
	quote := []byte(`{"symbol":"BTC-USD","price":100,"volume":5000,"venue":"main"}`)
	large := bytes.Repeat(quote, 16)
	for i := range large {
		if large[i] == '5' {
			large[i] = byte('0' + i%10)
		}
	}
	edit := func(b []byte) []byte {
		b = bytes.Clone(b)
		b[len(b)/2] ^= 1
		return b
	}
	run := func(name string, base, target []byte) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(target)))
			for b.Loop() {
				Create(base, target)
			}
		})
	}
	run(fmt.Sprint(len(quote)), quote, edit(quote))
	run(fmt.Sprint(len(large)), large, edit(large))
	run("unrelated", large, bytes.Repeat([]byte("QWERTYUIOPASDFGH"), len(large)/16))
	for _, size := range []int{64 << 10, 1 << 20} {
		for name, in := range hostile(size) {
			run(fmt.Sprintf("hostile %s %d", name, size), in[0], in[1])
		}
	}
}
