package store_test

import (
	"encoding/json"
	"flag"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

var update = flag.Bool("update", false, "rewrite the expected files")

func TestAssessmentsAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org, other := w.org(), w.org()
		a := w.assessment(org, "Go")
		get := func(tx *store.Tx) (assess.Assessment, error) { return tx.Assessment(org, a.ID) }
		same(w, a, get)
		missing(w, func(tx *store.Tx) (assess.Assessment, error) { return tx.Assessment(other, a.ID) })
		missing(w, func(tx *store.Tx) (assess.AssessmentSummary, error) {
			return tx.AssessmentSummary(other, assess.Live, a.ID)
		})

		version := func(org assess.OrgID, n int) func(tx *store.Tx) (assess.Content, error) {
			return func(tx *store.Tx) (assess.Content, error) { return tx.AssessmentVersion(org, a.ID, n) }
		}
		frozen := a.Draft
		a.Draft.Name, a.Revision, a.Published, a.UpdatedAt = "Go, mended", 2, false, noon.Add(time.Minute)
		w.tx(func(tx *store.Tx) error { return tx.UpdateAssessment(a, 1) })
		same(w, a, get)
		same(w, frozen, version(org, 1))
		missing(w, version(org, 2))
		missing(w, version(other, 1))
	})
}

func TestOfTwoChangesToOneRevisionOneWins(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		a := w.assessment(org, "Go")
		a.Revision = 2
		w.tx(func(tx *store.Tx) error { return tx.UpdateAssessment(a, 1) })
		w.fails(assess.Conflict, func(tx *store.Tx) error { return tx.UpdateAssessment(a, 1) })
		a.Org = w.org()
		w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.UpdateAssessment(a, 2) })
	})
}

func TestListsShowWhatIsPublished(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		a := w.assessment(org, "Go")
		summary := func(tx *store.Tx) (assess.AssessmentSummary, error) {
			return tx.AssessmentSummary(org, assess.Live, a.ID)
		}
		want := assess.AssessmentSummary{
			Org: org, ID: a.ID, Name: "Go", Status: assess.Published, Format: assess.AudioFormat, AnswerFormat: assess.AudioFormat, Proctoring: a.Draft.Proctoring,
			Languages: []string{"en", "es"}, QuestionCount: 1, TotalPoints: 10, Version: 1, CreatedAt: noon, UpdatedAt: noon,
		}
		same(w, want, summary)

		a.Draft.Name, a.Draft.Languages, a.Draft.Questions = "Go 2", []string{"en"}, nil
		a.Published, a.Revision = false, 2
		w.tx(func(tx *store.Tx) error { return tx.UpdateAssessment(a, 1) })
		want.Unpublished = true
		same(w, want, summary)

		a.Published, a.Revision, a.Version = true, 3, 2
		w.tx(func(tx *store.Tx) error { return tx.UpdateAssessment(a, 2) })
		want.Name, want.Languages, want.QuestionCount, want.TotalPoints, want.Version = "Go 2", []string{"en"}, 0, 0, 2
		want.Unpublished = false
		same(w, want, summary)
	})
}

func TestAssessmentsAreFilteredSortedAndCounted(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		w.assessment(w.org(), "Elsewhere")
		for i, a := range []struct {
			name   string
			status assess.AssessmentStatus
		}{
			{"beta 100%", assess.Draft}, {"Alpha_1", assess.Published}, {"ÖKONOMIE", assess.Published}, {`Old \ beta`, assess.Archived},
		} {
			asm := assess.Assessment{
				ID: ordered[assess.AssessmentID](i), Org: org, Status: a.status, Draft: content(a.name), Revision: 1,
				CreatedAt: noon, UpdatedAt: noon.Add(-time.Duration(i) * time.Second),
			}
			w.tx(func(tx *store.Tx) error { return tx.InsertAssessment(asm) })
		}
		tag := w.tag(org, "tagged")
		w.tx(func(tx *store.Tx) error {
			return tx.SetAssessmentTags(org, ordered[assess.AssessmentID](1), []assess.TagID{tag.ID})
		})
		names := named(func(s assess.AssessmentSummary) string { return s.Name })
		all := assess.AssessmentFilter{}
		search := func(s string) assess.AssessmentFilter { return assess.AssessmentFilter{Search: s} }
		for _, tt := range []struct {
			filter    assess.AssessmentFilter
			sort      string
			ascending bool
			want      []string
		}{
			{all, "name", true, []string{"Alpha_1", "beta 100%", "ÖKONOMIE"}},
			{all, "name", false, []string{"ÖKONOMIE", "beta 100%", "Alpha_1"}},
			{all, "created_at", true, []string{"beta 100%", "Alpha_1", "ÖKONOMIE"}},
			{all, "created_at", false, []string{"ÖKONOMIE", "Alpha_1", "beta 100%"}},
			{all, "updated_at", true, []string{"ÖKONOMIE", "Alpha_1", "beta 100%"}},
			{assess.AssessmentFilter{Status: assess.Archived}, "name", true, []string{`Old \ beta`}},
			{assess.AssessmentFilter{Status: assess.Draft}, "name", true, []string{"beta 100%"}},
			{assess.AssessmentFilter{Tag: tag.ID}, "name", true, []string{"Alpha_1"}},
			{search("BETA"), "name", true, []string{"beta 100%"}},
			{search("ökonomie"), "name", true, []string{"ÖKONOMIE"}},
			{search("ÖKO"), "name", true, []string{"ÖKONOMIE"}},
			{search("%"), "name", true, []string{"beta 100%"}},
			{search("_"), "name", true, []string{"Alpha_1"}},
			{search(`\`), "name", true, []string{}},
			{search("a_1"), "name", true, []string{"Alpha_1"}},
			{search("a%1"), "name", true, []string{}},
			{search("'; --"), "name", true, []string{}},
		} {
			page := assess.Page{Number: 1, Limit: 20, Sort: tt.sort, Ascending: tt.ascending}
			same(w, list{tt.want, len(tt.want)}, func(tx *store.Tx) (list, error) {
				return names(tx.Assessments(org, assess.Live, tt.filter, page))
			})
		}
	})
}

func TestAssessmentsTellTheInvitesOfTheirMode(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		a, b := w.assessment(org, "a"), w.assessment(org, "b")
		w.assessment(org, "c")
		for i, asm := range []assess.Assessment{a, a, b} {
			inv := newInvite(asm, strconv.Itoa(i)+"@example.com")
			if i == 1 {
				inv.Stored = assess.Revoked
			}
			w.invite(inv)
		}
		test := newInvite(a, "0@example.com")
		test.Mode = assess.Test
		w.invite(test)
		counts := named(func(s assess.AssessmentSummary) string { return s.Name + strconv.Itoa(s.InviteCount) })
		page := assess.Page{Number: 1, Limit: 20, Sort: "name", Ascending: true}
		for mode, want := range map[assess.Mode][]string{assess.Live: {"a2", "b1", "c0"}, assess.Test: {"a1", "b0", "c0"}} {
			same(w, list{want, 3}, func(tx *store.Tx) (list, error) {
				return counts(tx.Assessments(org, mode, assess.AssessmentFilter{}, page))
			})
		}
	})
}

// TestTheStoredFormOfAContentStays guards documents that are in databases already: renaming a field of assess.Content or
// assess.Question makes them unreadable, unless a migration rewrites them.
func TestTheStoredFormOfAContentStays(t *testing.T) {
	t.Parallel()
	const file = "testdata/content.json"
	want := assess.Content{
		Name: "Name", Description: "Description", Introduction: map[string]string{"en": "Introduction"},
		Closing: map[string]string{"en": "Closing"}, Languages: []string{"en"}, Format: assess.MixedFormat, AnswerFormat: assess.TextFormat,
		Proctoring: assess.Proctoring{ScreenRecording: true, WebcamMonitoring: true, IDCapture: true},
		Questions: []assess.Question{{
			ID: "q1", Prompts: map[string]string{"en": "Prompt"}, Format: assess.VideoFormat, AnswerFormat: assess.AudioFormat, Points: 1,
			Required: true, Preparation: 2, MaxAnswer: 3,
			Criteria: []assess.Criterion{{
				ID: "c1", Name: "Criterion", Description: "Look", Points: 1, Levels: []assess.Level{{Description: "No"}, {Points: 1, Description: "Yes"}},
			}},
		}},
	}
	if *update {
		b, err := json.MarshalIndent(want, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(b, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(w *world) {
		a := w.assessment(w.org(), "Go")
		w.tx(func(tx *store.Tx) error {
			_, err := tx.Exec("UPDATE assessment_drafts SET content = $1 WHERE org_id = $2", string(stored), a.Org)
			return err
		})
		a.Draft = want
		same(w, a, func(tx *store.Tx) (assess.Assessment, error) { return tx.Assessment(a.Org, a.ID) })

		w.tx(func(tx *store.Tx) error { return tx.UpdateAssessment(a, a.Revision) })
		written := read(w, func(tx *store.Tx) ([]string, error) {
			return tx.Strings("SELECT content FROM assessment_drafts WHERE org_id = $1", a.Org)
		})
		var old, now any
		if err := json.Unmarshal(stored, &old); err != nil {
			w.Fatal(err)
		}
		if err := json.Unmarshal([]byte(written[0]), &now); err != nil {
			w.Fatal(err)
		}
		if diff := cmp.Diff(old, now); diff != "" {
			w.Errorf("the stored form has changed; a migration must rewrite what is stored (-old +new):\n%s", diff)
		}
	})
}
