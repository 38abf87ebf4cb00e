package memory

import (
	"carillon"
	"carillon/engine"
)

// stream is the window of a channel's newest publications. Their offsets have
// no holes and end at last, so a place in the window is arithmetic.
type stream struct {
	channel string
	epoch   string
	last    uint64
	window  []*carillon.Publication

	version      uint64
	versionEpoch string

	// dataDue and metaDue are the Unix seconds in which the window, and the
	// whole stream, expire; 0 is never. bucket is the second under which the
	// stream awaits its sweep, 0 when it awaits none, and place where in there.
	dataDue, metaDue, bucket int64
	place                    int
}

func (st *stream) top() carillon.StreamPosition {
	return carillon.StreamPosition{Offset: st.last, Epoch: st.epoch}
}

// stale reports that the stream holds this version already, or a newer one. If
// not, the version is the stream's from now on. A publish without a version
// leaves the stored one as it is; one with an empty epoch is compared whatever
// the stored epoch is, and then has none.
func (st *stream) stale(version uint64, epoch string) bool {
	if version == 0 {
		return false
	}
	if (epoch == "" || epoch == st.versionEpoch) && st.version >= version {
		return true
	}
	st.version, st.versionEpoch = version, epoch
	return false
}

func (st *stream) newest() *carillon.Publication {
	if len(st.window) == 0 {
		return nil
	}
	return st.window[len(st.window)-1]
}

// append numbers pub and keeps the newest size publications.
func (st *stream) append(pub *carillon.Publication, size int) {
	st.last++
	pub.Offset = st.last
	if st.last == 1 {
		pub.Epoch = st.epoch
	}
	st.window = append(st.window, pub)
	if excess := len(st.window) - size; excess > 0 {
		clear(st.window[:excess])
		st.window = st.window[excess:]
	}
}

func (st *stream) clear() { st.window, st.dataDue = nil, 0 }

// expire drops the window if it is due, and reports whether the stream itself
// is.
func (st *stream) expire(now int64) bool {
	if st.dataDue != 0 && st.dataDue <= now {
		st.clear()
	}
	return st.metaDue != 0 && st.metaDue <= now
}

// read answers a query.
func (st *stream) read(q engine.HistoryQuery) (engine.History, error) {
	if q.Since != nil {
		if q.Since.Epoch != "" && q.Since.Epoch != st.epoch {
			return engine.History{}, carillon.ErrUnrecoverablePosition
		}
		if q.Reverse && q.Since.Offset == 0 {
			return engine.History{}, carillon.ErrBadRequest
		}
	}
	h := engine.History{Top: st.top()}
	if q.Limit == 0 {
		return h, nil
	}
	from, to := st.between(q)
	count := to - from
	if q.Limit > 0 && q.Limit < count {
		count = q.Limit
	}
	if count <= 0 {
		return h, nil
	}
	h.Publications = make([]*carillon.Publication, count)
	if !q.Reverse {
		copy(h.Publications, st.window[from:])
		return h, nil
	}
	for i := range h.Publications {
		h.Publications[i] = st.window[to-1-i]
	}
	return h, nil
}

// between returns the part of the window on the asked side of the query's
// position: window[from:to].
func (st *stream) between(q engine.HistoryQuery) (from, to int) {
	if q.Since == nil {
		return 0, len(st.window)
	}
	// before is how many publications were ever dropped: the window starts at
	// offset before+1. Comparing before subtracting keeps offsets that a client
	// made up from wrapping around.
	before := st.last - uint64(len(st.window))
	if q.Reverse {
		switch {
		case q.Since.Offset > st.last:
			return 0, len(st.window)
		case q.Since.Offset <= before:
			return 0, 0
		}
		return 0, int(q.Since.Offset - before - 1)
	}
	switch {
	case q.Since.Offset >= st.last:
		return 0, 0
	case q.Since.Offset <= before:
		return 0, len(st.window)
	}
	return int(q.Since.Offset - before), len(st.window)
}
