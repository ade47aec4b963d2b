package main

import (
	"cmp"
	"context"
	"crypto/rand"
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
	var asm assess.Assessment
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
		asm, err = s.assessments(ctx)
		return err
	})
	if err != nil {
		return a, err
	}
	a.AssessmentID = string(asm.ID)
	if err := s.invites(ctx, asm.ID); err != nil {
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
func (s *sample) members(ctx context.Context) error {
	for _, m := range []assess.Member{
		{FirstName: "Bruno", LastName: "Keller", Role: assess.Admin},
		{FirstName: "Carmen", LastName: "Ortega", Role: assess.Recruiter},
		{FirstName: "Dev", LastName: "Patel", Role: assess.Grader},
		{FirstName: "Elif", LastName: "Demir", Role: assess.Viewer},
	} {
		m.Email = strings.ToLower(m.FirstName) + "@northwind.example"
		if _, err := s.app.AddMember(ctx, s.owner, m, strings.ToLower(rand.Text())); err != nil {
			return err
		}
	}
	return nil
}

// assessments makes a draft, and then the one that the quickstart uses, so that it stands first in lists.
func (s *sample) assessments(ctx context.Context) (assess.Assessment, error) {
	if _, err := s.assessment(ctx, "Customer Support Assessment", supportQuestions()); err != nil {
		return assess.Assessment{}, err
	}
	engineering, err := s.app.CreateTag(ctx, s.owner, "Engineering", "#3b5bdb")
	if err != nil {
		return assess.Assessment{}, err
	}
	asm, err := s.assessment(ctx, sampleAssessment, engineerQuestions())
	if err != nil {
		return asm, err
	}
	if err := s.app.TagAssessment(ctx, s.owner, asm.ID, []assess.TagID{engineering.ID}); err != nil {
		return asm, err
	}
	return asm, s.app.Publish(ctx, s.owner, asm.ID)
}

func (s *sample) assessment(ctx context.Context, name string, questions []sampleQuestion) (assess.Assessment, error) {
	asm, err := s.app.CreateAssessment(ctx, s.owner, name)
	if err != nil {
		return asm, err
	}
	c := asm.Draft
	c.Languages = []string{"en", "es"}
	c.Introduction = map[string]string{
		"en": "Thank you for your interest. Take your time: you can pause between questions and come back on the same link.",
		"es": "Gracias por su interés. Tómese su tiempo: puede hacer pausas entre preguntas y volver con el mismo enlace.",
	}
	c.Closing = map[string]string{"en": "Thank you. We will be in touch within a week.", "es": "Gracias. Le responderemos en una semana."}
	c.Questions = nil
	for _, q := range questions {
		question := assess.NewQuestion(s.app.NewQuestionID())
		question.Prompts = map[string]string{"en": q.en, "es": q.es}
		question.AnswerFormat, question.MaxAnswer, question.Preparation = q.answer, q.seconds, q.prepare
		c.Questions = append(c.Questions, question)
	}
	_, err = s.app.SaveDraft(ctx, s.owner, asm.ID, asm.Revision, c)
	return asm, err
}

// sampleCandidate is somebody who was invited, and what happened then.
type sampleCandidate struct {
	first, last string
	language    string
	sent        time.Duration // ago
	days        int           // to answer in
	story       []sampleStep
	invite      assess.Invite // once invited
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
		{first: "Maya", last: "Lindqvist", language: "en", sent: 21 * day, days: 30, story: []sampleStep{accepts(3 * time.Hour), starts(4 * time.Hour), completes(5 * time.Hour)}},
		{first: "Tomás", last: "Herrera", language: "es", sent: 18 * day, days: 30, story: []sampleStep{accepts(day), starts(25 * time.Hour), completes(26 * time.Hour)}},
		{first: "Priya", last: "Raman", language: "en", sent: 12 * day, days: 30, story: []sampleStep{accepts(2 * time.Hour), starts(2*time.Hour + 5*time.Minute), completes(3 * time.Hour)}},
		{first: "Jonas", last: "Weber", language: "de", sent: 40 * day, days: 14, story: []sampleStep{expires(14 * day)}},
		{first: "Chloé", last: "Martin", language: "fr", sent: 35 * day, days: 30, story: []sampleStep{accepts(5 * day), expires(30 * day)}},
		{first: "Owen", last: "Bailey", language: "en", sent: 9 * day, days: 30, story: []sampleStep{isRevoked(2 * day)}},
		{first: "Beatriz", last: "Souza", language: "pt", sent: 6 * day, days: 30, story: []sampleStep{accepts(day)}},
		{first: "Noah", last: "Fischer", language: "de", sent: 5 * day, days: 30, story: []sampleStep{accepts(4 * time.Hour)}},
		{first: "Amara", last: "Okafor", language: "en", sent: 2 * time.Hour, days: 30, story: []sampleStep{accepts(50 * time.Minute), starts(100 * time.Minute)}},
		{first: "Lucía", last: "Navarro", language: "es", sent: 3 * day, days: 30},
		{first: "Ethan", last: "Clarke", language: "en", sent: 2 * day, days: 7},
		{first: "Hannah", last: "Vogel", language: "de", sent: 20 * time.Hour, days: 30},
	}
}

// invites lets the candidates' stories happen, everything in the order of its time.
func (s *sample) invites(ctx context.Context, asm assess.AssessmentID) error {
	type moment struct {
		ago time.Duration
		do  func() error
	}
	var past []moment
	for _, c := range sampleCandidates() {
		past = append(past, moment{c.sent, func() error { return s.invite(ctx, asm, &c) }}, moment{c.sent - mailTakes, func() error { return s.runner.RunDue(ctx) }})
		for _, step := range c.story {
			past = append(past, moment{c.sent - step.after, func() error { return step.do(s, ctx, &c) }})
		}
	}
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

func (s *sample) invite(ctx context.Context, asm assess.AssessmentID, c *sampleCandidate) error {
	out, err := s.app.Invite(ctx, s.owner, assess.NewInvite{
		Assessment: asm, Email: sampleEmail(*c), Name: c.first + " " + c.last, Language: c.language,
		ReplayLimit: assess.DefaultLimit, RecordLimit: assess.DefaultLimit, ExpiresInDays: c.days,
	}, app.Once{})
	if err != nil {
		return err
	}
	c.invite = out.Invite
	url, err := s.app.InviteURL(ctx, s.owner, c.invite.ID)
	c.token = path.Base(url)
	return err
}

// sampleEmail is an address that leads nowhere (RFC 2606).
func sampleEmail(c sampleCandidate) string {
	plain := strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o")
	return plain.Replace(strings.ToLower(c.first+"."+c.last)) + "@example.com"
}

type sampleQuestion struct {
	en, es  string
	answer  assess.Format
	seconds int
	prepare int
}

func engineerQuestions() []sampleQuestion {
	return []sampleQuestion{
		{"Tell us about a system you built that you are proud of. What was your part in it?", "Háblenos de un sistema que haya construido y del que se sienta orgulloso. ¿Cuál fue su parte?", assess.AudioFormat, 180, 30},
		{"Explain to a colleague from another team how a hash table works.", "Explique a un compañero de otro equipo cómo funciona una tabla hash.", assess.AudioFormat, 120, 30},
		{"A page that was fast is slow since this morning. How do you find out why?", "Una página que era rápida va lenta desde esta mañana. ¿Cómo averigua el motivo?", assess.AudioFormat, 180, 30},
		{"Describe a disagreement about a technical decision. How did it end?", "Describa un desacuerdo sobre una decisión técnica. ¿Cómo terminó?", assess.VideoFormat, 120, 30},
		{"What do you look for when you review someone else's code?", "¿En qué se fija cuando revisa el código de otra persona?", assess.AudioFormat, 120, 0},
		{"Write the three sentences you would put at the top of a README.", "Escriba las tres frases que pondría al principio de un README.", assess.TextFormat, 300, 0},
		{"When would you choose a relational database, and when not?", "¿Cuándo elegiría una base de datos relacional y cuándo no?", assess.AudioFormat, 150, 30},
		{"A deployment went wrong on a Friday evening. Walk us through the next hour.", "Un despliegue ha salido mal un viernes por la tarde. Cuéntenos la hora siguiente.", assess.AudioFormat, 180, 30},
		{"What have you learned in the last six months, and how?", "¿Qué ha aprendido en los últimos seis meses y cómo?", assess.AudioFormat, 120, 0},
		{"What would you like to ask us?", "¿Qué le gustaría preguntarnos?", assess.VideoFormat, 90, 0},
	}
}

func supportQuestions() []sampleQuestion {
	return []sampleQuestion{
		{"A customer writes that nothing works and they are leaving. What do you answer?", "Un cliente escribe que nada funciona y que se marcha. ¿Qué le responde?", assess.TextFormat, 300, 0},
		{"Explain how to reset a password to somebody who is in a hurry.", "Explique cómo restablecer una contraseña a alguien con prisa.", assess.AudioFormat, 90, 15},
	}
}
