package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

func TestSignalsAreKeptInTheOrderOfTheirTime(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		inv := w.startedInvite()
		signal := func(at time.Time, detail string) assess.Signal {
			return assess.Signal{Org: inv.Org, Invite: inv.ID, Type: assess.TabHidden, At: at, Length: 1200 * time.Millisecond, Detail: detail}
		}
		late, early, second := signal(noon.Add(time.Minute), "late"), signal(noon, "early"), signal(noon, "early too")
		w.tx(func(tx *store.Tx) error { return tx.InsertSignals(inv.Org, inv.ID, []assess.Signal{late, early}) })
		w.tx(func(tx *store.Tx) error { return tx.InsertSignals(inv.Org, inv.ID, nil) })
		w.tx(func(tx *store.Tx) error { return tx.InsertSignals(inv.Org, inv.ID, []assess.Signal{second}) })
		same(w, []assess.Signal{early, second, late}, func(tx *store.Tx) ([]assess.Signal, error) { return tx.Signals(inv.Org, inv.ID) })
		same(w, []assess.Signal{}, func(tx *store.Tx) ([]assess.Signal, error) { return tx.Signals(w.org(), inv.ID) })
		same(w, []assess.Signal{}, func(tx *store.Tx) ([]assess.Signal, error) { return tx.Signals(inv.Org, w.startedInvite().ID) })
	})
}

func TestSignalsBeyondTheLimitAreDropped(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		inv := w.startedInvite()
		const atOnce = 1500
		sent := 0
		for sent < assess.MaxSignals+2*atOnce {
			w.tx(func(tx *store.Tx) error {
				signals := make([]assess.Signal, atOnce)
				for i := range signals {
					signals[i] = assess.Signal{Type: assess.Pasted, At: noon, Detail: fmt.Sprint(sent + i)}
				}
				return tx.InsertSignals(inv.Org, inv.ID, signals)
			})
			sent += atOnce
		}
		kept := read(w, func(tx *store.Tx) ([]assess.Signal, error) { return tx.Signals(inv.Org, inv.ID) })
		if len(kept) != assess.MaxSignals {
			w.Fatalf("%d are kept", len(kept))
		}
		if diff := cmp.Diff(fmt.Sprint(assess.MaxSignals-1), kept[len(kept)-1].Detail); diff != "" {
			w.Error(diff)
		}
	})
}
