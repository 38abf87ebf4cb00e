// Package access answers "may this client do that?" for sessions: who a
// connection is, what it may subscribe to, publish, read and call. It applies
// the order of checks that channels and authentication promise, with tokens
// verified by access/jwt and options from channel.Rules.
//
// It changes nothing by itself but for the single-connection rule, which closes
// a user's other connections. It has no locks: its configuration is swapped as
// one value.
//
// Imports node, session, channel and the rooms below; the server imports it.
package access
