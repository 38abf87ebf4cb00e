package protocol_test

import (
	"bytes"
	"encoding/json"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// writtenWhenZero are the exceptions to the rule that the server leaves out
// fields with their zero value.
var writtenWhenZero = map[protoreflect.FullName]bool{
	"centrifugal.centrifuge.protocol.ClientInfo.user":                 true,
	"centrifugal.centrifuge.protocol.ClientInfo.client":               true,
	"centrifugal.centrifuge.protocol.PresenceResult.presence":         true,
	"centrifugal.centrifuge.protocol.PresenceStatsResult.num_clients": true,
	"centrifugal.centrifuge.protocol.PresenceStatsResult.num_users":   true,
	"centrifugal.centrifuge.protocol.HistoryResult.publications":      true,
	"centrifugal.centrifuge.protocol.HistoryResult.epoch":             true,
	"centrifugal.centrifuge.protocol.HistoryResult.offset":            true,
}

// referenceJSON writes a message as the specification says, from nothing but
// its schema: slow, and without a line for any single field that could be
// forgotten.
func referenceJSON(m proto.Message) []byte {
	var out bytes.Buffer
	writeMessage(&out, m.ProtoReflect())
	return out.Bytes()
}

func writeMessage(out *bytes.Buffer, m protoreflect.Message) {
	out.WriteByte('{')
	comma := false
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if !m.Has(field) && !writtenWhenZero[field.FullName()] {
			continue
		}
		if comma {
			out.WriteByte(',')
		}
		comma = true
		writeString(out, string(field.Name()))
		out.WriteByte(':')
		writeField(out, field, m.Get(field))
	}
	out.WriteByte('}')
}

func writeField(out *bytes.Buffer, field protoreflect.FieldDescriptor, v protoreflect.Value) {
	switch {
	case field.IsMap():
		comma := byte('{')
		v.Map().Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
			out.WriteByte(comma)
			comma = ','
			writeString(out, key.String())
			out.WriteByte(':')
			writeValue(out, field.MapValue(), value)
			return true
		})
		if comma == '{' {
			out.WriteByte('{')
		}
		out.WriteByte('}')
	case field.IsList():
		out.WriteByte('[')
		for i := range v.List().Len() {
			if i > 0 {
				out.WriteByte(',')
			}
			writeValue(out, field, v.List().Get(i))
		}
		out.WriteByte(']')
	default:
		writeValue(out, field, v)
	}
}

func writeValue(out *bytes.Buffer, field protoreflect.FieldDescriptor, v protoreflect.Value) {
	switch field.Kind() {
	case protoreflect.MessageKind:
		writeMessage(out, v.Message())
	case protoreflect.StringKind:
		writeString(out, v.String())
	case protoreflect.BytesKind:
		out.Write(v.Bytes())
	case protoreflect.BoolKind:
		out.WriteString(strconv.FormatBool(v.Bool()))
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind:
		out.WriteString(strconv.FormatUint(v.Uint(), 10))
	case protoreflect.Int32Kind, protoreflect.Int64Kind, protoreflect.Sint64Kind:
		out.WriteString(strconv.FormatInt(v.Int(), 10))
	default:
		panic("the JSON mapping has no rule for " + field.Kind().String())
	}
}

func writeString(out *bytes.Buffer, s string) {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	out.Write(text)
}

// meaning parses JSON so that two texts can be compared whatever the order of
// their keys. Numbers keep their digits.
func meaning(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}
