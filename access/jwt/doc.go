// Package jwt verifies the tokens that application backends sign for their
// users: connection tokens and subscription tokens. It decides whether a token
// is genuine and in time, and what it says; what follows from that is decided
// by package access.
//
// It imports nothing of ours; access and the command-line tools import it.
package jwt
