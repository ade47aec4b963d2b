package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

var inviteEmails = named(func(s assess.InviteSummary) string { return s.Email })

// naive answers what Invites answers, in the plainest way: read all, filter, sort, cut.
func naive(c crowd, f assess.InviteFilter, page assess.Page, now time.Time) (items []string, total int) {
	var fit []assess.Invite
	for _, inv := range c.invites {
		if c.fits(inv, f, now) {
			fit = append(fit, inv)
		}
	}
	slices.SortFunc(fit, func(a, b assess.Invite) int {
		order := 0
		switch page.Sort {
		case "sent_at":
			order = a.SentAt.Compare(b.SentAt)
		case "expires_at":
			order = a.ExpiresAt.Compare(b.ExpiresAt)
		case "status":
			order = strings.Compare(string(a.StatusAt(now)), string(b.StatusAt(now)))
		}
		if order == 0 {
			order = strings.Compare(string(a.ID), string(b.ID))
		}
		if !page.Ascending {
			order = -order
		}
		return order
	})
	items = []string{}
	for i := page.Offset(); i < min(page.Offset()+page.Limit, len(fit)); i++ {
		items = append(items, string(fit[i].ID))
	}
	return items, len(fit)
}

func (c crowd) fits(inv assess.Invite, f assess.InviteFilter, now time.Time) bool {
	text := strings.ToLower(inv.Email + " " + inv.Name)
	return (f.Assessment == "" || f.Assessment == inv.Assessment) && (f.Status == "" || f.Status == inv.StatusAt(now)) &&
		(f.Grader == "" || f.Grader == c.graders[inv.ID]) && (f.Delivery == "" || f.Delivery == inv.Delivery) &&
		(f.Tag == "" || slices.Contains(inv.Tags, f.Tag)) && strings.Contains(text, strings.ToLower(f.Search)) &&
		(f.Email == "" || strings.EqualFold(f.Email, inv.Email)) && (f.External == "" || f.External == inv.External) && updatedSince(inv, f.UpdatedSince, now)
}

// updatedSince reports whether the invite was changed since then, or has expired.
func updatedSince(inv assess.Invite, since, now time.Time) bool {
	expired := inv.Stored != assess.Expired && inv.StatusAt(now) == assess.Expired
	return !inv.UpdatedAt.Before(since) || expired && !inv.ExpiresAt.Before(since)
}

// crowd is a set of invites with many ties, some of them overdue at noon, in two assessments.
type crowd struct {
	org         assess.OrgID
	assessments []assess.Assessment
	tag         assess.TagID
	invites     []assess.Invite
	graders     map[assess.InviteID]assess.MemberID
}

func (w *world) crowd(n int) crowd {
	w.Helper()
	c := crowd{org: w.org(), graders: map[assess.InviteID]assess.MemberID{}}
	c.assessments = []assess.Assessment{w.assessment(c.org, "Go"), w.assessment(c.org, "Rust")}
	c.tag = w.tag(c.org, "tagged").ID
	stranger := w.assessment(w.org(), "Elsewhere")
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		inv := newInvite(c.assessments[rnd.IntN(2)], fmt.Sprintf("c%d@example.com", i))
		inv.ID = ordered[assess.InviteID](rnd.IntN(n)*n + i)
		inv.Name = []string{"", "Zoë 100%", "ZOË_1"}[rnd.IntN(3)]
		inv.Stored = assess.InviteStatuses()[rnd.IntN(6)]
		inv.SentAt = noon.Add(-time.Duration(rnd.IntN(5)) * time.Hour)
		inv.ExpiresAt = noon.Add(time.Duration(rnd.IntN(7)-3) * time.Millisecond)
		inv.UpdatedAt = noon.Add(-time.Duration(rnd.IntN(9)) * time.Millisecond)
		if inv.External = ""; i%3 == 0 {
			inv.External = fmt.Sprint("name ", i)
		}
		c.graders[inv.ID] = []assess.MemberID{"", "m1", "m2"}[rnd.IntN(3)]
		inv.Delivery = []assess.Delivery{assess.MailSent, assess.MailFailed}[rnd.IntN(2)]
		if rnd.IntN(3) == 0 {
			inv.Tags = []assess.TagID{c.tag}
		}
		c.invites = append(c.invites, w.invite(inv))
		if grader := c.graders[inv.ID]; grader != "" {
			w.evaluation(inv, grader)
			w.evaluation(inv, "withdrawn", func(e *assess.Evaluation) { e.State = assess.EvaluationWithdrawn })
		}
		if i%10 == 0 {
			w.invite(newInvite(stranger, inv.Email))
		}
	}
	test := newInvite(c.assessments[0], "c0@example.com")
	test.Mode = assess.Test
	w.invite(test)
	return c
}

func (c crowd) filters() []assess.InviteFilter {
	filters := []assess.InviteFilter{
		{},
		{Assessment: c.assessments[0].ID},
		{Grader: "m1"},
		{Grader: "withdrawn"},
		{Delivery: assess.MailFailed},
		{Tag: c.tag},
		{Search: "zoë"},
		{Search: "%"},
		{Search: "_1"},
		{Search: "C1"},
		{Search: "nobody"},
		{Assessment: "unknown"},
		{Email: "C1@EXAMPLE.com"},
		{Email: "c1"},
		{External: "name 3"},
		{External: "name"},
		{UpdatedSince: noon},
		{UpdatedSince: noon.Add(-2 * time.Millisecond)},
		{UpdatedSince: noon.Add(-time.Hour), Email: "c3@example.com"},
		{UpdatedSince: noon.Add(time.Hour)},
		{Assessment: c.assessments[1].ID, Tag: c.tag, Search: "c", Grader: "m2", Delivery: assess.MailSent},
	}
	for _, status := range assess.InviteStatuses() {
		filters = append(filters,
			assess.InviteFilter{Status: status}, assess.InviteFilter{Status: status, Assessment: c.assessments[0].ID},
			assess.InviteFilter{Status: status, Tag: c.tag}, assess.InviteFilter{Status: status, Grader: "m1"},
			assess.InviteFilter{Status: status, UpdatedSince: noon.Add(-3 * time.Millisecond)})
	}
	return filters
}

// TestEveryListIsWhatAPlainReadingGives compares every page of every filter, sort and direction, around the moment when
// several invites expire.
func TestEveryListIsWhatAPlainReadingGives(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		c := w.crowd(120)
		for range 3 {
			for _, filter := range c.filters() {
				for _, sort := range assess.InviteSorts() {
					w.compare(c, (*store.Tx).Invites, filter, assess.Page{Limit: 7, Sort: sort, Ascending: true})
					w.compare(c, (*store.Tx).Invites, filter, assess.Page{Limit: 50, Sort: sort})
					w.compare(c, (*store.Tx).WalkedInvites, filter, assess.Page{Limit: 50, Sort: sort})
				}
			}
			w.pass(time.Millisecond)
		}
	})
}

// lister reads a page of invites.
type lister func(*store.Tx, assess.OrgID, assess.Mode, assess.InviteFilter, assess.Page) ([]assess.InviteSummary, int, error)

// compare compares all pages of a list, one beyond the last included.
func (w *world) compare(c crowd, invites lister, f assess.InviteFilter, page assess.Page) {
	w.Helper()
	ids := named(func(s assess.InviteSummary) string { return string(s.ID) })
	for page.Number = 1; ; page.Number++ {
		items, total := naive(c, f, page, w.now())
		got := read(w, func(tx *store.Tx) (list, error) { return ids(invites(tx, c.org, assess.Live, f, page)) })
		if diff := cmp.Diff(list{items, total}, got); diff != "" {
			w.Fatalf("filter %+v, page %+v, at %v (-want +got):\n%s", f, page, w.now(), diff)
		}
		if len(items) == 0 {
			return
		}
	}
}

func TestCountsByStatusAreOfThisVeryMillisecond(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		c := w.crowd(60)
		for range 5 {
			for _, f := range c.filters() {
				f.Status = ""
				want := map[assess.InviteStatus]int{}
				for _, inv := range c.invites {
					if c.fits(inv, f, w.now()) {
						want[inv.StatusAt(w.now())]++
					}
				}
				got := read(w, func(tx *store.Tx) (store.InviteCounts, error) { return tx.InviteCounts(c.org, assess.Live, f) })
				for _, status := range assess.InviteStatuses() {
					if got[status] != want[status] {
						w.Fatalf("filter %+v at %v: %d %s, want %d", f, w.now(), got[status], status, want[status])
					}
				}
			}
			w.pass(time.Millisecond)
		}
	})
}

// checkCounts compares the kept counts with the invites there are.
func (w *world) checkCounts(org assess.OrgID) {
	w.Helper()
	const key = " || ' ' || assessment_id || ' ' || status || ' ' || "
	counted := read(w, func(tx *store.Tx) ([]string, error) {
		return tx.Strings("SELECT mode"+key+"CAST(COUNT(*) AS TEXT) FROM invites WHERE org_id = $1 GROUP BY mode, assessment_id, status ORDER BY 1", org)
	})
	kept := read(w, func(tx *store.Tx) ([]string, error) {
		return tx.Strings("SELECT mode"+key+"CAST(n AS TEXT) FROM invite_counts WHERE org_id = $1 AND n <> 0 ORDER BY 1", org)
	})
	if diff := cmp.Diff(counted, kept); diff != "" {
		w.Fatalf("kept counts (-counted +kept):\n%s", diff)
	}
	summed := read(w, func(tx *store.Tx) ([]string, error) {
		return tx.Strings("SELECT mode || ' ' || status || ' ' || CAST(COUNT(*) AS TEXT) FROM invites WHERE org_id = $1 GROUP BY mode, status ORDER BY 1", org)
	})
	totals := read(w, func(tx *store.Tx) ([]string, error) {
		return tx.Strings("SELECT mode || ' ' || status || ' ' || CAST(n AS TEXT) FROM invite_totals WHERE org_id = $1 AND n <> 0 ORDER BY 1", org)
	})
	if diff := cmp.Diff(summed, totals); diff != "" {
		w.Fatalf("kept totals (-counted +kept):\n%s", diff)
	}
	wrong := read(w, func(tx *store.Tx) ([]string, error) {
		return tx.Strings(`SELECT id FROM assessments a WHERE org_id = $1 AND (
			live_invites <> (SELECT COUNT(*) FROM invites i WHERE i.assessment_id = a.id AND i.mode = 'live') OR
			test_invites <> (SELECT COUNT(*) FROM invites i WHERE i.assessment_id = a.id AND i.mode = 'test'))`, org)
	})
	if len(wrong) > 0 {
		w.Fatalf("the assessments %v count their invites wrongly", wrong)
	}
}

func TestKeptCountsEqualACountAfterAnyHistory(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		rapid.Check(w.T, func(r *rapid.T) {
			org := w.org()
			assessments := []assess.Assessment{w.assessment(org, "a"), w.assessment(org, "b")}
			var invites []assess.Invite
			for range rapid.IntRange(1, 15).Draw(r, "operations") {
				if len(invites) == 0 || rapid.IntRange(0, 2).Draw(r, "insert or move") == 0 {
					inv := newInvite(rapid.SampledFrom(assessments).Draw(r, "assessment"), rapid.SampledFrom([]string{"a@b.c", "d@e.f"}).Draw(r, "email"))
					inv.Mode = rapid.SampledFrom([]assess.Mode{assess.Live, assess.Test}).Draw(r, "mode")
					if w.attempt(func(tx *store.Tx) (bool, error) { _, err := tx.InsertInvite(inv, string(inv.ID)); return true, err }) {
						invites = append(invites, inv)
					}
					continue
				}
				i := rapid.IntRange(0, len(invites)-1).Draw(r, "which")
				was, now := invites[i], invites[i]
				was.Stored = rapid.SampledFrom([]assess.InviteStatus{was.Stored, assess.Started}).Draw(r, "believed status")
				now.Stored = rapid.SampledFrom(assess.InviteStatuses()).Draw(r, "new status")
				abandon := rapid.IntRange(0, 4).Draw(r, "abandon") == 0
				moved := w.attempt(func(tx *store.Tx) (bool, error) {
					moved, err := tx.MoveInvite(was, now)
					if abandon && err == nil {
						err = assess.Errorf(assess.Conflict, "another thought")
					}
					return moved, err
				})
				if moved {
					invites[i] = now
				}
			}
			w.checkCounts(org)
		})
	})
}

// attempt runs fn in a transaction that may end in a conflict, and reports whether it said true and was committed.
func (w *world) attempt(fn func(tx *store.Tx) (bool, error)) (done bool) {
	w.Helper()
	err := w.db.Tx(w.Context(), func(tx *store.Tx) (err error) {
		done, err = fn(tx)
		return err
	})
	if err != nil && assess.KindOf(err) != assess.Conflict {
		w.Fatal(err)
	}
	return done && err == nil
}
