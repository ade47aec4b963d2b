package main

import (
	"context"
	"fmt"

	"alfaone/internal/assess"
)

// sampleQuestion is a question of the sample, prompts by language.
type sampleQuestion struct {
	en, es  string
	answer  assess.Format
	seconds int
	prepare int
	rubric  []sampleCriterion // none for points alone
}

// sampleContent is an assessment of the sample.
type sampleContent struct {
	name      string
	spoken    string // where the names of its prompts' recordings begin
	minutes   int    // to finish in; 0 for as long as one likes
	questions []sampleQuestion
}

// assessments makes a draft, and then those that are sent; the one that the quickstart uses stands first in lists.
func (s *sample) assessments(ctx context.Context) (engineer, short assess.Assessment, err error) {
	if _, err = s.assessment(ctx, supportAssessment()); err != nil {
		return engineer, short, err
	}
	if short, err = s.assessment(ctx, shortAssessment()); err != nil {
		return engineer, short, err
	}
	if err = s.app.Publish(ctx, s.owner, short.ID); err != nil {
		return engineer, short, err
	}
	tag, err := s.app.CreateTag(ctx, s.owner, "Engineering", "#3b5bdb")
	if err != nil {
		return engineer, short, err
	}
	if engineer, err = s.assessment(ctx, engineerAssessment()); err != nil {
		return engineer, short, err
	}
	if err := s.app.TagAssessment(ctx, s.owner, engineer.ID, []assess.TagID{tag.ID}); err != nil {
		return engineer, short, err
	}
	return engineer, short, s.app.Publish(ctx, s.owner, engineer.ID)
}

func (s *sample) assessment(ctx context.Context, from sampleContent) (assess.Assessment, error) {
	asm, err := s.app.CreateAssessment(ctx, s.owner, from.name)
	if err != nil {
		return asm, err
	}
	c := asm.Draft
	c.Languages, c.TimeLimit = []string{"en", "es"}, from.minutes
	c.Introduction = map[string]string{
		"en": "Thank you for your interest. Find a quiet place and take a breath: you can listen to your answer before you send it.",
		"es": "Gracias por su interés. Busque un lugar tranquilo y respire: puede escuchar su respuesta antes de enviarla.",
	}
	c.Closing = map[string]string{"en": "Thank you. We will be in touch within a week.", "es": "Gracias. Le responderemos en una semana."}
	c.Questions = nil
	for i, q := range from.questions {
		question, err := s.question(ctx, asm.ID, q, fmt.Sprintf("%s-%%s-%02d", from.spoken, i+1))
		if err != nil {
			return asm, err
		}
		c.Questions = append(c.Questions, question)
	}
	_, err = s.app.SaveDraft(ctx, s.owner, asm.ID, asm.Revision, c)
	asm.Draft = c
	return asm, err
}

// question makes a question. It is asked aloud where there is a recording; pattern is the recordings' name but for the language.
func (s *sample) question(ctx context.Context, asm assess.AssessmentID, q sampleQuestion, pattern string) (assess.Question, error) {
	out := assess.NewQuestion(s.app.NewQuestionID())
	out.Prompts, out.Recordings = map[string]string{"en": q.en, "es": q.es}, map[string]assess.RecordingID{}
	out.Format, out.AnswerFormat, out.MaxAnswer, out.Preparation = assess.TextFormat, q.answer, q.seconds, q.prepare
	for _, c := range q.rubric {
		out.Criteria = append(out.Criteria, c.criterion(s.app.NewCriterionID()))
	}
	out.Points = out.Worth()
	for language := range out.Prompts {
		file := fmt.Sprintf(pattern, language)
		if !spoken(file) {
			continue
		}
		rec, err := s.app.OpenPrompt(ctx, s.owner, asm, out.ID, sampleAudio)
		if err != nil {
			return out, err
		}
		if err := s.deliver(ctx, s.app.ByMember(s.owner), rec.ID, file); err != nil {
			return out, err
		}
		out.Recordings[language], out.Format = rec.ID, assess.AudioFormat
	}
	return out, nil
}

func engineerAssessment() sampleContent {
	return sampleContent{sampleAssessment, "prompt", 90, []sampleQuestion{
		{"Tell us about a system you built that you are proud of. What was your part in it?", "Háblenos de un sistema que haya construido y del que se sienta orgulloso. ¿Cuál fue su parte?", assess.AudioFormat, 180, 30, systemRubric()},
		{"Explain to a colleague from another team how a hash table works.", "Explique a un compañero de otro equipo cómo funciona una tabla hash.", assess.AudioFormat, 120, 30, hashTableRubric()},
		{"A page that was fast is slow since this morning. How do you find out why?", "Una página que era rápida va lenta desde esta mañana. ¿Cómo averigua el motivo?", assess.AudioFormat, 180, 30, slowPageRubric()},
		{"Describe a disagreement about a technical decision. How did it end?", "Describa un desacuerdo sobre una decisión técnica. ¿Cómo terminó?", assess.VideoFormat, 120, 30, disagreementRubric()},
		{"What do you look for when you review someone else's code?", "¿En qué se fija cuando revisa el código de otra persona?", assess.AudioFormat, 120, 0, reviewRubric()},
		{"Write the three sentences you would put at the top of a README.", "Escriba las tres frases que pondría al principio de un README.", assess.TextFormat, 300, 0, readmeRubric()},
		{"When would you choose a relational database, and when not?", "¿Cuándo elegiría una base de datos relacional y cuándo no?", assess.AudioFormat, 150, 30, databaseRubric()},
		{"A deployment went wrong on a Friday evening. Walk us through the next hour.", "Un despliegue ha salido mal un viernes por la tarde. Cuéntenos la hora siguiente.", assess.AudioFormat, 180, 30, deploymentRubric()},
		{"What have you learned in the last six months, and how?", "¿Qué ha aprendido en los últimos seis meses y cómo?", assess.AudioFormat, 120, 0, nil},
		{"What would you like to ask us?", "¿Qué le gustaría preguntarnos?", assess.VideoFormat, 90, 0, nil},
	}}
}

func supportAssessment() sampleContent {
	return sampleContent{"Customer Support Assessment", "", 0, []sampleQuestion{
		{"A customer writes that nothing works and they are leaving. What do you answer?", "Un cliente escribe que nada funciona y que se marcha. ¿Qué le responde?", assess.TextFormat, 300, 0, nil},
		{"Explain how to reset a password to somebody who is in a hurry.", "Explique cómo restablecer una contraseña a alguien con prisa.", assess.AudioFormat, 90, 15, nil},
	}}
}

// shortAssessment is for whoever wants to see what candidates see.
func shortAssessment() sampleContent {
	return sampleContent{"Three Minutes With Us", "try", 0, []sampleQuestion{
		{"What did you have for breakfast, and was it any good?", "¿Qué ha desayunado hoy, y estaba bueno?", assess.AudioFormat, 30, 0, nil},
		{"Show us something that lies within your reach, and say why you keep it.", "Enséñenos algo que tenga a mano y díganos por qué lo conserva.", assess.VideoFormat, 45, 15, nil},
		{"Finish the sentence: the best tools are those that …", "Termine la frase: las mejores herramientas son las que …", assess.TextFormat, 120, 0, toolsRubric()},
	}}
}
