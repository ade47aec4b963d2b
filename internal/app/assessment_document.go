package app

import (
	"context"
	"maps"
	"slices"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// ImportAssessment makes a draft of a content that comes from elsewhere. Its questions get ids of their own; criteria keep those
// that they have. Errors: Forbidden, Invalid.
func (a *App) ImportAssessment(ctx context.Context, who assess.Actor, c assess.Content) (assess.Assessment, error) {
	return a.createAssessment(ctx, who, func(*store.Tx) (assess.Content, error) {
		c := a.identified(c, nil)
		return c, assess.JoinInvalid(c.Validate(), c.CheckWhole())
	})
}

// ReplaceDraft makes the draft say what a content says that may come from elsewhere: its questions may be without ids, or have
// those of another assessment. A question that the draft or the newest version knows, by its id or by its text, keeps its id and
// its recordings. revision is that of the draft which the content was made from; 0: whichever. Errors: Forbidden, NotFound,
// Invalid, Conflict when the draft is of another revision and says something else.
func (a *App) ReplaceDraft(ctx context.Context, who assess.Actor, id assess.AssessmentID, revision int, c assess.Content) error {
	return a.changeAssessment(ctx, who, id, func(tx *store.Tx, asm *assess.Assessment) (bool, error) {
		newest, err := newestContent(tx, *asm)
		if err != nil {
			return false, err
		}
		next := a.identified(c, slices.Concat(asm.Draft.Questions, newest.Questions))
		if err := assess.JoinInvalid(next.Validate(), next.CheckWhole()); err != nil {
			return false, err
		}
		if revision == 0 {
			revision = asm.Revision
		}
		return redraft(tx, asm, revision, next.Clean())
	})
}

// identified gives every question an id: that of the known question which it names; or which asks the same, if no other names
// it; else a new one.
func (a *App) identified(c assess.Content, known []assess.Question) assess.Content {
	named := map[assess.QuestionID]bool{}
	for _, q := range c.Questions {
		named[q.ID] = true
	}
	c.Questions = slices.Clone(c.Questions)
	for i, q := range c.Questions {
		was, ok := find(known, func(k assess.Question) bool { return k.ID == q.ID })
		if !ok {
			was, ok = find(known, func(k assess.Question) bool { return !named[k.ID] && sameTexts(k.Prompts, q.Prompts) })
		}
		if !ok {
			was = assess.Question{ID: a.NewQuestionID()}
		}
		named[was.ID] = true
		q.ID, q.Recordings, q.Criteria = was.ID, was.Recordings, a.identifiedCriteria(q.Criteria, was.Criteria)
		c.Questions[i] = q
	}
	return c
}

// identifiedCriteria gives every criterion without an id that of the known one with its name, if no other has it; else a new one.
func (a *App) identifiedCriteria(criteria, known []assess.Criterion) []assess.Criterion {
	named := map[assess.CriterionID]bool{}
	for _, c := range criteria {
		named[c.ID] = true
	}
	criteria = slices.Clone(criteria)
	for i, c := range criteria {
		if c.ID != "" {
			continue
		}
		was, ok := find(known, func(k assess.Criterion) bool { return !named[k.ID] && k.Name == assess.CleanLine(c.Name) })
		if !ok {
			was.ID = a.NewCriterionID()
		}
		named[was.ID] = true
		criteria[i].ID = was.ID
	}
	return criteria
}

func find[T any](items []T, fits func(T) bool) (found T, ok bool) {
	if i := slices.IndexFunc(items, fits); i >= 0 {
		return items[i], true
	}
	return found, false
}

// sameTexts compares a text that is stored with one that is not yet.
func sameTexts(stored, given map[string]string) bool {
	clean := map[string]string{}
	for language, text := range given {
		if text = assess.CleanText(text); text != "" {
			clean[language] = text
		}
	}
	return len(stored) > 0 && maps.Equal(stored, clean)
}
