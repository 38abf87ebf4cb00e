package protocol

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON (RFC 8259) from text that is known to be valid UTF-8. The
// first error is kept, and everything after it reads as nothing, so that callers
// check once, at the end.
type scanner struct {
	text []byte
	at   int
	err  error
	// nests remembers, a bit each, whether the values being skipped are
	// objects; folded holds a key in lower case.
	nests  []uint64
	folded [32]byte
}

// maxJSONDepth bounds the nesting of values that are kept or skipped unread.
const maxJSONDepth = 10_000

func (s *scanner) fail(what string) {
	if s.err == nil {
		s.err = fmt.Errorf("%w: JSON at byte %d: %s", ErrMalformed, s.at, what)
		s.at = len(s.text)
	}
}

// peek returns the next byte that is not white space, 0 at the end.
func (s *scanner) peek() byte {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return c
		}
	}
	return 0
}

// take consumes c if it comes next.
func (s *scanner) take(c byte) bool {
	if s.peek() == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) want(c byte) {
	if !s.take(c) {
		s.fail("expected '" + string(rune(c)) + "'")
	}
}

// end checks that nothing follows.
func (s *scanner) end() {
	if s.peek(); s.err == nil && s.at != len(s.text) {
		s.fail("unexpected text behind the value")
	}
}

// null consumes a null if it comes next.
func (s *scanner) null() bool {
	if s.peek() != 'n' {
		return false
	}
	s.literal("null")
	return true
}

func (s *scanner) literal(word string) {
	if len(s.text)-s.at < len(word) || string(s.text[s.at:s.at+len(word)]) != word {
		s.fail("expected " + word)
		return
	}
	s.at += len(word)
}

// object begins an object. It returns false for null, which is no object.
func (s *scanner) object() bool {
	if s.null() {
		return false
	}
	s.want('{')
	return s.err == nil
}

// key moves to the next member of an object and returns its key in lower case,
// or false behind the last member. first tells whether it is the first one.
// The key is valid until the next call.
func (s *scanner) key(first *bool) ([]byte, bool) {
	if !s.member(first, '}') {
		return nil, false
	}
	raw, plain := s.rawString()
	s.want(':')
	if s.err != nil {
		return nil, false
	}
	if !plain {
		raw = unescape(nil, raw)
	}
	return s.fold(raw), true
}

// member moves to the next element of an object or array that closer ends.
func (s *scanner) member(first *bool, closer byte) bool {
	if s.err != nil || s.take(closer) {
		return false
	}
	if !*first {
		s.want(',')
		if s.peek() == closer {
			s.fail("unexpected end after ','")
		}
	}
	*first = false
	return s.err == nil
}

// fold returns a key with its ASCII letters in lower case: names match whatever
// their case.
func (s *scanner) fold(key []byte) []byte {
	for i, c := range key {
		if 'A' <= c && c <= 'Z' {
			if len(key) > len(s.folded) {
				return key // longer than any name we know
			}
			copy(s.folded[:], key[:i])
			for j := i; j < len(key); j++ {
				c := key[j]
				if 'A' <= c && c <= 'Z' {
					c += 'a' - 'A'
				}
				s.folded[j] = c
			}
			return s.folded[:len(key)]
		}
	}
	return key
}

// array begins an array. It returns false for null.
func (s *scanner) array() bool {
	if s.null() {
		return false
	}
	s.want('[')
	return s.err == nil
}

// rawString consumes a string and returns what stands between its quotes. plain
// says that this is the string itself: it has no escapes.
func (s *scanner) rawString() (raw []byte, plain bool) {
	s.want('"')
	if s.err != nil {
		return nil, true
	}
	start := s.at
	plain = true
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			raw = s.text[start:s.at]
			s.at++
			return raw, plain
		case c == '\\':
			plain = false
			if !s.escape() {
				return nil, true
			}
		case c < ' ':
			s.fail("control character in string")
			return nil, true
		default:
			s.at++
		}
	}
	s.fail("string does not end")
	return nil, true
}

// escape consumes an escape sequence.
func (s *scanner) escape() bool {
	s.at++
	if s.at >= len(s.text) {
		s.fail("string does not end")
		return false
	}
	c := s.text[s.at]
	s.at++
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		for range 4 {
			if s.at >= len(s.text) || !isHex(s.text[s.at]) {
				s.fail("bad \\u escape")
				return false
			}
			s.at++
		}
		return true
	}
	s.fail("bad escape")
	return false
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// string reads a string; null is the empty one.
func (s *scanner) string() string {
	if s.null() {
		return ""
	}
	raw, plain := s.rawString()
	if s.err != nil {
		return ""
	}
	if plain {
		return string(raw)
	}
	return string(unescape(nil, raw))
}

// unescape appends a string's value to dst. Its escapes are known to be well
// formed; a surrogate without its pair becomes U+FFFD.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			dst = append(dst, raw[i])
			i++
			continue
		}
		c := raw[i+1]
		i += 2
		switch c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := hex4(raw[i:])
			i += 4
			if utf16.IsSurrogate(r) {
				if i+6 <= len(raw) && raw[i] == '\\' && raw[i+1] == 'u' {
					if pair := utf16.DecodeRune(r, hex4(raw[i+2:])); pair != utf8.RuneError {
						dst = utf8.AppendRune(dst, pair)
						i += 6
						continue
					}
				}
				r = utf8.RuneError
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func hex4(b []byte) rune {
	n, _ := strconv.ParseUint(string(b[:4]), 16, 32)
	return rune(n)
}

// bool reads a boolean; null is false.
func (s *scanner) bool() bool {
	switch s.peek() {
	case 't':
		s.literal("true")
		return s.err == nil
	case 'f':
		s.literal("false")
	default:
		if !s.null() {
			s.fail("expected true or false")
		}
	}
	return false
}

// number consumes a number and returns its text; whole says that it has neither
// fraction nor exponent.
func (s *scanner) number() (text []byte, whole bool) {
	s.peek()
	start := s.at
	if s.at < len(s.text) && s.text[s.at] == '-' {
		s.at++
	}
	switch {
	case s.at < len(s.text) && s.text[s.at] == '0':
		s.at++
	case !s.digits():
		s.fail("expected a number")
		return nil, false
	}
	whole = true
	if s.at < len(s.text) && s.text[s.at] == '.' {
		s.at++
		whole = false
		if !s.digits() {
			s.fail("bad number")
			return nil, false
		}
	}
	if s.at < len(s.text) && s.text[s.at]|0x20 == 'e' {
		s.at++
		whole = false
		if s.at < len(s.text) && (s.text[s.at] == '+' || s.text[s.at] == '-') {
			s.at++
		}
		if !s.digits() {
			s.fail("bad number")
			return nil, false
		}
	}
	return s.text[start:s.at], whole
}

func (s *scanner) digits() bool {
	start := s.at
	for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
		s.at++
	}
	return s.at > start
}

// uint reads an unsigned integer of a size in bits; null is 0.
func (s *scanner) uint(bits int) uint64 {
	if s.null() {
		return 0
	}
	text, whole := s.number()
	if s.err != nil {
		return 0
	}
	if len(text) <= 9 && whole && text[0] != '-' { // always fits
		n := uint64(0)
		for _, c := range text {
			n = n*10 + uint64(c-'0')
		}
		return n
	}
	n, err := strconv.ParseUint(string(text), 10, bits)
	if err != nil {
		s.fail("not an unsigned integer of " + strconv.Itoa(bits) + " bits")
		return 0
	}
	return n
}

// int reads a signed integer of a size in bits; null is 0.
func (s *scanner) int(bits int) int64 {
	if s.null() {
		return 0
	}
	text, _ := s.number()
	if s.err != nil {
		return 0
	}
	n, err := strconv.ParseInt(string(text), 10, bits)
	if err != nil {
		s.fail("not an integer of " + strconv.Itoa(bits) + " bits")
		return 0
	}
	return n
}

// raw reads any value and returns a copy of its text.
func (s *scanner) raw() []byte {
	s.peek()
	start := s.at
	s.skip()
	if s.err != nil {
		return nil
	}
	return append([]byte(nil), s.text[start:s.at]...)
}

// skip consumes any value, checking it. It does not recurse.
func (s *scanner) skip() {
	s.nests = s.nests[:0]
	for depth := 0; s.err == nil; {
		// A value begins here.
		switch c := s.peek(); c {
		case '"':
			s.rawString()
		case '{', '[':
			s.at++
			if depth++; depth > maxJSONDepth {
				s.fail("nested too deep")
				return
			}
			s.pushNest(depth, c == '{')
			if s.peek() == closerOf(c == '{') {
				break // closed below
			}
			if c == '{' {
				s.rawString()
				s.want(':')
			}
			continue
		case 't':
			s.literal("true")
		case 'f':
			s.literal("false")
		case 'n':
			s.literal("null")
		default:
			s.number()
		}
		// A value ended here, or an empty object or array is to be closed.
		for {
			if depth == 0 || s.err != nil {
				return
			}
			inObject := s.nest(depth)
			if s.take(closerOf(inObject)) {
				depth--
				continue
			}
			s.want(',')
			if inObject {
				s.rawString()
				s.want(':')
			}
			break
		}
	}
}

func closerOf(object bool) byte {
	if object {
		return '}'
	}
	return ']'
}

func (s *scanner) pushNest(depth int, object bool) {
	word := (depth - 1) / 64
	if word == len(s.nests) {
		s.nests = append(s.nests, 0)
	}
	bit := uint64(1) << ((depth - 1) % 64)
	if object {
		s.nests[word] |= bit
	} else {
		s.nests[word] &^= bit
	}
}

func (s *scanner) nest(depth int) (object bool) {
	return s.nests[(depth-1)/64]>>((depth-1)%64)&1 == 1
}

// ValidJSON reports whether text is one JSON value in UTF-8.
func ValidJSON(text []byte) bool {
	if !utf8.Valid(text) {
		return false
	}
	s := scanner{text: text}
	s.skip()
	s.end()
	return s.err == nil
}
