package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"runtime"
	"testing"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"carillon/protocol"
	"carillon/protocol/clientpb"
)

// memoryOf is how many bytes f allocates.
func memoryOf(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// referenceFrame reads the commands of a JSON frame as far as they are good.
func referenceFrame(frame []byte) (commands []*clientpb.Command, err error) {
	lines := bytes.Split(frame, []byte("\n"))
	if n := len(lines) - 1; n > 0 && len(lines[n]) == 0 {
		lines = lines[:n]
	}
	for _, line := range lines {
		cmd, err := referenceCommand(line)
		if err != nil {
			return commands, err
		}
		commands = append(commands, cmd)
	}
	return commands, nil
}

// checkJSON decodes a frame as the reference does, or fails the test.
func checkJSON(t testing.TB, frame []byte) {
	t.Helper()
	got, err := decode(protocol.JSON, frame)
	want, wantErr := referenceFrame(frame)
	if err != nil && !errors.Is(err, protocol.ErrMalformed) {
		t.Fatalf("%.300q: error %v", frame, err)
	}
	if (err == nil) != (wantErr == nil) || len(got) != len(want) {
		t.Fatalf("%.300q: %d commands, error %v, want %d, error %v", frame, len(got), err, len(want), wantErr)
	}
	for i, cmd := range got {
		if !proto.Equal(cmd, want[i]) {
			t.Fatalf("%.300q: command %d is %v, want %v", frame, i, cmd, want[i])
		}
		text := referenceJSON(cmd)
		again, err := decode(protocol.JSON, text)
		if err != nil || !json.Valid(text) || !proto.Equal(again[0], cmd) {
			t.Fatalf("%v is written as %q, and read as %v, error %v", cmd, text, again, err)
		}
		protocol.CommandType(cmd)
	}
}

// checkProtobuf decodes a message; one that the generic decoder takes too has
// to mean the same.
func checkProtobuf(t testing.TB, message []byte) {
	t.Helper()
	got, err := decode(protocol.Protobuf, delimited(message))
	if err != nil && !errors.Is(err, protocol.ErrMalformed) {
		t.Fatalf("%.300q: error %v", message, err)
	}
	want := new(clientpb.Command)
	wantErr := proto.Unmarshal(message, want)
	forget(want.ProtoReflect())
	if err == nil {
		forget(got[0].ProtoReflect())
		if wantErr == nil && !proto.Equal(got[0], want) {
			t.Fatalf("%.300q: %v, want %v", message, got[0], want)
		}
		roundTrip(t, got[0])
		protocol.CommandType(got[0])
	}
	if wantErr == nil && depth(want.ProtoReflect(), 0) <= deepestFilter {
		roundTrip(t, want)
	}
}

// roundTrip checks that a command survives being encoded and decoded.
func roundTrip(t testing.TB, cmd *clientpb.Command) {
	t.Helper()
	message, err := cmd.MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	again, err := decode(protocol.Protobuf, delimited(message))
	if err != nil || !proto.Equal(again[0], cmd) {
		t.Fatalf("%v is written as %.300q, and read as %v, error %v", cmd, message, again, err)
	}
}

// inside calls f with every message right inside m.
func inside(m protoreflect.Message, f func(protoreflect.Message)) {
	m.Range(func(field protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case content(field).Kind() != protoreflect.MessageKind:
		case field.IsMap():
			v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
				f(v.Message())
				return true
			})
		case field.IsList():
			for i := range v.List().Len() {
				f(v.List().Get(i).Message())
			}
		default:
			f(v.Message())
		}
		return true
	})
}

// forget drops unknown fields.
func forget(m protoreflect.Message) {
	m.SetUnknown(nil)
	inside(m, forget)
}

// depth is how deep tags filters are nested in m.
func depth(m protoreflect.Message, above int) int {
	if m.Descriptor().Name() == "FilterNode" {
		above++
	}
	deepest := above
	inside(m, func(inner protoreflect.Message) { deepest = max(deepest, depth(inner, above)) })
	return deepest
}

func FuzzDecodeJSON(f *testing.F) {
	for _, c := range jsonFrames {
		f.Add([]byte(c.frame))
	}
	for _, p := range paths(commandSchema) {
		cmd := new(clientpb.Command)
		p.set(cmd.ProtoReflect())
		f.Add(referenceJSON(cmd))
	}
	f.Add([]byte(`{"connect":{"subs":{"c":null},"headers":{"h":null}},"sub_refresh":{"track":[null],"untrack":["\ud83d\ude00"]}}`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		if bytes.Count(frame, []byte("["))+bytes.Count(frame, []byte("{")) > 9000 {
			return // where the reference's own limit is near
		}
		checkJSON(t, frame)
	})
}

func FuzzDecodeProtobuf(f *testing.F) {
	for _, p := range paths(commandSchema) {
		cmd := new(clientpb.Command)
		p.set(cmd.ProtoReflect())
		f.Add(marshal(f, cmd))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		checkProtobuf(t, message)
		// The same bytes as a frame: nothing panics, and the lengths end.
		commands, _ := decode(protocol.Protobuf, message)
		if len(commands) > len(message) {
			t.Fatalf("%d commands in %d bytes", len(commands), len(message))
		}
	})
}

func FuzzRawJSON(f *testing.F) {
	for _, text := range somePayload {
		f.Add([]byte(text))
	}
	f.Add([]byte("\n{\"a\" :\n[1,\"\\u00e9\\n\"]\n}\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := protocol.NewFrame(protocol.JSON, protocol.TypeRPC, &clientpb.Reply{Rpc: &clientpb.RPCResult{Data: data}})
		good := len(data) == 0 || utf8.Valid(data) && json.Valid(data)
		if good != (err == nil) || err != nil && !errors.Is(err, protocol.ErrNotJSON) {
			t.Fatalf("%.300q: error %v", data, err)
		}
		if err != nil || len(data) == 0 {
			return
		}
		text := bytes.ReplaceAll(data, []byte("\n"), nil)
		if want := `{"rpc":{"data":` + string(text) + `}}`; string(frame.Payload()) != want || !json.Valid(frame.Payload()) {
			t.Fatalf("%.300q is written as %.300q", data, frame.Payload())
		}
		sameJSON(t, text, data)
	})
}

func FuzzJSONString(f *testing.F) {
	for _, s := range someStrings {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		out, ok := protocol.AppendJSONString(nil, data)
		var got string
		if ok != utf8.Valid(data) || ok && (json.Unmarshal(out, &got) != nil || got != string(data)) {
			t.Fatalf("%q is written as %q, which stands for %q", data, out, got)
		}
		message := encodeJSON(t, &clientpb.Reply{Error: &clientpb.Error{Message: string(data)}})
		sameJSON(t, []byte(message), referenceJSON(&clientpb.Reply{Error: &clientpb.Error{Message: string(data)}}))
	})
}
