package protocol_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"carillon/protocol"
	"carillon/protocol/clientpb"
)

var (
	commandSchema = (*clientpb.Command)(nil).ProtoReflect().Descriptor()
	replySchema   = (*clientpb.Reply)(nil).ProtoReflect().Descriptor()
)

func TestEveryFieldOfACommandIsDecoded(t *testing.T) {
	for _, p := range paths(commandSchema) {
		want := new(clientpb.Command)
		p.set(want.ProtoReflect())
		for enc, frame := range map[protocol.Encoding][]byte{
			protocol.JSON: referenceJSON(want), protocol.Protobuf: delimited(marshal(t, want)),
		} {
			if got := decodeOne(t, enc, frame); !proto.Equal(got, want) {
				t.Errorf("%s: %s command %q decodes to %v", p, enc, frame, got)
			}
		}
	}
}

func TestEveryFieldOfAReplyIsEncoded(t *testing.T) {
	for _, p := range paths(replySchema) {
		want := new(clientpb.Reply)
		p.set(want.ProtoReflect())
		t.Run(p.String(), func(t *testing.T) { checkReply(t, want) })
	}
}

// checkReply compares what both codecs make of a reply with what they should.
func checkReply(t *testing.T, want *clientpb.Reply) {
	t.Helper()
	checkProtobufFrame(t, want)
	frame, err := protocol.NewFrame(protocol.JSON, protocol.TypeUnknown, want)
	if err != nil {
		t.Fatal(err)
	}
	sameJSON(t, frame.Payload(), referenceJSON(want))
}

// sameJSON checks that a message is one line and means what it should.
func sameJSON(t *testing.T, got, want []byte) {
	t.Helper()
	if bytes.IndexByte(got, '\n') >= 0 {
		t.Errorf("more than one line: %q", got)
	}
	a, err := meaning(got)
	if err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	b, err := meaning(want)
	if err != nil {
		t.Fatalf("%v in %s", err, want)
	}
	if diff := cmp.Diff(b, a); diff != "" {
		t.Errorf("got %s\nwant %s\n%s", got, want, diff)
	}
}

// A message that is in the schema but not within reach of the codecs is missing
// from one of the tests above.
func TestEveryMessageOfTheSchemaIsCovered(t *testing.T) {
	covered := map[protoreflect.Name]bool{
		"Command": true, "Reply": true,
		"EmulationRequest": true, // the body of an HTTP request, not a message of a connection
	}
	for _, schema := range []protoreflect.MessageDescriptor{commandSchema, replySchema} {
		for _, p := range paths(schema) {
			if m := content(p[len(p)-1]).Message(); m != nil {
				covered[m.Name()] = true
			}
		}
	}
	messages := clientpb.File_client_proto.Messages()
	for i := range messages.Len() {
		if name := messages.Get(i).Name(); !covered[name] {
			t.Errorf("nothing tests the codecs of message %s", name)
		}
	}
}
