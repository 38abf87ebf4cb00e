package enginetest

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"time"

	"carillon"
	"carillon/engine"
)

// names are channel names that look like something else to somebody.
func (r *rig) names() []string {
	base := r.channel()
	return []string{
		base + " with space", base + "\nline", base + "\x00nul", base + "{tag}", base + ":*", base + ".>", base + "$#&@,",
		base + "канал", base + "\xff\xfe", base + "'; --", base + strings.Repeat("n", 1000), base + "/../x", base + "%s%d",
	}
}

var hostileTests = []test{
	{"any channel name works and is its own", streams, func(r *rig) {
		names := r.names()
		for _, ch := range names {
			r.fill(ch, 2)
		}
		for _, ch := range names {
			r.delivers(ch, "1", "2")
			if got := dataOf(r.history(ch, everything).Publications); !slices.Equal(got, []string{"1", "2"}) {
				r.Errorf("channel %q keeps %q", ch, got)
			}
		}
	}},
	{"any channel name, client and user works in presence", presence, func(r *rig) {
		for _, name := range r.names() {
			r.add(name, name, name)
			r.holds(name, 1, name)
			r.remove(name, name, name)
			r.holds(name, 0)
		}
	}},
	{"client and user don't run together in presence", presence, func(r *rig) {
		ch := r.channel()
		for _, sep := range []string{":", "_", ".", "/", "|", "#", " ", "\x00"} {
			r.add(ch, "a"+sep+"b", "c")
			r.add(ch, "a", "b"+sep+"c")
			r.holds(ch, 2, "a", "a"+sep+"b")
			r.remove(ch, "a", "b"+sep+"c")
			r.holds(ch, 1, "a"+sep+"b")
			r.remove(ch, "a"+sep+"b", "c")
		}
		r.holds(ch, 0)
	}},
	{"reliability 3: no data, empty data and any bytes are payloads", streams, func(r *rig) {
		ch := r.channel()
		every := make([]byte, 256)
		for i := range every {
			every[i] = byte(i)
		}
		payloads := [][]byte{nil, {}, []byte("null"), every, bytes.Repeat([]byte("x"), 1<<20)}
		for _, data := range payloads {
			if _, err := r.Broker.Publish(r.ctx, ch, &carillon.Publication{Data: data}, kept); err != nil {
				r.Fatalf("publish %d bytes: %v", len(data), err)
			}
		}
		for _, pubs := range [][]*carillon.Publication{publications(r.delivered(ch)), r.history(ch, everything).Publications} {
			if len(pubs) != len(payloads) {
				r.Fatalf("there are %d publications, want %d", len(pubs), len(payloads))
			}
			for i, pub := range pubs {
				if !bytes.Equal(pub.Data, payloads[i]) {
					r.Errorf("payload %d of %d bytes came as one of %d", i, len(payloads[i]), len(pub.Data))
				}
			}
		}
	}},
	{"extreme options are taken for what they say", streams, func(r *rig) {
		ch := r.channel()
		o := engine.PublishOptions{
			HistorySize: math.MaxInt32, HistoryTTL: 100 * 365 * 24 * time.Hour, HistoryMetaTTL: 200 * 365 * 24 * time.Hour, Version: math.MaxUint64,
		}
		top := r.publish(ch, "1", o).Position
		h := r.history(ch, engine.HistoryQuery{Limit: math.MaxInt, MetaTTL: o.HistoryMetaTTL})
		if len(h.Publications) != 1 || h.Top != top {
			r.Errorf("the stream is %+v", h)
		}
	}},
	{"negative TTLs of reads are none", streams, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 2)
		if h := r.history(ch, engine.HistoryQuery{Limit: -1, MetaTTL: -time.Hour}); h.Top != top || len(h.Publications) != 2 {
			r.Errorf("the stream is %+v", h)
		}
		r.stands(ch, top, 1, 2)
	}},
	{"TTLs below a second are not nothing", streams | clock, func(r *rig) {
		ch := r.channel()
		o := engine.PublishOptions{HistorySize: size, HistoryTTL: time.Millisecond, HistoryMetaTTL: metaTTL}
		top := r.publish(ch, "1", o).Position
		if top.Offset != 1 {
			r.Fatalf("the publish has position %v", top)
		}
		r.Pass(2 * time.Second)
		r.stands(ch, top)
	}},
}
