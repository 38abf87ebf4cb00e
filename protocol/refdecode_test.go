package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"

	"carillon/protocol/clientpb"
)

var errReference = errors.New("not a command")

// deepestFilter is how deep the nodes of a tags filter may be nested.
const deepestFilter = 64

// referenceCommand reads one line as the specification says, with encoding/json
// and the schema. It is what the decoder is compared with.
func referenceCommand(line []byte) (*clientpb.Command, error) {
	if !utf8.Valid(line) || !json.Valid(line) {
		return nil, errReference
	}
	cmd := new(clientpb.Command)
	line = bytes.TrimSpace(line)
	if line[0] != '{' {
		return nil, errReference
	}
	return cmd, readMessage(line, cmd.ProtoReflect(), 0)
}

// readMessage reads an object or null into m, which is empty.
func readMessage(text []byte, m protoreflect.Message, filters int) error {
	if m.Descriptor().Name() == "FilterNode" {
		if filters++; filters > deepestFilter {
			return errReference
		}
	}
	return members(text, func(name string, value json.RawMessage) error {
		field := m.Descriptor().Fields().ByName(protoreflect.Name(lower(name)))
		if field == nil {
			return nil
		}
		m.Clear(field) // of several with one name the last counts
		if string(value) == "null" && field.Kind() != protoreflect.BytesKind {
			return nullField(field, filters)
		}
		switch {
		case field.IsMap():
			entries := m.Mutable(field).Map()
			return members(value, func(name string, value json.RawMessage) error {
				v, err := readValue(value, field.MapValue(), entries.NewValue(), filters)
				entries.Set(protoreflect.ValueOfString(name).MapKey(), v)
				return err
			})
		case field.IsList():
			var elements []json.RawMessage
			if json.Unmarshal(value, &elements) != nil {
				return errReference
			}
			list := m.Mutable(field).List()
			for _, element := range elements {
				v, err := readValue(element, field, list.NewElement(), filters)
				if err != nil {
					return err
				}
				list.Append(v)
			}
			return nil
		}
		v, err := readValue(value, field, m.NewField(field), filters)
		if err == nil {
			m.Set(field, v)
		}
		return err
	})
}

// nullField leaves a field unset, but for a filter that is too deep to be there.
func nullField(field protoreflect.FieldDescriptor, filters int) error {
	if field.Message() != nil && field.Message().Name() == "FilterNode" && !field.IsList() && filters >= deepestFilter {
		return errReference
	}
	return nil
}

// readValue reads one value; empty is the zero value of its kind.
func readValue(text []byte, field protoreflect.FieldDescriptor, empty protoreflect.Value, filters int) (protoreflect.Value, error) {
	null := string(text) == "null"
	switch kind := field.Kind(); {
	case kind == protoreflect.BytesKind:
		return protoreflect.ValueOfBytes(bytes.Clone(text)), nil
	case kind == protoreflect.MessageKind:
		return empty, readMessage(text, empty.Message(), filters)
	case null:
		return empty, nil
	case kind == protoreflect.StringKind:
		var s string
		if json.Unmarshal(text, &s) != nil {
			return empty, errReference
		}
		return protoreflect.ValueOfString(s), nil
	case kind == protoreflect.BoolKind:
		if string(text) != "true" && string(text) != "false" {
			return empty, errReference
		}
		return protoreflect.ValueOfBool(text[0] == 't'), nil
	}
	return readInteger(string(text), field.Kind())
}

func readInteger(text string, kind protoreflect.Kind) (protoreflect.Value, error) {
	switch kind {
	case protoreflect.Uint32Kind:
		n, err := strconv.ParseUint(text, 10, 32)
		return protoreflect.ValueOfUint32(uint32(n)), err
	case protoreflect.Uint64Kind:
		n, err := strconv.ParseUint(text, 10, 64)
		return protoreflect.ValueOfUint64(n), err
	case protoreflect.Int32Kind:
		n, err := strconv.ParseInt(text, 10, 32)
		return protoreflect.ValueOfInt32(int32(n)), err
	case protoreflect.Int64Kind:
		n, err := strconv.ParseInt(text, 10, 64)
		return protoreflect.ValueOfInt64(n), err
	}
	return protoreflect.Value{}, errReference
}

// members calls f with the members of an object, in their order; null has none.
func members(text []byte, f func(name string, value json.RawMessage) error) error {
	if string(text) == "null" {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if opening, err := d.Token(); err != nil || opening != json.Delim('{') {
		return errReference
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if err := f(name.(string), value); err != nil {
			return err
		}
	}
	return nil
}

// lower folds ASCII letters only.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}
