package clientpb_test

import (
	"math"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"carillon/protocol/clientpb"
)

// codec are the generated methods beside those of the standard library.
type codec interface {
	proto.Message
	SizeVT() int
	MarshalVT() ([]byte, error)
	UnmarshalVT([]byte) error
}

// Fast code and schema are generated apart: a field that only one of them knows
// must not pass.
func TestEveryFieldSurvivesBothCodecs(t *testing.T) {
	messages := clientpb.File_client_proto.Messages()
	for i := range messages.Len() {
		kind, err := protoregistry.GlobalTypes.FindMessageByName(messages.Get(i).FullName())
		if err != nil {
			t.Fatal(err)
		}
		for j := range kind.Descriptor().Fields().Len() {
			field := kind.Descriptor().Fields().Get(j)
			m := kind.New()
			fill(m, field)
			t.Run(string(kind.Descriptor().Name()+"."+field.Name()), func(t *testing.T) { compare(t, m.Interface().(codec)) })
		}
		t.Run(string(kind.Descriptor().Name()), func(t *testing.T) { compare(t, kind.New().Interface().(codec)) })
	}
}

func compare(t *testing.T, m codec) {
	fast, err := m.MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	slow, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if m.SizeVT() != len(fast) || len(fast) != len(slow) {
		t.Errorf("SizeVT is %d, of %d bytes; the standard library makes %d", m.SizeVT(), len(fast), len(slow))
	}
	back := m.ProtoReflect().New().Interface().(codec)
	if err := proto.Unmarshal(fast, back); err != nil || !proto.Equal(back, m) {
		t.Errorf("the standard library reads %v, error %v, want %v", back, err, m)
	}
	back = m.ProtoReflect().New().Interface().(codec)
	if err := back.UnmarshalVT(slow); err != nil || !proto.Equal(back, m) {
		t.Errorf("UnmarshalVT reads %v, error %v, want %v", back, err, m)
	}
	for n := range len(slow) - 1 {
		if err := m.ProtoReflect().New().Interface().(codec).UnmarshalVT(slow[:n+1]); err == nil {
			t.Errorf("%d of %d bytes are taken for a message", n+1, len(slow))
		}
	}
}

// fill sets a field to something that is not its zero value.
func fill(m protoreflect.Message, field protoreflect.FieldDescriptor) {
	switch {
	case field.IsMap():
		entries := m.Mutable(field).Map()
		v := entries.NewValue()
		if field.MapValue().Kind() == protoreflect.StringKind {
			v = protoreflect.ValueOfString("value")
		}
		entries.Set(protoreflect.ValueOfString("key").MapKey(), v)
	case field.IsList():
		list := m.Mutable(field).List()
		list.Append(value(field, list.NewElement()))
	default:
		m.Set(field, value(field, m.NewField(field)))
	}
}

// value is one for a field; empty is a message of its kind.
func value(field protoreflect.FieldDescriptor, empty protoreflect.Value) protoreflect.Value {
	switch field.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString("é")
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte{0xff, 0})
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(math.MaxUint32)
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(math.MaxUint64)
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(math.MinInt32)
	case protoreflect.Int64Kind, protoreflect.Sint64Kind:
		return protoreflect.ValueOfInt64(math.MinInt64)
	}
	return empty
}
