package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

func TestOneTabHoldsAnAttempt(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		inv := w.startedInvite()
		tab := func(tx *store.Tx) (string, error) { return tx.Tab(inv.Org, inv.ID) }
		same(w, "", tab)
		for _, name := range []string{"one", "two", "two", ""} {
			w.tx(func(tx *store.Tx) error { return tx.SetTab(inv.Org, inv.ID, name) })
			same(w, name, tab)
		}
	})
}

func TestOverdueAttemptsAreFoundTheMostOverdueFirst(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		asm := w.assessment(w.org(), "Go")
		add := func(email string, status assess.InviteStatus, completeBy time.Time) {
			inv := newInvite(asm, email)
			inv.Stored, inv.CompleteBy = status, completeBy
			w.invite(inv)
		}
		add("second", assess.Started, noon)
		add("first", assess.Started, noon.Add(-time.Hour))
		add("in time", assess.Started, noon.Add(time.Millisecond))
		add("without limit", assess.Started, time.Time{})
		add("completed", assess.Completed, noon.Add(-time.Hour))
		add("revoked", assess.Revoked, noon.Add(-time.Hour))
		for limit, want := range map[int][]string{10: {"first", "second"}, 1: {"first"}} {
			got := []string{}
			for _, inv := range read(w, func(tx *store.Tx) ([]assess.Invite, error) { return tx.OverdueAttempts(limit) }) {
				got = append(got, inv.Email)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				w.Error(diff)
			}
		}
	})
}

func TestAccommodationsAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		inv := w.startedInvite()
		get := func(tx *store.Tx) (assess.Accommodation, error) { return tx.Accommodation(inv.Org, inv.ID) }
		none := assess.Accommodation{Org: inv.Org, Invite: inv.ID}
		same(w, none, get)
		some := none
		some.TimeFactor, some.ExtraTakes, some.ExtraPlays, some.Instead = assess.Unlimited, 2, 3, assess.TextFormat
		for _, a := range []assess.Accommodation{some, some, none} {
			w.tx(func(tx *store.Tx) error { return tx.SetAccommodation(a) })
			same(w, a, get)
		}
		other := w.org()
		same(w, assess.Accommodation{Org: other, Invite: inv.ID}, func(tx *store.Tx) (assess.Accommodation, error) { return tx.Accommodation(other, inv.ID) })
	})
}
