// Package tagfilter decides whether a publication's tags pass a subscriber's
// filter: a tree of comparisons joined by "and", "or" and "not".
//
// Compile checks a tree and prepares it; Filter.Match then runs once per
// publication and distinct filter on the broadcast path and allocates nothing.
//
// A filter saves bandwidth; it is not access control. The package knows nothing
// of subscriptions or the wire. It imports nothing of ours; session and hub use
// it.
package tagfilter
