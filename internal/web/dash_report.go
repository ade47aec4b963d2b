package web

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/report"
)

// reportFile sends the report of a candidate as PDF.
func (s *Server) reportFile(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	r, err := s.app.Report(c.ctx(), c.who(), assess.InviteID(id))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := report.Write(&out, printed(r, c.who().Name)); err != nil {
		return err
	}
	c.attach(fmt.Sprintf("%s, %s.pdf", candidateName(r.Invite.InviteSummary), r.Invite.AssessmentName), "application/pdf")
	_, err = out.WriteTo(c.w)
	return ignoreWrite(err)
}

// printed is the report in words, for who asks for it.
func printed(r app.Report, who string) report.Report {
	inv, zone := r.Invite, r.Organization.Location()
	in := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.In(zone)
	}
	out := report.Report{
		Organization: r.Organization.Name, Accent: r.Organization.Accent, Logo: r.Logo,
		Candidate: inv.Name, Email: inv.Email, Tags: r.TagNames, Assessment: inv.AssessmentName, Version: inv.Version,
		Sent: in(inv.SentAt), Started: in(inv.StartedAt), Completed: in(inv.CompletedAt), Taken: inv.CompletedAt.Sub(inv.StartedAt),
		Grade: printedGrade(r), Observed: printedSignals(r.Given.Signals), Generated: in(r.At), GeneratedBy: who,
	}
	if r.Hidden {
		out.Notices = []string{"You have to grade this candidate blind, so the scores of others are left out until you have submitted yours."}
	}
	if d := r.Decision(); d != nil {
		out.Decision = &report.Decision{Outcome: printedOutcomes()[d.Outcome], Reason: d.Reason, By: d.MemberName, At: in(d.At)}
	}
	for _, e := range r.Evaluations {
		out.Evaluations = append(out.Evaluations, printedEvaluation(e, r.Hidden, in))
	}
	for _, a := range r.Answers {
		out.Questions = append(out.Questions, printedQuestion(r, a))
	}
	return out
}

func printedOutcomes() map[assess.Outcome]string {
	return map[assess.Outcome]string{assess.Advance: "Advance", assess.Hold: "Hold", assess.Reject: "Reject"}
}

func printedGrade(r app.Report) report.Grade {
	g := report.Grade{Points: r.Grade.Points, Max: r.Grade.Max}
	switch {
	case r.Hidden:
		g.State = "Hidden until you have submitted your own scores."
	case r.Grade.State == assess.Graded:
		g.State, g.Scored = "Graded.", true
	case r.Grade.State == assess.Disputed:
		g.State, g.Scored = "The mean of evaluations that differ by more than is agreed. Somebody has yet to decide between them.", true
	case r.Grade.State == assess.Grading:
		g.State = "Graders are at work."
	default:
		g.State = "Nobody has been asked to grade this candidate."
	}
	return g
}

func printedEvaluation(e app.GivenEvaluation, hidden bool, in func(time.Time) time.Time) report.Evaluation {
	out := report.Evaluation{Grader: e.GraderName, State: "Not submitted", Note: e.Note}
	if e.State == assess.EvaluationSubmitted {
		out.State, out.Submitted = "Submitted", in(e.SubmittedAt)
		out.Points, out.Scored = e.Points, !hidden
	}
	if e.Adjudicates {
		out.State = "Adjudication. " + out.State
	}
	return out
}

func printedQuestion(r app.Report, a app.ScoredAnswer) report.Question {
	out := report.Question{
		Number: a.Number, Prompt: a.Question.Prompt(r.Invite.Language, r.Given.Content.Primary()), Answer: printedAnswer(r, a),
		Scored: a.Scored, Points: a.Points, Max: a.Max,
	}
	for _, c := range a.Criteria {
		out.Criteria = append(out.Criteria, printedCriterion(c, a))
	}
	for _, remark := range a.Remarks {
		p := report.Remark{Grader: remark.Evaluation.GraderName, Text: remark.Mark.Comment}
		for _, c := range remark.Comments {
			p.Comments = append(p.Comments, report.Comment{At: c.At, Text: c.Text})
		}
		if p.Text != "" || len(p.Comments) > 0 {
			out.Remarks = append(out.Remarks, p)
		}
	}
	if !a.Scored {
		out.Criteria = nil
	}
	return out
}

func printedCriterion(c app.ScoredCriterion, a app.ScoredAnswer) report.Criterion {
	out := report.Criterion{Name: cmp.Or(c.Name, "The answer as a whole"), Points: c.Points, Max: c.Criterion.Points}
	for _, remark := range a.Remarks {
		points, ok := remark.Mark.Scores[c.ID]
		if !ok {
			continue
		}
		score := report.Score{Grader: remark.Evaluation.GraderName, Points: points}
		for _, level := range c.Levels {
			if level.Points == points {
				score.Level = level.Description
			}
		}
		out.Scores = append(out.Scores, score)
	}
	return out
}

// printedTranscript bounds how much of a transcript is printed, in characters.
const printedTranscript = 3000

func printedAnswer(r app.Report, a app.ScoredAnswer) report.Answer {
	switch {
	case a.State == assess.Unanswered:
		return report.Answer{Form: "Not answered"}
	case a.State == assess.Arriving:
		return report.Answer{Form: "Still arriving"}
	case a.Take == nil || a.Answer.ByText || r.Given.Content.AnswerFormatOf(a.Question) == assess.TextFormat:
		return report.Answer{Form: "Written, " + counted(len(strings.Fields(a.Answer.Text)), "word"), Text: a.Answer.Text}
	}
	kind := "Audio"
	if a.Take.Media.Width > 0 {
		kind = "Video"
	}
	var text []rune
	if a.Transcript != nil {
		text = []rune(a.Transcript.Text())
	}
	if len(text) > printedTranscript {
		text = append(text[:printedTranscript], []rune(" […]")...)
	}
	return report.Answer{Form: kind + ", " + clockTime(a.Take.Media.Duration), Transcript: string(text)}
}

// printedSignals counts what the candidate's browser noticed, by kind.
func printedSignals(signals []assess.Signal) (facts []report.Fact) {
	counts, lengths := map[assess.SignalType]int{}, map[assess.SignalType]time.Duration{}
	for _, s := range signals {
		counts[s.Type]++
		lengths[s.Type] += s.Length
	}
	for _, t := range assess.SignalTypes() {
		if counts[t] == 0 || t == assess.CannotTell {
			continue
		}
		value := counted(counts[t], "time")
		if lengths[t] > 0 {
			value += ", " + clockTime(lengths[t]) + " in all"
		}
		facts = append(facts, report.Fact{Label: cmp.Or(signalTitles()[t], string(t)), Value: value})
	}
	return facts
}
