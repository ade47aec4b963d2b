package store_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"alfaone/internal/assess"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
)

// noon is when most tests begin.
var noon = time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)

// world is a database of one engine with a clock that the test sets.
type world struct {
	*testing.T
	db *store.DB
	ms atomic.Int64
}

// each runs the test on every engine, at noon.
func each(t *testing.T, test func(w *world)) {
	t.Helper()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			w := &world{T: t}
			w.ms.Store(noon.UnixMilli())
			w.db = storetest.OpenEngine(t, engine, w.now)
			test(w)
		})
	}
}

func (w *world) now() time.Time       { return time.UnixMilli(w.ms.Load()).UTC() }
func (w *world) pass(d time.Duration) { w.ms.Add(d.Milliseconds()) }

// tx runs fn in a transaction that must succeed.
func (w *world) tx(fn func(tx *store.Tx) error) {
	w.Helper()
	if err := w.db.Tx(w.Context(), fn); err != nil {
		w.Fatal(err)
	}
}

// fails runs fn in a transaction that must fail with an error of the kind.
func (w *world) fails(kind assess.Kind, fn func(tx *store.Tx) error) {
	w.Helper()
	if err := w.db.Tx(w.Context(), fn); err == nil || assess.KindOf(err) != kind {
		w.Errorf("%v, want an error of kind %q", err, kind)
	}
}

// read returns what a query must find.
func read[T any](w *world, query func(tx *store.Tx) (T, error)) (v T) {
	w.Helper()
	err := w.db.Read(w.Context(), func(tx *store.Tx) (err error) {
		v, err = query(tx)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return v
}

// same checks that a query finds what is wanted.
func same[T any](w *world, want T, query func(tx *store.Tx) (T, error)) {
	w.Helper()
	if diff := cmp.Diff(want, read(w, query)); diff != "" {
		w.Errorf("(-want +got):\n%s", diff)
	}
}

// missing checks that a query finds nothing.
func missing[T any](w *world, query func(tx *store.Tx) (T, error)) {
	w.Helper()
	err := w.db.Read(w.Context(), func(tx *store.Tx) error { _, err := query(tx); return err })
	if assess.KindOf(err) != assess.NotFound {
		w.Errorf("%v, want that nothing is found", err)
	}
}

func newID[T ~string]() T { return T(uuid.NewString()) }

// ordered is an id that sorts by n.
func ordered[T ~string](n int) T { return T(fmt.Sprintf("00000000-0000-7000-8000-%012d", n)) }

func (w *world) org() assess.OrgID {
	w.Helper()
	o := assess.NewOrganization(newID[assess.OrgID](), "Example", noon)
	w.tx(func(tx *store.Tx) error { return tx.InsertOrganization(o) })
	return o.ID
}

func content(name string) assess.Content {
	c := assess.NewContent(name, []string{"en", "es"})
	q := assess.NewQuestion("q1")
	q.Prompts = map[string]string{"en": "Why Go?", "es": "¿Por qué Go?"}
	c.Questions = []assess.Question{q}
	return c
}

// assessment adds a published assessment.
func (w *world) assessment(org assess.OrgID, name string) assess.Assessment {
	w.Helper()
	a := assess.Assessment{
		ID: newID[assess.AssessmentID](), Org: org, Status: assess.Published, Version: 1, Revision: 1, Draft: content(name),
		Published: true, Tags: []assess.TagID{}, CreatedAt: noon, UpdatedAt: noon, PublishedAt: noon,
	}
	w.tx(func(tx *store.Tx) error {
		if err := tx.InsertAssessment(a); err != nil {
			return err
		}
		return tx.InsertAssessmentVersion(a)
	})
	return a
}

func (w *world) member(org assess.OrgID, email string) assess.Member {
	w.Helper()
	m := assess.Member{
		ID: newID[assess.MemberID](), Org: org, FirstName: "Ada", LastName: "Lovelace", Email: email, Role: assess.Recruiter,
		PasswordHash: "phc", CreatedAt: noon, JoinedAt: noon, LastSeenAt: noon,
	}
	w.tx(func(tx *store.Tx) error { return tx.InsertMember(m) })
	return m
}

func (w *world) tag(org assess.OrgID, name string) assess.Tag {
	w.Helper()
	t := assess.Tag{ID: newID[assess.TagID](), Org: org, Name: name, Color: "#123456", CreatedAt: noon, UpdatedAt: noon}
	w.tx(func(tx *store.Tx) error { return tx.InsertTag(t) })
	return t
}

// newInvite is a pending invite for thirty days from noon.
func newInvite(a assess.Assessment, email string) assess.Invite {
	return assess.Invite{
		InviteSummary: assess.InviteSummary{
			ID: newID[assess.InviteID](), Org: a.Org, Mode: assess.Live, Assessment: a.ID, AssessmentName: a.Draft.Name,
			Email: email, Stored: assess.Pending, Delivery: assess.MailQueued, ReplayLimit: 1, RecordLimit: 1,
			SentAt: noon, ExpiresAt: noon.Add(30 * 24 * time.Hour),
		},
		Version: a.Version, Language: "en", Tags: []assess.TagID{}, TokenVersion: 1, UpdatedAt: noon,
	}
}

func (w *world) invite(inv assess.Invite) assess.Invite {
	w.Helper()
	if standing := w.standing(inv); standing != "" {
		w.Fatalf("%s stands in the way", standing)
	}
	return inv
}

// standing adds an invite, and returns the one that keeps it from being added.
func (w *world) standing(inv assess.Invite) (id assess.InviteID) {
	w.Helper()
	w.tx(func(tx *store.Tx) (err error) {
		id, err = tx.InsertInvite(inv, "hash of "+string(inv.ID))
		return err
	})
	return id
}

// list is what a list gives: the items' names in their order, and the total.
type list struct {
	Names []string
	Total int
}

// named makes a list of what a list method returns.
func named[T any](name func(T) string) func(items []T, total int, err error) (list, error) {
	return func(items []T, total int, err error) (list, error) {
		l := list{Names: []string{}, Total: total}
		for _, item := range items {
			l.Names = append(l.Names, name(item))
		}
		return l, err
	}
}
