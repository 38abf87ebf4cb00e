package delta

import (
	"encoding/binary"
	"math/bits"
)

// blockSize is the length of the pieces of the base that are looked for. What a
// block doesn't cover is found by extending the match of its neighbour.
const blockSize = 16

// index finds the blocks of a base by their hash. Blocks of one hash form a
// chain in ascending order: in runs of equal blocks the first one gives the
// longest match, and small offsets are short to write.
type index struct {
	heads []int32 // by hash: the chain's first block + 1, 0 for none
	tails []int32 // by block: the chain's next block + 1, 0 for none
}

// newIndex indexes a base of at least one block. room is zeroed space that is
// used if it suffices.
func newIndex(base []byte, room []int32) index {
	blocks := len(base) / blockSize
	if len(room) < 2*blocks {
		room = make([]int32, 2*blocks)
	}
	ix := index{heads: room[:blocks], tails: room[blocks : 2*blocks]}
	for block := blocks - 1; block >= 0; block-- {
		w := newWindow(base[block*blockSize:])
		head := &ix.heads[w.sum()%uint32(blocks)]
		ix.tails[block] = *head
		*head = int32(block) + 1
	}
	return ix
}

// first returns a block that may have the given hash, -1 for none.
func (ix *index) first(sum uint32) int { return int(ix.heads[sum%uint32(len(ix.heads))]) - 1 }

// next returns the chain's block behind the given one, -1 for none.
func (ix *index) next(block int) int { return int(ix.tails[block]) - 1 }

// window is the rolling hash of blockSize bytes: their sum, and their sum
// weighted by the distance from the end, both modulo 2^16.
type window struct {
	plain, weighted uint32
}

// newWindow hashes the first blockSize bytes of b, which has at least as many.
func newWindow(b []byte) window {
	var w window
	for i, c := range b[:blockSize] {
		w.plain += uint32(c)
		w.weighted += uint32(blockSize-i) * uint32(c)
	}
	return w
}

// roll moves the window by one byte.
func (w *window) roll(leaving, entering byte) {
	w.plain += uint32(entering) - uint32(leaving)
	w.weighted += w.plain - blockSize*uint32(leaving)
}

func (w *window) sum() uint32 { return w.plain&0xffff | w.weighted<<16 }

// commonPrefix is the number of leading bytes that a and b share.
func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	a, b = a[:n], b[:n]
	i := 0
	for ; n-i >= 8; i += 8 {
		if diff := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); diff != 0 {
			return i + bits.TrailingZeros64(diff)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// commonSuffix is the number of trailing bytes that a and b share.
func commonSuffix(a, b []byte) int {
	n := min(len(a), len(b))
	a, b = a[len(a)-n:], b[len(b)-n:]
	i := n
	for ; i >= 8; i -= 8 {
		if diff := binary.LittleEndian.Uint64(a[i-8:]) ^ binary.LittleEndian.Uint64(b[i-8:]); diff != 0 {
			return n - i + bits.LeadingZeros64(diff)/8
		}
	}
	for i > 0 && a[i-1] == b[i-1] {
		i--
	}
	return n - i
}
