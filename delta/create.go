package delta

import "unicode/utf8"

// How many places of the base are tried for one place of the target, and on
// average over the target. They bound the time that hostile inputs can cost; on
// others a place has one or two candidates. When the average is used up, the
// rest of the target goes into the patch as it is.
const (
	maxCandidates     = 250
	candidatesPerByte = 16
)

// Create returns a patch that turns base into target. Either may be empty, of
// any size and hold any bytes. If target is valid UTF-8, so is the patch.
//
// The patch may be longer than target, by some 30 bytes at most: the caller
// compares. It shares no memory with the arguments.
func Create(base, target []byte) []byte {
	e := encoder{base: base, target: target, text: utf8.Valid(target)}
	if len(base) <= blockSize {
		e.patch = make([]byte, 0, len(target)+32)
	} else {
		e.patch = make([]byte, 0, min(len(target)+32, 128))
	}
	e.patch = append(appendNumber(e.patch, uint64(len(target))), '\n')
	if len(base) > blockSize && len(target) >= blockSize {
		e.copies()
	}
	if rest := target[e.done:]; len(rest) > 0 {
		e.literal(len(rest))
	}
	return append(appendNumber(e.patch, uint64(checksum(target))), ';')
}

type encoder struct {
	base, target []byte
	// text says that target is valid UTF-8 and is to be cut between characters.
	text  bool
	patch []byte
	// done is how much of target the patch already produces.
	done int
	// tries is how many candidates may still be looked at.
	tries int
}

// copies writes the patch up to the last piece of target that base has.
func (e *encoder) copies() {
	// Enough for a base of 4 KB; a larger one costs one allocation.
	var room [2 * 256]int32
	ix := newIndex(e.base, room[:])
	e.tries = candidatesPerByte*len(e.target) + maxCandidates
	for e.done+blockSize <= len(e.target) {
		m := e.nextMatch(&ix)
		if m.count == 0 {
			return
		}
		if before := m.at - e.done; before > 0 {
			e.literal(before)
		}
		e.patch = append(appendNumber(e.patch, uint64(m.count)), '@')
		e.patch = append(appendNumber(e.patch, uint64(m.offset)), ',')
		e.done = m.at + m.count
	}
}

// literal writes the next n bytes of target as they are.
func (e *encoder) literal(n int) {
	e.patch = append(appendNumber(e.patch, uint64(n)), ':')
	e.patch = append(e.patch, e.target[e.done:e.done+n]...)
	e.done += n
}

// match says that count bytes of the target from at are the base's from offset.
type match struct {
	at, count, offset int
}

// nextMatch slides a window over what is left of target until the base has
// something worth copying; count is 0 when it has nothing.
func (e *encoder) nextMatch(ix *index) match {
	at := e.done
	w := newWindow(e.target[at:])
	for {
		if m := e.longest(ix, w.sum(), at); m.count > 0 {
			return m
		}
		if at+blockSize >= len(e.target) || e.tries == 0 {
			return match{}
		}
		w.roll(e.target[at], e.target[at+blockSize])
		at++
	}
}

// longest tries the blocks of the base that may equal the window at a place of
// target, and returns the longest match that takes less room as a copy than as
// a literal.
func (e *encoder) longest(ix *index, sum uint32, at int) match {
	var best match
	block := ix.first(sum)
	for range min(maxCandidates, e.tries) {
		if block < 0 {
			break
		}
		e.tries--
		m := e.extend(block*blockSize, at)
		cost := numberLen(m.at-e.done) + numberLen(m.count) + numberLen(m.offset) + 3
		if m.count >= cost && m.count > best.count {
			best = m
			if m.at == e.done && m.at+m.count == len(e.target) {
				break
			}
		}
		block = ix.next(block)
	}
	return best
}

// extend returns the longest match through a pair of places in base and target,
// not reaching before what is done. The count may be 0.
func (e *encoder) extend(offset, at int) match {
	forward := commonPrefix(e.base[offset:], e.target[at:])
	backward := commonSuffix(e.base[:offset], e.target[e.done:at])
	m := match{at: at - backward, count: backward + forward, offset: offset - backward}
	if !e.text {
		return m
	}
	// Literals lie between copies, so they consist of whole characters if every
	// copy does.
	end := m.at + m.count
	for end > m.at && end < len(e.target) && !utf8.RuneStart(e.target[end]) {
		end--
	}
	for m.at < end && !utf8.RuneStart(e.target[m.at]) {
		m.at++
		m.offset++
	}
	m.count = end - m.at
	return m
}
