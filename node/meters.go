package node

import (
	"carillon/observe"

	"github.com/prometheus/client_golang/prometheus"
)

// meters are the node's counters, looked up once.
type meters struct {
	publicationsOut, joinsOut, leavesOut prometheus.Counter
	publicationsIn, joinsIn, leavesIn    prometheus.Counter

	addClient, removeClient             prometheus.Counter
	addSubscription, removeSubscription prometheus.Counter
	addPresence, removePresence         prometheus.Counter
	presence, presenceStats             prometheus.Counter
	history, streamTop, removeHistory   prometheus.Counter
}

func newMeters(m *observe.NodeMetrics) meters {
	return meters{
		publicationsOut: m.MessagesSent("publication"), joinsOut: m.MessagesSent("join"), leavesOut: m.MessagesSent("leave"),
		publicationsIn: m.MessagesReceived("publication"), joinsIn: m.MessagesReceived("join"), leavesIn: m.MessagesReceived("leave"),

		addClient: m.Action("add_client"), removeClient: m.Action("remove_client"),
		addSubscription: m.Action("add_subscription"), removeSubscription: m.Action("remove_subscription"),
		addPresence: m.Action("add_presence"), removePresence: m.Action("remove_presence"),
		presence: m.Action("presence"), presenceStats: m.Action("presence_stats"),
		history: m.Action("history"), streamTop: m.Action("history_stream_top"), removeHistory: m.Action("history_remove"),
	}
}
