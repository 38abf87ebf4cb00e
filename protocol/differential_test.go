package protocol_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"google.golang.org/protobuf/proto"

	"carillon/protocol"
	"carillon/protocol/clientpb"
)

const seeds = 500

func TestRandomCommandsMeanTheSameInBothEncodings(t *testing.T) {
	for seed := range uint64(seeds) {
		want := new(clientpb.Command)
		random(rand.New(rand.NewPCG(seed, 1)), want.ProtoReflect(), 4)
		text := referenceJSON(want)
		fromJSON := decodeOne(t, protocol.JSON, text)
		fromProtobuf := decodeOne(t, protocol.Protobuf, delimited(marshal(t, want)))
		if !proto.Equal(fromJSON, fromProtobuf) || !proto.Equal(fromJSON, want) {
			t.Fatalf("seed %d: %s\nJSON %v\nProtobuf %v\nwant %v", seed, text, fromJSON, fromProtobuf, want)
		}
	}
}

func TestRandomRepliesMeanTheSameInBothEncodings(t *testing.T) {
	for seed := range uint64(seeds) {
		want := new(clientpb.Reply)
		random(rand.New(rand.NewPCG(seed, 2)), want.ProtoReflect(), 4)
		if !t.Run("seed "+strconv.FormatUint(seed, 10), func(t *testing.T) { checkReply(t, want) }) {
			return
		}
	}
}
