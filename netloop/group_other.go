//go:build !linux

package netloop

import "net"

// loop has no meaning on systems without epoll.
type loop struct{}

func (g *Group) startLoops(int) error { return nil }
func (g *Group) stopLoops()           {}
func (g *Group) cork()                {}
func (g *Group) uncork(int)           {}

func (g *Group) serveOnLoop(int, net.Conn, []byte, Handler) (bool, error) { return false, nil }
