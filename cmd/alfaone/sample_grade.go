package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"alfaone/internal/assess"
)

// plan says who grades the candidates of an assessment.
func (s *sample) plan(ctx context.Context, asm assess.AssessmentID) error {
	return s.app.SetGradingPlan(ctx, s.owner, assess.GradingPlan{
		Assessment: asm, Graders: []assess.MemberID{s.team["Dev"].ID, s.team["Carmen"].ID}, PerInvite: 2, Blind: true, Gap: 25, DueDays: 5,
	})
}

// sampleRemark is what a grader says of an answer, and at one of its moments.
type sampleRemark struct {
	question int // from 1
	comment  string
	at       time.Duration
	moment   string // empty for none
}

// sampleGrading is what a grader makes of a candidate.
type sampleGrading struct {
	grader  string // first name
	marks   string // a digit for each question: so many quarters of what it can bring
	note    string
	remarks []sampleRemark
}

// submits lets a grader hand in scores.
func submits(after time.Duration, g sampleGrading) sampleStep {
	return sampleStep{after, func(s *sample, ctx context.Context, c *sampleCandidate) error { return s.grade(ctx, c, g) }}
}

// isAskedToGrade assigns the candidate to the owner.
func isAskedToGrade(after time.Duration) sampleStep {
	return sampleStep{after, func(s *sample, ctx context.Context, c *sampleCandidate) error {
		return s.app.Assign(ctx, s.owner, c.invite.ID, assess.MemberID(s.owner.ID), false)
	}}
}

func isDecided(after time.Duration, outcome assess.Outcome, reason string) sampleStep {
	return sampleStep{after, func(s *sample, ctx context.Context, c *sampleCandidate) error {
		_, err := s.app.Decide(ctx, s.owner, c.invite.ID, 0, outcome, reason)
		return err
	}}
}

func (s *sample) grade(ctx context.Context, c *sampleCandidate, g sampleGrading) error {
	who := s.team[g.grader].Actor(assess.Live)
	id, err := s.evaluation(ctx, c, assess.MemberID(who.ID))
	if err != nil {
		return err
	}
	for i, quarters := range g.marks {
		m := sampleMark(c.content.Questions[i], float64(quarters-'0')/4)
		for _, r := range g.remarks {
			if r.question == i+1 {
				m.Comment = r.comment
			}
		}
		if _, err := s.app.SaveMark(ctx, who, id, i+1, m); err != nil {
			return err
		}
	}
	if err := s.remark(ctx, who, id, c, g); err != nil {
		return err
	}
	d, err := s.app.Evaluation(ctx, who, id)
	if err != nil {
		return err
	}
	return s.app.SubmitEvaluation(ctx, who, id, d.Stamp())
}

// remark saves what a grader says beside the scores.
func (s *sample) remark(ctx context.Context, who assess.Actor, id assess.EvaluationID, c *sampleCandidate, g sampleGrading) error {
	for _, r := range g.remarks {
		if r.moment == "" {
			continue
		}
		comment := assess.Comment{
			ID: assess.CommentID(s.app.NewQuestionID()), Question: c.content.Questions[r.question-1].ID, At: r.at, Text: r.moment,
		}
		if err := s.app.SaveComment(ctx, who, id, comment); err != nil {
			return err
		}
	}
	d, err := s.app.Evaluation(ctx, who, id)
	if err != nil {
		return err
	}
	_, err = s.app.SaveNote(ctx, who, id, d.Revision, g.note)
	return err
}

// evaluation is what a member has been given to grade of a candidate.
func (s *sample) evaluation(ctx context.Context, c *sampleCandidate, grader assess.MemberID) (assess.EvaluationID, error) {
	r, err := s.app.Results(ctx, s.owner, c.invite.ID)
	if err != nil {
		return "", err
	}
	for _, e := range r.Evaluations {
		if e.Grader == grader {
			return e.ID, nil
		}
	}
	return "", fmt.Errorf("%s is not to be graded by %s", c.first, grader)
}

// sampleMark gives a share of what a question can bring, as near as its criteria allow.
func sampleMark(q assess.Question, share float64) assess.Mark {
	m := assess.Mark{Scores: map[assess.CriterionID]int{}}
	for _, c := range q.Rubric() {
		if last := len(c.Levels) - 1; last >= 0 {
			m.Scores[c.ID] = c.Levels[int(math.Round(share*float64(last)))].Points
		} else {
			m.Scores[c.ID] = int(math.Round(share * float64(c.Points)))
		}
	}
	return m
}

// isAgreedOn is the story of a candidate whom both graders like, and who goes on.
func isAgreedOn(completed time.Duration) []sampleStep {
	return []sampleStep{
		submits(completed+day, sampleGrading{"Dev", "4433434343", "Thinks before speaking, and says what she does not know.", []sampleRemark{
			{1, "Names her own decisions, not the team's.", 4 * time.Second, "What she was responsible for, in one sentence."},
			{2, "The cloakroom is the best picture of it that I have heard. Collisions are missing.", 0, ""},
			{3, "Measures before touching anything.", 3 * time.Second, "Exactly the right order."},
			{8, "Rolls back first, and keeps people informed.", 0, ""},
		}}),
		submits(completed+2*day, sampleGrading{"Carmen", "3434343433", "I would like her to talk to a customer.", []sampleRemark{
			{4, "Fair to the other side; they agreed on a test beforehand.", 5 * time.Second, "“What would prove either of us wrong” is worth asking her about."},
			{6, "Short and usable as it is.", 0, ""},
		}}),
		isDecided(completed+3*day, assess.Advance, "Both graders rate her reasoning highly, and the answer about the storm shows that she stays with a system when it matters. Ask about collisions in the interview."),
	}
}

// isDisputed is the story of a candidate about whom the graders differ.
func isDisputed(completed time.Duration) []sampleStep {
	return []sampleStep{
		submits(completed+2*day, sampleGrading{"Dev", "4343433443", "Brief, and right every time.", []sampleRemark{
			{1, "Half as many missed appointments: he measures what his work changes.", 6 * time.Second, "A result, with a number."},
			{8, "The order is right: back first, then tell people, then understand.", 0, ""},
		}}),
		submits(completed+3*day, sampleGrading{"Carmen", "2121121222", "Perhaps nervous. I could not hear how he works with others.", []sampleRemark{
			{2, "A picture, but nothing of how it works.", 2 * time.Second, "Stops where the explanation would begin."},
			{4, "Says what they did, not what the disagreement was about.", 0, ""},
		}}),
	}
}

// isBeingGraded is the story of a candidate whom one has graded, while others have yet to.
func isBeingGraded(completed time.Duration) []sampleStep {
	return []sampleStep{
		submits(completed+day, sampleGrading{"Carmen", "3343443333", "Direct and curious.", []sampleRemark{
			{4, "Says plainly that the colleague was right.", 0, ""},
			{5, "Looks for what happens when it fails.", 2 * time.Second, "Would make a careful reviewer."},
		}}),
		isAskedToGrade(completed + 10*day),
	}
}
