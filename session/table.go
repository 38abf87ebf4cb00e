package session

import "slices"

// table holds a session's subscriptions by channel. Most sessions have few: a
// slice is smaller than a map and as quick; a map appears when there are many.
type table struct {
	list  []*Subscription
	index map[string]int // channel to place in list; nil while the list is short
}

const shortTable = 12

func (t *table) get(channel string) *Subscription {
	if t.index != nil {
		if i, ok := t.index[channel]; ok {
			return t.list[i]
		}
		return nil
	}
	for _, sub := range t.list {
		if sub.channel == channel {
			return sub
		}
	}
	return nil
}

// add puts in a subscription whose channel is not in the table.
func (t *table) add(sub *Subscription) {
	if t.list == nil {
		t.list = make([]*Subscription, 0, 1)
	}
	t.list = append(t.list, sub)
	switch {
	case t.index != nil:
		t.index[sub.channel] = len(t.list) - 1
	case len(t.list) > shortTable:
		t.index = make(map[string]int, 2*len(t.list))
		for i, sub := range t.list {
			t.index[sub.channel] = i
		}
	}
}

// remove takes out exactly this subscription, not a later one of its channel.
func (t *table) remove(sub *Subscription) {
	i := t.place(sub)
	if i < 0 {
		return
	}
	last := len(t.list) - 1
	t.list[i] = t.list[last]
	t.list[last] = nil
	t.list = t.list[:last]
	if t.index != nil {
		delete(t.index, sub.channel)
		if i < last {
			t.index[t.list[i].channel] = i
		}
	}
}

func (t *table) place(sub *Subscription) int {
	if t.index == nil {
		return slices.Index(t.list, sub)
	}
	if i, ok := t.index[sub.channel]; ok && t.list[i] == sub {
		return i
	}
	return -1
}

func (t *table) len() int { return len(t.list) }
