package enginetest

import (
	"math"
	"slices"

	"carillon"
	"carillon/engine"
)

// reads are queries to a stream that was published 7 times and keeps 3 to 7.
var reads = []struct {
	rule  string
	query engine.HistoryQuery
	want  []uint64
}{
	{"acceptance 1: without limit the position only", engine.HistoryQuery{}, nil},
	{"reverse without limit the position only", engine.HistoryQuery{Reverse: true}, nil},
	{"since without limit the position only", engine.HistoryQuery{Since: since(3, "")}, nil},
	{"acceptance 2: a negative limit is none", engine.HistoryQuery{Limit: -1}, []uint64{3, 4, 5, 6, 7}},
	{"the most negative limit is none", engine.HistoryQuery{Limit: math.MinInt}, []uint64{3, 4, 5, 6, 7}},
	{"the largest limit is none", engine.HistoryQuery{Limit: math.MaxInt}, []uint64{3, 4, 5, 6, 7}},
	{"a limit takes the oldest", engine.HistoryQuery{Limit: 2}, []uint64{3, 4}},
	{"in reverse a limit takes the newest", engine.HistoryQuery{Limit: 2, Reverse: true}, []uint64{7, 6}},
	{"reverse is newest first", engine.HistoryQuery{Limit: -1, Reverse: true}, []uint64{7, 6, 5, 4, 3}},
	{"acceptance 3: since is exclusive", engine.HistoryQuery{Since: since(4, ""), Limit: 2}, []uint64{5, 6}},
	{"acceptance 3: since is exclusive in reverse", engine.HistoryQuery{Since: since(4, ""), Limit: 2, Reverse: true}, []uint64{3}},
	{"acceptance 3: since what is trimmed begins at the oldest kept", engine.HistoryQuery{Since: since(1, ""), Limit: 2}, []uint64{3, 4}},
	{"since before the oldest kept", engine.HistoryQuery{Since: since(2, ""), Limit: -1}, []uint64{3, 4, 5, 6, 7}},
	{"since the oldest kept", engine.HistoryQuery{Since: since(3, ""), Limit: -1}, []uint64{4, 5, 6, 7}},
	{"since the beginning", engine.HistoryQuery{Since: since(0, ""), Limit: -1}, []uint64{3, 4, 5, 6, 7}},
	{"since the one below the top", engine.HistoryQuery{Since: since(6, ""), Limit: -1}, []uint64{7}},
	{"since the top there is nothing", engine.HistoryQuery{Since: since(7, ""), Limit: -1}, nil},
	{"since above the top there is nothing", engine.HistoryQuery{Since: since(8, ""), Limit: -1}, nil},
	{"since the largest offset there is nothing", engine.HistoryQuery{Since: since(math.MaxUint64, ""), Limit: -1}, nil},
	{"a limit of exactly what there is", engine.HistoryQuery{Since: since(4, ""), Limit: 3}, []uint64{5, 6, 7}},
	{"acceptance 5: reverse since 1 there is nothing", engine.HistoryQuery{Since: since(1, ""), Limit: -1, Reverse: true}, nil},
	{"reverse since what is trimmed there is nothing", engine.HistoryQuery{Since: since(2, ""), Limit: -1, Reverse: true}, nil},
	{"reverse since the oldest kept there is nothing", engine.HistoryQuery{Since: since(3, ""), Limit: -1, Reverse: true}, nil},
	{"reverse since the top", engine.HistoryQuery{Since: since(7, ""), Limit: -1, Reverse: true}, []uint64{6, 5, 4, 3}},
	{"reverse since one above the top", engine.HistoryQuery{Since: since(8, ""), Limit: -1, Reverse: true}, []uint64{7, 6, 5, 4, 3}},
	{"acceptance 5: reverse since 100 is newest first", engine.HistoryQuery{Since: since(100, ""), Limit: -1, Reverse: true}, []uint64{7, 6, 5, 4, 3}},
	{"reverse since the largest offset is newest first", engine.HistoryQuery{Since: since(math.MaxUint64, ""), Limit: 2, Reverse: true}, []uint64{7, 6}},
}

var historyTests = []test{
	{"reads of a stream that keeps 3 to 7", streams, func(r *rig) {
		ch := r.channel()
		top := r.fill(ch, 7)
		for _, tt := range reads {
			for _, epoch := range []string{"", top.Epoch} {
				q := tt.query
				q.MetaTTL = metaTTL
				if q.Since != nil {
					q.Since = since(q.Since.Offset, epoch)
				} else if epoch != "" {
					continue
				}
				h := r.history(ch, q)
				if got := offsetsOf(h.Publications); !slices.Equal(got, tt.want) || h.Top != top {
					r.Errorf("%s: %s gives %v and top %v, want %v and %v", tt.rule, describe(q), got, h.Top, tt.want, top)
				}
				if len(h.Publications) > 0 && string(h.Publications[0].Data) != string('0'+rune(tt.want[0])) {
					r.Errorf("%s: the first one has data %s", tt.rule, h.Publications[0].Data)
				}
			}
		}
	}},
	{"acceptance 5: reverse since 0 is a bad request", streams, func(r *rig) {
		used, unused := r.channel(), r.channel()
		top := r.fill(used, 7)
		for _, limit := range []int{0, 1, -1} {
			r.refuses(used, engine.HistoryQuery{Since: since(0, ""), Limit: limit, Reverse: true, MetaTTL: metaTTL}, carillon.ErrBadRequest)
			r.refuses(used, engine.HistoryQuery{Since: since(0, top.Epoch), Limit: limit, Reverse: true, MetaTTL: metaTTL}, carillon.ErrBadRequest)
			r.refuses(unused, engine.HistoryQuery{Since: since(0, ""), Limit: limit, Reverse: true, MetaTTL: metaTTL}, carillon.ErrBadRequest)
		}
	}},
	{"an unused channel answers every read with nothing", streams, func(r *rig) {
		ch := r.channel()
		for _, tt := range reads {
			q := tt.query
			q.MetaTTL = metaTTL
			if h := r.history(ch, q); h.Top.Offset != 0 || len(h.Publications) != 0 {
				r.Errorf("%s gives %+v", describe(q), h)
			}
		}
	}},
	{"paging meets every publication once", streams, func(r *rig) {
		ch := r.channel()
		r.fill(ch, 7)
		for page := 1; page <= size+1; page++ {
			for _, reverse := range []bool{false, true} {
				q := engine.HistoryQuery{Limit: page, Reverse: reverse, MetaTTL: metaTTL}
				var got []uint64
				for {
					h := r.history(ch, q)
					got = append(got, offsetsOf(h.Publications)...)
					if len(h.Publications) < page {
						break
					}
					q.Since = since(got[len(got)-1], h.Top.Epoch)
				}
				if reverse {
					slices.Reverse(got)
				}
				if !slices.Equal(got, []uint64{3, 4, 5, 6, 7}) {
					r.Errorf("pages of %d, reverse %v, gave %v", page, reverse, got)
				}
			}
		}
	}},
}
