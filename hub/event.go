package hub

import (
	"sync/atomic"

	"carillon"
	"carillon/delta"
	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// Kind says what happened.
type Kind uint8

const (
	Published Kind = iota
	Joined
	Left
)

// Form is how a publication's payload is written for a subscription. Forms
// other than Plain are for subscriptions that negotiated delta.
type Form uint8

const (
	// Plain is the payload itself.
	Plain Form = iota
	// Full is the whole payload for a delta subscription: on JSON connections a
	// JSON string holding the payload's exact text.
	Full
	// Patch is the difference from the preceding publication, or Full where a
	// patch would not be shorter.
	Patch
	forms
)

// Event is one thing that happened in a channel, with the frames that tell
// clients of it. Frames are made when first asked for and then shared. Safe
// for concurrent use once Broadcast was called; fields are not to be changed.
type Event struct {
	Channel string
	Kind    Kind
	// Publication is set on Published, Info on Joined and Left.
	Publication *carillon.Publication
	Info        *carillon.ClientInfo
	// Epoch of the stream that Publication.Offset counts in.
	Epoch string
	// Base is the publication right before this one in the stream when deltas
	// are wanted and it is known, else nil.
	Base *carillon.Publication

	frames [2 * forms]atomic.Pointer[encoded]
}

type encoded struct {
	frame *protocol.Frame
	err   error
}

// Size is what the event takes in a buffer of events, in bytes.
func (e *Event) Size() int {
	if e.Kind == Published {
		return len(e.Publication.Data) + len(e.Channel)
	}
	return len(e.Info.ConnInfo) + len(e.Info.ChanInfo) + len(e.Channel)
}

// Frame returns the push for one encoding and form. An error wraps
// protocol.ErrNotJSON when the payload can't stand in a JSON message.
func (e *Event) Frame(enc protocol.Encoding, form Form) (*protocol.Frame, error) {
	if e.Kind != Published {
		form = Plain
	} else if form == Full && enc == protocol.Protobuf {
		form = Plain // the same bytes
	}
	slot := &e.frames[int(enc)*int(forms)+int(form)]
	if done := slot.Load(); done != nil {
		return done.frame, done.err
	}
	frame, err := e.encode(enc, form)
	// Two goroutines may have encoded at once; either result will do.
	slot.Store(&encoded{frame, err})
	return frame, err
}

func (e *Event) encode(enc protocol.Encoding, form Form) (*protocol.Frame, error) {
	push := &clientpb.Push{Channel: e.Channel}
	kind := protocol.TypePushPublication
	switch e.Kind {
	case Published:
		pub, err := Render(e.Publication, e.Base, enc, form)
		if err != nil {
			return nil, err
		}
		push.Pub = pub
	case Joined:
		kind, push.Join = protocol.TypePushJoin, &clientpb.Join{Info: RenderInfo(e.Info)}
	case Left:
		kind, push.Leave = protocol.TypePushLeave, &clientpb.Leave{Info: RenderInfo(e.Info)}
	}
	return protocol.NewFrame(enc, kind, &clientpb.Reply{Push: push})
}

// Render writes a publication in a form: the one way for live pushes, recovery
// and history alike. base is the preceding publication, used by Patch only; a
// nil base makes Patch the same as Full.
func Render(pub, base *carillon.Publication, enc protocol.Encoding, form Form) (*clientpb.Publication, error) {
	out := &clientpb.Publication{
		Data:   pub.Data,
		Info:   RenderInfo(pub.Info),
		Offset: pub.Offset,
		Tags:   pub.Tags,
		Epoch:  pub.Epoch,
	}
	if form == Plain {
		return out, nil
	}
	if form == Patch && base != nil {
		if patch := delta.Create(base.Data, pub.Data); len(patch) < len(pub.Data) {
			out.Data, out.Delta = patch, true
		}
	}
	if enc == protocol.JSON {
		text, ok := protocol.AppendJSONString(make([]byte, 0, len(out.Data)+len(out.Data)/8+2), out.Data)
		if !ok {
			return nil, protocol.ErrNotJSON
		}
		out.Data = text
	}
	return out, nil
}

// RenderInfo writes client info; nil stays nil.
func RenderInfo(info *carillon.ClientInfo) *clientpb.ClientInfo {
	if info == nil {
		return nil
	}
	return &clientpb.ClientInfo{User: info.User, Client: info.Client, ConnInfo: info.ConnInfo, ChanInfo: info.ChanInfo}
}
