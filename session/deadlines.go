package session

import "math"

// deadlines are the moments (Env.Mono) at which a session has something to do;
// never means that there is nothing. They are independent of each other: the
// transport is asked to wake the session at the earliest.
type deadlines struct {
	stale  int64 // no successful connect until then
	ping   int64 // send the next ping
	pong   int64 // the answer to the last ping is overdue
	expire int64 // the connection's expiry and its grace are over
	tick   int64 // regular duties: presence, positions, subscription expiry
	leave  int64 // an unsubscribe has waited too long for a subscribe
}

const never = math.MaxInt64

func noDeadlines() deadlines {
	return deadlines{never, never, never, never, never, never}
}

func (d *deadlines) next() int64 {
	return min(d.stale, d.ping, d.pong, d.expire, d.tick, d.leave)
}
