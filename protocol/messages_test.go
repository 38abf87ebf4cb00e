package protocol_test

import (
	"math"
	"math/rand/v2"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// path leads from a message to one field inside it.
type path []protoreflect.FieldDescriptor

func (p path) String() string {
	names := make([]string, len(p))
	for i, field := range p {
		names[i] = string(field.Name())
	}
	return strings.Join(names, ".")
}

// paths returns a path to every field of every message inside a message. A
// message inside one of its own kind is not entered again.
func paths(m protoreflect.MessageDescriptor) []path {
	return appendPaths(nil, nil, m)
}

func appendPaths(all []path, prefix path, m protoreflect.MessageDescriptor) []path {
	for i := range m.Fields().Len() {
		field := m.Fields().Get(i)
		here := append(prefix[:len(prefix):len(prefix)], field)
		all = append(all, here)
		if inner := content(field).Message(); inner != nil && inner != m {
			all = appendPaths(all, here, inner)
		}
	}
	return all
}

// content is what a field holds, be it one or many.
func content(field protoreflect.FieldDescriptor) protoreflect.FieldDescriptor {
	if field.IsMap() {
		return field.MapValue()
	}
	return field
}

// set makes m a message with nothing but the field at the end of p, which gets
// a value that is not zero.
func (p path) set(m protoreflect.Message) {
	field := p[0]
	var v protoreflect.Value
	if content(field).Kind() == protoreflect.MessageKind {
		v = newValue(m, field)
		if len(p) > 1 {
			p[1:].set(v.Message())
		}
	} else {
		v = someScalar(content(field).Kind())
	}
	put(m, field, "key", v)
}

// newValue is a new message of the kind that a field holds.
func newValue(m protoreflect.Message, field protoreflect.FieldDescriptor) protoreflect.Value {
	switch {
	case field.IsMap():
		return m.NewField(field).Map().NewValue()
	case field.IsList():
		return m.NewField(field).List().NewElement()
	}
	return m.NewField(field)
}

// put sets a field, or adds to it when it holds many.
func put(m protoreflect.Message, field protoreflect.FieldDescriptor, key string, v protoreflect.Value) {
	switch {
	case field.IsMap():
		m.Mutable(field).Map().Set(protoreflect.ValueOfString(key).MapKey(), v)
	case field.IsList():
		m.Mutable(field).List().Append(v)
	default:
		m.Set(field, v)
	}
}

// someScalar is a value that only a field of the right kind and size can hold.
func someScalar(kind protoreflect.Kind) protoreflect.Value {
	switch kind {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString("text \"\\\n\u2028<é>")
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(`{"raw": [1.50, null]}`))
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
	panic("no value for a field of kind " + kind.String())
}

var (
	someStrings = []string{"", "a", "news:42", "$priv#1,2", "\x00\x1f\x7f", "\"\\/", "<&>", "é\u2028\u2029", "\U0001F600", "{}\n", "null"}
	somePayload = []string{`{}`, `[]`, `null`, `0`, `-1.5e+10`, `""`, `"\ud800 \u00e9 é"`, `{"a":{"b":[{},[],true]}}`, "[1 ,\t2\r]", `{"a":1,"a":2}`}
	someNumbers = []uint64{0, 1, 9, 999_999_999, 1_000_000_000, math.MaxInt32, math.MaxUint32, math.MaxInt64, math.MaxUint64}
)

// random fills m with random values, nested up to a depth.
func random(r *rand.Rand, m protoreflect.Message, depth int) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if r.IntN(3) == 0 || depth == 0 && content(field).Kind() == protoreflect.MessageKind {
			continue
		}
		times := 1
		if field.IsMap() || field.IsList() {
			times = r.IntN(4)
		}
		for range times {
			v := randomScalar(r, content(field).Kind())
			if !v.IsValid() {
				v = newValue(m, field)
				random(r, v.Message(), depth-1)
			}
			put(m, field, pick(r, someStrings), v)
		}
	}
}

// randomScalar returns an invalid value for messages.
func randomScalar(r *rand.Rand, kind protoreflect.Kind) protoreflect.Value {
	n := pick(r, someNumbers)
	if r.IntN(2) == 0 {
		n = -n
	}
	switch kind {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(pick(r, someStrings))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(pick(r, somePayload)))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(r.IntN(2) == 0)
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(uint32(n))
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(n)
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(int32(n))
	case protoreflect.Int64Kind, protoreflect.Sint64Kind:
		return protoreflect.ValueOfInt64(int64(n))
	}
	return protoreflect.Value{}
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
