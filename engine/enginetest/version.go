package enginetest

import (
	"math"
	"sync/atomic"
	"time"

	"carillon"
	"carillon/engine"
)

// versioned are options with history and a version.
func versioned(version uint64, epoch string) engine.PublishOptions {
	o := kept
	o.Version, o.VersionEpoch = version, epoch
	return o
}

// step is a publish with a version, and whether it is published.
type step struct {
	version   uint64
	epoch     string
	published bool
}

// versions are sequences of publishes into one stream.
var versions = []struct {
	rule  string
	steps []step
}{
	{"an older or equal version is dropped", []step{{5, "", true}, {4, "", false}, {5, "", false}, {6, "", true}}},
	{"another epoch is always accepted", []step{{5, "", true}, {1, "n", true}, {1, "n", false}, {2, "n", true}, {1, "m", true}}},
	{"an epoch that comes back is another one", []step{{5, "a", true}, {1, "b", true}, {2, "a", true}}},
	{"without an epoch it is that of the stream", []step{{5, "a", true}, {5, "", false}, {4, "", false}, {6, "", true}}},
	{"an empty epoch is stored, too", []step{{5, "a", true}, {6, "", true}, {6, "a", true}}},
	{"a publish without version keeps the stored one", []step{{5, "", true}, {0, "", true}, {5, "", false}, {0, "x", true}, {6, "", true}}},
	{"a dropped version leaves nothing behind", []step{{5, "a", true}, {4, "a", false}, {5, "a", false}, {6, "a", true}}},
	{"versions are whole 64-bit numbers", []step{
		{1 << 53, "", true}, {1<<53 + 1, "", true}, {1 << 53, "", false}, {math.MaxInt64, "", true}, {math.MaxInt64 + 1, "", true},
		{math.MaxUint64 - 1, "", true}, {math.MaxUint64, "", true}, {math.MaxUint64, "", false}, {1, "", false},
	}},
}

var versionTests = []test{
	{"sequences", streams, func(r *rig) {
		for _, tt := range versions {
			ch := r.channel()
			var top carillon.StreamPosition
			for i, s := range tt.steps {
				got := r.publish(ch, "x", versioned(s.version, s.epoch))
				want := engine.PublishResult{Position: top, Suppressed: engine.SuppressedVersion}
				if s.published {
					want = engine.PublishResult{Position: *since(top.Offset+1, got.Position.Epoch)}
				}
				if got != want {
					r.Errorf("%s: step %d, %+v, came to %+v, want %+v", tt.rule, i+1, s, got, want)
				}
				top = got.Position
			}
			if got := len(r.delivered(ch)); uint64(got) != top.Offset {
				r.Errorf("%s: %d were delivered, want %d", tt.rule, got, top.Offset)
			}
		}
	}},
	{"without history a version has no meaning", streams, func(r *rig) {
		ch := r.channel()
		r.publish(ch, "1", engine.PublishOptions{Version: 5})
		if got := r.publish(ch, "2", engine.PublishOptions{Version: 4}); got != (engine.PublishResult{}) {
			r.Errorf("an older version came to %+v", got)
		}
		r.delivers(ch, "1", "2")
		if got := r.publish(ch, "3", versioned(1, "")); got.Suppressed != engine.NotSuppressed {
			r.Errorf("the first version of the stream came to %+v", got)
		}
	}},
	{"what was published outside the stream is not its version", streams, func(r *rig) {
		ch := r.channel()
		r.publish(ch, "1", versioned(5, ""))
		r.publish(ch, "2", engine.PublishOptions{Version: 9})
		if got := r.publish(ch, "3", versioned(6, "")); got.Suppressed != engine.NotSuppressed {
			r.Errorf("the next version came to %+v", got)
		}
	}},
	{"a version outlives publications", streams, func(r *rig) {
		ch := r.channel()
		top := r.publish(ch, "1", versioned(5, "")).Position
		r.removeHistory(ch)
		if got := r.publish(ch, "2", versioned(5, "")); got.Suppressed != engine.SuppressedVersion || got.Position != top {
			r.Errorf("after the history was removed the same version came to %+v", got)
		}
	}},
	{"a version lives as long as the position", streams | clock, func(r *rig) {
		ch := r.channel()
		top := r.publish(ch, "1", versioned(5, "")).Position
		r.Pass(ttl + 2*time.Second)
		if got := r.publish(ch, "2", versioned(5, "")); got.Suppressed != engine.SuppressedVersion || got.Position != top {
			r.Errorf("after the publications expired the same version came to %+v", got)
		}
		r.Pass(metaTTL + 2*time.Second)
		if got := r.publish(ch, "3", versioned(1, "")); got.Suppressed != engine.NotSuppressed || got.Position.Offset != 1 {
			r.Errorf("after the stream expired an older version came to %+v", got)
		}
	}},
	{"of many at once the newest wins and none twice", streams, func(r *rig) {
		ch := r.channel()
		var published atomic.Int64
		atOnce(publishers, func(int) {
			for version := range uint64(rounds) {
				got, err := r.Broker.Publish(r.ctx, ch, &carillon.Publication{Data: []byte{byte(version + 1)}}, versioned(version+1, "e"))
				if err != nil {
					r.Error(err)
					return
				}
				if got.Suppressed == engine.NotSuppressed {
					published.Add(1)
				}
			}
		})
		pubs := publications(r.delivered(ch))
		if n := published.Load(); int(n) != len(pubs) {
			r.Errorf("%d publishers said that they published, %d publications came", n, len(pubs))
		}
		for i, pub := range pubs {
			if i > 0 && pub.Data[0] <= pubs[i-1].Data[0] || pub.Offset != uint64(i)+1 {
				r.Errorf("version %d has offset %d behind version %d", pub.Data[0], pub.Offset, pubs[i-1].Data[0])
			}
		}
		if last := pubs[len(pubs)-1]; last.Data[0] != rounds {
			r.Errorf("the last version is %d", last.Data[0])
		}
	}},
}
