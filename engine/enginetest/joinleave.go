package enginetest

import (
	"fmt"

	"carillon"
	"carillon/engine"
)

// join and leave announce, and expect that this works.
func (r *rig) join(channel string, info *carillon.ClientInfo) {
	r.Helper()
	if err := r.Broker.PublishJoin(r.ctx, channel, info); err != nil {
		r.Fatalf("publish join: %v", err)
	}
}

func (r *rig) leave(channel string, info *carillon.ClientInfo) {
	r.Helper()
	if err := r.Broker.PublishLeave(r.ctx, channel, info); err != nil {
		r.Fatalf("publish leave: %v", err)
	}
}

var joinLeaveTests = []test{
	{"they are delivered with everything about the client", 0, func(r *rig) {
		ch := r.channel()
		info := &carillon.ClientInfo{Client: "c", User: "ü", ConnInfo: []byte(`{"a":1}`), ChanInfo: []byte("\x00\xff")}
		bare := &carillon.ClientInfo{Client: "d"}
		r.join(ch, info)
		r.join(ch, bare)
		r.leave(ch, info)
		events := r.delivered(ch)
		want := []engine.Event{{Kind: engine.Joined, Info: info}, {Kind: engine.Joined, Info: bare}, {Kind: engine.Left, Info: info}}
		if len(events) != len(want) {
			r.Fatalf("%d events came, want %d", len(events), len(want))
		}
		for i, ev := range events {
			if ev.Kind != want[i].Kind || !sameInfo(ev.Info, want[i].Info) || ev.Publication != nil || ev.Epoch != "" {
				r.Errorf("event %d is %+v, want %+v", i+1, ev, want[i])
			}
		}
	}},
	{"they keep their place among publications", 0, func(r *rig) {
		ch := r.channel()
		info := &carillon.ClientInfo{Client: "c"}
		r.publish(ch, "1", engine.PublishOptions{})
		r.join(ch, info)
		r.publish(ch, "2", engine.PublishOptions{})
		r.leave(ch, info)
		r.publish(ch, "3", engine.PublishOptions{})
		var kinds []engine.EventKind
		for _, ev := range r.delivered(ch) {
			kinds = append(kinds, ev.Kind)
		}
		if got, want := fmt.Sprint(kinds), fmt.Sprint([]engine.EventKind{engine.Published, engine.Joined, engine.Published, engine.Left, engine.Published}); got != want {
			r.Errorf("kinds of events are %s, want %s", got, want)
		}
	}},
	{"nothing of them is kept", streams, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 1)
		r.join(ch, &carillon.ClientInfo{Client: "c"})
		r.leave(ch, &carillon.ClientInfo{Client: "c"})
		r.stands(ch, top, 1)
	}},
	{"acceptance 42: a client's join comes before its leave, whatever else goes on", 0, func(r *rig) {
		ch := r.channel()
		atOnce(publishers, func(i int) {
			for n := range rounds {
				info := &carillon.ClientInfo{Client: fmt.Sprintf("%d-%d", i, n)}
				if err := r.Broker.PublishJoin(r.ctx, ch, info); err != nil {
					r.Error(err)
				}
				if _, err := r.Broker.Publish(r.ctx, ch, &carillon.Publication{Data: []byte("x")}, engine.PublishOptions{}); err != nil {
					r.Error(err)
				}
				if err := r.Broker.PublishLeave(r.ctx, ch, info); err != nil {
					r.Error(err)
				}
			}
		})
		there, left, published := map[string]bool{}, 0, 0
		for _, ev := range r.delivered(ch) {
			switch ev.Kind {
			case engine.Published:
				published++
			case engine.Joined:
				there[ev.Info.Client] = true
			case engine.Left:
				if !there[ev.Info.Client] {
					r.Errorf("%s left before it joined", ev.Info.Client)
				}
				delete(there, ev.Info.Client)
				left++
			}
		}
		if all := publishers * rounds; len(there) != 0 || left != all || published != all {
			r.Errorf("%d left and %d were published, want %d; %d never left", left, published, all, len(there))
		}
	}},
}
