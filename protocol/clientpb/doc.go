// Package clientpb is the schema of the messages between clients and the
// server, with generated types and Protobuf codec. The JSON codec and framing
// are in package protocol. It imports nothing of ours.
package clientpb

//go:generate go run github.com/bufbuild/buf/cmd/buf@v1.61.0 generate
