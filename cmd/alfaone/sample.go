package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"path"
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

// candidates in every status, as far back as their story needs.
type sampleCandidate struct {
	first, last string
	language    string
	sent        time.Duration // ago
	days        int           // to answer in
	story       []sampleStep
}

// sampleStep is what happens to a candidate so long after the mail.
type sampleStep struct {
	after time.Duration
	do    func(s *sample, ctx context.Context, inv assess.Invite, token string) error
}

// sampleClient is where the candidates come from (RFC 5737).
func sampleClient() app.Client { return app.Client{Address: "192.0.2.10"} }

func accepts(after time.Duration) sampleStep {
	return sampleStep{after, func(s *sample, ctx context.Context, inv assess.Invite, token string) error {
		from := sampleClient()
		landing, err := s.app.Landing(ctx, token, inv.Language, from)
		if err != nil {
			return err
		}
		return s.app.Accept(ctx, token, app.Agreement{Ticked: true, Language: inv.Language, Shown: landing.NoticeSHA256}, from)
	}}
}

func starts(after time.Duration) sampleStep {
	return sampleStep{after, func(s *sample, ctx context.Context, _ assess.Invite, token string) error {
		return s.app.Start(ctx, token, sampleClient())
	}}
}

func completes(after time.Duration) sampleStep {
	return sampleStep{after, func(s *sample, ctx context.Context, _ assess.Invite, token string) error {
		return s.app.Complete(ctx, token, sampleClient())
	}}
}

func isRevoked(after time.Duration) sampleStep {
	return sampleStep{after, func(s *sample, ctx context.Context, inv assess.Invite, _ string) error {
		return s.app.Revoke(ctx, s.owner, inv.ID, false)
	}}
}

func sampleCandidates() []sampleCandidate {
	return []sampleCandidate{
		{"Maya", "Lindqvist", "en", 21 * day, 30, []sampleStep{accepts(3 * time.Hour), starts(4 * time.Hour), completes(5 * time.Hour)}},
		{"Tomás", "Herrera", "es", 18 * day, 30, []sampleStep{accepts(day), starts(25 * time.Hour), completes(26 * time.Hour)}},
		{"Priya", "Raman", "en", 12 * day, 30, []sampleStep{accepts(2 * time.Hour), starts(2*time.Hour + 5*time.Minute), completes(3 * time.Hour)}},
		{"Jonas", "Weber", "de", 40 * day, 14, nil},
		{"Chloé", "Martin", "fr", 35 * day, 30, []sampleStep{accepts(5 * day)}},
		{"Owen", "Bailey", "en", 9 * day, 30, []sampleStep{isRevoked(2 * day)}},
		{"Beatriz", "Souza", "pt", 6 * day, 30, []sampleStep{accepts(day)}},
		{"Noah", "Fischer", "de", 5 * day, 30, []sampleStep{accepts(4 * time.Hour)}},
		{"Amara", "Okafor", "en", 2 * time.Hour, 30, []sampleStep{accepts(50 * time.Minute), starts(100 * time.Minute)}},
		{"Lucía", "Navarro", "es", 3 * day, 30, nil},
		{"Ethan", "Clarke", "en", 2 * day, 7, nil},
		{"Hannah", "Vogel", "de", 20 * time.Hour, 30, nil},
	}
}

// invites invites the candidates and lets their stories happen.
func (s *sample) invites(ctx context.Context, asm assess.AssessmentID) error {
	for _, c := range sampleCandidates() {
		if err := s.story(ctx, asm, c); err != nil {
			return fmt.Errorf("%s %s: %w", c.first, c.last, err)
		}
	}
	return s.runner.RunDue(ctx)
}

func (s *sample) story(ctx context.Context, asm assess.AssessmentID, c sampleCandidate) error {
	var inv assess.Invite
	var token string
	err := s.ago(c.sent, func() error {
		out, err := s.app.Invite(ctx, s.owner, assess.NewInvite{
			Assessment: asm, Email: sampleEmail(c), Name: c.first + " " + c.last, Language: c.language,
			ReplayLimit: assess.DefaultLimit, RecordLimit: assess.DefaultLimit, ExpiresInDays: c.days,
		}, app.Once{})
		if err != nil {
			return err
		}
		inv = out.Invite
		url, err := s.app.InviteURL(ctx, s.owner, inv.ID)
		token = path.Base(url)
		return err
	})
	if err != nil {
		return err
	}
	// The mail leaves a little later.
	if err := s.ago(c.sent-time.Second, func() error { return s.runner.RunDue(ctx) }); err != nil {
		return err
	}
	for _, step := range c.story {
		if err := s.ago(c.sent-step.after, func() error { return step.do(s, ctx, inv, token) }); err != nil {
			return err
		}
	}
	return nil
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
