package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// sample makes the demo's organization through the use cases that everybody else goes through.
type sample struct {
	*program
	clock *demoClock
	owner assess.Actor
	team  map[string]assess.Member // the others, by their first names
}

// Who and what the sample is made of.
const (
	sampleOrganization = "Northwind Labs"
	sampleOwner        = "owner@northwind.example"
	sampleAssessment   = "Software Engineer Assessment"
)

const day = 24 * time.Hour

// ago lets do happen so long ago.
func (s *sample) ago(d time.Duration, do func() error) error {
	s.clock.back = d
	err := do()
	s.clock.back = 0
	return err
}

// make makes everything and says how to get in.
func (s *sample) make(ctx context.Context) (a demoAccess, err error) {
	a.OwnerEmail, a.OwnerPassword = sampleOwner, strings.ToLower(rand.Text())
	var asm, short assess.Assessment
	err = s.ago(60*day, func() error {
		owner, err := s.app.CreateOrganization(ctx, app.NewOwner{
			Organization: sampleOrganization, TimeZone: "Europe/Berlin", FirstName: "Ada", LastName: "Northwind",
			Email: a.OwnerEmail, Password: a.OwnerPassword,
		})
		if err != nil {
			return err
		}
		s.owner = owner.Actor(assess.Live)
		if err := s.members(ctx); err != nil {
			return err
		}
		if asm, short, err = s.assessments(ctx); err != nil {
			return err
		}
		return s.plan(ctx, asm.ID)
	})
	if err != nil {
		return a, err
	}
	a.AssessmentID = string(asm.ID)
	if err := s.invites(ctx, asm, short); err != nil {
		return a, err
	}
	if err := s.ago(2*time.Hour, func() error { return errors.Join(s.app.TellGraders(ctx), s.runDue(ctx)) }); err != nil {
		return a, err
	}
	if a.APIKey, err = s.key(ctx, "Quickstart", assess.Live); err != nil {
		return a, err
	}
	a.TestAPIKey, err = s.key(ctx, "Trying things out", assess.Test)
	return a, err
}

func (s *sample) key(ctx context.Context, name string, mode assess.Mode) (string, error) {
	_, secret, err := s.app.CreateAPIKey(ctx, s.owner, assess.NewAPIKey{Name: name, Mode: mode})
	return secret, err
}

// members adds one of each other role. They have random passwords: whoever looks around signs in as the owner.
func (s *sample) members(ctx context.Context) (err error) {
	s.team = map[string]assess.Member{}
	for _, m := range []assess.Member{
		{FirstName: "Bruno", LastName: "Keller", Role: assess.Admin},
		{FirstName: "Carmen", LastName: "Ortega", Role: assess.Recruiter},
		{FirstName: "Dev", LastName: "Patel", Role: assess.Grader},
		{FirstName: "Elif", LastName: "Demir", Role: assess.Viewer},
	} {
		m.Email = strings.ToLower(m.FirstName) + "@northwind.example"
		if s.team[m.FirstName], err = s.app.AddMember(ctx, s.owner, m, strings.ToLower(rand.Text())); err != nil {
			return err
		}
	}
	return nil
}

// sampleCandidate is somebody who was invited, and what happened then.
type sampleCandidate struct {
	first, last string
	language    string
	sent        time.Duration // ago
	days        int           // to answer in
	observed    bool          // by proctoring
	story       []sampleStep
	invite      assess.Invite // once invited
	content     assess.Content
	token       string
}

// sampleStep is what happens to a candidate so long after the mail.
type sampleStep struct {
	after time.Duration
	do    func(s *sample, ctx context.Context, c *sampleCandidate) error
}

// sampleClient is where the candidates come from (RFC 5737).
func sampleClient() app.Client { return app.Client{Address: "192.0.2.10"} }

func (c *sampleCandidate) taker() app.Taker { return app.Taker{Token: c.token, Client: sampleClient()} }

func accepts(after time.Duration) sampleStep {
	return sampleStep{after, func(s *sample, ctx context.Context, c *sampleCandidate) error {
		landing, err := s.app.Landing(ctx, c.token, c.language, sampleClient())
		if err != nil {
			return err
		}
		return s.app.Accept(ctx, c.token, app.Agreement{Ticked: true, Language: c.language, Shown: landing.NoticeSHA256}, sampleClient())
	}}
}

func starts(after time.Duration) sampleStep {
	return sampleStep{after, func(s *sample, ctx context.Context, c *sampleCandidate) error {
		return s.app.Start(ctx, c.taker())
	}}
}

func completes(after time.Duration) sampleStep {
	return sampleStep{after, func(s *sample, ctx context.Context, c *sampleCandidate) error {
		return s.app.Complete(ctx, c.taker(), true)
	}}
}

func isRevoked(after time.Duration) sampleStep {
	return sampleStep{after, func(s *sample, ctx context.Context, c *sampleCandidate) error {
		return s.app.Revoke(ctx, s.owner, c.invite.ID, false)
	}}
}

func expires(after time.Duration) sampleStep {
	return sampleStep{after, func(s *sample, ctx context.Context, _ *sampleCandidate) error { return s.app.ExpireOverdue(ctx) }}
}

// sampleCandidates are in every status that there is.
func sampleCandidates() []sampleCandidate {
	return []sampleCandidate{
		{first: "Maya", last: "Lindqvist", language: "en", sent: 21 * day, days: 30, story: append(answersAll("maya", 3*time.Hour), isAgreedOn(4*time.Hour)...)},
		{first: "Tomás", last: "Herrera", language: "es", sent: 18 * day, days: 30, story: append(answersAll("tomas", day), isDisputed(day+time.Hour)...)},
		{first: "Priya", last: "Raman", language: "en", sent: 12 * day, days: 30, observed: true, story: slices.Concat(answersAll("priya", 2*time.Hour), []sampleStep{noticed(140 * time.Minute)}, isBeingGraded(3*time.Hour))},
		{first: "Jonas", last: "Weber", language: "de", sent: 40 * day, days: 14, story: []sampleStep{expires(14 * day)}},
		{first: "Chloé", last: "Martin", language: "fr", sent: 35 * day, days: 30, story: []sampleStep{accepts(5 * day), expires(30 * day)}},
		{first: "Owen", last: "Bailey", language: "en", sent: 9 * day, days: 30, story: []sampleStep{isRevoked(2 * day)}},
		{first: "Beatriz", last: "Souza", language: "pt", sent: 6 * day, days: 30, story: []sampleStep{accepts(day)}},
		{first: "Noah", last: "Fischer", language: "de", sent: 5 * day, days: 30, story: []sampleStep{accepts(4 * time.Hour)}},
		{first: "Amara", last: "Okafor", language: "en", sent: 2 * time.Hour, days: 30, story: answersSome("priya", 50*time.Minute, 3)},
		{first: "Lucía", last: "Navarro", language: "es", sent: 3 * day, days: 30},
		{first: "Ethan", last: "Clarke", language: "en", sent: 2 * day, days: 7},
		{first: "Hannah", last: "Vogel", language: "de", sent: 20 * time.Hour, days: 30},
	}
}

// visitor is whoever tries the demo: their invitation waits in the mailbox.
func visitor() sampleCandidate {
	return sampleCandidate{first: "Vera", last: "Visitor", language: "en", sent: time.Minute, days: 30}
}

// invites lets the candidates' stories happen, everything in the order of its time.
func (s *sample) invites(ctx context.Context, asm, short assess.Assessment) error {
	type moment struct {
		ago time.Duration
		do  func() error
	}
	var past []moment
	add := func(to assess.Assessment, c sampleCandidate) {
		past = append(past, moment{c.sent, func() error { return s.invite(ctx, to, &c) }}, moment{c.sent - mailTakes, func() error { return s.runDue(ctx) }})
		for _, step := range c.story {
			past = append(past, moment{c.sent - step.after, func() error { return step.do(s, ctx, &c) }})
		}
	}
	for _, c := range sampleCandidates() {
		add(asm, c)
	}
	add(short, visitor())
	slices.SortStableFunc(past, func(a, b moment) int { return cmp.Compare(b.ago, a.ago) })
	for _, m := range past {
		if err := s.ago(m.ago, m.do); err != nil {
			return err
		}
	}
	return nil
}

// mailTakes is how long after inviting the mail leaves.
const mailTakes = time.Second

func (s *sample) invite(ctx context.Context, asm assess.Assessment, c *sampleCandidate) error {
	out, err := s.app.Invite(ctx, s.owner, assess.NewInvite{
		Assessment: asm.ID, Email: sampleEmail(*c), Name: c.first + " " + c.last, Language: c.language,
		ReplayLimit: assess.DefaultLimit, RecordLimit: assess.DefaultLimit + 1, ExpiresInDays: c.days,
		Proctoring: assess.ProctoringChoice{ScreenRecording: &c.observed, WebcamMonitoring: new(false), IDCapture: new(false)},
	})
	if err != nil {
		return err
	}
	c.invite, c.content = out.Invite, asm.Draft
	url, err := s.app.InviteURL(ctx, s.owner, c.invite.ID)
	c.token = path.Base(url)
	return err
}

// sampleEmail is an address that leads nowhere (RFC 2606).
func sampleEmail(c sampleCandidate) string {
	plain := strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o")
	return plain.Replace(strings.ToLower(c.first+"."+c.last)) + "@example.com"
}
