// Package observe sets up what operators look at: metrics, logs. It knows the
// names and labels that dashboards query, and nothing of what is measured. It
// imports nothing of ours; any room may import it.
package observe
