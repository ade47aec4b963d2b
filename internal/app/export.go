package app

import (
	"context"
	"io"
	"iter"
	"slices"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/sheet"
	"alfaone/internal/store"
)

// Export is a table about the completed invites of an assessment, ready to be written as a file.
type Export struct {
	Name      string // of the file, for people, with its extension
	MediaType string
	write     func(io.Writer) error
}

// Write reads the table batch by batch and writes it: neither all of its rows nor the whole file are ever in memory. After an error
// what was written is not a whole file.
func (e Export) Write(w io.Writer) error { return e.write(w) }

// TableFormat is a kind of file.
type TableFormat string

// The formats.
const (
	CSV  TableFormat = "csv"
	XLSX TableFormat = "xlsx"
)

// How many invites are read at a time. Answers are long.
const (
	resultsBatch = 500
	answersBatch = 50
)

// ExportResults is a table with a row for each completed invite of an assessment: who, when, what they scored by question and
// grader, and what was decided. Scores are left out of the rows of invites that who asks has yet to grade blind. Errors: Forbidden,
// NotFound.
func (a *App) ExportResults(ctx context.Context, who assess.Actor, id assess.AssessmentID, f TableFormat) (Export, error) {
	x, err := a.newExporter(ctx, who, id)
	if err != nil {
		return Export{}, err
	}
	rows := x.rows(ctx, resultsBatch, fillResults, func(b batch, inv assess.Invite) [][]sheet.Cell {
		return [][]sheet.Cell{x.result(b, inv)}
	})
	return x.export(f, "results", sheet.Table{Columns: x.resultColumns(), Rows: rows}), nil
}

// ExportAnswers is a table with a row for each question of each completed invite: what was answered and what graders said. Errors:
// Forbidden, NotFound.
func (a *App) ExportAnswers(ctx context.Context, who assess.Actor, id assess.AssessmentID, f TableFormat) (Export, error) {
	x, err := a.newExporter(ctx, who, id)
	if err != nil {
		return Export{}, err
	}
	return x.export(f, "answers", sheet.Table{Columns: answerColumns(), Rows: x.rows(ctx, answersBatch, fillAnswers, x.answers)}), nil
}

// exporter is what all rows of a table have in common.
type exporter struct {
	app       *App
	who       assess.Actor
	asm       assess.AssessmentSummary
	zone      *time.Location
	now       time.Time
	contents  map[int]assess.Content // by version
	questions []scoredQuestion       // of any version, the newest version's first
}

// scoredQuestion is a question as it first appears among the versions, from the newest down.
type scoredQuestion struct {
	assess.Question
	version, number int
}

func (a *App) newExporter(ctx context.Context, who assess.Actor, id assess.AssessmentID) (*exporter, error) {
	if err := who.May(assess.ReadResults); err != nil {
		return nil, err
	}
	x := &exporter{app: a, who: who, contents: map[int]assess.Content{}}
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		x.now = tx.Now()
		if x.asm, err = tx.AssessmentSummary(who.Org, who.Mode, id); err != nil {
			return err
		}
		org, err := tx.Organization(who.Org)
		if err != nil {
			return err
		}
		x.zone = org.Location()
		return x.readQuestions(tx)
	})
	return x, err
}

// readQuestions reads the newest version, and all others that somebody has completed.
func (x *exporter) readQuestions(tx *store.Tx) error {
	versions, err := tx.CompletedVersions(x.who.Org, x.who.Mode, x.asm.ID)
	if err != nil {
		return err
	}
	if x.asm.Version > 0 && !slices.Contains(versions, x.asm.Version) {
		versions = append([]int{x.asm.Version}, versions...)
	}
	for _, version := range versions {
		content, err := x.content(tx, version)
		if err != nil {
			return err
		}
		for i, q := range content.Questions {
			known := slices.ContainsFunc(x.questions, func(other scoredQuestion) bool { return other.ID == q.ID })
			if !known && len(q.Rubric()) > 0 {
				x.questions = append(x.questions, scoredQuestion{q, version, i + 1})
			}
		}
	}
	return nil
}

// content is a version of the assessment, read once.
func (x *exporter) content(tx *store.Tx, version int) (assess.Content, error) {
	if known, ok := x.contents[version]; ok {
		return known, nil
	}
	content, err := tx.AssessmentVersion(x.who.Org, x.asm.ID, version)
	x.contents[version] = content
	return content, err
}

// export puts a table into a file of the format.
func (x *exporter) export(f TableFormat, what string, t sheet.Table) Export {
	var format sheet.Format = sheet.CSV{}
	if f == XLSX {
		format = sheet.XLSX{TempDir: x.app.temp}
	}
	t.Name, t.Author = x.asm.Name, "AlfaOne"
	return Export{
		Name:      x.asm.Name + " " + what + " " + x.now.In(x.zone).Format(time.DateOnly) + format.Extension(),
		MediaType: format.MediaType(),
		write:     func(w io.Writer) error { return format.Write(w, t) },
	}
}

// batch is some completed invites with what a table says of them.
type batch struct {
	invites     []assess.Invite
	tags        map[assess.InviteID][]string
	grades      map[assess.InviteID][]assess.Grade
	decisions   map[assess.InviteID][]assess.Decision
	evaluations map[assess.InviteID][]assess.Evaluation
	marks       map[assess.EvaluationID][]assess.Mark
	comments    map[assess.EvaluationID][]assess.Comment
	answers     map[assess.InviteID][]assess.Answer
	takes       map[assess.InviteID][]assess.Recording
	transcripts map[assess.RecordingID][]assess.Transcript
}

// rows reads the completed invites, so many at a time, with what fill reads of them, and makes rows of each.
func (x *exporter) rows(ctx context.Context, size int, fill func(*store.Tx, store.Span, *batch) error,
	each func(batch, assess.Invite) [][]sheet.Cell,
) iter.Seq2[[]sheet.Cell, error] {
	return func(yield func([]sheet.Cell, error) bool) {
		for after := assess.InviteID(""); ; {
			b, err := x.read(ctx, after, size, fill)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, inv := range b.invites {
				for _, row := range each(b, inv) {
					if !yield(row, nil) {
						return
					}
				}
			}
			if len(b.invites) < size {
				return
			}
			after = b.invites[size-1].ID
		}
	}
}

// read reads the next invites after one, with what fill reads of them.
func (x *exporter) read(ctx context.Context, after assess.InviteID, size int, fill func(*store.Tx, store.Span, *batch) error) (b batch, err error) {
	err = x.app.db.Read(ctx, func(tx *store.Tx) error {
		if b.invites, err = tx.CompletedInvites(x.who.Org, x.who.Mode, x.asm.ID, after, size); err != nil || len(b.invites) == 0 {
			return err
		}
		for _, inv := range b.invites {
			if _, err := x.content(tx, inv.Version); err != nil {
				return err
			}
		}
		return fill(tx, store.Span{
			Org: x.who.Org, Mode: x.who.Mode, Assessment: x.asm.ID, First: b.invites[0].ID, Last: b.invites[len(b.invites)-1].ID,
		}, &b)
	})
	return b, err
}

// fillResults reads what a row of results says.
func fillResults(tx *store.Tx, s store.Span, b *batch) (err error) {
	if b.tags, err = tx.TagNamesIn(s); err != nil {
		return err
	}
	if b.grades, err = tx.GradesIn(s); err != nil {
		return err
	}
	if b.decisions, err = tx.DecisionsIn(s); err != nil {
		return err
	}
	if b.evaluations, err = tx.EvaluationsIn(s); err != nil {
		return err
	}
	b.marks, err = tx.MarksIn(s)
	return err
}

// fillAnswers reads what rows of answers say.
func fillAnswers(tx *store.Tx, s store.Span, b *batch) (err error) {
	if b.evaluations, err = tx.EvaluationsIn(s); err != nil {
		return err
	}
	if b.marks, err = tx.MarksIn(s); err != nil {
		return err
	}
	if b.comments, err = tx.CommentsIn(s); err != nil {
		return err
	}
	if b.answers, err = tx.AnswersIn(s); err != nil {
		return err
	}
	if b.takes, err = tx.TakesIn(s); err != nil {
		return err
	}
	b.transcripts, err = tx.TranscriptsIn(s)
	return err
}

// results are the evaluations of an invite, as far as who asks may see them.
func (b batch) results(who assess.Actor, inv assess.Invite) (r Results) {
	r.show(who, b.evaluations[inv.ID])
	for i, e := range r.Evaluations {
		if r.visible(e.Evaluation) {
			r.Evaluations[i].Marks, r.Evaluations[i].Comments = b.marks[e.ID], b.comments[e.ID]
		}
	}
	return r
}
