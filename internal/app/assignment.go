package app

import (
	"context"
	"slices"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Assign has a member grade an invite, or adjudicate between those who did. A grader who had it before goes on where they
// stopped. Errors: Forbidden; NotFound (no such invite or grader); Conflict when the invite cannot be graded any more, the grader
// has it already, or there is nothing to adjudicate.
func (a *App) Assign(ctx context.Context, who assess.Actor, id assess.InviteID, grader assess.MemberID, adjudicates bool) error {
	return a.assigning(ctx, who, id, func(tx *store.Tx, inv assess.Invite, plan assess.GradingPlan) error {
		if err := adjudicable(tx, inv, adjudicates); err != nil {
			return err
		}
		added, err := a.assign(tx, who, inv, plan, grader, adjudicates)
		if err == nil && !added {
			err = assess.Errorf(assess.Conflict, "This member grades the invite already.")
		}
		if err != nil {
			return err
		}
		return a.regrade(tx, who, inv, plan)
	})
}

// adjudicable is nil unless somebody is to adjudicate where nothing is disputed, or somebody does already. Errors: Conflict.
func adjudicable(tx *store.Tx, inv assess.Invite, adjudicates bool) error {
	if !adjudicates {
		return nil
	}
	grade, err := tx.Grade(inv.Org, inv.ID)
	if err != nil {
		return err
	}
	if grade.State != assess.Disputed {
		return assess.Errorf(assess.Conflict, "The graders do not differ so far that somebody has to adjudicate.")
	}
	evaluations, err := tx.Evaluations(inv.Org, inv.ID)
	if err == nil && slices.ContainsFunc(evaluations, adjudicating) {
		err = assess.Errorf(assess.Conflict, "Somebody else adjudicates already.")
	}
	return err
}

func adjudicating(e assess.Evaluation) bool {
	return e.Adjudicates && e.State != assess.EvaluationWithdrawn
}

// Unassign takes an invite from a grader. What they have scored is kept, counts for nothing, and is there again when they get
// it back. Errors: Forbidden, NotFound.
func (a *App) Unassign(ctx context.Context, who assess.Actor, id assess.InviteID, evaluation assess.EvaluationID) error {
	return a.assigning(ctx, who, id, func(tx *store.Tx, inv assess.Invite, plan assess.GradingPlan) error {
		e, err := evaluationOf(tx, inv, evaluation)
		if err != nil || e.State == assess.EvaluationWithdrawn {
			return err
		}
		if err := a.withdraw(tx, who, inv, e); err != nil {
			return err
		}
		return a.regrade(tx, who, inv, plan)
	})
}

// evaluationOf reads an evaluation of an invite, which others wait for. Errors: NotFound.
func evaluationOf(tx *store.Tx, inv assess.Invite, id assess.EvaluationID) (e assess.Evaluation, err error) {
	if err := tx.HoldEvaluation(inv.Org, id); err != nil {
		return e, err
	}
	e, err = tx.Evaluation(inv.Org, inv.Mode, id)
	if err == nil && e.Invite != inv.ID {
		err = assess.Errorf(assess.NotFound, "evaluation not found")
	}
	return e, err
}

func (a *App) withdraw(tx *store.Tx, who assess.Actor, inv assess.Invite, e assess.Evaluation) error {
	e.State = assess.EvaluationWithdrawn
	if err := rewrite(tx, e); err != nil {
		return err
	}
	if err := tx.TouchInvite(inv.Org, inv.ID); err != nil {
		return err
	}
	return a.emit(tx, assess.InviteUnassigned, who, inv, e.GraderName)
}

// Assigned is what became of one invite when several were assigned at once.
type Assigned struct {
	Invite assess.InviteID
	Err    error // nil when every grader has it now; else none has got it
}

// AssignMany has members grade several invites, each invite by itself. Graders who have one already keep it. Errors: Forbidden,
// Invalid.
func (a *App) AssignMany(ctx context.Context, who assess.Actor, invites []assess.InviteID, graders []assess.MemberID) ([]Assigned, error) {
	if err := who.May(assess.AssignGraders); err != nil {
		return nil, err
	}
	if len(graders) == 0 {
		return nil, assess.InvalidFields(assess.Problem{Field: "graders", Message: "must name at least one member"})
	}
	out := make([]Assigned, len(invites))
	for i, id := range invites {
		out[i] = Assigned{Invite: id, Err: a.assignAll(ctx, who, id, graders)}
	}
	return out, nil
}

func (a *App) assignAll(ctx context.Context, who assess.Actor, id assess.InviteID, graders []assess.MemberID) error {
	return a.assigning(ctx, who, id, func(tx *store.Tx, inv assess.Invite, plan assess.GradingPlan) error {
		for _, grader := range graders {
			if _, err := a.assign(tx, who, inv, plan, grader, false); err != nil {
				return err
			}
		}
		return a.regrade(tx, who, inv, plan)
	})
}

// AssignWaiting has the graders of an assessment's plan take turns with the completed invites that nobody is to grade, and
// returns how many have got a grader. Errors: Forbidden; NotFound; Conflict when the plan names nobody who can grade.
func (a *App) AssignWaiting(ctx context.Context, who assess.Actor, id assess.AssessmentID) (n int, err error) {
	if err := who.May(assess.AssignGraders); err != nil {
		return 0, err
	}
	for after := (assess.Invite{}); ; {
		var w waiting
		err := a.tx(ctx, func(tx *store.Tx) (err error) {
			w, err = a.assignWaiting(tx, who, id, after)
			return err
		})
		if err != nil {
			return n, err
		}
		if n += w.assigned; len(w.invites) < expireBatch {
			return n, nil
		}
		after = last(w.invites)
	}
}

// waiting are some invites that nobody was to grade, in their order. Not all need have got a grader: everybody who is free may have
// had one before.
type waiting struct {
	invites  []assess.Invite
	assigned int
}

// assignWaiting assigns a batch of the invites that wait after one.
func (a *App) assignWaiting(tx *store.Tx, who assess.Actor, id assess.AssessmentID, after assess.Invite) (w waiting, err error) {
	if _, err := tx.AssessmentSummary(who.Org, who.Mode, id); err != nil {
		return w, err
	}
	if err := tx.HoldGradingPlan(who.Org, id); err != nil {
		return w, err
	}
	if err := tx.LockOrganization(who.Org); err != nil { // whose turn it is stays
		return w, err
	}
	plan, err := tx.GradingPlan(who.Org, id)
	if err != nil {
		return w, err
	}
	if !slices.ContainsFunc(plan.Graders, func(m assess.MemberID) bool { return canGrade(tx, who.Org, m) }) || plan.PerInvite == 0 {
		return w, assess.Errorf(assess.Conflict, "The grading plan of this assessment names nobody who takes turns.")
	}
	if w.invites, err = tx.UnassignedInvites(who.Org, who.Mode, id, after, expireBatch); err != nil {
		return w, err
	}
	for _, inv := range w.invites {
		graders, err := a.assignByPlan(tx, inv, plan)
		if err != nil {
			return w, err
		}
		if graders > 0 {
			w.assigned++
		}
		if plan, err = tx.GradingPlan(who.Org, id); err != nil { // turns have been taken
			return w, err
		}
	}
	return w, nil
}

// completed makes an invite that was completed just now ready for its graders. The caller holds the plan.
func (a *App) completed(tx *store.Tx, inv assess.Invite) error {
	plan, err := tx.GradingPlan(inv.Org, inv.Assessment)
	if err != nil {
		return err
	}
	if err := tx.ReadyEvaluations(inv.Org, inv.ID, plan.Due(tx.Now())); err != nil {
		return err
	}
	_, err = a.assignByPlan(tx, inv, plan)
	return err
}

// assignByPlan has as many graders take their turn as the plan wants and the invite does not have yet. It returns how many did.
func (a *App) assignByPlan(tx *store.Tx, inv assess.Invite, plan assess.GradingPlan) (n int, err error) {
	if plan.PerInvite == 0 {
		return 0, nil
	}
	evaluations, err := tx.Evaluations(inv.Org, inv.ID)
	if err != nil {
		return 0, err
	}
	missing := plan.PerInvite
	for _, e := range evaluations {
		if e.State != assess.EvaluationWithdrawn && !e.Adjudicates {
			missing--
		}
	}
	if n, err = a.takeTurns(tx, inv, plan, evaluations, assignment{n: missing}); err != nil {
		return 0, err
	}
	return n, a.regrade(tx, system(inv.Org, inv.Mode), inv, plan)
}

// assignFirst has a member grade an invite from the day that it is sent.
func (a *App) assignFirst(tx *store.Tx, who assess.Actor, inv assess.Invite, grader assess.MemberID) error {
	plan, err := tx.GradingPlan(inv.Org, inv.Assessment)
	if err != nil {
		return err
	}
	if _, err := a.assign(tx, who, inv, plan, grader, false); err != nil {
		return err
	}
	return a.regrade(tx, who, inv, plan)
}

// assignment is how many graders are wanted, and for what.
type assignment struct {
	n           int
	adjudicates bool
}

// takeTurns assigns an invite to graders of the plan who have not had it, and returns to how many.
func (a *App) takeTurns(tx *store.Tx, inv assess.Invite, plan assess.GradingPlan, had []assess.Evaluation, want assignment) (int, error) {
	free := func(m assess.MemberID) bool {
		for _, e := range had {
			if e.Grader == m {
				return false
			}
		}
		return canGrade(tx, inv.Org, m)
	}
	next := plan.Next(want.n, free)
	for _, m := range next {
		if _, err := a.assign(tx, system(inv.Org, inv.Mode), inv, plan, m, want.adjudicates); err != nil {
			return 0, err
		}
	}
	if len(next) == 0 {
		return 0, nil
	}
	return len(next), tx.SetGradingTurn(plan)
}

// assign has a member grade an invite. It reports whether the member did not have it already. Errors: NotFound for who cannot
// grade; Conflict when the invite has come to nothing.
func (a *App) assign(tx *store.Tx, who assess.Actor, inv assess.Invite, plan assess.GradingPlan, id assess.MemberID, adjudicates bool) (bool, error) {
	if status := inv.StatusAt(tx.Now()); !status.Open() && status != assess.Completed {
		return false, assess.Errorf(assess.Conflict, "This invite cannot be graded any more: it is %s.", status)
	}
	if err := tx.LockOrganization(inv.Org); err != nil { // who leaves meanwhile must not be left with it
		return false, err
	}
	m, err := grader(tx, inv.Org, id)
	if err != nil {
		return false, err
	}
	e := assess.Evaluation{
		ID: assess.EvaluationID(a.newID()), Org: inv.Org, Mode: inv.Mode, Invite: inv.ID, Assessment: inv.Assessment,
		Grader: m.ID, GraderName: m.Name(), State: assess.EvaluationOpen, Blind: plan.Blind, Adjudicates: adjudicates, AssignedAt: tx.Now(), Revision: 1,
	}
	if inv.Stored == assess.Completed {
		e.ReadyAt, e.DueAt = tx.Now(), plan.Due(tx.Now())
	}
	added, err := tx.InsertEvaluation(e)
	if err == nil && !added {
		added, err = returned(tx, inv, e)
	}
	if err != nil || !added {
		return false, err
	}
	if err := tx.TouchInvite(inv.Org, inv.ID); err != nil {
		return false, err
	}
	return true, a.emit(tx, assess.InviteAssigned, who, inv, m.Name())
}

// returned gives a grader the evaluation back that was withdrawn from them, if it was.
func returned(tx *store.Tx, inv assess.Invite, wish assess.Evaluation) (bool, error) {
	all, err := tx.Evaluations(inv.Org, inv.ID)
	if err != nil {
		return false, err
	}
	for _, e := range all {
		if e.Grader == wish.Grader && e.State == assess.EvaluationWithdrawn {
			revision := e.Revision
			wish.ID, wish.Revision, wish.Note, wish.Reopened = e.ID, e.Revision+1, e.Note, e.Reopened
			return tx.UpdateEvaluation(wish, revision)
		}
	}
	return false, nil
}

// grader reads a member who can grade: one of the organization who has joined. Errors: NotFound.
func grader(tx *store.Tx, org assess.OrgID, id assess.MemberID) (assess.Member, error) {
	m, err := tx.Member(org, id)
	if assess.KindOf(err) == assess.NotFound || err == nil && (!m.Joined() || !m.Role.May(assess.GradeAssigned)) {
		return m, assess.Errorf(assess.NotFound, "grader not found")
	}
	return m, err
}

func canGrade(tx *store.Tx, org assess.OrgID, id assess.MemberID) bool {
	_, err := grader(tx, org, id)
	return err == nil
}

// assigning changes who grades an invite, in a transaction that holds the assessment's plan and then the invite.
func (a *App) assigning(ctx context.Context, who assess.Actor, id assess.InviteID, change func(*store.Tx, assess.Invite, assess.GradingPlan) error) error {
	if err := who.May(assess.AssignGraders); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		inv, plan, err := heldForGrading(tx, who.Org, who.Mode, id)
		if err != nil {
			return err
		}
		return change(tx, inv, plan)
	})
}

// heldForGrading reads an invite and the plan of its assessment, and keeps others from changing either. Everybody takes the
// plan first.
func heldForGrading(tx *store.Tx, org assess.OrgID, mode assess.Mode, id assess.InviteID) (inv assess.Invite, plan assess.GradingPlan, err error) {
	if inv, err = tx.Invite(org, mode, id); err != nil {
		return inv, plan, err
	}
	if err := tx.HoldGradingPlan(org, inv.Assessment); err != nil {
		return inv, plan, err
	}
	if inv, err = held(tx, org, mode, id); err != nil {
		return inv, plan, err
	}
	plan, err = tx.GradingPlan(org, inv.Assessment)
	return inv, plan, err
}

// withdrawAll takes from a member everything that they have not graded.
func (a *App) withdrawAll(tx *store.Tx, who assess.Actor, member assess.MemberID) error {
	evaluations, err := tx.OpenEvaluationsOf(who.Org, member)
	if err != nil {
		return err
	}
	for _, e := range evaluations {
		inv, plan, err := heldForGrading(tx, e.Org, e.Mode, e.Invite)
		if err != nil {
			return err
		}
		if e, err = evaluationOf(tx, inv, e.ID); err != nil {
			return err
		}
		if e.State != assess.EvaluationOpen { // it was submitted, or taken away, meanwhile
			continue
		}
		if err := a.withdraw(tx, who, inv, e); err != nil {
			return err
		}
		if err := a.replace(tx, who, inv, plan, e); err != nil {
			return err
		}
	}
	return nil
}

// replace has the next in turn do what was taken from a grader who is not there any more.
func (a *App) replace(tx *store.Tx, who assess.Actor, inv assess.Invite, plan assess.GradingPlan, gone assess.Evaluation) error {
	had, err := tx.Evaluations(inv.Org, inv.ID)
	if err != nil {
		return err
	}
	if inv.Stored == assess.Completed && plan.PerInvite > 0 {
		if _, err := a.takeTurns(tx, inv, plan, had, assignment{n: 1, adjudicates: gone.Adjudicates}); err != nil {
			return err
		}
	}
	return a.regrade(tx, who, inv, plan)
}
