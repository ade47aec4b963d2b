package store_test

import (
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

func TestOrganizationsAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		o := assess.NewOrganization(newID[assess.OrgID](), "Zoë & Söhne", noon)
		o.Languages = []string{"de", "pt-BR"}
		o.Notices = map[string]string{"de": "Hinweis <b>"}
		o.RatePerMinute, o.NoticeVersion, o.SenderName = 1000, 7, "Zoë"
		w.tx(func(tx *store.Tx) error { return tx.InsertOrganization(o) })
		same(w, o, func(tx *store.Tx) (assess.Organization, error) { return tx.Organization(o.ID) })

		w.pass(time.Hour)
		o.Name, o.TimeZone, o.Accent, o.Defaults.RecordLimit, o.UpdatedAt = "Other", "Asia/Kathmandu", "#000000", 3, w.now()
		w.tx(func(tx *store.Tx) error { return tx.UpdateOrganization(o) })
		same(w, []assess.Organization{o}, func(tx *store.Tx) ([]assess.Organization, error) { return tx.Organizations() })

		o.ID = newID[assess.OrgID]()
		w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.UpdateOrganization(o) })
		missing(w, func(tx *store.Tx) (assess.Organization, error) { return tx.Organization(o.ID) })
	})
}

func TestALogoReplacesTheOneBefore(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		logo := store.Logo{ContentType: "image/png", Bytes: []byte("\x89PNG\x00\xff")}
		logoID := func(tx *store.Tx) (string, error) { o, err := tx.Organization(org); return o.LogoID, err }
		w.tx(func(tx *store.Tx) error {
			return tx.ReplaceLogo(org, "first", store.Logo{ContentType: "image/gif", Bytes: []byte("GIF")})
		})
		w.tx(func(tx *store.Tx) error { return tx.ReplaceLogo(org, "second", logo) })
		same(w, logo, func(tx *store.Tx) (store.Logo, error) { return tx.Logo("second") })
		same(w, "second", logoID)
		missing(w, func(tx *store.Tx) (store.Logo, error) { return tx.Logo("first") })

		w.tx(func(tx *store.Tx) error { return tx.ReplaceLogo(org, "third", store.Logo{}) })
		missing(w, func(tx *store.Tx) (store.Logo, error) { return tx.Logo("second") })
		same(w, "", logoID)
		w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.ReplaceLogo(newID[assess.OrgID](), "x", store.Logo{}) })
	})
}

func TestFactsOfTheInstance(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		fact := func(tx *store.Tx) (string, error) {
			value, ok, err := tx.Instance("setup")
			if !ok {
				value = "never set"
			}
			return value, err
		}
		same(w, "never set", fact)
		w.tx(func(tx *store.Tx) error { return tx.SetInstance("setup", "a") })
		w.tx(func(tx *store.Tx) error { return tx.SetInstance("setup", "") })
		same(w, "", fact)
		for _, want := range []bool{true, false} {
			w.tx(func(tx *store.Tx) error {
				if had, err := tx.DeleteInstance("setup"); err != nil || had != want {
					w.Errorf("deleted %v, %v; want %v", had, err, want)
				}
				return nil
			})
		}
		same(w, "never set", fact)
	})
}

func TestTheMailboxKeepsLettersApart(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a, b := w.org(), w.org()
		letter := func(org assess.OrgID, id string, sent time.Time) store.Letter {
			l := store.Letter{
				ID: id, Org: org, Mode: assess.Live, From: `"A" <a@a.example>`, To: "b@b.example", Subject: "Grüße", Text: "a\nb",
				HTML: "<p>ü</p>", SentAt: sent,
			}
			w.tx(func(tx *store.Tx) error { return tx.InsertLetter(l, nil) })
			return l
		}
		old, first, second := letter(a, "3", noon.Add(-time.Hour)), letter(a, "1", noon), letter(a, "2", noon)
		other := letter(b, "4", noon.Add(time.Hour))
		letter(a, "1", noon) // again

		same(w, []store.Letter{second, first}, func(tx *store.Tx) ([]store.Letter, error) { return tx.Letters(a, 2) })
		same(w, []store.Letter{other, second, first, old}, func(tx *store.Tx) ([]store.Letter, error) { return tx.AllLetters(9) })
		same(w, first, func(tx *store.Tx) (store.Letter, error) { return tx.Letter(a, "1") })
		same(w, first, func(tx *store.Tx) (store.Letter, error) { return tx.AnyLetter("1") })
		missing(w, func(tx *store.Tx) (store.Letter, error) { return tx.Letter(b, "1") })

		w.tx(func(tx *store.Tx) error { return tx.DeleteLettersBefore(noon) })
		same(w, []store.Letter{second, first}, func(tx *store.Tx) ([]store.Letter, error) { return tx.Letters(a, 9) })
	})
}
