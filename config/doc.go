// Package config holds the configuration: its tree, where values come from,
// their defaults and the rules between them.
//
// The tree is the Config struct. Struct tags on every leaf are the only place
// where a key is described, and one reflection walk over them (schema.go)
// drives loading, environment names, defaults, the search for unknown keys,
// printing and documentation:
//
//	key:"ping_interval"   the key's own segment of the dotted path
//	default:"25s"         used when the value is zero, in the text form of an
//	                      environment variable
//	doc:"..."             one line for the operator
//	secret:"true"         no error or warning ever contains the value
//	whole:"seconds"       a positive duration must be whole seconds
//	negative:"default"    a negative value means the default, so that a limit
//	                      cannot be lifted by accident
//	negative:"off"        a negative value has a meaning of its own; without
//	                      either, a negative number is refused
//
// An embedded struct is inlined: its keys belong to the object around it. The
// struct types are exported for those who read them; only Load and Default make
// a Config that has its defaults.
//
// The room reads files and environment when Load is called and PEM files when a
// TLS object is asked for its tls.Config. It never starts anything, never opens
// a network connection, never logs and keeps no state. It imports no other room;
// server and cmd/carillon import it. There are no locks: a loaded Config is not
// changed by anybody.
package config
