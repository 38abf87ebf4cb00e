package config

import "time"

// Node is this process within a cluster.
type Node struct {
	Name                         string        `key:"name" doc:"human name of the node; empty gives hostname_port"`
	InfoMetricsAggregateInterval time.Duration `key:"info_metrics_aggregate_interval" default:"60s" doc:"window of the metrics inside API info"`
}

// Shutdown bounds the graceful stop.
type Shutdown struct {
	Timeout time.Duration `key:"timeout" default:"30s" doc:"time for a graceful stop before the process exits with 1"`
}
