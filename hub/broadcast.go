package hub

import "carillon/tagfilter"

// Broadcast is one walk over a channel's subscribers.
type Broadcast struct {
	Events []*Event

	// verdicts remembers what distinct filters said in this walk. A channel
	// with more of them than it holds evaluates the rest each time.
	verdicts [8]verdict
}

type verdict struct {
	filter *tagfilter.Filter
	// decided and matches are bit sets over Events; those beyond 64 are not
	// remembered.
	decided, matches uint64
}

// Matches reports whether event i passes a filter. Filters are told apart by
// pointer; intern equal ones with Filters. Only for use
// inside Deliver.
func (b *Broadcast) Matches(f *tagfilter.Filter, i int) bool {
	tags := b.Events[i].Publication.Tags
	if i >= 64 {
		return f.Match(tags)
	}
	for j := range b.verdicts {
		v := &b.verdicts[j]
		if v.filter == nil {
			v.filter = f
		}
		if v.filter != f {
			continue
		}
		bit := uint64(1) << i
		if v.decided&bit == 0 {
			v.decided |= bit
			if f.Match(tags) {
				v.matches |= bit
			}
		}
		return v.matches&bit != 0
	}
	return f.Match(tags)
}
