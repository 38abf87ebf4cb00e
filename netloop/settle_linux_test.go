package netloop

import (
	"testing"
	"testing/synctest"
)

// TestBatchesRunAheadWithinTheLimit settles batches beside a flush that is
// under way: small ones go on, until they are too much together.
func TestBatchesRunAheadWithinTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &loop{flushing: true}
		l.flushed.L = &l.mu
		l.settle(aheadLimit / 2)
		l.settle(aheadLimit / 2)
		returned := false
		go func() {
			l.settle(1)
			returned = true
		}()
		synctest.Wait()
		if returned {
			t.Error("a batch beyond the limit did not wait for the flush")
		}
		l.mu.Lock()
		l.flushing = false
		l.flushed.Broadcast()
		l.mu.Unlock()
		synctest.Wait()
		if !returned {
			t.Error("the flush is over, and the batch still waits")
		}
	})
}
