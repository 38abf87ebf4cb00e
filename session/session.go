package session

import (
	"sync"

	"carillon"
	"carillon/protocol"
	"carillon/protocol/clientpb"

	"github.com/google/uuid"
)

// Session is one client's connection, from the moment a transport has one to
// the moment it is gone. Safe for concurrent use as doc.go says.
type Session struct {
	env       *Env
	transport Transport
	request   Request
	encoding  protocol.Encoding
	id        [16]byte
	// slots bounds the commands running at once; nil when they run in line.
	slots chan struct{}

	mu     sync.Mutex
	status status
	// user is set once, before the session is registered, and may then be read
	// without the lock.
	user     string
	info     []byte
	meta     []byte
	expireAt int64 // Unix seconds, 0 never
	subs     table
	out      queue
	in       inbox
	due      deadlines
	pinged   int64 // Env.Mono of the unanswered ping, 0 when there is none
	ticking  bool  // regular duties are being done
	// named and versioned say that the client told its name and version.
	named, versioned bool
}

// status only moves forward.
type status uint8

const (
	fresh      status = iota // no connect command yet
	connecting               // a connect command is being handled
	connected
	refused // connect was answered with an error: nothing more is handled
	closed
)

// New starts the life of a connection that a transport has accepted. The
// client has Config.StaleCloseDelay from now to connect.
func New(env *Env, t Transport, req Request) *Session {
	s := &Session{env: env, transport: t, request: req, encoding: t.Encoding(), id: env.NewID(), due: noDeadlines()}
	if env.Concurrency > 1 {
		s.slots = make(chan struct{}, env.Concurrency)
	}
	if env.StaleCloseDelay > 0 {
		s.due.stale = env.Mono() + int64(env.StaleCloseDelay)
		t.WakeAt(s.due.stale)
	}
	return s
}

// ID is the connection's id, a UUID v4.
func (s *Session) ID() string { return uuid.UUID(s.id).String() }

// Key is the id in its shortest form, for tables.
func (s *Session) Key() [16]byte { return s.id }

// User is the connection's user id, empty when anonymous. It may be called from
// the moment that the session was registered at the node.
func (s *Session) User() string { return s.user }

// client describes the session to Access. Called with the session locked.
func (s *Session) client() Client {
	return Client{ID: s.ID(), User: s.user, Info: s.info, Meta: s.meta}
}

// clientInfo describes the session to others. Called with the session locked.
func (s *Session) clientInfo(chanInfo []byte) *carillon.ClientInfo {
	return &carillon.ClientInfo{Client: s.ID(), User: s.user, ConnInfo: s.info, ChanInfo: chanInfo}
}

// Pull moves messages that wait to be written into dst, up to its capacity. It
// returns dst empty when nothing waits: the transport is then woken when
// something does. Pulling again says that what was pulled before is written.
func (s *Session) Pull(dst []*protocol.Frame) []*protocol.Frame {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.pull(dst[:0])
}

// send encodes a reply and queues it. It returns a Disconnect when the session
// can't take it.
func (s *Session) send(kind protocol.FrameType, reply *clientpb.Reply) error {
	frame, err := protocol.NewFrame(s.encoding, kind, reply)
	if err != nil {
		return carillon.DisconnectInappropriateFormat
	}
	s.sendFrame(frame)
	return nil
}

// sendFrame queues a frame unless the session is over.
func (s *Session) sendFrame(frame *protocol.Frame) {
	s.mu.Lock()
	wake := false
	if s.status != closed {
		wake = s.enqueue(frame)
	}
	slow := s.overflowing()
	s.mu.Unlock()
	s.afterEnqueue(wake, slow)
}

// enqueue puts a frame into the queue of a session that is not closed. The
// caller, who holds the lock, afterwards calls afterEnqueue without it.
func (s *Session) enqueue(frame *protocol.Frame) (wake bool) { return s.out.put(frame) }

// overflowing reports whether more waits than may. Called with the lock.
func (s *Session) overflowing() bool {
	return s.status != closed && s.out.bytes > s.env.QueueMaxSize
}

// afterEnqueue does what enqueue could not do under the lock.
func (s *Session) afterEnqueue(wake, slow bool) {
	if slow {
		s.Close(carillon.DisconnectSlow)
		return
	}
	if wake {
		s.transport.Wake()
	}
}

// push sends an asynchronous message.
func (s *Session) push(kind protocol.FrameType, push *clientpb.Push) error {
	return s.send(kind, &clientpb.Reply{Push: push})
}
