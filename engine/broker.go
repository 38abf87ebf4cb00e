package engine

import (
	"context"
	"time"

	"carillon"
)

// Broker keeps the channels' streams and carries publications, joins and
// leaves to every node.
//
// All methods are safe for concurrent use. A method returns a *carillon.Error
// when clients are to see that very error; any other error is a failure of the
// broker, and the caller cannot know whether the operation was applied.
//
// Ordering: per channel, publishes are totally ordered, offsets have no holes,
// and events are handed to each node in offset order. A publication that was
// seen live can already be read from history.
type Broker interface {
	// Publish numbers, stores and fans out one publication, as one step as far
	// as anybody can see. When it returns without error the publication is
	// stored (if the channel has history) and on its way to every node. The
	// broker takes pub over, and fills in Offset, Epoch and Time.
	Publish(ctx context.Context, channel string, pub *carillon.Publication, opts PublishOptions) (PublishResult, error)

	// PublishJoin and PublishLeave fan out without storing anything.
	PublishJoin(ctx context.Context, channel string, info *carillon.ClientInfo) error
	PublishLeave(ctx context.Context, channel string, info *carillon.ClientInfo) error

	// History reads publications and the stream's top as one snapshot. Errors:
	// carillon.ErrUnrecoverablePosition when Since names another epoch,
	// carillon.ErrBadRequest for a reverse read before offset 0.
	History(ctx context.Context, channel string, q HistoryQuery) (History, error)

	// RemoveHistory deletes a channel's publications and keeps its position.
	RemoveHistory(ctx context.Context, channel string) error

	// Local reports that the broker lives in this process: no method waits for
	// anything outside it, so it may be called on an event loop.
	Local() bool
}

// Sink takes what a Broker fans out. The node implements it.
type Sink interface {
	// Deliver takes the next events of a channel, oldest first. Calls for one
	// channel never overlap. Deliver doesn't wait for clients and must not call
	// the broker.
	Deliver(channel string, events []Event)
}

// EventKind says what happened in a channel.
type EventKind uint8

const (
	Published EventKind = iota
	Joined
	Left
)

// Event is one thing that happened in a channel.
type Event struct {
	Kind EventKind
	// Publication is set on Published, Info on Joined and Left.
	Publication *carillon.Publication
	Info        *carillon.ClientInfo
	// Epoch of the stream the publication is numbered in; empty when it has no
	// offset.
	Epoch string
	// Delta says that the publisher wants subscribers to get a delta where they
	// can; Base is then the publication right before this one in the stream, if
	// it is still kept.
	Delta bool
	Base  *carillon.Publication
}

// PublishOptions say how to publish. History is on when both HistorySize and
// HistoryTTL are positive.
type PublishOptions struct {
	HistorySize int
	// TTLs have a resolution of one second. HistoryMetaTTL is how long offset
	// and epoch outlive the data; 0 is for ever.
	HistoryTTL     time.Duration
	HistoryMetaTTL time.Duration
	// IdempotencyKey makes a repeated publish return the first one's result
	// for IdempotencyTTL from then on.
	IdempotencyKey string
	// Delta asks for Event.Base.
	Delta bool
	// Version > 0 drops the publication when the stream already holds this
	// version or a newer one of the same VersionEpoch (an empty one is the
	// same as any). Without history it has no meaning.
	Version      uint64
	VersionEpoch string
}

// IdempotencyTTL is how long the result of a publish with an idempotency key
// is remembered.
const IdempotencyTTL = 5 * time.Minute

// PublishResult is what became of a publish.
type PublishResult struct {
	// Position of the publication; zero when the channel has no history. For a
	// duplicate it is the first one's, for a stale version the stream's top.
	Position carillon.StreamPosition
	// Suppressed says why nothing was stored or sent; a success all the same.
	Suppressed Suppression
}

// Suppression is a reason not to publish.
type Suppression string

const (
	NotSuppressed       Suppression = ""
	SuppressedDuplicate Suppression = "idempotency"
	SuppressedVersion   Suppression = "version"
)

// HistoryQuery selects publications.
type HistoryQuery struct {
	// Since is an exclusive position; nil is the oldest kept (or, in reverse,
	// the newest). An empty epoch matches any.
	Since *carillon.StreamPosition
	// Limit 0 reads the position only; negative reads everything.
	Limit   int
	Reverse bool
	// MetaTTL is what the read renews the position's life to; 0 is for ever.
	MetaTTL time.Duration
}

// History is a snapshot of a stream.
type History struct {
	Publications []*carillon.Publication
	// Top is the position of the newest publication ever, kept or not.
	Top carillon.StreamPosition
}
