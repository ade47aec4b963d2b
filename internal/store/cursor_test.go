package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

func TestWalksGiveWhatPagesGive(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		c := w.crowd(120)
		for range 3 {
			for _, filter := range c.filters() {
				for _, sort := range assess.InviteSorts() {
					for _, page := range []assess.Page{{Limit: 7, Sort: sort, Ascending: true}, {Limit: 50, Sort: sort}} {
						all := page
						all.Number, all.Limit = 1, 1000
						want, _ := naive(c, filter, all, w.now())
						if got := w.walk(c.org, filter, page, func() {}); !slices.Equal(got, want) {
							w.Fatalf("filter %+v, page %+v, at %v: %q, want %q", filter, page, w.now(), got, want)
						}
					}
				}
			}
			w.pass(time.Millisecond)
		}
	})
}

// walk goes through a list of invites by cursor. Between two parts, something happens.
func (w *world) walk(org assess.OrgID, f assess.InviteFilter, page assess.Page, happens func()) (ids []string) {
	w.Helper()
	page.Cursor = &assess.Cursor{}
	for !page.Cursor.Done {
		part := read(w, func(tx *store.Tx) (list, error) {
			return named(func(s assess.InviteSummary) string { return string(s.ID) })(tx.Invites(org, assess.Live, f, page))
		})
		if len(part.Names) > page.Limit || len(part.Names) < page.Limit && !page.Cursor.Done {
			w.Fatalf("a part of %d holds %d, done: %v", page.Limit, len(part.Names), page.Cursor.Done)
		}
		ids = append(ids, part.Names...)
		if !page.Cursor.Done {
			happens()
		}
	}
	return ids
}

// commotion is a list of invites in which something happens all the time.
type commotion struct {
	*world
	*rand.Rand
	assessment assess.Assessment
	alive      []assess.Invite
	made       int
	// since the walk began: what was there all the time, and what was in the same status all the time
	stayed, same map[assess.InviteID]assess.Invite
}

// happen makes n things happen in one transaction: invites come, go and change in status; and the clock goes on, so that some expire.
func (c *commotion) happen(n int) {
	c.Helper()
	c.tx(func(tx *store.Tx) error {
		for range n {
			if err := c.one(tx); err != nil {
				return err
			}
		}
		return nil
	})
	c.pass(time.Millisecond)
	for id, inv := range c.same {
		if inv.StatusAt(c.now()) != inv.StatusAt(c.now().Add(-time.Millisecond)) {
			delete(c.same, id)
		}
	}
}

func (c *commotion) one(tx *store.Tx) error {
	if len(c.alive) < 150 || c.IntN(3) == 0 && len(c.alive) < 250 {
		return c.come(tx)
	}
	i := c.IntN(len(c.alive))
	inv := c.alive[i]
	delete(c.same, inv.ID)
	if c.IntN(2) == 0 {
		delete(c.stayed, inv.ID)
		c.alive = slices.Delete(c.alive, i, i+1)
		_, err := tx.Exec("DELETE FROM invites WHERE org_id = $1 AND id = $2", inv.Org, inv.ID)
		return err
	}
	now := inv
	now.Stored = assess.InviteStatuses()[c.IntN(6)]
	c.alive[i] = now
	if moved, err := tx.MoveInvite(inv, now); err != nil || !moved {
		return fmt.Errorf("moved: %v, %w", moved, err)
	}
	return nil
}

func (c *commotion) come(tx *store.Tx) error {
	c.made++
	inv := newInvite(c.assessment, fmt.Sprintf("c%d@example.com", c.made))
	inv.SentAt = noon.Add(-time.Duration(c.IntN(20)) * time.Hour)
	inv.ExpiresAt = c.now().Add(time.Duration(c.IntN(400)-20) * time.Millisecond)
	inv.Stored = assess.InviteStatuses()[c.IntN(6)]
	c.alive = append(c.alive, inv)
	_, err := tx.InsertInvite(inv, "hash of "+string(inv.ID))
	return err
}

// begin remembers what is there when a walk begins.
func (c *commotion) begin() {
	c.stayed, c.same = map[assess.InviteID]assess.Invite{}, map[assess.InviteID]assess.Invite{}
	for _, inv := range c.alive {
		c.stayed[inv.ID], c.same[inv.ID] = inv, inv
	}
}

// Whatever comes, goes and changes while a list is walked: what is there all the time comes exactly once, in a list by status or
// of one if it is in the same status all the time. In any other list nothing ever comes twice.
func TestWhatStaysIsSeenExactlyOnceByAWalk(t *testing.T) {
	t.Parallel()
	things := 10_000
	if testing.Short() {
		things = 1000
	}
	each(t, func(w *world) {
		c := &commotion{world: w, Rand: rand.New(rand.NewPCG(3, 4)), assessment: w.assessment(w.org(), "Go")}
		c.begin()
		c.happen(150)
		for happened, walks := 0, 0; happened < things; walks++ {
			filter := assess.InviteFilter{}
			if walks%3 == 1 {
				filter.Status = assess.InviteStatuses()[c.IntN(6)]
			}
			page := assess.Page{Limit: 3 + c.IntN(30), Sort: assess.InviteSorts()[c.IntN(3)], Ascending: c.IntN(2) == 0}
			c.begin()
			got := w.walk(c.assessment.Org, filter, page, func() { c.happen(25); happened += 25 })
			c.check(got, filter, page)
			happened++ // a walk of one part
		}
	})
}

func (c *commotion) check(got []string, f assess.InviteFilter, page assess.Page) {
	c.Helper()
	seen := map[assess.InviteID]int{}
	for _, id := range got {
		seen[assess.InviteID(id)]++
	}
	must := c.stayed
	if f.Status != "" || page.Sort == "status" {
		must = c.same
	} else if len(seen) != len(got) {
		c.Fatalf("%+v: something came twice", page)
	}
	for id, inv := range must {
		want := 1
		if f.Status != "" && inv.StatusAt(c.now()) != f.Status {
			want = 0
		}
		if seen[id] != want {
			c.Fatalf("%+v %+v: %s, which is %s all the time, came %d times", f, page, id, inv.StatusAt(c.now()), seen[id])
		}
	}
}

func TestTagsAreWalkedWhileTheyChange(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org, rnd := w.org(), rand.New(rand.NewPCG(5, 6))
		var stay []string
		for i := range 60 {
			stay = append(stay, string(w.tag(org, fmt.Sprintf("Tag %02d", i)).ID))
		}
		for _, sort := range []string{"name", "created_at"} {
			page := assess.Page{Limit: 7, Sort: sort, Ascending: sort == "name", Cursor: &assess.Cursor{}}
			seen := map[string]int{}
			for !page.Cursor.Done {
				part := read(w, func(tx *store.Tx) (list, error) {
					return named(func(t assess.Tag) string { return string(t.ID) })(tx.Tags(org, page))
				})
				for _, id := range part.Names {
					seen[id]++
				}
				comes := w.tag(org, fmt.Sprintf("tag %02d %s %d", rnd.IntN(60), sort, len(seen)))
				if rnd.IntN(2) == 0 {
					w.tx(func(tx *store.Tx) error { return tx.DeleteTag(org, comes.ID) })
				}
			}
			for _, id := range stay {
				if seen[id] != 1 {
					w.Errorf("by %s: tag %s came %d times", sort, id, seen[id])
				}
			}
		}
	})
}
