package delta

import "encoding/binary"

// digits of numbers in a patch, most significant first, without leading zeros.
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"

// notDigit marks bytes that are no digit in digitValues.
const notDigit = 0xff

var digitValues = func() (values [256]byte) {
	for i := range values {
		values[i] = notDigit
	}
	for i := range digits {
		values[digits[i]] = byte(i)
	}
	return values
}()

func appendNumber(dst []byte, n uint64) []byte {
	var buf [11]byte
	i := len(buf)
	for {
		i--
		buf[i] = digits[n&63]
		if n >>= 6; n == 0 {
			return append(dst, buf[i:]...)
		}
	}
}

// numberLen is how many digits n takes.
func numberLen(n int) int {
	size := 1
	for n >>= 6; n > 0; n >>= 6 {
		size++
	}
	return size
}

// checksum is the sum of b's big-endian 32-bit words modulo 2^32, the last word
// padded with zero bytes on the right.
func checksum(b []byte) uint32 {
	var sum uint32
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	var last [4]byte
	copy(last[:], b)
	return sum + binary.BigEndian.Uint32(last[:])
}
