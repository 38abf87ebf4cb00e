package netloop

import (
	"errors"
	"net"
	"time"
)

// Handler is what a connection's bytes are for. Read calls don't overlap each
// other, nor do Output calls; otherwise methods may be called at the same time.
// A panic in a handler closes its connection and leaves others alone.
type Handler interface {
	// Open comes first, before anything can arrive.
	Open(c Conn)
	// Read takes bytes that arrived. It may change b, which is reused when it
	// returns. Read must not block.
	Read(b []byte)
	// Output returns bytes to be written: either appended to scratch, which is
	// empty and has room, or a slice of the handler's own, which must not
	// change any more. It is called again when all of them are with the
	// system, until it returns nothing. It must not block.
	Output(scratch []byte) []byte
	// Tick comes when a moment given to Conn.WakeAt has passed; now is the
	// reading of Mono.
	Tick(now int64)
	// Closed comes last. why is nil after Conn.Close, io.EOF when the peer
	// closed, ErrWriteTimeout, or what reading or writing failed with.
	Closed(why error)
}

// Conn is one connection. Methods may be called from any goroutine and don't
// block; once the connection is closed they do nothing.
type Conn interface {
	// Wake says that Handler.Output has something.
	Wake()
	// WakeAt asks for one Handler.Tick soon after Mono passed a moment, to
	// within Resolution. Of several requests the earliest counts.
	WakeAt(mono int64)
	// PauseReading stops Handler.Read after the call under way, so that the
	// peer has to wait; ResumeReading goes on.
	PauseReading()
	ResumeReading()
	// CloseWrite tells the peer that nothing more will come. Only Handler.Output
	// may call it.
	CloseWrite()
	// Close closes the connection without asking for more output.
	Close()
	RemoteAddr() net.Addr
}

// ErrWriteTimeout ends a connection whose peer took no byte for
// Options.WriteTimeout although there were some for it.
var ErrWriteTimeout = errors.New("write connection: peer takes no data")

// errPanic ends a connection whose handler panicked.
var errPanic = errors.New("panic in connection handler")

var started = time.Now()

// Mono reads the clock of WakeAt and Tick: nanoseconds since the process
// started, unaffected by changes of the time of day, never 0.
func Mono() int64 { return int64(time.Since(started)) + 1 }
