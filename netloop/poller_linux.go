package netloop

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// poller waits for events of many descriptors. The epoll descriptor is itself
// watched by the Go runtime's poller: a loop that waits is a parked goroutine
// like any other, and wakes without one thread having to hand its processor to
// another.
type poller struct {
	fd   int
	file *os.File
	raw  syscall.RawConn
	// alarmed asks a wait to end at once.
	alarmed  atomic.Bool
	deadline int64 // the deadline that file has, Mono
}

func openPoller() (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("open event loop: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("open event loop: %w", err)
	}
	p := &poller{fd: fd, file: os.NewFile(uintptr(fd), "epoll"), deadline: never}
	if p.raw, err = p.file.SyscallConn(); err == nil {
		// Fails unless the runtime's poller took the descriptor.
		err = p.file.SetReadDeadline(time.Time{})
	}
	if err != nil {
		p.file.Close()
		return nil, fmt.Errorf("open event loop: %w", err)
	}
	return p, nil
}

func (p *poller) close() { p.file.Close() }

// wake ends a wait under way, or the next one.
func (p *poller) wake() {
	if !p.alarmed.Swap(true) {
		_ = p.file.SetReadDeadline(time.Unix(1, 0))
	}
}

// wait returns what is ready, after the moment until (Mono) at the latest.
// Nothing may be ready.
func (p *poller) wait(events []unix.EpollEvent, until int64) (n int, err error) {
	if n, err = epollWait(p.fd, events); n > 0 || err != nil {
		return n, err
	}
	if p.alarmed.Swap(false) {
		p.deadline = 0 // wake changed it
		return 0, nil
	}
	if until != p.deadline {
		t := time.Time{}
		if until != never {
			t = time.Now().Add(time.Duration(until - Mono()))
		}
		p.deadline = until
		if err := p.file.SetReadDeadline(t); err != nil {
			return 0, err
		}
		// A wake before the deadline was set would be forgotten with it.
		if p.alarmed.Swap(false) {
			p.deadline = 0
			return 0, nil
		}
	}
	var failed error
	err = p.raw.Read(func(uintptr) bool {
		n, failed = epollWait(p.fd, events)
		return n > 0 || failed != nil
	})
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
		p.deadline = 0
		p.alarmed.Store(false)
	}
	return n, errors.Join(err, failed)
}

// epollWait returns what is ready now.
func epollWait(fd int, events []unix.EpollEvent) (int, error) {
	for {
		n, err := unix.EpollWait(fd, events, 0)
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}
