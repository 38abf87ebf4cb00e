package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"carillon"
	"carillon/api"
)

// Config of a Handler. Service and Log are required.
type Config struct {
	Service *api.Service
	Log     *slog.Logger
	// Prefix is the path in front of all methods; empty means that they are at
	// the root. It has no slash at its end.
	Prefix string
	// Key authenticates callers; without one nobody is, unless Insecure.
	Key      string
	Insecure bool
	// TransportErrors answers errors with HTTP statuses.
	TransportErrors bool
	// Stopping reports that the node shuts down.
	Stopping func() bool
}

// Handler serves the API.
type Handler struct{ Config }

// Register adds the routes to mux.
func Register(mux *http.ServeMux, cfg Config) {
	h, s := &Handler{cfg}, cfg.Service
	handle(mux, h, "publish", s.Publish)
	handle(mux, h, "broadcast", s.Broadcast)
	handle(mux, h, "subscribe", s.Subscribe)
	handle(mux, h, "unsubscribe", s.Unsubscribe)
	handle(mux, h, "disconnect", s.Disconnect)
	handle(mux, h, "refresh", s.Refresh)
	handle(mux, h, "presence", s.Presence)
	handle(mux, h, "presence_stats", s.PresenceStats)
	handle(mux, h, "history", s.History)
	handle(mux, h, "history_remove", s.HistoryRemove)
	handle(mux, h, "channels", s.Channels)
	handle(mux, h, "info", s.Info)
	handle(mux, h, "rpc", s.RPC)
	mux.HandleFunc(cfg.Prefix+"/batch", func(w http.ResponseWriter, r *http.Request) {
		var req api.BatchRequest
		if h.decode(w, r, "batch", &req) {
			h.encode(w, "batch", http.StatusOK, s.Batch(r.Context(), &req))
		}
	})
	legacy := cfg.Prefix
	if legacy == "" {
		legacy = "/"
	}
	mux.HandleFunc(legacy, h.legacy)
}

// reply is the envelope of every method but batch.
type reply[Res any] struct {
	Error  *api.Error `json:"error,omitempty"`
	Result *Res       `json:"result,omitempty"`
}

// handle adds the route of a method.
func handle[Req, Res any](mux *http.ServeMux, h *Handler, method string, do func(context.Context, *Req) (*Res, error)) {
	mux.HandleFunc(h.Prefix+"/"+method, func(w http.ResponseWriter, r *http.Request) {
		req := new(Req)
		if !h.decode(w, r, method, req) {
			return
		}
		res, err := do(r.Context(), req)
		if err == nil {
			if published, ok := any(res).(*api.PublishResult); ok {
				write(w, http.StatusOK, appendPublished(nil, published))
				return
			}
			h.encode(w, method, http.StatusOK, reply[Res]{Result: res})
			return
		}
		shown := show(err)
		if h.TransportErrors || r.Header.Get("X-Centrifugo-Error-Mode") == "transport" {
			h.encode(w, method, status(shown.Code), shown)
			return
		}
		h.encode(w, method, http.StatusOK, reply[Res]{Error: shown})
	})
}

func show(err error) *api.Error {
	e, ok := errors.AsType[*carillon.Error](err)
	if !ok {
		e = carillon.ErrInternal
	}
	return &api.Error{Code: e.Code, Message: e.Message}
}

// status is the HTTP status of an error in transport mode.
func status(code uint32) int {
	switch code {
	case 102, 104:
		return http.StatusNotFound
	case 107, 108:
		return http.StatusBadRequest
	case 112:
		return http.StatusRequestedRangeNotSatisfiable
	}
	return http.StatusInternalServerError
}

// admit checks the method and the key.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case r.Method != http.MethodPost:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case !h.authorized(r):
		w.WriteHeader(http.StatusUnauthorized)
	default:
		return true
	}
	return false
}

// decode admits a request and reads its body into req. It returns false when
// it has answered.
func (h *Handler) decode(w http.ResponseWriter, r *http.Request, method string, req any) bool {
	if !h.admit(w, r) {
		return false
	}
	body, ok := h.read(w, r, method)
	if !ok {
		return false
	}
	if publish, ok := req.(*api.PublishRequest); ok && decodePublish(body, publish) {
		return true
	}
	if err := json.Unmarshal(body, req); err != nil {
		h.malformed(w, method, err)
		return false
	}
	return true
}

// read returns the body, which is valid until the handler returns.
func (h *Handler) read(w http.ResponseWriter, r *http.Request, method string) ([]byte, bool) {
	if whole, ok := r.Body.(interface{ Bytes() []byte }); ok {
		return whole.Bytes(), true
	}
	var body bytes.Buffer
	if n := r.ContentLength; n > 0 && n <= maxExpected {
		body.Grow(int(n) + bytes.MinRead)
	}
	if _, err := io.Copy(&body, r.Body); err != nil {
		h.Log.Error("read body of server API request failed", "method", method, "error", err)
		h.Service.Meter(method).Failed("read_body")
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return nil, false
	}
	return body.Bytes(), true
}

// maxExpected bounds the memory that a Content-Length alone can make us take.
const maxExpected = 64 << 10

func (h *Handler) malformed(w http.ResponseWriter, method string, err error) {
	h.Log.Error("server API request is malformed", "method", method, "error", err)
	h.Service.Meter(method).Failed("unmarshal")
	http.Error(w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
}

// encode answers with JSON. It fails when a payload is not JSON.
func (h *Handler) encode(w http.ResponseWriter, method string, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		h.unencodable(w, method, err)
		return
	}
	write(w, status, body)
}

func (h *Handler) unencodable(w http.ResponseWriter, method string, err error) {
	h.Log.Error("encode server API response failed", "method", method, "error", err)
	h.Service.Meter(method).Failed("marshal")
	http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
}

func write(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// If it fails the caller is gone.
	_, _ = w.Write(body)
}
