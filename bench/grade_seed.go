package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// graduates are the completed invites of one assessment, with what graders gave them.
type graduates struct {
	assessment assess.Assessment
	n          int
	cockpits   []string // pages of answers that the owner is to score
	completed  []string // pages of invites that all have scored

	owner assess.MemberID
	now   time.Time
}

// pointsOfOne is what each evaluation gives: half of all points.
const pointsOfOne = 4 * answersOfOne

// gradedPerTransaction keeps the transactions small: an invite has many rows.
const gradedPerTransaction = 500

// graduate adds n completed invites with two evaluations each, the first of which have recordings too: those that are opened.
func graduate(ctx context.Context, dir string, n int) (g graduates, err error) {
	db, err := store.Open(ctx, store.Options{DataDir: dir})
	if err != nil {
		return g, err
	}
	g.n = n
	err = db.Tx(ctx, g.begin)
	for from := 0; from < n && err == nil; from += gradedPerTransaction {
		err = db.Tx(ctx, func(tx *store.Tx) error {
			for i := from; i < min(from+gradedPerTransaction, n); i++ {
				if err := g.add(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g, errors.Join(err, db.Close())
}

// begin adds the assessment, whose questions have two criteria each.
func (g *graduates) begin(tx *store.Tx) error {
	ada, err := tx.MemberByEmail(owner)
	if err != nil {
		return err
	}
	g.owner, g.now = ada.ID, tx.Now()
	g.assessment = newAssessment(ada.Org, 0, g.now)
	for i := range g.assessment.Draft.Questions {
		q := &g.assessment.Draft.Questions[i]
		q.AnswerFormat, q.Points = assess.AudioFormat, 8
		for _, name := range []string{"Depth", "Clarity"} {
			q.Criteria = append(q.Criteria, assess.Criterion{ID: assess.CriterionID(uuid.NewString()), Name: name, Points: 4})
		}
	}
	return errors.Join(tx.InsertAssessment(g.assessment), tx.InsertAssessmentVersion(g.assessment))
}

// add adds the i-th invite. The first ones wait for the owner's evaluation.
func (g *graduates) add(tx *store.Tx, i int) error {
	const completed = 12 // of the spread
	inv := newInvite(g.assessment, i, completed, g.n, g.now)
	if _, err := tx.InsertInvite(inv, uuid.NewString()); err != nil {
		return err
	}
	if i < 2*openedInvites {
		if err := g.record(tx, inv); err != nil {
			return err
		}
	}
	if _, err := g.evaluate(tx, inv, assess.MemberID(uuid.NewString()), true); err != nil {
		return err
	}
	waits := i < openedInvites
	own, err := g.evaluate(tx, inv, g.owner, !waits)
	if err != nil {
		return err
	}
	grade := assess.Grade{State: assess.Graded, Points: pointsOfOne, Max: g.assessment.Draft.TotalPoints(), GradedAt: g.now}
	switch {
	case waits:
		grade.State, grade.Points, grade.GradedAt = assess.Grading, 0, time.Time{}
		g.cockpits = append(g.cockpits, "/grading/"+string(own)+"/questions/1")
	case i < 2*openedInvites:
		g.completed = append(g.completed, "/invites/"+string(inv.ID))
	}
	return tx.SetGrade(inv, grade)
}

// evaluate adds the evaluation of a grader, with a mark for each answer and a comment on each.
func (g *graduates) evaluate(tx *store.Tx, inv assess.Invite, grader assess.MemberID, submitted bool) (assess.EvaluationID, error) {
	e := assess.Evaluation{
		ID: assess.EvaluationID(uuid.Must(uuid.NewV7()).String()), Org: inv.Org, Mode: inv.Mode, Invite: inv.ID, Assessment: inv.Assessment,
		Grader: grader, GraderName: "Grace Grader", State: assess.EvaluationOpen, AssignedAt: inv.SentAt, ReadyAt: inv.CompletedAt, Revision: 1,
	}
	if submitted {
		e.State, e.SubmittedAt, e.Points, e.Note = assess.EvaluationSubmitted, g.now, pointsOfOne, "Knows the trade."
	}
	if added, err := tx.InsertEvaluation(e); err != nil || !added {
		return "", fmt.Errorf("no evaluation is added: %w", err)
	}
	for _, q := range g.assessment.Draft.Questions {
		m := assess.Mark{Question: q.ID, Revision: 1, Scores: map[assess.CriterionID]int{}, Comment: "Says what went wrong, and why.", SavedAt: g.now}
		for _, c := range q.Criteria {
			m.Scores[c.ID] = 2
		}
		comment := assess.Comment{
			ID: assess.CommentID(uuid.NewString()), Question: q.ID, At: 3 * time.Second, Text: "A good example.", CreatedAt: g.now, UpdatedAt: g.now,
		}
		_, err := tx.SaveMark(inv.Org, e.ID, q, m, 0)
		if err := errors.Join(err, tx.SaveComment(inv.Org, e.ID, comment)); err != nil {
			return "", err
		}
	}
	return e.ID, nil
}

// record answers every question of the invite. There are no files: pages do not read them.
func (g *graduates) record(tx *store.Tx, inv assess.Invite) error {
	for _, q := range g.assessment.Draft.Questions {
		rec := assess.Recording{
			ID: assess.RecordingID(uuid.NewString()), Org: inv.Org, Mode: inv.Mode, Purpose: assess.ForAnswer, Invite: inv.ID, Question: q.ID,
			MIME: "audio/webm;codecs=opus", Length: 2 * time.Minute, CreatedAt: inv.StartedAt,
		}
		if _, err := tx.InsertRecording(rec); err != nil {
			return err
		}
		rec.State, rec.Chunks, rec.FinishedAt = assess.RecordingReady, 1, inv.CompletedAt
		rec.Media = assess.Media{ContentType: "audio/webm", Bytes: megabyte, SHA256: "00", Duration: time.Minute, Sound: true, Waveform: true}
		if moved, err := tx.MoveRecording(rec, assess.RecordingOpen); err != nil || !moved {
			return fmt.Errorf("no recording is ready: %w", err)
		}
	}
	return nil
}
