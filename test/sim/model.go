package sim

import (
	"fmt"

	"carillon"
)

// model knows what was published, as the engine numbered it.
type model struct {
	streams map[string]*truth // by channel and epoch
	loose   map[string]bool   // payloads published without offset, by channel and payload
}

// truth is everything that ever stood in one incarnation of a stream, by
// offset, from 1.
type truth struct {
	pubs []*carillon.Publication
}

func newModel() *model { return &model{streams: map[string]*truth{}, loose: map[string]bool{}} }

func (m *model) stream(channel, epoch string) *truth {
	key := channel + " " + epoch
	if m.streams[key] == nil {
		m.streams[key] = &truth{}
	}
	return m.streams[key]
}

// published records what the engine has numbered.
func (m *model) published(channel, epoch string, pub *carillon.Publication) error {
	if pub.Offset == 0 {
		m.loose[channel+" "+string(pub.Data)] = true
		return nil
	}
	t := m.stream(channel, epoch)
	if pub.Offset != uint64(len(t.pubs))+1 {
		return fmt.Errorf("engine gave offset %d to publication %d of %s", pub.Offset, len(t.pubs)+1, channel)
	}
	t.pubs = append(t.pubs, pub)
	return nil
}

// at returns a publication, nil if there is none.
func (t *truth) at(offset uint64) *carillon.Publication {
	if offset == 0 || offset > uint64(len(t.pubs)) {
		return nil
	}
	return t.pubs[offset-1]
}

// hidden reports whether a filter on the tag "k" keeps all publications after
// one offset and before another from a client. An empty filter keeps none.
func (t *truth) hidden(after, before uint64, filter string) error {
	for offset := after + 1; offset < before; offset++ {
		pub := t.at(offset)
		if pub == nil {
			return fmt.Errorf("offset %d was never given", offset)
		}
		if filter == "" || pub.Tags["k"] == filter {
			return fmt.Errorf("offset %d was skipped", offset)
		}
	}
	return nil
}
