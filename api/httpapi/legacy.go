package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"carillon"
	"carillon/api"
)

// The older form of the API: a body of commands one after another, answered by
// as many replies.

// legacyCommand is one of them. Params is nil when absent.
type legacyCommand struct {
	ID     uint32          `json:"id"`
	Method legacyMethod    `json:"method"`
	Params json.RawMessage `json:"params"`
}

// legacyMethod is the name of a method; empty when it is a number that stands
// for none.
type legacyMethod string

// legacyNumbers are the methods that may be named by number. Absent numbers
// belong to methods that are not here.
var legacyNumbers = map[int64]legacyMethod{
	0: "publish", 1: "broadcast", 2: "unsubscribe", 3: "disconnect", 4: "presence", 5: "presence_stats", 6: "history",
	7: "history_remove", 8: "channels", 9: "info", 10: "rpc", 11: "subscribe", 12: "refresh",
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *legacyMethod) UnmarshalJSON(b []byte) error {
	var number int64
	if err := json.Unmarshal(b, &number); err == nil && string(b) != "null" {
		*m = legacyNumbers[number]
		return nil
	}
	var name string
	if err := json.Unmarshal(b, &name); err != nil {
		return err
	}
	lower := legacyMethod(strings.ToLower(name))
	for _, known := range legacyNumbers {
		if lower == known {
			*m = known
			return nil
		}
	}
	return fmt.Errorf("unknown method %q", name)
}

type legacyReply struct {
	ID     uint32     `json:"id,omitempty"`
	Error  *api.Error `json:"error,omitempty"`
	Result any        `json:"result,omitempty"`
}

// legacyLabel stands for the method in logs about a whole body.
const legacyLabel = "batch"

func (h *Handler) legacy(w http.ResponseWriter, r *http.Request) {
	if !h.admit(w, r) {
		return
	}
	if h.Stopping() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body, ok := h.read(w, r, legacyLabel)
	if !ok {
		return
	}
	if len(body) == 0 {
		h.malformed(w, legacyLabel, io.ErrUnexpectedEOF)
		return
	}
	var out bytes.Buffer
	commands := json.NewDecoder(bytes.NewReader(body))
	for {
		cmd := legacyCommand{Method: "publish"}
		err := commands.Decode(&cmd)
		if err == io.EOF {
			break
		}
		if err != nil {
			h.malformed(w, legacyLabel, err)
			return
		}
		line, err := json.Marshal(h.legacyCall(r.Context(), cmd))
		if err != nil {
			h.unencodable(w, legacyLabel, err)
			return
		}
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		out.Write(line)
	}
	write(w, http.StatusOK, out.Bytes())
}

func (h *Handler) legacyCall(ctx context.Context, cmd legacyCommand) legacyReply {
	s := h.Service
	reply := legacyReply{ID: cmd.ID}
	var err error
	switch cmd.Method {
	case "publish":
		reply.Result, err = legacyDo(ctx, cmd, s.Publish)
	case "broadcast":
		reply.Result, err = legacyDo(ctx, cmd, s.Broadcast)
	case "subscribe":
		reply.Result, err = legacyDo(ctx, cmd, s.Subscribe)
	case "unsubscribe":
		reply.Result, err = legacyDo(ctx, cmd, s.Unsubscribe)
	case "disconnect":
		reply.Result, err = legacyDo(ctx, cmd, s.Disconnect)
	case "refresh":
		reply.Result, err = legacyDo(ctx, cmd, s.Refresh)
	case "presence":
		reply.Result, err = legacyDo(ctx, cmd, s.Presence)
	case "presence_stats":
		reply.Result, err = legacyDo(ctx, cmd, s.PresenceStats)
	case "history":
		reply.Result, err = legacyDo(ctx, cmd, s.History)
	case "history_remove":
		reply.Result, err = legacyDo(ctx, cmd, s.HistoryRemove)
	case "channels":
		reply.Result, err = legacyDo(ctx, cmd, s.Channels)
	case "rpc":
		reply.Result, err = legacyDo(ctx, cmd, s.RPC)
	case "info":
		cmd.Params = []byte("{}") // they are not looked at
		reply.Result, err = legacyDo(ctx, cmd, s.Info)
	default:
		err = api.ErrNotFound
	}
	if err != nil {
		reply.Result, reply.Error = nil, show(err)
	}
	return reply
}

// legacyDo decodes the params of a command and carries it out.
func legacyDo[Req, Res any](ctx context.Context, cmd legacyCommand, do func(context.Context, *Req) (*Res, error)) (any, error) {
	req := new(Req)
	if len(cmd.Params) == 0 || string(cmd.Params) == "null" || json.Unmarshal(cmd.Params, req) != nil {
		return nil, carillon.ErrBadRequest
	}
	return do(ctx, req)
}
