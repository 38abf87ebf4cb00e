package clientpb_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	"carillon/protocol/clientpb"
)

// schema is what every SDK has been built with: messages, and their fields as
// number name type. A line may be added; none may change.
const schema = `
Error: 1 code uint32, 2 message string, 3 temporary bool
Command: 1 id uint32, 4 connect ConnectRequest, 5 subscribe SubscribeRequest, 6 unsubscribe UnsubscribeRequest, 7 publish PublishRequest, 8 presence PresenceRequest, 9 presence_stats PresenceStatsRequest, 10 history HistoryRequest, 11 ping PingRequest, 12 send SendRequest, 13 rpc RPCRequest, 14 refresh RefreshRequest, 15 sub_refresh SubRefreshRequest
Reply: 1 id uint32, 2 error Error, 4 push Push, 5 connect ConnectResult, 6 subscribe SubscribeResult, 7 unsubscribe UnsubscribeResult, 8 publish PublishResult, 9 presence PresenceResult, 10 presence_stats PresenceStatsResult, 11 history HistoryResult, 12 ping PingResult, 13 rpc RPCResult, 14 refresh RefreshResult, 15 sub_refresh SubRefreshResult
Push: 1 id int64, 2 channel string, 4 pub Publication, 5 join Join, 6 leave Leave, 7 unsubscribe Unsubscribe, 8 message Message, 9 subscribe Subscribe, 10 connect Connect, 11 disconnect Disconnect, 12 refresh Refresh
ClientInfo: 1 user string, 2 client string, 3 conn_info bytes, 4 chan_info bytes
Publication: 4 data bytes, 5 info ClientInfo, 6 offset uint64, 7 tags map<string>, 8 delta bool, 9 time int64, 10 channel string, 11 key string, 12 removed bool, 13 score sint64, 14 epoch string, 15 prev_data bytes, 16 version uint64
Join: 1 info ClientInfo
Leave: 1 info ClientInfo
Unsubscribe: 2 code uint32, 3 reason string
Message: 1 data bytes
Disconnect: 1 code uint32, 2 reason string, 3 reconnect bool
Refresh: 1 expires bool, 2 ttl uint32
StreamPosition: 1 offset uint64, 2 epoch string
Subscribe: 1 recoverable bool, 4 epoch string, 5 offset uint64, 6 positioned bool, 7 data bytes
Connect: 1 client string, 2 version string, 3 data bytes, 4 subs map<SubscribeResult>, 5 expires bool, 6 ttl uint32, 7 ping uint32, 8 pong bool, 9 session string, 10 node string, 11 time int64
EmulationRequest: 1 node string, 2 session string, 3 data bytes
ConnectRequest: 1 token string, 2 data bytes, 3 subs map<SubscribeRequest>, 4 name string, 5 version string, 6 headers map<string>, 7 flag int64
ConnectResult: 1 client string, 2 version string, 3 expires bool, 4 ttl uint32, 5 data bytes, 6 subs map<SubscribeResult>, 7 ping uint32, 8 pong bool, 9 session string, 10 node string, 11 time int64
RefreshRequest: 1 token string
RefreshResult: 1 client string, 2 version string, 3 expires bool, 4 ttl uint32
FilterNode: 1 op string, 2 key string, 3 cmp string, 4 val string, 5 vals []string, 6 nodes []FilterNode
SubscribeRequest: 1 channel string, 2 token string, 3 recover bool, 6 epoch string, 7 offset uint64, 8 data bytes, 9 positioned bool, 10 recoverable bool, 11 join_leave bool, 12 delta string, 13 tf FilterNode, 14 flag int64, 15 type int32, 16 phase int32, 17 cursor string, 18 limit int32, 19 asc bool
SubscribeResult: 1 expires bool, 2 ttl uint32, 3 recoverable bool, 6 epoch string, 7 publications []Publication, 8 recovered bool, 9 offset uint64, 10 positioned bool, 11 data bytes, 12 was_recovering bool, 13 delta bool, 14 id int64, 15 type int32, 16 phase int32, 17 cursor string, 18 state []Publication, 19 publish_debounce uint32
KeyedItem: 1 key string, 2 version uint64
TrackBatch: 1 signature string, 2 items []KeyedItem
SubRefreshRequest: 1 channel string, 2 token string, 3 type int32, 4 track []TrackBatch, 5 untrack []string
SubRefreshResult: 1 expires bool, 2 ttl uint32, 3 items []Publication
UnsubscribeRequest: 1 channel string
UnsubscribeResult:
PublishRequest: 1 channel string, 2 data bytes, 3 type int32, 4 key string, 5 removed bool
PublishResult:
PresenceRequest: 1 channel string
PresenceResult: 1 presence map<ClientInfo>
PresenceStatsRequest: 1 channel string
PresenceStatsResult: 1 num_clients uint32, 2 num_users uint32
HistoryRequest: 1 channel string, 7 limit int32, 8 since StreamPosition, 9 reverse bool
HistoryResult: 1 publications []Publication, 2 epoch string, 3 offset uint64
PingRequest:
PingResult:
RPCRequest: 1 data bytes, 2 method string
RPCResult: 1 data bytes
SendRequest: 1 data bytes
`

func TestSchemaIsTheOneOfTheSDKs(t *testing.T) {
	got := map[string]string{}
	messages := clientpb.File_client_proto.Messages()
	for i := range messages.Len() {
		m := messages.Get(i)
		got[string(m.Name())] = describe(m)
	}
	for line := range strings.Lines(strings.TrimSpace(schema)) {
		name, fields, _ := strings.Cut(strings.TrimSpace(line), ":")
		fields = strings.TrimSpace(fields)
		if have, ok := got[name]; !ok || have != fields {
			t.Errorf("message %s has\n%s\nwant\n%s", name, have, fields)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("the table has no message %s", name)
	}
}

// describe lists a message's fields by number.
func describe(m protoreflect.MessageDescriptor) string {
	fields := make([]protoreflect.FieldDescriptor, m.Fields().Len())
	for i := range fields {
		fields[i] = m.Fields().Get(i)
	}
	slices.SortFunc(fields, func(a, b protoreflect.FieldDescriptor) int { return int(a.Number() - b.Number()) })
	out := make([]string, len(fields))
	for i, field := range fields {
		kind := typeName(field)
		switch {
		case field.IsMap():
			kind = "map<" + typeName(field.MapValue()) + ">"
		case field.IsList():
			kind = "[]" + kind
		}
		out[i] = strconv.Itoa(int(field.Number())) + " " + string(field.Name()) + " " + kind
	}
	return strings.Join(out, ", ")
}

func typeName(field protoreflect.FieldDescriptor) string {
	if m := field.Message(); m != nil {
		return string(m.Name())
	}
	return field.Kind().String()
}

// Numbers that were used once must not come back with another meaning.
func TestReservedNumbers(t *testing.T) {
	for name, want := range map[protoreflect.Name][]protoreflect.FieldNumber{
		"Command": {2, 3}, "Reply": {3}, "Push": {3}, "Publication": {1, 2, 3}, "Unsubscribe": {1}, "Subscribe": {2, 3},
		"SubscribeRequest": {4, 5}, "SubscribeResult": {4, 5}, "HistoryRequest": {2, 3, 4, 5, 6},
	} {
		m := clientpb.File_client_proto.Messages().ByName(name)
		for _, number := range want {
			if !m.ReservedRanges().Has(number) {
				t.Errorf("%s does not reserve %d", name, number)
			}
		}
	}
}
