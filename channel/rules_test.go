package channel

import (
	"regexp"
	"testing"
)

func testRules(t *testing.T) *Rules {
	t.Helper()
	r, err := NewRules(DefaultSyntax, 255, Options{UserLimited: true, HistorySize: 1}, []Namespace{
		{"chat", Options{HistorySize: 2}},
		{"num", Options{Regex: regexp.MustCompile("[0-9]+")}},
		{"a.b", Options{HistorySize: 3}},
		{"lim", Options{UserLimited: true}},
		{"votes", Options{Type: SharedPoll}},
		{"open", Options{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestResolve(t *testing.T) {
	r := testRules(t)
	cases := []struct {
		name    string
		history int // tells the options apart; -1 means unknown channel
		rest    string
		private bool
	}{
		{"news", 1, "news", false},
		{"$news", 1, "$news", true},
		{"chat:index", 2, "index", false},
		{"$chat:index", 2, "index", true},
		{"chat:a:b", 2, "a:b", false},
		{"chat:", 2, "", false},
		{":x", 1, "x", false},
		{"$$chat:x", -1, "x", true},
		{"chat:#42", 2, "#42", false},
		{"#42", 1, "#42", false},
		{"a#b:c", -1, "c", false},
		{"a.b:x", 3, "x", false},
		{"nope:x", -1, "x", false},
	}
	for _, c := range cases {
		got := r.Resolve(c.name)
		history := -1
		if got.Options != nil {
			history = got.Options.HistorySize
		}
		if history != c.history || got.Rest != c.rest || got.Private() != c.private {
			t.Errorf("Resolve(%q): history %d rest %q private %v, want %d %q %v", c.name, history, got.Rest, got.Private(), c.history, c.rest, c.private)
		}
	}
	if n := testing.AllocsPerRun(100, func() { r.Resolve("chat:index") }); n != 0 {
		t.Errorf("Resolve allocates %v times", n)
	}
}

func TestNamespaceNamesMustBeUnique(t *testing.T) {
	if _, err := NewRules(DefaultSyntax, 255, Options{}, []Namespace{{Name: "aa"}, {Name: "aa"}}); err == nil {
		t.Fatal("two namespaces of one name were accepted")
	}
}

func TestLegal(t *testing.T) {
	r := testRules(t)
	for name, want := range map[string]bool{
		"chat:x": true, "chat:é": false, "chat:\x01 ": true, "chat:\x7f": true, "chat:\x80": false,
		"num:a1b": true, "num:ab": false, "num:é1": true,
	} {
		if got := r.Resolve(name).Legal(); got != want {
			t.Errorf("Legal(%q) = %v", name, got)
		}
	}
}

func TestUserLimited(t *testing.T) {
	r := testRules(t)
	cases := []struct {
		name          string
		u42, u4, anon bool
		limited       bool
	}{
		{"lim:#42", true, false, false, true},
		{"dialog#42,43", true, false, false, true},
		{"x#42#4", false, true, false, true},
		{"x#42,", true, false, true, true},
		{"x#", false, false, true, true},
		{"lim:x", false, false, false, false},
		{"chat:#42", true, false, false, false},
	}
	for _, c := range cases {
		res := r.Resolve(c.name)
		if res.Limited() != c.limited {
			t.Errorf("%q: limited %v", c.name, res.Limited())
		}
		if a, b, d := res.ListsUser("42"), res.ListsUser("4"), res.ListsUser(""); a != c.u42 || b != c.u4 || d != c.anon {
			t.Errorf("%q lists 42: %v, 4: %v, anonymous: %v", c.name, a, b, d)
		}
	}
}

func TestPersonal(t *testing.T) {
	r := testRules(t)
	if got := r.Personal("chat", "42"); got != "chat:#42" {
		t.Error(got)
	}
	if got := r.Personal("", "42"); got != "#42" {
		t.Error(got)
	}
}

func TestCheckType(t *testing.T) {
	r := testRules(t)
	cases := []struct {
		name string
		typ  SubscriptionType
		want TypeMismatch
	}{
		{"chat:x", Stream, TypeFits},
		{"chat:x", Map, TypeFits}, // decided after the namespace checks
		{"chat:x", SharedPoll, TypeUnavailable},
		{"nope:x", SharedPoll, TypeUnavailable},
		{"votes:x", Stream, TypeWrong},
		{"votes:x", Map, TypeWrong},
		{"votes:x", SharedPoll, TypeFits},
		{"chat:x", 5, TypeWrong},
		{"chat:x", -1, TypeWrong},
	}
	for _, c := range cases {
		if got := r.Resolve(c.name).CheckType(c.typ); got != c.want {
			t.Errorf("CheckType(%q, %d) = %d, want %d", c.name, c.typ, got, c.want)
		}
	}
}

func TestPermission(t *testing.T) {
	cases := []struct {
		p                Permission
		user             string
		subscribed, want bool
	}{
		{Permission{}, "42", true, false},
		{Permission{Client: true}, "42", false, true},
		{Permission{Client: true}, "", true, false},
		{Permission{Client: true, Anonymous: true}, "", false, true},
		{Permission{Anonymous: true}, "", true, false},
		{Permission{Anonymous: true}, "42", true, false},
		{Permission{Subscriber: true}, "42", false, false},
		{Permission{Subscriber: true}, "42", true, true},
		{Permission{Subscriber: true}, "", true, false},
		{Permission{Subscriber: true, Anonymous: true}, "", true, true},
	}
	for _, c := range cases {
		if got := c.p.Allows(c.user, c.subscribed); got != c.want {
			t.Errorf("%+v.Allows(%q, %v) = %v", c.p, c.user, c.subscribed, got)
		}
	}
}

func TestDataFormat(t *testing.T) {
	cases := []struct {
		f    DataFormat
		data string
		want bool
	}{
		{FormatNonEmpty, "", false}, {FormatNonEmpty, "null", true}, {FormatNonEmpty, "{", true},
		{FormatJSON, "", false}, {FormatJSON, "[1]", true}, {FormatJSON, "{", false},
		{FormatJSONObject, "[1]", false}, {FormatJSONObject, " {\"a\":1}\n", true}, {FormatJSONObject, "{", false}, {FormatJSONObject, "\"s\"", false},
		{FormatBinary, "", true}, {FormatBinary, "\xff", true},
	}
	for _, c := range cases {
		if got := c.f.Accepts([]byte(c.data), false); got != c.want {
			t.Errorf("format %d accepts %q: %v", c.f, c.data, got)
		}
	}
}

func TestSettings(t *testing.T) {
	yes, no := true, false
	o := Options{Presence: true, JoinLeave: true, ForceRecovery: true, RecoveryMode: RecoverCache}
	s := o.Settings(Override{Presence: &no, ForcePushJoinLeave: &yes})
	if s.Presence || !s.EmitJoinLeave || !s.PushJoinLeave || !s.Recoverable || !s.Positioned || s.Mode != RecoverCache {
		t.Errorf("%+v", s)
	}
	// Recovery is positioning, whatever was said about positioning.
	if s := o.Settings(Override{ForcePositioning: &no}); !s.Positioned {
		t.Errorf("%+v", s)
	}
}

func TestGrant(t *testing.T) {
	all := Wishes{Positioned: true, Recoverable: true, JoinLeave: true}
	cases := []struct {
		name     string
		o        Options
		user     string
		insecure bool
		want     Settings
	}{
		{"nothing allowed", Options{JoinLeave: true}, "42", false, Settings{EmitJoinLeave: true}},
		{"positioning only", Options{AllowPositioning: true}, "42", false, Settings{Positioned: true}},
		{"recovery is positioning", Options{AllowRecovery: true}, "42", false, Settings{Positioned: true, Recoverable: true}},
		{"history right counts as subscribed", Options{HistoryBy: Permission{Subscriber: true}}, "42", false, Settings{Positioned: true, Recoverable: true}},
		{"not for anonymous", Options{HistoryBy: Permission{Subscriber: true}}, "", false, Settings{}},
		{"presence right gives joins", Options{JoinLeave: true, PresenceBy: Permission{Subscriber: true}}, "42", false, Settings{EmitJoinLeave: true, PushJoinLeave: true}},
		{"no joins where none are emitted", Options{PresenceBy: Permission{Client: true}}, "42", false, Settings{}},
		{"insecure", Options{JoinLeave: true}, "", true, Settings{EmitJoinLeave: true, PushJoinLeave: true, Positioned: true, Recoverable: true}},
	}
	for _, c := range cases {
		s := c.o.Settings(Override{})
		s.Grant(&c.o, all, c.user, c.insecure)
		if s != c.want {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
}
