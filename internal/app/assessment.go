package app

import (
	"context"
	"maps"
	"slices"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Assessments reads a page of assessments, with how many fit the filter. Errors: Forbidden.
func (a *App) Assessments(ctx context.Context, who assess.Actor, f assess.AssessmentFilter, page assess.Page) (items []assess.AssessmentSummary, total int, err error) {
	if err := who.May(assess.ReadAssessments); err != nil {
		return nil, 0, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		items, total, err = tx.Assessments(who.Org, who.Mode, f, page)
		return err
	})
	return items, total, err
}

// AssessmentSummary reads one assessment as lists show it. Errors: Forbidden, NotFound.
func (a *App) AssessmentSummary(ctx context.Context, who assess.Actor, id assess.AssessmentID) (s assess.AssessmentSummary, err error) {
	if err := who.May(assess.ReadAssessments); err != nil {
		return s, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		s, err = tx.AssessmentSummary(who.Org, who.Mode, id)
		return err
	})
	return s, err
}

// ChangedAssessment reads an assessment for who has just changed it: who may write assessments may see what has become of it.
// Errors: Forbidden, NotFound.
func (a *App) ChangedAssessment(ctx context.Context, who assess.Actor, id assess.AssessmentID) (s assess.AssessmentSummary, err error) {
	if err := who.May(assess.WriteAssessments); err != nil {
		return s, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		s, err = tx.AssessmentSummary(who.Org, who.Mode, id)
		return err
	})
	return s, err
}

// Assessment reads an assessment with its draft. Errors: Forbidden, NotFound.
func (a *App) Assessment(ctx context.Context, who assess.Actor, id assess.AssessmentID) (asm assess.Assessment, err error) {
	if err := who.May(assess.ReadAssessments); err != nil {
		return asm, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		asm, err = tx.Assessment(who.Org, id)
		return err
	})
	return asm, err
}

// AssessmentContent reads what candidates would get now: the newest version, or the draft while there is none. Errors:
// Forbidden, NotFound.
func (a *App) AssessmentContent(ctx context.Context, who assess.Actor, id assess.AssessmentID) (c assess.Content, err error) {
	if err := who.May(assess.ReadAssessments); err != nil {
		return c, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		asm, err := tx.Assessment(who.Org, id)
		if err != nil {
			return err
		}
		c, err = newestContent(tx, asm)
		return err
	})
	return c, err
}

func newestContent(tx *store.Tx, asm assess.Assessment) (assess.Content, error) {
	if asm.Version == 0 || asm.Published {
		return asm.Draft, nil
	}
	return tx.AssessmentVersion(asm.Org, asm.ID, asm.Version)
}

// CreateAssessment makes a draft with one empty question. Errors: Forbidden, Invalid.
func (a *App) CreateAssessment(ctx context.Context, who assess.Actor, name string) (asm assess.Assessment, err error) {
	return a.createAssessment(ctx, who, func(tx *store.Tx) (assess.Content, error) {
		org, err := tx.Organization(who.Org)
		if err != nil {
			return assess.Content{}, err
		}
		c := assess.NewContent(name, org.Languages)
		c.Questions = []assess.Question{assess.NewQuestion(a.NewQuestionID())}
		return c, nil
	})
}

// DuplicateAssessment makes a draft that says what the draft of another one says, under its own name. Its questions have ids of
// their own; their criteria keep theirs. Errors: Forbidden, NotFound.
func (a *App) DuplicateAssessment(ctx context.Context, who assess.Actor, id assess.AssessmentID) (assess.Assessment, error) {
	return a.createAssessment(ctx, who, func(tx *store.Tx) (assess.Content, error) {
		original, err := tx.Assessment(who.Org, id)
		if err != nil {
			return assess.Content{}, err
		}
		c := original.Draft
		c.Name = copyName(c.Name)
		c.Questions = slices.Clone(c.Questions)
		for i := range c.Questions {
			c.Questions[i].ID = a.NewQuestionID()
		}
		return c, nil
	})
}

func copyName(name string) string { return cut(name, assess.MaxNameRunes-len(" (copy)")) + " (copy)" }

func (a *App) createAssessment(ctx context.Context, who assess.Actor, content func(*store.Tx) (assess.Content, error)) (asm assess.Assessment, err error) {
	if err := who.May(assess.WriteAssessments); err != nil {
		return asm, err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		c, err := content(tx)
		if err != nil {
			return err
		}
		if err := c.Validate(); err != nil {
			return err
		}
		asm = assess.Assessment{
			ID: assess.AssessmentID(a.newID()), Org: who.Org, Status: assess.Draft, Revision: 1, Draft: c.Clean(),
			CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
		}
		return tx.InsertAssessment(asm)
	})
	return asm, err
}

// NewQuestionID is an id for a question that is being added to a draft.
func (a *App) NewQuestionID() assess.QuestionID { return assess.QuestionID(a.newID()) }

// NewCriterionID is an id for a criterion that is being added to a question.
func (a *App) NewCriterionID() assess.CriterionID { return assess.CriterionID(a.newID()) }

// SaveDraft replaces the draft that was read at the given revision, and returns the revision that it has then. Saving what is
// there already changes nothing, whatever the revision: an answer may have been lost on its way. Errors: Forbidden, Invalid,
// NotFound, Conflict when somebody else has changed it since.
func (a *App) SaveDraft(ctx context.Context, who assess.Actor, id assess.AssessmentID, revision int, c assess.Content) (int, error) {
	if err := who.May(assess.WriteAssessments); err != nil {
		return 0, err
	}
	if err := c.Validate(); err != nil {
		return 0, err
	}
	saved := revision
	err := a.changeAssessment(ctx, who, id, func(tx *store.Tx, asm *assess.Assessment) (bool, error) {
		changed, err := redraft(tx, asm, revision, c.Clean())
		if saved = asm.Revision; changed {
			saved++
		}
		return changed, err
	})
	if err != nil {
		return 0, err
	}
	return saved, nil
}

// redraft makes c the draft that was read at the given revision, and reports whether that changes anything. Errors: Invalid,
// Conflict when the draft is of another revision and says something else.
func redraft(tx *store.Tx, asm *assess.Assessment, revision int, c assess.Content) (changed bool, err error) {
	if sameContent(asm.Draft, c) {
		return false, nil
	}
	if asm.Revision != revision {
		return false, errDraftChanged
	}
	if err := checkRecordings(tx, asm.Org, asm.Draft, c); err != nil {
		return false, err
	}
	asm.Draft = c
	asm.Published, err = isPublished(tx, *asm)
	return true, err
}

var errDraftChanged = assess.Errorf(assess.Conflict, "Somebody else has changed this assessment in the meantime. Reload it to go on.")

// isPublished reports whether the draft says what the newest version says.
func isPublished(tx *store.Tx, asm assess.Assessment) (bool, error) {
	if asm.Version == 0 {
		return false, nil
	}
	newest, err := tx.AssessmentVersion(asm.Org, asm.ID, asm.Version)
	return sameContent(newest, asm.Draft), err
}

// DiscardDraft makes the draft of the given revision say again what the newest version says. Errors: Forbidden, NotFound,
// Conflict when nothing was ever published, or somebody has changed the draft since.
func (a *App) DiscardDraft(ctx context.Context, who assess.Actor, id assess.AssessmentID, revision int) error {
	return a.changeAssessment(ctx, who, id, func(tx *store.Tx, asm *assess.Assessment) (_ bool, err error) {
		switch {
		case asm.Version == 0:
			return false, assess.Errorf(assess.Conflict, "This assessment was never published, so there is nothing to go back to.")
		case asm.Published:
			return false, nil
		case asm.Revision != revision:
			return false, errDraftChanged
		}
		asm.Published = true
		asm.Draft, err = tx.AssessmentVersion(who.Org, id, asm.Version)
		return true, err
	})
}

// sameContent compares what people can see of two contents.
func sameContent(x, y assess.Content) bool {
	return x.Name == y.Name && x.Description == y.Description && x.Format == y.Format && x.AnswerFormat == y.AnswerFormat &&
		x.Proctoring == y.Proctoring && x.TimeLimit == y.TimeLimit && slices.Equal(x.Languages, y.Languages) &&
		maps.Equal(x.Introduction, y.Introduction) && maps.Equal(x.Closing, y.Closing) &&
		slices.EqualFunc(x.Questions, y.Questions, sameQuestion)
}

func sameQuestion(x, y assess.Question) bool {
	return x.ID == y.ID && maps.Equal(x.Prompts, y.Prompts) && maps.Equal(x.Recordings, y.Recordings) && x.Format == y.Format &&
		x.AnswerFormat == y.AnswerFormat && x.Points == y.Points && x.Required == y.Required && x.Preparation == y.Preparation &&
		x.MaxAnswer == y.MaxAnswer && slices.EqualFunc(x.Criteria, y.Criteria, assess.Criterion.Equal)
}

// changeAssessment reads an assessment, lets change alter it, and writes it as its next revision if change says so.
func (a *App) changeAssessment(ctx context.Context, who assess.Actor, id assess.AssessmentID, change func(*store.Tx, *assess.Assessment) (bool, error)) error {
	if err := who.May(assess.WriteAssessments); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		asm, err := tx.Assessment(who.Org, id)
		if err != nil {
			return err
		}
		revision := asm.Revision
		changed, err := change(tx, &asm)
		if err != nil || !changed {
			return err
		}
		asm.Revision, asm.UpdatedAt = revision+1, tx.Now()
		return tx.UpdateAssessment(asm, revision)
	})
}

// Publish freezes the draft as the next version, which new invites are pinned to. Publishing what is published already
// changes nothing. Errors: Forbidden, NotFound, Conflict when the draft is not ready.
func (a *App) Publish(ctx context.Context, who assess.Actor, id assess.AssessmentID) error {
	return a.changeAssessment(ctx, who, id, func(tx *store.Tx, asm *assess.Assessment) (bool, error) {
		recorded, err := promptsOf(tx, asm.Org, asm.Draft)
		if err != nil {
			return false, err
		}
		if err := asm.Publishable(recorded); err != nil {
			return false, err
		}
		if asm.Published {
			return false, nil
		}
		asm.Status, asm.Published, asm.PublishedAt = assess.Published, true, tx.Now()
		asm.Version++
		if err := tx.InsertAssessmentVersion(*asm); err != nil {
			return false, err
		}
		return true, a.record(tx, assess.Event{
			ID: assess.EventID(a.newID()), Org: who.Org, Mode: assess.Live, Type: assess.AssessmentPublished, Assessment: asm.ID,
			Actor: who.Kind, ActorID: who.ID, ActorName: who.Name, Note: asm.Draft.Name, At: tx.Now(),
		})
	})
}

// Archive takes an assessment out of sight; its invites go on. Errors: Forbidden, NotFound, Conflict when somebody else changes
// it at the same moment.
func (a *App) Archive(ctx context.Context, who assess.Actor, id assess.AssessmentID) error {
	return a.setStatus(ctx, who, id, func(*assess.Assessment) assess.AssessmentStatus { return assess.Archived })
}

// Restore brings an archived assessment back to what it was. Errors: as of Archive.
func (a *App) Restore(ctx context.Context, who assess.Actor, id assess.AssessmentID) error {
	return a.setStatus(ctx, who, id, func(asm *assess.Assessment) assess.AssessmentStatus {
		if asm.Version > 0 {
			return assess.Published
		}
		return assess.Draft
	})
}

func (a *App) setStatus(ctx context.Context, who assess.Actor, id assess.AssessmentID, status func(*assess.Assessment) assess.AssessmentStatus) error {
	return a.changeAssessment(ctx, who, id, func(_ *store.Tx, asm *assess.Assessment) (bool, error) {
		to := status(asm)
		changed := to != asm.Status
		asm.Status = to
		return changed, nil
	})
}

// TagAssessment replaces the tags of an assessment. Errors: Forbidden, NotFound, Invalid.
func (a *App) TagAssessment(ctx context.Context, who assess.Actor, id assess.AssessmentID, tags []assess.TagID) error {
	if err := who.May(assess.WriteAssessments); err != nil {
		return err
	}
	if err := checkTagCount(tags); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockOrganization(who.Org); err != nil {
			return err
		}
		if _, err := tx.Assessment(who.Org, id); err != nil {
			return err
		}
		return tx.SetAssessmentTags(who.Org, id, tags)
	})
}
