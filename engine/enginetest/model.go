package enginetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"carillon"
	"carillon/engine"
)

const (
	modelRuns  = 30
	modelSteps = 150
)

var modelTests = []test{
	{"reliability 4: a stream is what a simple model of it is, at every boundary", streams, func(r *rig) {
		for seed := range uint64(modelRuns) {
			m := &model{rig: r, rng: rand.New(rand.NewPCG(seed, 4)), channel: r.channel()}
			for range modelSteps {
				m.step()
				if r.Failed() {
					r.Fatalf("seed %d:\n%s", seed, strings.Join(m.story, "\n"))
				}
			}
		}
	}},
}

// model knows what a stream is, in the plainest way.
type model struct {
	*rig
	rng     *rand.Rand
	channel string
	story   []string

	// begun says that epoch is known.
	begun   bool
	epoch   string
	last    uint64
	window  []modelled
	now     time.Duration
	metaDue time.Duration
}

type modelled struct {
	offset uint64
	data   string
	due    time.Duration
}

func (m *model) step() {
	switch p := m.rng.IntN(100); {
	case p < 40:
		m.publishOne()
	case p < 45:
		m.note("remove history")
		m.removeHistory(m.channel)
		m.window = nil
	case p < 55 && m.Pass != nil:
		// TTLs are never a sum of these, nor within a second of one.
		passes := []time.Duration{20 * time.Second, 20 * time.Second, 90 * time.Second, 2 * time.Hour}
		d := passes[m.rng.IntN(len(passes))]
		m.note("%v pass", d)
		m.Pass(d)
		m.now += d
	default:
		m.read()
	}
}

const (
	modelTTL  = 70 * time.Second
	modelMeta = time.Hour + 15*time.Second
)

// expire does what time has brought about.
func (m *model) expire() {
	m.window = slices.DeleteFunc(m.window, func(p modelled) bool { return p.due <= m.now })
	if m.begun && m.metaDue <= m.now {
		m.begun, m.last, m.window = false, 0, nil
	}
}

// meet learns the epoch of a stream that begins, and checks that of one that
// has begun.
func (m *model) meet(got carillon.StreamPosition) {
	if !m.begun {
		if got.Epoch != "" && got.Epoch == m.epoch {
			m.Errorf("the stream begins again with epoch %q", got.Epoch)
		}
		m.begun, m.epoch = true, got.Epoch
	} else if m.epoch == "" && m.last == 0 {
		m.epoch = got.Epoch // the stream was only looked at
	}
	if want := *since(m.last, m.epoch); got != want {
		m.Errorf("the position is %v, want %v", got, want)
	}
	m.metaDue = m.now + modelMeta
}

func (m *model) publishOne() {
	m.expire()
	o := engine.PublishOptions{HistorySize: 1 + m.rng.IntN(8), HistoryTTL: modelTTL, HistoryMetaTTL: modelMeta}
	data := fmt.Sprint(m.rng.Uint32())
	if m.rng.IntN(8) == 0 {
		m.note("publish outside")
		m.publish(m.channel, data, engine.PublishOptions{})
		return
	}
	m.note("publish, size %d", o.HistorySize)
	got := m.publish(m.channel, data, o).Position
	m.last++
	m.window = append(m.window, modelled{m.last, data, m.now + modelTTL})
	m.window = m.window[max(0, len(m.window)-o.HistorySize):]
	if !m.ExpiresSingly {
		for i := range m.window {
			m.window[i].due = m.now + modelTTL
		}
	}
	m.meet(got)
}

func (m *model) read() {
	m.expire()
	q := engine.HistoryQuery{Limit: []int{-1, 0, 1, 2, 3, 8, 100}[m.rng.IntN(7)], Reverse: m.rng.IntN(2) == 0, MetaTTL: modelMeta}
	if m.rng.IntN(5) > 0 {
		q.Since = since(m.offset(), "")
		switch {
		case m.begun && m.rng.IntN(2) == 0:
			q.Since.Epoch = m.epoch
		case m.begun && m.rng.IntN(6) == 0:
			q.Since.Epoch = m.epoch + "x"
		}
	}
	m.note("read %s", describe(q))
	h, err := m.Broker.History(m.ctx, m.channel, q)
	switch wrong := q.Since != nil && q.Since.Epoch != "" && q.Since.Epoch != m.epoch; {
	case wrong || q.Since != nil && q.Reverse && q.Since.Offset == 0:
		if wrong && err != carillon.ErrUnrecoverablePosition && q.Since.Offset > 0 || err == nil {
			m.Errorf("the read gave %+v and error %v", h, err)
		}
		// Whether such a read renews the position is the engine's affair.
		h = m.history(m.channel, engine.HistoryQuery{MetaTTL: modelMeta})
		m.meet(h.Top)
		return
	case err != nil:
		m.Errorf("the read failed: %v", err)
		return
	}
	m.meet(h.Top)
	if got, want := dataOf(h.Publications), m.answer(q); !slices.Equal(got, want) {
		m.Errorf("the read gave %q, want %q", got, want)
	}
}

// offset is one near a boundary.
func (m *model) offset() uint64 {
	edges := []uint64{0, 1, m.last, m.last + 1, m.last + 2, m.last + 100, math.MaxUint64, math.MaxUint64 - 1}
	if len(m.window) > 0 {
		oldest := m.window[0].offset
		edges = append(edges, oldest-1, oldest, oldest+1, m.last-1)
	}
	return edges[m.rng.IntN(len(edges))]
}

// answer is what a query selects.
func (m *model) answer(q engine.HistoryQuery) (data []string) {
	for _, p := range m.window {
		if q.Since == nil || !q.Reverse && p.offset > q.Since.Offset || q.Reverse && p.offset < q.Since.Offset {
			data = append(data, p.data)
		}
	}
	if q.Reverse {
		slices.Reverse(data)
	}
	if q.Limit >= 0 {
		data = data[:min(q.Limit, len(data))]
	}
	return data
}

func (m *model) note(format string, args ...any) {
	m.story = append(m.story, fmt.Sprintf(format, args...))
}
