package store_test

import (
	"sync"
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

func getInvite(inv assess.Invite) func(tx *store.Tx) (assess.Invite, error) {
	return func(tx *store.Tx) (assess.Invite, error) { return tx.Invite(inv.Org, inv.Mode, inv.ID) }
}

func TestInvitesAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		inv := newInvite(w.assessment(org, "Go"), "Ada@example.com")
		inv.Name, inv.Language, inv.Message, inv.Reason = "Ada", "de", "Hallo\n'ü'", assess.ReasonWithdrawn
		inv.Tags = []assess.TagID{w.tag(org, "tag").ID}
		inv.Proctoring = assess.Proctoring{WebcamMonitoring: true}
		inv.AcceptedAt, inv.StartedAt, inv.CompletedAt = noon.Add(1*time.Second), noon.Add(2*time.Second), noon.Add(3*time.Second)
		inv.RevokedAt, inv.CompleteBy = noon.Add(4*time.Second), noon.Add(5*time.Second)
		inv.Delivery, inv.DeliveryError, inv.TokenVersion = assess.MailFailed, "550 no such user", 3
		w.invite(inv)
		same(w, inv, getInvite(inv))

		untagged := inv
		untagged.Tags = nil
		same(w, untagged, func(tx *store.Tx) (assess.Invite, error) { return tx.InviteByToken("hash of " + string(inv.ID)) })
		missing(w, func(tx *store.Tx) (assess.Invite, error) { return tx.InviteByToken("") })
	})
}

func TestAnInviteBelongsToOneOrganizationAndMode(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		inv := w.invite(newInvite(w.assessment(w.org(), "Go"), "a@example.com"))
		otherOrg, otherMode := inv, inv
		otherOrg.Org, otherMode.Mode = w.org(), assess.Test
		for _, foreign := range []assess.Invite{otherOrg, otherMode} {
			missing(w, getInvite(foreign))
			w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.SetDelivery(foreign, assess.MailSent, "") })
			w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.ReaddressInvite(foreign, "x") })
			w.tx(func(tx *store.Tx) error {
				if moved, err := tx.MoveInvite(foreign, foreign); moved || err != nil {
					w.Errorf("moved %v, %v", moved, err)
				}
				return nil
			})
		}
		missing(w, func(tx *store.Tx) (assess.Acceptance, error) { return tx.Acceptance(otherOrg.Org, inv.ID) })
		same(w, inv, getInvite(inv))
	})
}

func TestAnAddressHasOneOpenInviteToAnAssessment(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		a := w.assessment(org, "Go")
		first := w.invite(newInvite(a, "ada@example.com"))
		again := newInvite(a, "ADA@example.com")
		if got := w.standing(again); got != first.ID {
			w.Errorf("%q stands in the way, want %s", got, first.ID)
		}
		w.invite(newInvite(w.assessment(org, "Rust"), "ada@example.com"))
		test := newInvite(a, "ada@example.com")
		test.Mode = assess.Test
		w.invite(test)

		w.move(first, func(inv *assess.Invite) { inv.Stored = assess.Revoked })
		w.invite(again)
		other := w.invite(newInvite(a, "grace@example.com"))
		other.Email = "Ada@example.com"
		w.fails(assess.Conflict, func(tx *store.Tx) error { return tx.ReaddressInvite(other, "y") })
		first.Stored = assess.Revoked
		reopened := first
		reopened.Stored = assess.Pending
		w.fails(assess.Conflict, func(tx *store.Tx) error { _, err := tx.MoveInvite(first, reopened); return err })
	})
}

// move writes a change that must win.
func (w *world) move(was assess.Invite, change func(*assess.Invite)) assess.Invite {
	w.Helper()
	inv := was
	change(&inv)
	w.tx(func(tx *store.Tx) error {
		moved, err := tx.MoveInvite(was, inv)
		if !moved {
			w.Errorf("not moved from %s to %s", was.Stored, inv.Stored)
		}
		return err
	})
	return inv
}

func TestAMoveWritesStatusAndTimes(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		was := w.invite(newInvite(w.assessment(w.org(), "Go"), "a@example.com"))
		w.pass(time.Hour)
		inv := w.move(was, func(inv *assess.Invite) {
			inv.Stored, inv.Reason, inv.ExpiresAt = assess.Completed, assess.ReasonCandidate, noon.Add(time.Minute)
			inv.AcceptedAt, inv.StartedAt, inv.CompletedAt = noon.Add(1*time.Second), noon.Add(2*time.Second), noon.Add(3*time.Second)
			inv.RevokedAt, inv.CompleteBy, inv.UpdatedAt = noon.Add(4*time.Second), noon.Add(5*time.Second), w.now()
		})
		same(w, inv, getInvite(inv))
		w.tx(func(tx *store.Tx) error {
			moved, err := tx.MoveInvite(was, inv)
			if moved {
				w.Error("moved from a status that it no longer has")
			}
			return err
		})
		stale := inv
		stale.ExpiresAt = was.ExpiresAt
		w.tx(func(tx *store.Tx) error {
			moved, err := tx.MoveInvite(stale, inv)
			if moved {
				w.Error("moved from a deadline that it no longer has")
			}
			return err
		})
	})
}

func TestDeliveryAndAddressChangeWithoutTheStatus(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		inv := w.invite(newInvite(w.assessment(w.org(), "Go"), "a@example.com"))
		w.pass(time.Minute)
		w.tx(func(tx *store.Tx) error { return tx.SetDelivery(inv, assess.MailFailed, "550") })
		inv.Delivery, inv.DeliveryError, inv.UpdatedAt = assess.MailFailed, "550", w.now()
		same(w, inv, getInvite(inv))

		inv.Email, inv.Name, inv.TokenVersion, inv.Delivery, inv.DeliveryError = "b@example.com", "B", 2, assess.MailQueued, ""
		w.tx(func(tx *store.Tx) error { return tx.ReaddressInvite(inv, "new hash") })
		same(w, inv, getInvite(inv))
		missing(w, func(tx *store.Tx) (assess.Invite, error) { return tx.InviteByToken("hash of " + string(inv.ID)) })
		same(w, inv.ID, func(tx *store.Tx) (assess.InviteID, error) {
			inv, err := tx.InviteByToken("new hash")
			return inv.ID, err
		})
		same(w, list{[]string{"b@example.com"}, 1}, func(tx *store.Tx) (list, error) {
			page := assess.Page{Number: 1, Limit: 20, Sort: "sent_at"}
			return inviteEmails(tx.Invites(inv.Org, inv.Mode, assess.InviteFilter{Search: "B@EX"}, page))
		})
	})
}

func TestTheProofOfAgreeingIsKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		inv := w.invite(newInvite(w.assessment(w.org(), "Go"), "a@example.com"))
		a := assess.Acceptance{
			Org: inv.Org, Invite: inv.ID, NoticeVersion: 3, NoticeSHA256: "00ff", Notice: "We record …", Language: "de",
			Network: "192.0.2.0/24", At: noon,
		}
		w.tx(func(tx *store.Tx) error { return tx.InsertAcceptance(a) })
		same(w, a, func(tx *store.Tx) (assess.Acceptance, error) { return tx.Acceptance(inv.Org, inv.ID) })
	})
}

func TestOverdueInvitesAreFound(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a := w.assessment(w.org(), "Go")
		insert := func(email string, status assess.InviteStatus, deadline time.Time) assess.InviteID {
			inv := newInvite(a, email)
			inv.Stored, inv.ExpiresAt, inv.Tags = status, deadline, nil
			return w.invite(inv).ID
		}
		later := insert("later@example.com", assess.Accepted, noon)
		first := insert("first@example.com", assess.Pending, noon.Add(-time.Hour))
		insert("started@example.com", assess.Started, noon.Add(-time.Hour))
		insert("expired@example.com", assess.Expired, noon.Add(-time.Hour))
		soon := insert("soon@example.com", assess.Pending, noon.Add(time.Millisecond))
		overdue := func(limit int) func(tx *store.Tx) ([]assess.InviteID, error) {
			return func(tx *store.Tx) (ids []assess.InviteID, err error) {
				found, err := tx.OverdueInvites(limit)
				for _, inv := range found {
					ids = append(ids, inv.ID)
				}
				return ids, err
			}
		}
		same(w, []assess.InviteID{first, later}, overdue(10))
		same(w, []assess.InviteID{first}, overdue(1))
		w.pass(time.Millisecond)
		same(w, []assess.InviteID{first, later, soon}, overdue(10))

		for email, want := range map[string]int{"FIRST@example.com": 1, "started@example.com": 0, "nobody@example.com": 0} {
			same(w, want, func(tx *store.Tx) (int, error) {
				found, err := tx.OverdueInvitesOf(a.Org, assess.Live, a.ID, email)
				return len(found), err
			})
		}
		same(w, 0, func(tx *store.Tx) (int, error) {
			found, err := tx.OverdueInvitesOf(newID[assess.OrgID](), assess.Live, a.ID, "first@example.com")
			return len(found), err
		})
	})
}

// rivals are pairs of moves of one invite at the same time, from the status that both have read.
var rivals = []struct{ from, one, other assess.InviteStatus }{
	{assess.Pending, assess.Accepted, assess.Revoked},
	{assess.Accepted, assess.Started, assess.Expired},
	{assess.Started, assess.Completed, assess.Revoked},
	{assess.Expired, assess.Pending, assess.Accepted},
	{assess.Accepted, assess.Started, assess.Started},
}

func TestOfTwoRivalMovesExactlyOneWins(t *testing.T) {
	t.Parallel()
	rounds := 1000
	if testing.Short() {
		rounds = 50
	}
	each(t, func(w *world) {
		inv := w.invite(newInvite(w.assessment(w.org(), "Go"), "a@example.com"))
		for round := range rounds {
			pair := rivals[round%len(rivals)]
			w.tx(func(tx *store.Tx) error { return tx.ForceStatus(inv, pair.from) })
			inv.Stored = pair.from
			if winners := w.race(inv, pair.one, pair.other); winners != 1 {
				w.Fatalf("round %d, %s: %d winners of %s and %s", round, pair.from, winners, pair.one, pair.other)
			}
		}
		w.checkCounts(inv.Org)
	})
}

// race moves the invite to both statuses at once and counts the winners.
func (w *world) race(was assess.Invite, statuses ...assess.InviteStatus) (winners int) {
	w.Helper()
	var (
		mu      sync.Mutex
		wg      sync.WaitGroup
		barrier = make(chan struct{})
	)
	for _, status := range statuses {
		wg.Go(func() {
			inv := was
			inv.Stored = status
			<-barrier
			err := w.db.Tx(w.Context(), func(tx *store.Tx) error {
				moved, err := tx.MoveInvite(was, inv)
				if moved {
					mu.Lock()
					defer mu.Unlock()
					winners++
				}
				return err
			})
			if err != nil {
				w.Errorf("moving to %s: %v", status, err)
			}
		})
	}
	close(barrier)
	wg.Wait()
	return winners
}
