package observe

import (
	"bytes"
	"fmt"
	"io"
	"sync/atomic"
)

// lossyWriter writes in the background, so that a slow disk or terminal never
// slows anybody who logs. When it is behind by more than its queue holds, it
// drops entries, and says how many as soon as it can.
type lossyWriter struct {
	w       io.Writer
	queue   chan []byte
	stop    chan struct{}
	done    chan struct{}
	dropped atomic.Int64
}

// logQueue bounds the entries on their way.
const logQueue = 4096

func newLossyWriter(w io.Writer) *lossyWriter {
	l := &lossyWriter{w: w, queue: make(chan []byte, logQueue), stop: make(chan struct{}), done: make(chan struct{})}
	go l.run()
	return l
}

// Write implements io.Writer for one entry. It never fails.
func (l *lossyWriter) Write(entry []byte) (int, error) {
	select {
	case l.queue <- bytes.Clone(entry):
	default:
		l.dropped.Add(1)
	}
	return len(entry), nil
}

func (l *lossyWriter) run() {
	defer close(l.done)
	for {
		select {
		case entry := <-l.queue:
			l.write(entry)
		case <-l.stop:
			for {
				select {
				case entry := <-l.queue:
					l.write(entry)
				default:
					return
				}
			}
		}
	}
}

func (l *lossyWriter) write(entry []byte) {
	// There is nowhere to report a log that can't be written.
	_, _ = l.w.Write(entry)
	if n := l.dropped.Swap(0); n > 0 {
		_, _ = fmt.Fprintf(l.w, "{\"level\":\"warn\",\"message\":\"log entries dropped\",\"count\":%d}\n", n)
	}
}

// close writes what is queued and ends the writer.
func (l *lossyWriter) close() {
	close(l.stop)
	<-l.done
}
