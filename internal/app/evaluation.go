package app

import (
	"context"
	"slices"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// EvaluationDetail is what a grader works on. It holds nothing of the candidate that scores do not need, and no name or address
// where the evaluation is blind.
type EvaluationDetail struct {
	assess.Evaluation
	AssessmentName string
	Email, Name    string // the candidate's
	Language       string // of the candidate
	CompletedAt    time.Time
	Now            time.Time
	Content        assess.Content
	Prompts        map[assess.RecordingID]assess.Recording // of those that the questions are asked with
	Answers        []MarkedAnswer
	Others         []GivenEvaluation // of colleagues who have submitted, once this one is submitted; never of a blind one before
}

// MarkedAnswer is an answer with what the grader gives to it.
type MarkedAnswer struct {
	GivenAnswer
	Mark     assess.Mark
	Comments []assess.Comment // by their moment
}

// Whole reports whether nothing more needs a score: an answer that was not given needs none.
func (m MarkedAnswer) Whole() bool {
	return m.State == assess.Unanswered || m.Mark.Whole(m.Question)
}

// Stamp changes with everything that the grader has saved: whoever submits says with it what they have seen.
func (d EvaluationDetail) Stamp() int {
	stamp := d.Revision
	for _, m := range d.Answers {
		stamp += m.Mark.Revision
	}
	return stamp
}

// Evaluation reads an evaluation for its grader. Errors: Forbidden; NotFound, also while the invite is not completed, and for what
// was taken from them.
func (a *App) Evaluation(ctx context.Context, who assess.Actor, id assess.EvaluationID) (d EvaluationDetail, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		e, inv, err := mine(tx, who, id)
		if err != nil {
			return err
		}
		if e.State == assess.EvaluationWithdrawn {
			return assess.Errorf(assess.NotFound, "evaluation not found")
		}
		d, err = evaluationDetail(tx, e, inv)
		return err
	})
	return d, err
}

// mine reads an evaluation of a completed invite for its grader. Errors: Forbidden, NotFound.
func mine(tx *store.Tx, who assess.Actor, id assess.EvaluationID) (e assess.Evaluation, inv assess.Invite, err error) {
	if err := who.May(assess.GradeAssigned); err != nil {
		return e, inv, err
	}
	e, err = tx.Evaluation(who.Org, who.Mode, id)
	if err == nil && (e.Grader != assess.MemberID(who.ID) || e.ReadyAt.IsZero()) {
		err = assess.Errorf(assess.NotFound, "evaluation not found")
	}
	if err != nil {
		return assess.Evaluation{}, inv, err
	}
	inv, err = tx.Invite(who.Org, who.Mode, e.Invite)
	return e, inv, err
}

func evaluationDetail(tx *store.Tx, e assess.Evaluation, inv assess.Invite) (EvaluationDetail, error) {
	d := EvaluationDetail{
		Evaluation: e, AssessmentName: inv.AssessmentName, Email: inv.Email, Name: inv.Name, Language: inv.Language,
		CompletedAt: inv.CompletedAt, Now: tx.Now(),
	}
	if e.Hides() {
		d.Email, d.Name = "", ""
	}
	given, err := answersOf(tx, inv)
	if err != nil {
		return d, err
	}
	given = given.forGraders(inv)
	d.Content = given.Content
	if d.Prompts, err = promptsOf(tx, inv.Org, d.Content); err != nil {
		return d, err
	}
	own, err := givenEvaluation(tx, e)
	if err != nil {
		return d, err
	}
	for _, answer := range given.Questions {
		d.Answers = append(d.Answers, MarkedAnswer{GivenAnswer: answer, Mark: own.Mark(answer.Question.ID), Comments: own.CommentsOn(answer.Question.ID)})
	}
	if e.State == assess.EvaluationSubmitted {
		d.Others, err = othersOf(tx, e)
	}
	return d, err
}

// othersOf are the evaluations that colleagues have submitted.
func othersOf(tx *store.Tx, own assess.Evaluation) (out []GivenEvaluation, err error) {
	all, err := tx.Evaluations(own.Org, own.Invite)
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		if e.ID == own.ID || e.State != assess.EvaluationSubmitted {
			continue
		}
		given, err := givenEvaluation(tx, e)
		if err != nil {
			return nil, err
		}
		out = append(out, given)
	}
	return out, nil
}

// SaveMark writes what the grader gives to the answer to a question. m.Revision is that at which the grader has seen it. Errors:
// Forbidden; NotFound; Invalid for scores outside the rubric; Conflict when it is not to be graded now, or, with the code Differs,
// when another tab was faster: then the mark is the one that stands. To save again what stands changes nothing.
func (a *App) SaveMark(ctx context.Context, who assess.Actor, id assess.EvaluationID, number int, m assess.Mark) (out assess.Mark, err error) {
	err = a.grading(ctx, who, id, func(tx *store.Tx, e assess.Evaluation, content assess.Content) error {
		if number < 1 || number > len(content.Questions) {
			return assess.Errorf(assess.NotFound, "question not found")
		}
		q := content.Questions[number-1]
		if err := m.Validate(q); err != nil {
			return err
		}
		seen := m.Revision
		next := m.Clean()
		next.Question, next.Revision, next.SavedAt = q.ID, seen+1, tx.Now()
		saved, err := tx.SaveMark(e.Org, e.ID, q, next, seen)
		if err != nil {
			return err
		}
		if out, err = tx.Mark(e.Org, e.ID, q.ID); err != nil || saved || out.Says(next) {
			return err
		}
		return assess.Errorf(assess.Conflict, "These scores have been changed in another tab.").With(assess.Differs)
	})
	return out, err
}

// SaveNote writes what the grader notes about the candidate as a whole. revision is the evaluation's as the grader has seen it.
// Errors: as SaveMark's; the evaluation is the one that stands.
func (a *App) SaveNote(ctx context.Context, who assess.Actor, id assess.EvaluationID, revision int, note string) (out assess.Evaluation, err error) {
	note = assess.CleanText(note)
	if err := assess.ValidateNote(note); err != nil {
		return out, err
	}
	err = a.grading(ctx, who, id, func(tx *store.Tx, e assess.Evaluation, _ assess.Content) error {
		if out = e; e.Note == note {
			return nil
		}
		if e.Revision != revision {
			return assess.Errorf(assess.Conflict, "The note has been changed in another tab.").With(assess.Differs)
		}
		out.Note, out.Revision = note, revision+1
		_, err := tx.UpdateEvaluation(out, revision)
		return err
	})
	return out, err
}

// SaveComment adds a comment to the moment of an answer, or writes it anew. Errors: Forbidden; NotFound; Invalid; Conflict when the
// invite is not to be graded now; TooLarge for too many.
func (a *App) SaveComment(ctx context.Context, who assess.Actor, id assess.EvaluationID, c assess.Comment) error {
	c.Text = assess.CleanText(c.Text)
	if err := c.Validate(); err != nil {
		return err
	}
	return a.grading(ctx, who, id, func(tx *store.Tx, e assess.Evaluation, content assess.Content) error {
		if !slices.ContainsFunc(content.Questions, func(q assess.Question) bool { return q.ID == c.Question }) {
			return assess.Errorf(assess.NotFound, "question not found")
		}
		all, err := tx.Comments(e.Org, e.ID)
		if err != nil {
			return err
		}
		known := slices.ContainsFunc(all, func(other assess.Comment) bool { return other.ID == c.ID })
		if !known && len(all) >= assess.MaxComments {
			return assess.Errorf(assess.TooLarge, "An evaluation can have at most %d comments.", assess.MaxComments)
		}
		c.CreatedAt, c.UpdatedAt = tx.Now(), tx.Now()
		return tx.SaveComment(e.Org, e.ID, c)
	})
}

// DeleteComment removes a comment; again it changes nothing. Errors: Forbidden; NotFound; Conflict when the invite is not to be
// graded now.
func (a *App) DeleteComment(ctx context.Context, who assess.Actor, id assess.EvaluationID, comment assess.CommentID) error {
	return a.grading(ctx, who, id, func(tx *store.Tx, e assess.Evaluation, _ assess.Content) error {
		return tx.DeleteComment(e.Org, e.ID, comment)
	})
}

// grading changes an evaluation that its grader works on, in a transaction that holds it.
func (a *App) grading(ctx context.Context, who assess.Actor, id assess.EvaluationID, change func(*store.Tx, assess.Evaluation, assess.Content) error) error {
	return a.tx(ctx, func(tx *store.Tx) error {
		if err := tx.HoldEvaluation(who.Org, id); err != nil {
			return err
		}
		e, inv, err := mine(tx, who, id)
		if err != nil {
			return err
		}
		if err := e.Gradable(); err != nil {
			return err
		}
		content, err := tx.AssessmentVersion(inv.Org, inv.Assessment, inv.Version)
		if err != nil {
			return err
		}
		return change(tx, e, content)
	})
}

// SubmitEvaluation hands the scores in. stamp is that of what the grader has seen. Errors: Forbidden; NotFound; Conflict when it is
// not to be graded now, with the code Incomplete while scores are missing, with Differs when another tab has changed some.
func (a *App) SubmitEvaluation(ctx context.Context, who assess.Actor, id assess.EvaluationID, stamp int) error {
	return a.evaluating(ctx, who, id, func(tx *store.Tx, e assess.Evaluation, inv assess.Invite) (assess.EventType, string, error) {
		if _, _, err := mine(tx, who, id); err != nil {
			return "", "", err
		}
		if err := e.Gradable(); err != nil {
			return "", "", err
		}
		d, err := evaluationDetail(tx, e, inv)
		if err != nil {
			return "", "", err
		}
		if d.Stamp() != stamp {
			return "", "", assess.Errorf(assess.Conflict, "Something has been changed in another tab since you looked. Look again, then submit.").With(assess.Differs)
		}
		e.Points, err = handIn(tx, d)
		if err != nil {
			return "", "", err
		}
		e.State, e.SubmittedAt, e.GraderName = assess.EvaluationSubmitted, tx.Now(), who.Name
		return assess.InviteEvaluated, "", rewrite(tx, e)
	})
}

// rewrite writes an evaluation that the caller holds.
func rewrite(tx *store.Tx, e assess.Evaluation) error {
	revision := e.Revision
	e.Revision++
	_, err := tx.UpdateEvaluation(e, revision)
	return err
}

// handIn adds up the scores. Answers that were not given get none, which is written down.
func handIn(tx *store.Tx, d EvaluationDetail) (sum int, err error) {
	for _, m := range d.Answers {
		if m.State == assess.Arriving {
			return 0, assess.Errorf(assess.Conflict, "The answer to question %d is still arriving. Wait for it before you submit.", m.Number).With(assess.Incomplete)
		}
		if !m.Whole() {
			return 0, assess.Errorf(assess.Conflict, "Question %d is not scored yet.", m.Number).With(assess.Incomplete)
		}
		mark := m.Mark
		if !mark.Whole(m.Question) {
			nothing := assess.Nothing(m.Question)
			nothing.Comment, nothing.Revision, nothing.SavedAt = mark.Comment, mark.Revision+1, tx.Now()
			if _, err := tx.SaveMark(d.Org, d.ID, m.Question, nothing, mark.Revision); err != nil {
				return 0, err
			}
			mark = nothing
		}
		sum += mark.Points()
	}
	return sum, nil
}

// ReopenEvaluation lets the grader change a submitted evaluation. The grader may do so until somebody has decided; whoever assigns
// graders, at any time. Errors: Forbidden; NotFound; Invalid without a reason; Conflict when it is not submitted, or too late.
func (a *App) ReopenEvaluation(ctx context.Context, who assess.Actor, id assess.EvaluationID, reason string) error {
	reason = assess.CleanLine(reason)
	return a.evaluating(ctx, who, id, func(tx *store.Tx, e assess.Evaluation, inv assess.Invite) (assess.EventType, string, error) {
		if err := assess.ValidateReason(reason); err != nil {
			return "", "", err
		}
		if e.State != assess.EvaluationSubmitted {
			return "", "", assess.Errorf(assess.Conflict, "This evaluation is not submitted, so it can be changed as it is.")
		}
		decisions, err := tx.Decisions(inv.Org, inv.ID)
		if err != nil {
			return "", "", err
		}
		if len(decisions) > 0 && !who.Can(assess.AssignGraders) {
			return "", "", assess.Errorf(assess.Conflict, "The candidate has been decided about. Ask whoever decided to reopen your evaluation.")
		}
		e = e.Reopen(who, reason, tx.Now())
		return assess.InviteReopened, e.GraderName + ": " + reason, rewrite(tx, e)
	})
}

// evaluating changes an evaluation in a way that changes the grade. Whoever assigns graders may change those of others.
func (a *App) evaluating(ctx context.Context, who assess.Actor, id assess.EvaluationID,
	change func(*store.Tx, assess.Evaluation, assess.Invite) (event assess.EventType, note string, err error),
) error {
	return a.tx(ctx, func(tx *store.Tx) error {
		e, err := tx.Evaluation(who.Org, who.Mode, id)
		if err != nil {
			return err
		}
		inv, plan, err := heldForGrading(tx, who.Org, who.Mode, e.Invite)
		if err != nil {
			return err
		}
		if e, err = evaluationOf(tx, inv, id); err != nil {
			return err
		}
		if !who.Can(assess.AssignGraders) {
			if _, _, err := mine(tx, who, id); err != nil {
				return err
			}
		}
		event, note, err := change(tx, e, inv)
		if err != nil {
			return err
		}
		if err := a.emit(tx, event, who, inv, note); err != nil {
			return err
		}
		return a.regrade(tx, who, inv, plan)
	})
}
