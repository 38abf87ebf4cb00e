// Package demo holds the page that `carillon serve --dev` shows at /: a channel
// to write into, with its stream, its presence and a button that loses the
// connection, so that recovery is seen at work.
//
// The page itself is written in TypeScript under web; what Vite makes of it
// lies in dist and is embedded, so that building the server needs no Node.
// `make demo` makes it anew.
//
// The package never talks to the node: the page is a client like any other,
// and uses nothing but the public endpoints.
package demo
