// Package httpapi is the HTTP face of the server API: one path for each method,
// a batch, and the older form that takes a sequence of commands.
//
// It authenticates, decodes and encodes, and decides nothing else. The server
// imports it.
package httpapi
