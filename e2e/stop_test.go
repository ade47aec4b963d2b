package e2e_test

import (
	"context"
	"sync"
	"testing"
	"time"
)

// stopLimit is how long the server may take to end once it is asked to.
const stopLimit = 15 * time.Second

// TestStoppingUnderLoadLosesNothing asks the server to end while clients invite: it ends soon, with exit code 0, and what it
// has acknowledged is there, once.
func TestStoppingUnderLoadLosesNothing(t *testing.T) {
	dir := t.TempDir()
	key, assessment := crashWorld(t, dir)
	l := &ledger{acked: map[string]string{}, unsure: map[string]bool{}}
	for cycle := range max(kills()/30, 3) {
		p := start(t, "serve", "--data-dir", dir)
		ctx, cancel := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		for w := range crashWriters {
			clients.Go(func() { l.invite(ctx, p.url, key, assessment, nil, (cycle+1)*100_000+w) })
		}
		time.Sleep(150 * time.Millisecond) // some load, whatever its amount
		began := time.Now()
		if err := p.stop(); err != nil {
			t.Errorf("the server ended with %v\n%s", err, p.log)
		}
		if took := time.Since(began); took > stopLimit {
			t.Errorf("the server took %s to end", took)
		}
		cancel()
		clients.Wait()
	}
	l.settle(t, dir, key, assessment)
	l.verify(t, dir)
}
