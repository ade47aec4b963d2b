package api

import (
	"context"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func (a *API) getResults(ctx context.Context, c *call) (wire.InviteResults, error) {
	r, links, err := a.app.LinkedResults(ctx, c.who, assess.InviteID(c.id))
	if err != nil {
		return wire.InviteResults{}, err
	}
	inv := r.Invite
	out := wire.InviteResults{
		InviteID: string(inv.ID), AssessmentID: string(inv.Assessment), AssessmentVersion: inv.Version, Status: string(r.Status),
		Grade: wire.GradeOf(r.Grade, r.Given.Content.TotalPoints()), Answers: []wire.Answer{}, Evaluations: []wire.Evaluation{}, Decisions: []wire.Decision{},
	}
	if !inv.CompletedAt.IsZero() {
		out.CompletedAt = new(wire.TimeOf(inv.CompletedAt))
	}
	for _, answer := range r.Answers {
		out.Answers = append(out.Answers, answerOf(r, answer, links))
	}
	for _, e := range r.Evaluations {
		out.Evaluations = append(out.Evaluations, wire.EvaluationOf(e.Evaluation, marksOf(r, e)))
	}
	for _, d := range r.Decisions {
		out.Decisions = append(out.Decisions, wire.DecisionOf(d))
	}
	if n := len(out.Decisions); n > 0 {
		out.Decision = &out.Decisions[n-1]
	}
	return out, nil
}

// answerOf is an answer on the wire.
func answerOf(r app.Results, a app.ScoredAnswer, links map[assess.RecordingID]app.MediaLink) wire.Answer {
	out := wire.Answer{
		QuestionID: string(a.Question.ID), Position: a.Number, Question: a.Question.Prompt(r.Invite.Language, r.Given.Content.Primary()),
		State: string(a.State), AttemptsUsed: a.Answer.Takes, Points: wire.PointsOf(a.Points, a.Scored), MaxPoints: a.Max, Criteria: []wire.CriterionScore{},
	}
	for _, c := range a.Criteria {
		out.Criteria = append(out.Criteria, wire.CriterionScoreOf(c.Criterion, c.Points, a.Scored))
	}
	switch take := a.Take; {
	case a.State != assess.Answered:
	case a.Written():
		out.Format, out.Text = new(string(assess.TextFormat)), new(a.Answer.Text)
	default:
		link := links[take.ID]
		out.Format, out.DurationSeconds = new(string(assess.AudioFormat)), new(wire.SecondsOf(take.Media.Duration))
		if take.Media.Picture() {
			out.Format = new(string(assess.VideoFormat))
		}
		out.Media = &wire.Media{
			URL: link.URL, ContentType: take.Media.ContentType, Bytes: take.Media.Bytes, SHA256: take.Media.SHA256, ExpiresAt: wire.TimeOf(link.Expires),
		}
		out.Transcript = wire.TranscriptOf(a.Transcript)
	}
	return out
}

// marksOf is what an evaluation gives, in the order of the questions.
func marksOf(r app.Results, e app.GivenEvaluation) []wire.Mark {
	out := []wire.Mark{}
	for _, q := range r.Given.Content.Questions {
		if mark, comments := e.Mark(q.ID), e.CommentsOn(q.ID); mark.Revision > 0 || len(comments) > 0 {
			out = append(out, wire.MarkOf(q, mark, comments))
		}
	}
	return out
}

func (a *API) getTimeline(ctx context.Context, c *call) (wire.Timeline, error) {
	d, err := a.app.InviteTimeline(ctx, c.who, assess.InviteID(c.id))
	return wire.TimelineOf(d.Events), err
}
