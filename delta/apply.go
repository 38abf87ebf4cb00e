package delta

import (
	"errors"
	"fmt"
	"math/bits"
)

var errTruncated = errors.New("patch is truncated")

// Apply returns what a patch makes of base. limit is the largest target in
// bytes that is acceptable, whatever the patch announces.
//
// The patch may come from anywhere. One that is malformed, announces more than
// limit, reaches outside of base or yields something else than it announces
// (which includes being applied to another base than it was made for) is an
// error, and costs no memory worth mentioning unless everything but the
// checksum is right. Bytes behind the patch's end are not looked at.
func Apply(base, patch []byte, limit int) ([]byte, error) {
	size, want, err := walk(base, patch, limit, nil)
	if err != nil {
		return nil, fmt.Errorf("apply delta: %w", err)
	}
	target := make([]byte, 0, size)
	if _, _, err = walk(base, patch, limit, func(piece []byte) { target = append(target, piece...) }); err != nil {
		return nil, fmt.Errorf("apply delta: %w", err)
	}
	if got := checksum(target); got != want {
		return nil, fmt.Errorf("apply delta: checksum is %d, the patch says %d", got, want)
	}
	return target, nil
}

// walk goes through a patch and gives the pieces of the target to take, if it
// is not nil. The size is what the pieces add up to.
func walk(base, patch []byte, limit int, take func(piece []byte)) (size int, sum uint32, err error) {
	r := reader{patch: patch}
	announced, err := r.number()
	if err != nil {
		return 0, 0, err
	}
	if limit < 0 || announced > uint64(limit) {
		return 0, 0, fmt.Errorf("target of %d bytes is larger than the limit of %d", announced, limit)
	}
	if op, err := r.op(); err != nil {
		return 0, 0, err
	} else if op != '\n' {
		return 0, 0, fmt.Errorf("byte %d is %q, want a line feed after the length", r.at-1, op)
	}
	for left := announced; ; {
		n, err := r.number()
		if err != nil {
			return 0, 0, err
		}
		op, err := r.op()
		if err != nil {
			return 0, 0, err
		}
		var piece []byte
		switch op {
		case ';':
			if left != 0 {
				return 0, 0, fmt.Errorf("patch ends %d bytes short of the %d it announces", left, announced)
			}
			if n > 1<<32-1 {
				return 0, 0, fmt.Errorf("checksum %d is larger than 32 bits", n)
			}
			return int(announced), uint32(n), nil
		case '@':
			piece, err = r.copied(base, n)
		case ':':
			piece, err = r.literal(n)
		default:
			err = fmt.Errorf("byte %d is %q, want one of \"@:;\"", r.at-1, op)
		}
		if err != nil {
			return 0, 0, err
		}
		if n > left {
			return 0, 0, fmt.Errorf("patch yields more than the %d bytes it announces", announced)
		}
		left -= n
		if take != nil {
			take(piece)
		}
	}
}

type reader struct {
	patch []byte
	at    int
}

func (r *reader) number() (uint64, error) {
	start, n := r.at, uint64(0)
	for ; r.at < len(r.patch); r.at++ {
		digit := digitValues[r.patch[r.at]]
		if digit == notDigit {
			break
		}
		if bits.Len64(n) > 64-6 {
			return 0, fmt.Errorf("number at byte %d is larger than 64 bits", start)
		}
		n = n<<6 | uint64(digit)
	}
	switch length := r.at - start; {
	case length == 0 && r.at == len(r.patch):
		return 0, errTruncated
	case length == 0:
		return 0, fmt.Errorf("byte %d is %q, want a number", r.at, r.patch[r.at])
	case length > 1 && r.patch[start] == '0':
		return 0, fmt.Errorf("number at byte %d has leading zeros", start)
	}
	return n, nil
}

// op reads the byte that says what the number before it was for.
func (r *reader) op() (byte, error) {
	if r.at == len(r.patch) {
		return 0, errTruncated
	}
	r.at++
	return r.patch[r.at-1], nil
}

// copied reads the rest of a copy of n bytes.
func (r *reader) copied(base []byte, n uint64) ([]byte, error) {
	offset, err := r.number()
	if err != nil {
		return nil, err
	}
	op, err := r.op()
	if err != nil {
		return nil, err
	}
	if op != ',' {
		return nil, fmt.Errorf("byte %d is %q, want a comma after a copy's offset", r.at-1, op)
	}
	if size := uint64(len(base)); offset > size || n > size-offset {
		return nil, fmt.Errorf("copy of %d bytes from %d reaches beyond the base of %d bytes", n, offset, size)
	}
	return base[offset : offset+n], nil
}

// literal reads n bytes.
func (r *reader) literal(n uint64) ([]byte, error) {
	if n > uint64(len(r.patch)-r.at) {
		return nil, errTruncated
	}
	piece := r.patch[r.at : r.at+int(n)]
	r.at += int(n)
	return piece, nil
}
