package session

import "carillon/protocol"

// queue holds encoded messages on their way to the transport. The frames are
// shared with other sessions; the queue owns only the references. Guarded by
// Session.mu.
type queue struct {
	// first is the only frame in the common case, which then needs no slice.
	first *protocol.Frame
	rest  []*protocol.Frame
	// bytes counts what was put in and not yet written, pulled frames included
	// until the next pull.
	bytes  int
	pulled int
	// awake is set from the moment the transport has to be woken until it
	// finds the queue empty.
	awake bool
}

// put appends a frame and reports whether the transport must be woken.
func (q *queue) put(f *protocol.Frame) (wake bool) {
	if q.first == nil && len(q.rest) == 0 {
		q.first = f
	} else {
		q.rest = append(q.rest, f)
	}
	q.bytes += len(f.Payload())
	wake = !q.awake
	q.awake = true
	return wake
}

// pull moves frames into dst up to its capacity and returns it. Nothing moved
// means that the queue is empty and that the next put wakes.
func (q *queue) pull(dst []*protocol.Frame) []*protocol.Frame {
	q.bytes -= q.pulled
	q.pulled = 0
	if q.first != nil && len(dst) < cap(dst) {
		dst = append(dst, q.first)
		q.first = nil
	}
	if n := min(len(q.rest), cap(dst)-len(dst)); n > 0 && q.first == nil {
		dst = append(dst, q.rest[:n]...)
		clear(q.rest[:n])
		if n == len(q.rest) {
			q.rest = nil
		} else {
			q.rest = q.rest[n:]
		}
	}
	for _, f := range dst {
		q.pulled += len(f.Payload())
	}
	q.awake = len(dst) > 0
	return dst
}

// drop forgets everything that was not pulled.
func (q *queue) drop() {
	q.first, q.rest, q.bytes = nil, nil, q.pulled
}
