package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// owner is the address of the member who owns everything.
const owner = "ada@example.com"

// fill makes the data directory that every contestant gets a copy of.
func (b *bench) fill(ctx context.Context) error {
	s, err := b.settle(ctx, home{dir: b.seed}, b.invites)
	b.key, b.password = s.key, s.password
	return err
}

// invitesPerTransaction keeps the transactions of the filling few, and each of them small enough to be held in memory.
const invitesPerTransaction = 5_000

func (b *bench) fillRows(ctx context.Context, db *store.DB, invites int) error {
	var org assess.OrgID
	var assessments []assess.Assessment
	now := time.Now()
	err := db.Tx(ctx, func(tx *store.Tx) error {
		all, err := tx.Organizations()
		if err != nil {
			return err
		}
		org = all[0].ID
		for i := range b.assessments {
			a := newAssessment(org, i, now)
			if err := errors.Join(tx.InsertAssessment(a), tx.InsertAssessmentVersion(a)); err != nil {
				return err
			}
			assessments = append(assessments, a)
		}
		return nil
	})
	for from := 0; from < invites && err == nil; from += invitesPerTransaction {
		err = db.Tx(ctx, func(tx *store.Tx) error {
			for i := from; i < min(from+invitesPerTransaction, invites); i++ {
				if _, err := tx.InsertInvite(newInvite(assessments[i%len(assessments)], i, i/len(assessments), invites, now), uuid.NewString()); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return err
}

func newAssessment(org assess.OrgID, i int, now time.Time) assess.Assessment {
	created := now.Add(-time.Duration(10_000-i) * time.Hour)
	c := assess.NewContent(fmt.Sprintf("Software Engineer Assessment %d", i), []string{"en", "es"})
	for q := range 10 {
		question := assess.NewQuestion(assess.QuestionID(uuid.NewString()))
		question.Prompts = map[string]string{
			"en": fmt.Sprintf("Question %d: tell us about a system that you built and would now build differently.", q),
			"es": fmt.Sprintf("Pregunta %d: háblenos de un sistema que construyó y que hoy construiría de otra manera.", q),
		}
		c.Questions = append(c.Questions, question)
	}
	return assess.Assessment{
		ID: assess.AssessmentID(uuid.Must(uuid.NewV7()).String()), Org: org, Status: assess.Published, Version: 1, Revision: 1, Draft: c,
		Published: true, CreatedAt: created, UpdatedAt: created.Add(time.Hour), PublishedAt: created.Add(time.Hour),
	}
}

// spread is how often the statuses come, of twenty.
var spread = [20]assess.InviteStatus{
	assess.Pending, assess.Pending, assess.Pending, assess.Pending, assess.Pending, assess.Pending, assess.Pending,
	assess.Accepted, assess.Accepted, assess.Accepted, assess.Started, assess.Started,
	assess.Completed, assess.Completed, assess.Completed, assess.Completed,
	assess.Expired, assess.Expired, assess.Expired, assess.Revoked,
}

// newInvite is the i-th of so many invites, the n-th of its assessment. Its id ends with two zeros, so that copies find room. No deadline passes while the bench runs: the rows must
// stay the same for everybody.
func newInvite(a assess.Assessment, i, n, of int, now time.Time) assess.Invite {
	sent := now.Add(-2*time.Hour - time.Duration(of-i)*20*time.Second)
	inv := assess.Invite{
		InviteSummary: assess.InviteSummary{
			ID: assess.InviteID(uuid.Must(uuid.NewV7()).String()[:34] + "00"), Org: a.Org, Mode: assess.Live, Assessment: a.ID, AssessmentName: a.Draft.Name,
			Email: fmt.Sprintf("candidate-%d@example.com", i), Stored: spread[n%len(spread)], Delivery: assess.MailSent,
			ReplayLimit: 1, RecordLimit: 1, SentAt: sent, ExpiresAt: now.Add(time.Duration(1+i%30) * 24 * time.Hour),
		},
		Version: a.Version, Language: "en", Proctoring: a.Draft.Proctoring, TokenVersion: 1, UpdatedAt: sent,
	}
	if i%2 == 0 {
		inv.Name = fmt.Sprintf("Candidate %d", i)
	}
	if inv.Stored == assess.Expired {
		inv.ExpiresAt = sent.Add(time.Hour)
	}
	if inv.Stored == assess.Accepted || inv.Stored == assess.Started || inv.Stored == assess.Completed {
		inv.AcceptedAt = sent.Add(10 * time.Minute)
	}
	if inv.Stored == assess.Started || inv.Stored == assess.Completed {
		inv.StartedAt = sent.Add(20 * time.Minute)
	}
	if inv.Stored == assess.Completed {
		inv.CompletedAt = sent.Add(time.Hour)
	}
	return inv
}

// copyOfSeed copies the data directory, for somebody who writes to it.
func (b *bench) copyOfSeed(name string) (string, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.CopyFS(dir, os.DirFS(b.seed)); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("copying the rows: %w", err)
	}
	return dir, nil
}
