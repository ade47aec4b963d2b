package app_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
)

type exportTable func(context.Context, assess.Actor, assess.AssessmentID, app.TableFormat) (app.Export, error)

// exported is what the table says to who asks, a row each by the titles of its columns.
func (w *world) exported(export exportTable, who assess.Actor, id assess.AssessmentID) (rows []map[string]string) {
	w.t.Helper()
	file, err := export(w.t.Context(), who, id, app.CSV)
	w.must(err)
	var b bytes.Buffer
	w.must(file.Write(&b))
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\uFEFF"))).ReadAll()
	w.must(err)
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, value := range record {
			if value != "" {
				row[records[0][i]] = value
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// wantRow checks the cells that want names; an empty one must be empty.
func (w *world) wantRow(row, want map[string]string) {
	w.t.Helper()
	for title, value := range want {
		if row[title] != value {
			w.t.Errorf("%s: %q, want %q", title, row[title], value)
		}
	}
}

// answered is a sitting whose spoken and written questions are answered, completed under a plan for two graders.
func (w *world) answered(plan assess.GradingPlan) sitting {
	w.t.Helper()
	s := w.started(func(n *assess.NewInvite, _ *assess.Content) { n.Name = "Ana Díaz" })
	plan.Assessment = s.stands().Assessment
	w.must(w.SetGradingPlan(w.t.Context(), w.who(), plan))
	rec := s.record(spoken, opus, sample(w.t, "sound.webm"))
	w.must(w.ImportTranscript(w.t.Context(), w.who(), s.invite, rec.ID, []assess.Segment{{End: time.Second, Text: "Because it is simple."}}))
	s.write("=1+1; -2\nBecause.")
	w.clock.advance(12*time.Minute + 30*time.Second)
	w.must(s.Complete(w.t.Context(), s.Taker, true))
	return s
}

// gradeAll gives points to both answers, says something about the spoken one, and hands in.
func (s sitting) gradeAll(m assess.Member, first, second int) {
	s.t.Helper()
	ctx, who := s.t.Context(), m.Actor(assess.Live)
	d := s.evaluation(m)
	for number, points := range map[int]int{spoken: first, written: second} {
		mark := assess.Mark{Revision: d.Answers[number-1].Mark.Revision, Scores: whole10(points), Comment: fmt.Sprintf("%d it is.", points)}
		_, err := s.SaveMark(ctx, who, d.ID, number, mark)
		s.must(err)
	}
	s.must(s.SaveComment(ctx, who, d.ID, assess.Comment{
		ID: assess.CommentID(s.options.NewID()), Question: d.Answers[spoken-1].Question.ID, At: 62 * time.Second, Text: "Well said.",
	}))
	d = s.evaluation(m)
	s.must(s.SubmitEvaluation(ctx, who, d.ID, d.Stamp()))
}

func TestResultsAreExportedARowEachCompletedInvite(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		two := w.graders(2)
		s := w.answered(planOf(two, func(*assess.GradingPlan) {}))
		s.another("ben@example.com", "+Ben")
		s.gradeAll(two[0], 8, 5)
		s.gradeAll(two[1], 6, 6)
		_, err := w.Decide(ctx, w.who(), s.invite, 0, assess.Advance, "Clear.")
		w.must(err)
		asm := s.stands().Assessment
		w.invite(assess.Assessment{ID: asm}, "pending@example.com")

		rows := w.exported(w.ExportResults, w.who(), asm)
		if len(rows) != 2 {
			t.Fatalf("got %d rows, want one for each of two completed invites", len(rows))
		}
		w.wantRow(rows[0], map[string]string{
			"Candidate": "Ana Díaz", "E-mail": "candidate@example.com", "Version": "1", "Completed (UTC)": "2025-01-15 12:12:30", "Minutes taken": "12.5",
			"Grading": "Graded", "Points": "12.50", "Out of": "30", "Percent": "41.7", "Question 1: Why?": "7.00", "Question 2: Why?": "0.00",
			"Question 3: Why?": "5.50", "Graders": "Robin Colleague: 13, Robin Colleague: 12", "Decision": "Advance", "Reason": "Clear.",
			"Decided by": w.owner.Name(), "Invite": string(s.invite),
		})
		w.wantRow(rows[1], map[string]string{
			"Candidate": "'+Ben", "Grading": "In progress", "Points": "", "Out of": "30", "Percent": "", "Question 1: Why?": "",
			"Graders": "Robin Colleague: not submitted, Robin Colleague: not submitted", "Decision": "", "Reason": "",
		})
	})
}

func TestAnswersAreExportedARowEachQuestion(t *testing.T) {
	each(t, func(w *world) {
		two := w.graders(2)
		s := w.answered(planOf(two, func(*assess.GradingPlan) {}))
		s.gradeAll(two[0], 8, 5)
		rows := w.exported(w.ExportAnswers, w.who(), s.stands().Assessment)
		if len(rows) != 3 {
			t.Fatalf("got %d rows, want one for each of three questions", len(rows))
		}
		w.wantRow(rows[0], map[string]string{
			"Candidate": "Ana Díaz", "Question": "1", "Prompt": "Why?", "Answer": "Answered", "Format": "Audio", "Seconds": "3.1", "Text": "",
			"Transcript": "Because it is simple.", "Points": "8.00", "Out of": "10", "Comments": "Robin Colleague: 8 it is.\nRobin Colleague at 1:02: Well said.",
			"Invite": string(s.invite),
		})
		w.wantRow(rows[1], map[string]string{"Question": "2", "Answer": "Not answered", "Format": "", "Points": "0.00", "Comments": ""})
		w.wantRow(rows[2], map[string]string{"Question": "3", "Format": "Text", "Text": "'=1+1;' -2\nBecause.", "Transcript": "", "Comments": "Robin Colleague: 5 it is."})
	})
}

func TestQuestionsOfOtherVersionsAreAppended(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		dev := w.graders(1)[0]
		s := w.completed(planOf([]assess.Member{dev}, func(*assess.GradingPlan) {}))
		s.grade(dev, 9)
		asm, err := w.Assessment(ctx, w.who(), s.stands().Assessment)
		w.must(err)
		c := asm.Draft
		more := assess.NewQuestion("0198b2a4-0000-7000-8000-00000000000a")
		more.AnswerFormat, more.Prompts = assess.TextFormat, map[string]string{"en": "What else?"}
		free := more
		free.ID, free.Points = "0198b2a4-0000-7000-8000-00000000000b", 0
		c.Questions = []assess.Question{more, c.Questions[0], free}
		_, err = w.SaveDraft(ctx, w.who(), asm.ID, asm.Revision, c)
		w.must(err)
		w.must(w.Publish(ctx, w.who(), asm.ID))

		file, err := w.ExportResults(ctx, w.who(), asm.ID, app.CSV)
		w.must(err)
		var b bytes.Buffer
		w.must(file.Write(&b))
		titles, _, _ := strings.Cut(b.String(), "\n")
		const want = "Percent,Question 1: What else?,Question 2: Why?,Question 2 of version 1: Why?,Question 3 of version 1: Why?,Graders"
		if !strings.Contains(titles, want) {
			t.Errorf("the titles are %s, want %s", titles, want)
		}
		w.wantRow(w.exported(w.ExportResults, w.who(), asm.ID)[0], map[string]string{
			"Question 1: What else?": "", "Question 2: Why?": "0.00", "Question 3 of version 1: Why?": "9.00",
		})
	})
}

func TestWhoGradesBlindExportsNoScoresBeforeSubmitting(t *testing.T) {
	each(t, func(w *world) {
		two := []assess.Member{w.join("one@example.com", assess.Recruiter), w.join("two@example.com", assess.Recruiter)}
		s := w.answered(planOf(two, func(p *assess.GradingPlan) { p.Blind = true }))
		s.gradeAll(two[0], 8, 5)
		asm := s.stands().Assessment
		secret := map[string]string{"Points": "", "Percent": "", "Question 1: Why?": "", "Question 3: Why?": "", "Graders": "Robin Colleague, Robin Colleague"}
		w.wantRow(w.exported(w.ExportResults, two[1].Actor(assess.Live), asm)[0], secret)
		w.wantRow(w.exported(w.ExportAnswers, two[1].Actor(assess.Live), asm)[0], map[string]string{"Points": "", "Comments": ""})
		open := map[string]string{"Question 1: Why?": "8.00", "Graders": "Robin Colleague: 13, Robin Colleague: not submitted"}
		w.wantRow(w.exported(w.ExportResults, two[0].Actor(assess.Live), asm)[0], open)
		w.wantRow(w.exported(w.ExportResults, w.who(), asm)[0], open)

		s.gradeAll(two[1], 6, 6)
		w.wantRow(w.exported(w.ExportResults, two[1].Actor(assess.Live), asm)[0], map[string]string{"Points": "12.50", "Percent": "41.7", "Question 1: Why?": "7.00"})
	})
}

func TestOnlyWhoReadsResultsExportsThem(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published().ID
		grader, viewer, stranger := w.graders(1)[0], w.join("viewer@example.com", assess.Viewer), w.stranger()
		for _, export := range []exportTable{w.ExportResults, w.ExportAnswers} {
			_, err := export(t.Context(), grader.Actor(assess.Live), asm, app.CSV)
			w.wantKind(err, assess.Forbidden)
			_, err = export(t.Context(), stranger, asm, app.CSV)
			w.wantKind(err, assess.NotFound)
			if rows := w.exported(export, viewer.Actor(assess.Live), asm); len(rows) != 0 {
				t.Errorf("nobody has completed it, but there are the rows %v", rows)
			}
		}
	})
}

func TestAnExportThatBreaksOffSaysSo(t *testing.T) {
	each(t, func(w *world) {
		for _, f := range []app.TableFormat{app.CSV, app.XLSX} {
			ctx, cancel := context.WithCancel(t.Context())
			file, err := w.ExportResults(ctx, w.who(), w.published().ID, f)
			w.must(err)
			cancel()
			if err := file.Write(io.Discard); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: got %v, want that it was given up", f, err)
			}
		}
	})
}

// many adds so many completed invites, each graded by two, by way of the store.
func (w *world) many(asm assess.Assessment, n int) {
	w.t.Helper()
	now := w.clock.now
	for from := 0; from < n; from += 1000 {
		w.must(w.db.Tx(w.t.Context(), func(tx *store.Tx) error {
			for i := from; i < min(n, from+1000); i++ {
				inv := assess.Invite{InviteSummary: assess.InviteSummary{
					ID: assess.InviteID(w.options.NewID()), Org: asm.Org, Mode: assess.Live, Assessment: asm.ID, AssessmentName: asm.Draft.Name,
					Email: fmt.Sprintf("candidate%d@example.com", i), Name: fmt.Sprintf("Candidate %d", i), Stored: assess.Completed,
					SentAt: now, ExpiresAt: now, StartedAt: now, CompletedAt: now,
				}, Version: 1, Language: "en"}
				if _, err := tx.InsertInvite(inv, string(inv.ID)); err != nil {
					return err
				}
				if err := w.graded(tx, inv, asm.Draft.Questions); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

// graded gives an invite two evaluations, each with a mark for every question, and a grade.
func (w *world) graded(tx *store.Tx, inv assess.Invite, questions []assess.Question) error {
	for _, grader := range []string{"First Grader", "Second Grader"} {
		e := assess.Evaluation{
			ID: assess.EvaluationID(w.options.NewID()), Org: inv.Org, Mode: inv.Mode, Invite: inv.ID, Assessment: inv.Assessment, Grader: assess.MemberID(grader),
			GraderName: grader, State: assess.EvaluationSubmitted, AssignedAt: inv.SentAt, SubmittedAt: inv.SentAt, Revision: 2, Points: 7 * len(questions),
		}
		if _, err := tx.InsertEvaluation(e); err != nil {
			return err
		}
		for _, q := range questions {
			mark := assess.Mark{Question: q.ID, Revision: 1, Scores: whole10(7)}
			if grader == "First Grader" { // a line for each row is enough
				mark.Comment = "Solid."
			}
			if _, err := tx.SaveMark(inv.Org, e.ID, q, mark, 0); err != nil {
				return err
			}
		}
	}
	return tx.SetGrade(inv, assess.Grade{State: assess.Graded, Points: float64(7 * len(questions)), Max: 10 * len(questions), GradedAt: inv.SentAt})
}

// It measures the whole process, so it runs by itself.
func TestTenThousandInvitesAreExportedInBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds")
	}
	const n = 10_000
	c := &clock{now: time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)}
	w := newWorld(t, c, storetest.Open(t, c.Now))
	asm := w.published()
	w.many(asm, n)
	for name, test := range map[string]struct {
		export exportTable
		format app.TableFormat
		most   float64 // MiB
	}{
		"results as CSV":  {w.ExportResults, app.CSV, 10},
		"results as XLSX": {w.ExportResults, app.XLSX, 40},
		"answers as CSV":  {w.ExportAnswers, app.CSV, 10},
	} {
		before, began := live(), time.Now()
		file, err := test.export(t.Context(), w.who(), asm.ID, test.format)
		w.must(err)
		var out watched
		w.must(file.Write(&out))
		took, grown := time.Since(began), float64(max(out.most, before)-before)/(1<<20)
		t.Logf("%s: %d invites in %v, %.1f MiB, of which at most %.1f MiB were in memory", name, n, took.Round(time.Millisecond), float64(out.bytes)/(1<<20), grown)
		if grown > test.most {
			t.Errorf("%s: %.1f MiB were in memory, want at most %.0f", name, grown, test.most)
		}
		if test.format == app.CSV && out.lines != n+1 {
			t.Errorf("%s: got %d lines, want %d", name, out.lines, n+1)
		}
	}
}

// watched looks at the memory now and then while it is written to.
type watched struct {
	bytes, lines, looks int
	most                uint64
}

func (w *watched) Write(p []byte) (int, error) {
	w.bytes, w.lines = w.bytes+len(p), w.lines+bytes.Count(p, []byte("\n"))
	if w.bytes > w.looks<<18 {
		w.looks++
		w.most = max(w.most, live())
	}
	return len(p), nil
}

// live is how much memory is in use, in bytes.
func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestXLSXHoldsTheSameAsCSV(t *testing.T) {
	each(t, func(w *world) {
		dev := w.graders(1)[0]
		s := w.completed(planOf([]assess.Member{dev}, func(*assess.GradingPlan) {}))
		s.grade(dev, 9)
		asm := s.stands().Assessment
		file, err := w.ExportResults(t.Context(), w.who(), asm, app.XLSX)
		w.must(err)
		if file.Name != "Software Engineer Assessment results 2025-01-15.xlsx" {
			t.Errorf("the file is called %q", file.Name)
		}
		var b bytes.Buffer
		w.must(file.Write(&b))
		book, err := excelize.OpenReader(&b)
		w.must(err)
		rows, err := book.GetRows("Software Engineer Assessment")
		w.must(err)
		w.must(book.Close())
		got := map[string]string{}
		for i, value := range rows[1] {
			if value != "" {
				got[rows[0][i]] = value
			}
		}
		if diff := cmp.Diff(w.exported(w.ExportResults, w.who(), asm), []map[string]string{got}); diff != "" {
			t.Errorf("(-CSV +XLSX):\n%s", diff)
		}
	})
}
