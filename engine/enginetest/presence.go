package enginetest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"carillon"
)

// add and remove change presence, and expect that this works.
func (r *rig) add(channel, client, user string) {
	r.Helper()
	if err := r.Presence.Add(r.ctx, channel, &carillon.ClientInfo{Client: client, User: user}); err != nil {
		r.Fatalf("add presence: %v", err)
	}
}

func (r *rig) remove(channel, client, user string) {
	r.Helper()
	if err := r.Presence.Remove(r.ctx, channel, client, user); err != nil {
		r.Fatalf("remove presence: %v", err)
	}
}

// present returns everybody.
func (r *rig) present(channel string) map[string]*carillon.ClientInfo {
	r.Helper()
	found, err := r.Presence.Get(r.ctx, channel)
	if err != nil {
		r.Fatalf("get presence: %v", err)
	}
	return found
}

// holds expects presence to have exactly these clients, of so many users.
func (r *rig) holds(channel string, users int, clients ...string) {
	r.Helper()
	found := r.present(channel)
	if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, clients) {
		r.Errorf("%q are present, want %q", got, clients)
	}
	for id, info := range found {
		if info == nil || info.Client != id {
			r.Errorf("client %q is present as %+v", id, info)
		}
	}
	stats, err := r.Presence.Stats(r.ctx, channel)
	if want := (carillon.PresenceStats{Clients: len(clients), Users: users}); err != nil || stats != want {
		r.Errorf("stats are %+v, %v, want %+v", stats, err, want)
	}
}

var presenceTests = []test{
	{"an unused channel has nobody", presence, func(r *rig) {
		ch := r.channel()
		r.holds(ch, 0)
		if r.present(ch) == nil {
			r.Error("nobody is a nil map")
		}
	}},
	{"acceptance 39: two connections of a user and an anonymous one are 3 clients and 2 users", presence, func(r *rig) {
		ch := r.channel()
		r.add(ch, "a", "42")
		r.add(ch, "b", "42")
		r.add(ch, "c", "")
		r.holds(ch, 2, "a", "b", "c")
		r.remove(ch, "a", "42")
		r.holds(ch, 2, "b", "c")
		r.remove(ch, "b", "42")
		r.holds(ch, 1, "c")
		r.remove(ch, "c", "")
		r.holds(ch, 0)
	}},
	{"all anonymous clients are one user", presence, func(r *rig) {
		ch := r.channel()
		r.add(ch, "a", "")
		r.add(ch, "b", "")
		r.holds(ch, 1, "a", "b")
	}},
	{"everything about a client is there", presence, func(r *rig) {
		ch := r.channel()
		want := &carillon.ClientInfo{Client: "c", User: "ü", ConnInfo: []byte(`{"a":1}`), ChanInfo: []byte("\x00\xff")}
		if err := r.Presence.Add(r.ctx, ch, want); err != nil {
			r.Fatal(err)
		}
		if got := r.present(ch)["c"]; !sameInfo(got, want) {
			r.Errorf("present is %+v, want %+v", got, want)
		}
	}},
	{"adding again renews the entry and replaces its info", presence, func(r *rig) {
		ch := r.channel()
		r.add(ch, "a", "42")
		r.add(ch, "b", "43")
		renewed := &carillon.ClientInfo{Client: "a", User: "42", ConnInfo: []byte("2")}
		if err := r.Presence.Add(r.ctx, ch, renewed); err != nil {
			r.Fatal(err)
		}
		r.holds(ch, 2, "a", "b")
		if got := r.present(ch)["a"]; !sameInfo(got, renewed) {
			r.Errorf("present is %+v, want %+v", got, renewed)
		}
		r.remove(ch, "a", "42")
		r.holds(ch, 1, "b")
	}},
	{"removing who is not there is no error and removes nobody", presence, func(r *rig) {
		ch := r.channel()
		r.remove(ch, "a", "42")
		r.add(ch, "a", "42")
		r.remove(ch, "b", "42")
		r.remove(ch, "", "")
		r.holds(ch, 1, "a")
		r.remove(ch, "a", "42")
		r.remove(ch, "a", "42")
		r.holds(ch, 0)
	}},
	{"channels know nothing of each other", presence, func(r *rig) {
		a, b := r.channel(), r.channel()
		r.add(a, "c", "42")
		r.add(b, "c", "42")
		r.remove(a, "c", "42")
		r.holds(a, 0)
		r.holds(b, 1, "c")
	}},
	{"the map belongs to the caller", presence, func(r *rig) {
		ch := r.channel()
		r.add(ch, "a", "42")
		clear(r.present(ch))
		r.holds(ch, 1, "a")
	}},
	{"presence is not what is published", presence, func(r *rig) {
		ch := r.channel()
		r.add(ch, "a", "42")
		r.remove(ch, "a", "42")
		if events := r.delivered(ch); len(events) != 0 {
			r.Errorf("presence delivered %+v", events)
		}
	}},
	{"reliability 2: coming and going at once leaves nobody", presence, func(r *rig) {
		ch := r.channel()
		atOnce(publishers, func(i int) {
			for n := range rounds {
				info := &carillon.ClientInfo{Client: fmt.Sprintf("%d-%d", i, n), User: fmt.Sprint(n % 3)}
				for range 2 {
					if err := r.Presence.Add(r.ctx, ch, info); err != nil {
						r.Error(err)
					}
				}
				stats, err := r.Presence.Stats(r.ctx, ch)
				if err != nil || stats.Clients < 1 || stats.Clients > publishers || stats.Users > 3 {
					r.Errorf("stats are %+v, %v", stats, err)
				}
				if err := r.Presence.Remove(r.ctx, ch, info.Client, info.User); err != nil {
					r.Error(err)
				}
			}
		})
		r.holds(ch, 0)
	}},
	{"an entry that nobody renews goes after its TTL", presenceExpiry | clock, func(r *rig) {
		ch := r.channel()
		r.add(ch, "a", "1")
		r.add(ch, "b", "2")
		r.Pass(r.PresenceTTL - 2*time.Second)
		r.holds(ch, 2, "a", "b")
		r.add(ch, "a", "1")
		r.Pass(4 * time.Second)
		r.holds(ch, 1, "a")
		r.Pass(r.PresenceTTL)
		r.holds(ch, 0)
	}},
}
