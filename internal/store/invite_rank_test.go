package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// ranking is a default list whose blocks are kept small.
type ranking struct {
	*world
	assessment assess.Assessment
	mu         sync.Mutex
	alive      []assess.Invite
}

const smallBlock = 5

// come adds an invite that was sent at some time, unless the transaction is abandoned.
func (r *ranking) come(rnd *rand.Rand, end error) {
	inv := newInvite(r.assessment, newID[string]()+"@example.com")
	inv.SentAt = noon.Add(time.Duration(rnd.IntN(40)) * time.Millisecond)
	err := r.db.Tx(r.Context(), func(tx *store.Tx) error {
		if _, err := tx.InsertInvite(inv, "hash of "+string(inv.ID)); err != nil {
			return err
		}
		return errors.Join(tx.CutBlocks(inv.Org, inv.Mode, smallBlock), end)
	})
	if !errors.Is(err, end) {
		r.Error(err)
	}
	if err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.alive = append(r.alive, inv)
	}
}

// leave takes some invite out.
func (r *ranking) leave(rnd *rand.Rand) {
	r.mu.Lock()
	if len(r.alive) == 0 {
		r.mu.Unlock()
		return
	}
	i := rnd.IntN(len(r.alive))
	inv := r.alive[i]
	r.alive = slices.Delete(r.alive, i, i+1)
	r.mu.Unlock()
	err := r.db.Tx(r.Context(), func(tx *store.Tx) error {
		if n, err := tx.Exec("DELETE FROM invites WHERE org_id = $1 AND id = $2", inv.Org, inv.ID); err != nil || n != 1 {
			return fmt.Errorf("%d deleted, %w", n, err)
		}
		return tx.Discount(inv)
	})
	if err != nil {
		r.Error(err)
	}
}

// check compares every span by way of the blocks with a plain reading.
func (r *ranking) check() {
	r.Helper()
	slices.SortFunc(r.alive, func(a, b assess.Invite) int {
		if order := a.SentAt.Compare(b.SentAt); order != 0 {
			return order
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	total := len(r.alive)
	all := make([]string, total)
	for i, inv := range r.alive {
		all[i] = string(inv.ID)
	}
	for _, ascending := range []bool{true, false} {
		for offset := range total {
			want := all[offset:min(offset+3, total)]
			got := read(r.world, func(tx *store.Tx) (list, error) {
				items, err := tx.RankedInvites(r.assessment.Org, assess.Live, ascending, offset, 3, total)
				return named(func(s assess.InviteSummary) string { return string(s.ID) })(items, total, err)
			})
			if diff := cmp.Diff(want, got.Names); diff != "" {
				r.Fatalf("from %d of %d, ascending %v (-want +got):\n%s", offset, total, ascending, diff)
			}
		}
		slices.Reverse(all)
	}
	counts := read(r.world, func(tx *store.Tx) (store.InviteCounts, error) {
		return tx.InviteCounts(r.assessment.Org, assess.Live, assess.InviteFilter{})
	})
	if counts[assess.Pending] != total || total < 5 {
		r.Fatalf("%d invites are counted as %v", total, counts)
	}
}

func TestBlocksLeadWhereAPlainReadingLeads(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		rnd := rand.New(rand.NewPCG(7, 8))
		r := &ranking{world: w, assessment: w.assessment(w.org(), "Go")}
		for range 5 {
			for range 30 {
				switch rnd.IntN(10) {
				case 0, 1, 2:
					r.leave(rnd)
				case 3:
					r.come(rnd, errors.New("abandoned"))
				default:
					r.come(rnd, nil)
				}
			}
			r.check()
		}
	})
}

func TestBlocksAreRightWhoeverWrites(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		r := &ranking{world: w, assessment: w.assessment(w.org(), "Go")}
		var wg sync.WaitGroup
		for writer := range 8 {
			wg.Go(func() {
				rnd := rand.New(rand.NewPCG(9, uint64(writer)))
				for range 25 {
					r.come(rnd, nil)
					if rnd.IntN(3) == 0 {
						r.leave(rnd)
					}
				}
			})
		}
		wg.Wait()
		r.check()
	})
}

func TestAFullBlockIsCutInTwo(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a := w.crowdOf(2048)
		w.tx(func(tx *store.Tx) error {
			for i := range 2048 {
				inv := newInvite(a, fmt.Sprintf("late%d@example.com", i))
				inv.SentAt = noon.Add(time.Hour)
				if _, err := tx.InsertInvite(inv, "hash of "+string(inv.ID)); err != nil {
					return err
				}
			}
			return nil
		})
		sizes := func() string {
			got := read(w, func(tx *store.Tx) ([]string, error) {
				return tx.Strings("SELECT CAST(n AS TEXT) FROM invite_blocks WHERE org_id = $1 ORDER BY sent_at, id", a.Org)
			})
			return strings.Join(got, " ")
		}
		if got := sizes(); got != "4096" {
			w.Errorf("blocks of %s", got)
		}
		w.invite(newInvite(a, "last@example.com"))
		if got := sizes(); got != "2048 2049" {
			w.Errorf("blocks of %s", got)
		}
	})
}

func TestABlockThatSaysTooMuchIsNotCutAndRefusesNobody(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a := w.crowdOf(3)
		w.tx(func(tx *store.Tx) error {
			_, err := tx.Exec("UPDATE invite_blocks SET n = 5000 WHERE org_id = $1", a.Org)
			return err
		})
		w.invite(newInvite(a, "last@example.com"))
		same(w, 5001, func(tx *store.Tx) (int, error) {
			return tx.Int("SELECT SUM(n) FROM invite_blocks WHERE org_id = $1", a.Org)
		})
	})
}

// crowdOf fills a list with n invites, and its blocks as the migration does for a database that has invites already.
func (w *world) crowdOf(n int) assess.Assessment {
	w.Helper()
	a := w.assessment(w.org(), "Go")
	first := w.invite(newInvite(a, "first@example.com"))
	schema, err := os.ReadFile("migrations/0004_api.sql")
	if err != nil {
		w.Fatal(err)
	}
	_, fill, _ := strings.Cut(string(schema), "INSERT INTO invite_blocks")
	fill, _, found := strings.Cut(fill, ";")
	if !found {
		w.Fatal("the migration does not fill the blocks")
	}
	w.tx(func(tx *store.Tx) error {
		for _, statement := range []string{
			fmt.Sprintf(`INSERT INTO invites (id, org_id, mode, assessment_id, assessment_name, email, name, status, delivery, replay_limit, record_limit,
				sent_at, expires_at, accepted_at, started_at, completed_at, version, language, message, screen_recording, webcam, id_capture, reason,
				delivery_error, token_version, revoked_at, complete_by, updated_at, token_hash, folded)
				WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < %d)
				SELECT id || CAST(i AS TEXT), org_id, mode, assessment_id, assessment_name, CAST(i AS TEXT) || email, name, status, delivery, replay_limit,
				record_limit, sent_at + i / 3, expires_at, accepted_at, started_at, completed_at, version, language, message, screen_recording, webcam,
				id_capture, reason, delivery_error, token_version, revoked_at, complete_by, updated_at, token_hash || CAST(i AS TEXT), folded
				FROM invites, k WHERE id = '%s'`, n-1, first.ID),
			fmt.Sprintf("UPDATE invite_totals SET n = %d WHERE org_id = '%s'", n, a.Org),
			fmt.Sprintf("DELETE FROM invite_blocks WHERE org_id = '%s'", a.Org),
			"INSERT INTO invite_blocks" + fill,
		} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
	return a
}

// A list long enough that pages in its middle are found by way of the blocks.
func TestPagesInTheMiddleAreWhatAPlainReadingGives(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		const n = 9001
		a := w.crowdOf(n)
		last := newInvite(a, "last@example.com")
		last.SentAt = noon.Add(1500 * time.Millisecond) // into a block in the middle
		w.invite(last)
		for _, direction := range []string{"ASC", "DESC"} {
			for _, number := range []int{1, 40, 43, 44, 45, 46, 47, 48, 60, 91, 92} {
				page := assess.Page{Number: number, Limit: 100, Sort: "sent_at", Ascending: direction == "ASC"}
				want := read(w, func(tx *store.Tx) ([]string, error) {
					return tx.Strings("SELECT id FROM invites WHERE org_id = $1 ORDER BY sent_at "+direction+", id "+direction+" LIMIT 100 OFFSET $2", a.Org, page.Offset())
				})
				got := read(w, func(tx *store.Tx) (list, error) {
					return named(func(s assess.InviteSummary) string { return string(s.ID) })(tx.Invites(a.Org, assess.Live, assess.InviteFilter{}, page))
				})
				if diff := cmp.Diff(list{want, n + 1}, got); diff != "" {
					w.Fatalf("page %d %s (-want +got):\n%s", number, direction, diff)
				}
			}
		}
		seen, err := w.db.Spy(w.Context(), func(tx *store.Tx) error {
			_, _, err := tx.Invites(a.Org, assess.Live, assess.InviteFilter{}, assess.Page{Number: 45, Limit: 100, Sort: "sent_at"})
			return err
		})
		if err != nil || !slices.ContainsFunc(seen, func(s store.Statement) bool { return strings.Contains(s.SQL, "invite_blocks") }) {
			w.Errorf("the page is read without blocks: %v, %v", seen, err)
		}
	})
}
