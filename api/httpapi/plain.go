package httpapi

import (
	"bytes"
	"slices"
	"strconv"

	"carillon/api"
	"carillon/protocol"
)

// decodePublish reads the plainest form of the request that comes most often:
//
//	{"channel":"name","data":VALUE}
//
// in this order, with nothing to unescape in the name. It returns false for
// any other form, which encoding/json has to judge then; what it reads, it
// reads like encoding/json. req keeps nothing of body.
func decodePublish(body []byte, req *api.PublishRequest) bool {
	rest, ok := after(body, '{')
	if !ok {
		return false
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(`"channel"`)); !ok {
		return false
	}
	if rest, ok = after(rest, ':'); !ok {
		return false
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(`"`)); !ok {
		return false
	}
	end := bytes.IndexByte(rest, '"')
	if end < 0 || !verbatim(rest[:end]) {
		return false
	}
	name := rest[:end]
	if rest, ok = after(rest[end+1:], ','); !ok {
		return false
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(`"data"`)); !ok {
		return false
	}
	if rest, ok = after(rest, ':'); !ok {
		return false
	}
	// Up to the last brace: if a member follows, this is no value.
	value, ok := bytes.CutSuffix(trimEnd(rest), []byte("}"))
	value = trimEnd(value)
	if !ok || len(value) == 0 || value[0] == 'n' || !protocol.ValidJSON(value) {
		return false
	}
	req.Channel, req.Data = string(name), bytes.Clone(value)
	return true
}

// appendPublished writes the envelope of a publish result as encoding/json
// does.
func appendPublished(b []byte, res *api.PublishResult) []byte {
	b = slices.Grow(b, 64)
	b = append(b, `{"result":{`...)
	if res.Offset != 0 {
		b = append(b, `"offset":`...)
		b = strconv.AppendUint(b, res.Offset, 10)
	}
	if res.Epoch != "" {
		if res.Offset != 0 {
			b = append(b, ',')
		}
		b = append(b, `"epoch":`...)
		b, _ = protocol.AppendJSONString(b, []byte(res.Epoch)) // always UTF-8
	}
	return append(b, "}}"...)
}

// after returns what follows a character that white space may surround.
func after(b []byte, c byte) (rest []byte, ok bool) {
	b = skipSpace(b)
	if len(b) == 0 || b[0] != c {
		return nil, false
	}
	return skipSpace(b[1:]), true
}

func skipSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == '\r' || b[0] == '\n') {
		b = b[1:]
	}
	return b
}

func trimEnd(b []byte) []byte { return bytes.TrimRight(b, " \t\r\n") }

// verbatim reports that a string has no escapes, and nothing that encoding/json
// would replace or refuse.
func verbatim(s []byte) bool {
	for _, c := range s {
		if c < ' ' || c > '~' || c == '\\' {
			return false
		}
	}
	return true
}
