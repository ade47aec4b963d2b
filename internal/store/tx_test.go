package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"alfaone/internal/store"
)

// TestATransactionThatIsGivenUpWhileItWaitsNeverRuns occupies whatever lets transactions write: more of them than may run at once.
func TestATransactionThatIsGivenUpWhileItWaitsNeverRuns(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		var wg sync.WaitGroup
		running, end := make(chan struct{}, 64), make(chan struct{})
		for range 64 {
			wg.Go(func() {
				err := w.db.Tx(w.Context(), func(*store.Tx) error {
					running <- struct{}{}
					<-end
					return nil
				})
				if err != nil {
					w.Error(err)
				}
			})
		}
		<-running
		ctx, cancel := context.WithTimeout(w.Context(), 200*time.Millisecond)
		defer cancel()
		err := w.db.Tx(ctx, func(*store.Tx) error {
			w.Error("it ran")
			return nil
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			w.Errorf("a transaction whose turn has not come ends with %v", err)
		}
		if err := w.db.Read(w.Context(), func(tx *store.Tx) error { _, err := tx.Int("SELECT 1"); return err }); err != nil {
			w.Errorf("reading while all who may write do: %v", err)
		}
		close(end)
		wg.Wait()
		if len(running) != 63 {
			w.Errorf("%d of 64 transactions ran in the end", len(running)+1)
		}
	})
}
