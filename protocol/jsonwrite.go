package protocol

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// writer appends JSON. Objects write their members through it; it knows when a
// comma is needed. The first error is kept.
type writer struct {
	out []byte
	err error
}

// field begins a member of the object that was begun last.
func (w *writer) field(name string) {
	if w.out[len(w.out)-1] != '{' {
		w.out = append(w.out, ',')
	}
	w.out = append(w.out, '"')
	w.out = append(w.out, name...)
	w.out = append(w.out, '"', ':')
}

func (w *writer) open()  { w.out = append(w.out, '{') }
func (w *writer) close() { w.out = append(w.out, '}') }

// separate puts a comma between the elements of an array.
func (w *writer) separate(i int) {
	if i > 0 {
		w.out = append(w.out, ',')
	}
}

func (w *writer) number(v uint64) { w.out = strconv.AppendUint(w.out, v, 10) }

// The methods below write a member, or nothing if its value is zero.

func (w *writer) uint(name string, v uint64) {
	if v != 0 {
		w.field(name)
		w.number(v)
	}
}

func (w *writer) int(name string, v int64) {
	if v != 0 {
		w.field(name)
		w.out = strconv.AppendInt(w.out, v, 10)
	}
}

func (w *writer) bool(name string, v bool) {
	if v {
		w.field(name)
		w.out = append(w.out, "true"...)
	}
}

func (w *writer) string(name, v string) {
	if v != "" {
		w.stringAlways(name, v)
	}
}

func (w *writer) stringAlways(name, v string) {
	w.field(name)
	w.out = appendString(w.out, v)
}

func (w *writer) raw(name string, v []byte) {
	if len(v) > 0 {
		w.field(name)
		w.value(v)
	}
}

// value writes a raw value in place, without the LFs that would end the
// message: in valid JSON they are white space.
func (w *writer) value(v []byte) {
	if !ValidJSON(v) {
		w.err = ErrNotJSON
		return
	}
	for {
		i := bytes.IndexByte(v, '\n')
		if i < 0 {
			w.out = append(w.out, v...)
			return
		}
		w.out = append(w.out, v[:i]...)
		v = v[i+1:]
	}
}

func (w *writer) stringMap(name string, m map[string]string) {
	if len(m) == 0 {
		return
	}
	w.field(name)
	w.open()
	for k, v := range m {
		w.mapKey(k)
		w.out = appendString(w.out, v)
	}
	w.close()
}

func (w *writer) mapKey(k string) {
	if w.out[len(w.out)-1] != '{' {
		w.out = append(w.out, ',')
	}
	w.out = append(appendString(w.out, k), ':')
}

// plain are the bytes that stand in a string as they are.
var plain = func() (ok [utf8.RuneSelf]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		ok[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return ok
}()

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. Besides what has to be escaped it
// escapes what would matter if the text landed in HTML or JavaScript; what is
// not UTF-8 becomes U+FFFD.
func appendString[T ~string | ~[]byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if plain[c] {
				i++
				continue
			}
			dst = append(dst, s[done:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			done = i
			continue
		}
		r, size := decodeRune(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(append(dst, s[done:i]...), `\ufffd`...)
			done = i + 1
		case r == '\u2028' || r == '\u2029':
			dst = append(append(dst, s[done:i]...), `\u202`...)
			dst = append(dst, hexDigits[r&15])
			done = i + size
		}
		i += size
	}
	return append(append(dst, s[done:]...), '"')
}

func decodeRune[T ~string | ~[]byte](s T) (rune, int) {
	var buf [utf8.UTFMax]byte
	return utf8.DecodeRune(buf[:copy(buf[:], s)])
}

// AppendJSONString appends text as a JSON string that stands for exactly this
// text. ok is false when text is not UTF-8, which no JSON string can hold.
func AppendJSONString(dst, text []byte) (out []byte, ok bool) {
	if !utf8.Valid(text) {
		return dst, false
	}
	return appendString(dst, text), true
}
