package httpapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestAcceptance32Channels(t *testing.T) {
	r := newRig(t)
	r.fill("hist:published", 1)
	r.subscriber("1", "plain:a")
	r.subscriber("2", "plain:a")
	r.subscriber("1", "hist:a")
	r.answers("channels", `{"pattern":"plain:*"}`, `{"result":{"channels":{"plain:a":{"num_clients":2}}}}`)
	r.answers("channels", `{}`, `{"result":{"channels":{"hist:a":{"num_clients":1},"plain:a":{"num_clients":2}}}}`)
	r.answers("channels", `{"pattern":"no"}`, `{"result":{"channels":{}}}`)
}

func TestPatternsOfChannels(t *testing.T) {
	r := newRig(t)
	names := []string{"a", "ab", "b", "plain:a", "plain:a:b", "plain:a/b", "x*y", "x.y", "é"}
	r.env.ChannelLimit = len(names)
	r.connect("42")
	for _, name := range names {
		r.call("subscribe", `{"user":"42","channel":"`+name+`"}`)
	}
	for pattern, want := range map[string][]string{
		"":             names,
		"*":            names,
		"**":           names,
		"?":            {"a", "b", "é"},
		"a":            {"a"},
		"a*":           {"a", "ab"},
		"*b":           {"ab", "b", "plain:a/b", "plain:a:b"},
		"plain:*":      {"plain:a", "plain:a/b", "plain:a:b"},
		"plain:?":      {"plain:a"},
		"plain:a?b":    {"plain:a/b", "plain:a:b"},
		"[ab]":         {"a", "b"},
		"[a-z]":        {"a", "b"},
		"[!a]":         {"b", "é"},
		"{a,plain:a}":  {"a", "plain:a"},
		`x\\*y`:        {"x*y"},
		"x*y":          {"x*y", "x.y"},
		"A":            {},
		"plain":        {},
		"{a,b}{,b}":    {"a", "ab", "b"},
		"plain:a{:,/}": {},
	} {
		var reply struct {
			Result struct{ Channels map[string]any }
		}
		got := r.call("channels", `{"pattern":"`+pattern+`"}`)
		if err := json.Unmarshal([]byte(got), &reply); err != nil {
			t.Fatal(err)
		}
		slices.Sort(want)
		if got := slices.Sorted(maps.Keys(reply.Result.Channels)); !slices.Equal(got, want) {
			t.Errorf("pattern %q gives %q, want %q", pattern, got, want)
		}
	}
}

func TestReliability3BrokenPatternsAreBadRequests(t *testing.T) {
	r := newRig(t)
	r.subscriber("42", "plain:a")
	for _, pattern := range []string{"[", "[a", "{", "{a", "[!", "[a-", "{a,[", "[]"} {
		r.answers("channels", `{"pattern":"`+pattern+`"}`, bad)
	}
	for _, pattern := range []string{
		"]", "}", `a\\`, strings.Repeat("*", 10_000), strings.Repeat("{a,", 1000) + strings.Repeat("}", 1000), strings.Repeat("*a", 1000), "\\u0000", "\\ud800",
	} {
		if got := r.call("channels", `{"pattern":"`+pattern+`"}`); got != bad && !strings.HasPrefix(got, `{"result":{"channels":{`) {
			t.Errorf("pattern %.20s: got %s", pattern, got)
		}
	}
}

// Matching takes no longer than the pattern and the names are long.
func TestReliability12PatternsThatBacktrack(t *testing.T) {
	r := newRig(t)
	name := strings.Repeat("a", 255)
	r.subscriber("42", name)
	r.answers("channels", `{"pattern":"`+strings.Repeat("*a", 100)+`*b"}`, `{"result":{"channels":{}}}`)
	r.answers("channels", `{"pattern":"`+strings.Repeat("*{a,aa}", 30)+`"}`, `{"result":{"channels":{"`+name+`":{"num_clients":1}}}}`)
}

func TestAcceptance33Info(t *testing.T) {
	r := newRig(t)
	nodes := func() (string, map[string]any) {
		t.Helper()
		var reply struct {
			Result struct{ Nodes []map[string]any }
		}
		got := r.call("info", `{}`)
		if err := json.Unmarshal([]byte(got), &reply); err != nil || len(reply.Result.Nodes) != 1 {
			t.Fatalf("got %s, %v", got, err)
		}
		return got, reply.Result.Nodes[0]
	}
	text, node := nodes()
	for field, want := range map[string]any{
		"uid": r.node.ID, "name": "rig", "version": "1.2.3", "num_clients": 0.0, "num_users": 0.0, "num_channels": 0.0, "num_subs": 0.0,
	} {
		if node[field] != want {
			t.Errorf("%s is %v, want %v", field, node[field], want)
		}
	}
	if _, there := node["process"]; there {
		t.Errorf("there is a process in %s", text)
	}
	metrics, _ := node["metrics"].(map[string]any)
	if items, _ := metrics["items"].(map[string]any); metrics["interval"] != 60.0 || items["carillon.node.num_clients"] != 0.0 {
		t.Errorf("metrics are %v", node["metrics"])
	}

	r.subscriber("42", "plain:a")
	r.subscriber("42", "plain:a")
	r.subscriber("", "plain:b")
	_, node = nodes()
	got := fmt.Sprint(node["num_clients"], node["num_users"], node["num_channels"], node["num_subs"])
	if want := fmt.Sprint(3.0, 2.0, 2.0, 3.0); got != want {
		t.Errorf("clients, users, channels and subscriptions are %s, want %s", got, want)
	}
}

func TestAcceptance40RPC(t *testing.T) {
	r := newRig(t)
	r.answers("rpc", `{}`, bad)
	r.answers("rpc", `{"params":{"a":1}}`, bad)
	r.answers("rpc", `{"method":"x","params":[1,{"a":null}]}`, notFound)
}
