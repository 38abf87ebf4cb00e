package session

import (
	"bytes"
	"errors"
	"io"
	"runtime/debug"
	"slices"
	"time"

	"carillon"
	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// inboxLimit is how many bytes of frames may wait for the worker before the
// transport is told to stop reading.
const inboxLimit = 64 << 10

// inbox holds what the worker is to handle. Guarded by Session.mu.
type inbox struct {
	// working says that the worker runs: everything that arrives goes behind
	// what it does.
	working bool
	// held says that the next command has to wait for the end of the last one,
	// which somebody else brings about: see resumeCommands.
	held   bool
	paused bool
	bytes  int
	frames []waiting
}

// waiting is a command already decoded, if any, and the bytes behind it.
type waiting struct {
	first *clientpb.Command
	rest  []byte
}

// Receive handles one transport frame: a WebSocket message, say. frame may be
// reused when it returns. Calls must not overlap.
func (s *Session) Receive(frame []byte) {
	if protocol.IsPongFrame(s.encoding, frame) {
		s.transport.Metrics().Received(uint8(protocol.TypeClientPong), len(frame))
		s.pong()
		return
	}
	s.mu.Lock()
	if s.status >= refused {
		s.mu.Unlock()
		return
	}
	if s.in.working || s.in.held {
		s.wait(waiting{rest: bytes.Clone(frame)})
		return
	}
	s.mu.Unlock()
	s.handleFrame(frame, true)
}

// wait leaves work to the worker. Called with the lock, which it releases.
func (s *Session) wait(w waiting) {
	in := &s.in
	in.frames = append(in.frames, w)
	in.bytes += len(w.rest)
	start := !in.working && !in.held
	in.working = in.working || start
	pause := in.bytes > inboxLimit && !in.paused
	in.paused = in.paused || pause
	s.mu.Unlock()
	if pause {
		s.transport.PauseReading()
	}
	if start {
		s.env.Go(s.work)
	}
}

// work is the worker: it handles what waits until nothing does.
func (s *Session) work() {
	for {
		s.mu.Lock()
		in := &s.in
		if len(in.frames) == 0 || in.held || s.status >= refused {
			in.working = false
			s.mu.Unlock()
			return
		}
		w := in.frames[0]
		in.frames = in.frames[1:]
		in.bytes -= len(w.rest)
		resume := in.paused && in.bytes <= inboxLimit/2
		in.paused = in.paused && !resume
		s.mu.Unlock()
		if resume {
			s.transport.ResumeReading()
		}
		s.handleWaiting(w)
	}
}

// handleWaiting is the worker's handleFrame.
func (s *Session) handleWaiting(w waiting) {
	if w.first != nil {
		next := s.handle(w.first)
		if next == stop || len(w.rest) == 0 || next == hold && s.postpone(w.rest) {
			return
		}
	}
	s.handleFrame(w.rest, false)
}

// postpone puts the rest of a frame back in front of what waits, because its
// last command holds up the next. It returns false when that is over already.
func (s *Session) postpone(rest []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.in.held {
		return false
	}
	if len(rest) > 0 {
		s.in.frames = slices.Insert(s.in.frames, 0, waiting{rest: bytes.Clone(rest)})
		s.in.bytes += len(rest)
	}
	return true
}

// resumeCommands ends what inbox.held began.
func (s *Session) resumeCommands() {
	s.mu.Lock()
	s.in.held, s.due.leave = false, never
	start := !s.in.working && len(s.in.frames) > 0
	s.in.working = s.in.working || start
	s.mu.Unlock()
	if start {
		s.env.Go(s.work)
	}
}

// handleFrame handles the commands of a frame in order. On the goroutine of
// Receive it stops at the first command that may take long, and leaves the rest
// to the worker.
func (s *Session) handleFrame(frame []byte, receiving bool) {
	defer s.contain()
	commands := protocol.NewCommandDecoder(s.encoding, frame)
	for {
		cmd, err := commands.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			s.env.Log.Info("malformed command", "client", s.ID(), "error", err)
			s.Close(carillon.DisconnectBadRequest)
			return
		}
		s.transport.Metrics().Received(uint8(protocol.CommandType(cmd)), commands.Size())
		if receiving && s.mayTakeLong(cmd) {
			s.mu.Lock()
			s.wait(waiting{first: cmd, rest: bytes.Clone(commands.Rest())})
			return
		}
		switch s.handle(cmd) {
		case stop:
			return
		case hold:
			if s.postpone(commands.Rest()) {
				return
			}
		}
	}
}

// verdict says how a frame goes on behind a command.
type verdict uint8

const (
	goOn verdict = iota
	stop         // the session handles no more commands
	hold         // not before resumeCommands
)

// errHeld is the outcome of a command that will answer for itself later, and
// holds up the next one until then.
var errHeld = errors.New("held")

// mayTakeLong reports whether a command may hold up other connections when it
// is handled where frames are received: it waits for something outside the
// process, or it copies much.
func (s *Session) mayTakeLong(cmd *clientpb.Command) bool {
	return !s.env.Node.Local() || s.env.Concurrency > 1 || cmd.Presence != nil || cmd.History != nil
}

// handle carries out one command.
func (s *Session) handle(cmd *clientpb.Command) verdict {
	if protocol.IsPong(cmd) {
		return s.pong()
	}
	kind := protocol.CommandType(cmd)
	s.mu.Lock()
	now := s.status
	s.mu.Unlock()
	switch {
	case now >= refused:
		return stop
	case cmd.Connect == nil && now != connected, kind == protocol.TypeUnknown:
		s.Close(carillon.DisconnectBadRequest)
		return stop
	}
	if s.slots != nil && concurrent(kind) {
		s.slots <- struct{}{}
		s.env.Go(func() {
			defer func() { <-s.slots }()
			s.carryOut(cmd, kind)
		})
		return goOn
	}
	return s.carryOut(cmd, kind)
}

// concurrent reports whether client.concurrency lets a command run beside
// others.
func concurrent(kind protocol.FrameType) bool {
	return kind != protocol.TypeConnect && kind != protocol.TypeUnsubscribe && kind != protocol.TypeSend
}

// carryOut runs a command's handler and answers for it when it failed.
func (s *Session) carryOut(cmd *clientpb.Command, kind protocol.FrameType) verdict {
	defer s.contain()
	start := s.env.Mono()
	err := s.dispatch(cmd)
	s.env.Metrics.Command(uint8(kind), time.Duration(s.env.Mono()-start))
	if err == nil {
		return goOn
	}
	if err == errHeld {
		return hold
	}
	if why, ok := errors.AsType[carillon.Disconnect](err); ok {
		s.Close(why)
		return stop
	}
	if !s.refuse(cmd, kind, err) {
		return stop
	}
	return goOn
}

// refuse sends the error reply of a command, and reports whether commands may
// follow it.
func (s *Session) refuse(cmd *clientpb.Command, kind protocol.FrameType, err error) bool {
	reason, ok := errors.AsType[*carillon.Error](err)
	if !ok {
		s.env.Log.Error("command failed", "client", s.ID(), "user", s.user, "command", kind.String(), "error", err)
		reason = carillon.ErrInternal
	}
	s.env.Metrics.ReplyError(uint8(kind), reason.Code)
	out := &clientpb.Error{Code: reason.Code, Message: reason.Message, Temporary: reason.Temporary}
	if err := s.send(kind, &clientpb.Reply{Id: cmd.Id, Error: out}); err != nil {
		s.Close(carillon.DisconnectServerError)
		return false
	}
	if cmd.Connect == nil {
		return true
	}
	s.mu.Lock()
	if s.status < refused {
		s.status = refused
	}
	s.mu.Unlock()
	s.transport.Abandon()
	return false
}

// dispatch calls the handler of the first request in a command, in the order
// that the protocol gives to several.
func (s *Session) dispatch(cmd *clientpb.Command) error {
	switch {
	case cmd.Connect != nil:
		return s.connect(cmd.Id, cmd.Connect)
	case cmd.Subscribe != nil:
		return s.subscribe(cmd.Id, cmd.Subscribe)
	case cmd.Unsubscribe != nil:
		return s.unsubscribe(cmd.Id, cmd.Unsubscribe)
	case cmd.Publish != nil:
		return s.publish(cmd.Id, cmd.Publish)
	case cmd.Presence != nil:
		return s.presence(cmd.Id, cmd.Presence)
	case cmd.PresenceStats != nil:
		return s.presenceStats(cmd.Id, cmd.PresenceStats)
	case cmd.History != nil:
		return s.history(cmd.Id, cmd.History)
	case cmd.Rpc != nil:
		return s.rpc(cmd.Id, cmd.Rpc)
	case cmd.Send != nil:
		// Nothing takes such messages.
		return carillon.DisconnectNotAvailable
	case cmd.Refresh != nil:
		return s.refresh(cmd.Id, cmd.Refresh)
	case cmd.SubRefresh != nil:
		return s.subRefresh(cmd.Id, cmd.SubRefresh)
	}
	return carillon.DisconnectBadRequest
}

// contain turns a panic into the end of this connection.
func (s *Session) contain() {
	if v := recover(); v != nil {
		s.env.Log.Error("panic in connection", "client", s.ID(), "panic", v, "stack", string(debug.Stack()))
		s.Close(carillon.DisconnectServerError)
	}
}
