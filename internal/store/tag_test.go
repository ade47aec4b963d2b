package store_test

import (
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

var tagNames = named(func(t assess.Tag) string { return t.Name })

func TestTagsAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org, other := w.org(), w.org()
		tag := w.tag(org, "Urgent")
		get := func(tx *store.Tx) (assess.Tag, error) { return tx.Tag(org, tag.ID) }
		same(w, tag, get)
		missing(w, func(tx *store.Tx) (assess.Tag, error) { return tx.Tag(other, tag.ID) })

		tag.Name, tag.Color, tag.UpdatedAt = "urgent", "#abcdef", noon.Add(time.Second)
		w.tx(func(tx *store.Tx) error { return tx.UpdateTag(tag) })
		same(w, tag, get)

		foreign := tag
		foreign.Org = other
		w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.UpdateTag(foreign) })
		w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.DeleteTag(other, tag.ID) })
		w.tx(func(tx *store.Tx) error { return tx.DeleteTag(org, tag.ID) })
		missing(w, get)
	})
}

func TestATagsNameIsUniqueWhateverItsCase(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		for _, name := range []string{"Urgent", "Ärzte"} {
			w.tag(org, name)
		}
		w.tag(w.org(), "urgent") // of another organization
		mine := w.tag(org, "mine")
		for _, name := range []string{"uRGENT", "äRZTE"} {
			taken := assess.Tag{ID: newID[assess.TagID](), Org: org, Name: name}
			w.fails(assess.Conflict, func(tx *store.Tx) error { return tx.InsertTag(taken) })
			mine.Name = name
			w.fails(assess.Conflict, func(tx *store.Tx) error { return tx.UpdateTag(mine) })
		}
	})
}

func TestTagsAreListedByPage(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		for i, name := range []string{"b", "A", "c", "B2"} {
			w.tx(func(tx *store.Tx) error {
				return tx.InsertTag(assess.Tag{ID: ordered[assess.TagID](9 - i), Org: org, Name: name, CreatedAt: noon})
			})
		}
		w.tag(w.org(), "elsewhere")
		for _, tt := range []struct {
			page assess.Page
			want []string
		}{
			{assess.Page{Number: 1, Limit: 3, Sort: "name", Ascending: true}, []string{"A", "b", "B2"}},
			{assess.Page{Number: 2, Limit: 3, Sort: "name", Ascending: true}, []string{"c"}},
			{assess.Page{Number: 1, Limit: 3, Sort: "name"}, []string{"c", "B2", "b"}},
			{assess.Page{Number: 1, Limit: 2, Sort: "created_at", Ascending: true}, []string{"B2", "c"}}, // equal times: by id
			{assess.Page{Number: 2, Limit: 2, Sort: "created_at", Ascending: true}, []string{"A", "b"}},
			{assess.Page{Number: 3, Limit: 2, Sort: "name"}, []string{}},
			{assess.Page{Number: 1 << 62, Limit: 100, Sort: "name"}, []string{}},
		} {
			same(w, list{tt.want, 4}, func(tx *store.Tx) (list, error) { return tagNames(tx.Tags(org, tt.page)) })
		}
		same(w, list{[]string{"A", "b", "B2", "c"}, 0}, func(tx *store.Tx) (list, error) {
			all, err := tx.AllTags(org)
			return tagNames(all, 0, err)
		})
	})
}

func TestTagsOnThings(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		a := w.assessment(org, "Go")
		inv := w.invite(newInvite(a, "a@example.com"))
		one, two, foreign := w.tag(org, "one"), w.tag(org, "two"), w.tag(w.org(), "foreign")
		tagsOf := func(tx *store.Tx) (n [2]int, err error) {
			a, err := tx.Assessment(org, a.ID)
			if err != nil {
				return n, err
			}
			inv, err := tx.Invite(org, assess.Live, inv.ID)
			return [2]int{len(a.Tags), len(inv.Tags)}, err
		}
		set := func(tags ...assess.TagID) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				if err := tx.SetAssessmentTags(org, a.ID, tags); err != nil {
					return err
				}
				return tx.SetInviteTags(org, inv.ID, tags)
			}
		}
		w.tx(set(one.ID, two.ID, one.ID)) // one of them twice
		same(w, [2]int{2, 2}, tagsOf)
		w.tx(func(tx *store.Tx) error { return tx.SetInviteTags(org, inv.ID, []assess.TagID{two.ID}) })
		uses := map[assess.TagID]store.TagUse{one.ID: {one.ID, 1, 0}, two.ID: {two.ID, 1, 1}}
		same(w, uses, func(tx *store.Tx) (map[assess.TagID]store.TagUse, error) {
			found, err := tx.TagUses(org)
			byTag := map[assess.TagID]store.TagUse{}
			for _, u := range found {
				byTag[u.Tag] = u
			}
			return byTag, err
		})
		w.tx(set(one.ID, two.ID))
		w.fails(assess.NotFound, set(one.ID, foreign.ID))
		same(w, [2]int{2, 2}, tagsOf)
		w.tx(func(tx *store.Tx) error { return tx.DeleteTag(org, one.ID) })
		same(w, [2]int{1, 1}, tagsOf)
		w.tx(set())
		same(w, [2]int{0, 0}, tagsOf)
	})
}
