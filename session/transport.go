package session

import (
	"carillon"
	"carillon/observe"
	"carillon/protocol"
)

// Transport carries bytes between one client and its session. Its methods do
// not block and may be called from any goroutine, never with the session
// locked. The first call comes after New returned.
type Transport interface {
	// Metrics are those of the transport's kind.
	Metrics() *observe.TransportMetrics
	// Encoding never changes.
	Encoding() protocol.Encoding

	// Wake tells that there is something to Pull. It is called once; the next
	// call comes only after a Pull that found the queue empty.
	Wake()
	// WakeAt asks for one Tick at the given reading of Env.Mono, or soon
	// after. Of several pending requests the earliest counts.
	WakeAt(mono int64)
	// PauseReading and ResumeReading tell the transport to stop and go on
	// calling Receive, so that the peer feels the pressure.
	PauseReading()
	ResumeReading()
	// Finish tells that the session is over: the transport writes what Pull
	// still yields, tells the client why in its own way, and closes. Called
	// once.
	Finish(why carillon.Disconnect)
	// Abandon is the end of a connection whose connect command was answered
	// with an error: the transport stops reading, gives the client a short
	// time to close, and then closes without telling a reason.
	Abandon()
}
