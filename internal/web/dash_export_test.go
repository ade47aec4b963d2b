package web_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/report"
	"alfaone/internal/web"
)

// decided is a finished attempt which the owner has graded, with all points and a word about the spoken answer, and advanced.
func (s *site) decided(change ...func(*assess.NewInvite, *assess.Content)) attempt {
	s.t.Helper()
	ctx, who := s.t.Context(), s.owner.Actor(assess.Live)
	a := s.finished(change...)
	s.must(s.Assign(ctx, who, a.ID, s.owner.ID, false))
	results, err := s.Results(ctx, who, a.ID)
	s.must(err)
	e := results.Evaluations[0].ID
	d, err := s.Evaluation(ctx, who, e)
	s.must(err)
	for _, answer := range d.Answers {
		scores := map[assess.CriterionID]int{}
		for _, c := range answer.Question.Rubric() {
			scores[c.ID] = c.Points
		}
		_, err := s.SaveMark(ctx, who, e, answer.Number, assess.Mark{Scores: scores, Comment: "Sounds <good>."})
		s.must(err)
	}
	s.must(s.SaveComment(ctx, who, e, assess.Comment{
		ID: "0198b2a4-0000-7000-8000-0000000000c1", Question: d.Answers[0].Question.ID, At: time.Second, Text: "Here.",
	}))
	d, err = s.Evaluation(ctx, who, e)
	s.must(err)
	s.must(s.SubmitEvaluation(ctx, who, e, d.Stamp()))
	_, err = s.Decide(ctx, who, a.ID, 0, assess.Advance, "Convincing.")
	s.must(err)
	return a
}

func TestResultsAreDownloadedAsFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.decided()
	b := s.signIn(ownerEmail)
	results := b.get("/assessments/" + string(a.Assessment) + "/results")
	day := time.Now().UTC().Format(time.DateOnly) //nolint:forbidigo // the site's clock is the machine's
	for path, want := range map[string]struct{ kind, name, begins string }{
		"/results.csv":  {"text/csv; charset=utf-8", "results " + day + ".csv", "\uFEFFCandidate,E-mail,"},
		"/answers.csv":  {"text/csv; charset=utf-8", "answers " + day + ".csv", "\uFEFFCandidate,E-mail,"},
		"/results.xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "results " + day + ".xlsx", "PK"},
	} {
		if !strings.Contains(results.body, `href="/assessments/`+string(a.Assessment)+path+`"`) {
			t.Errorf("the results do not lead to %s", path)
		}
		p := b.get("/assessments/" + string(a.Assessment) + path)
		disposition := p.header.Get("Content-Disposition")
		if p.status != http.StatusOK || p.header.Get("Content-Type") != want.kind || !strings.HasPrefix(p.body, want.begins) ||
			!strings.HasPrefix(disposition, `attachment; filename="`) || !strings.Contains(disposition, " "+want.name+`";`) {
			t.Errorf("%s: %d, %v, %.40q", path, p.status, p.header, p.body)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(b.get("/assessments/" + string(a.Assessment) + "/results.csv").body)).ReadAll()
	s.must(err)
	if len(rows) != 2 || !slices.Contains(rows[1], a.Email) || !slices.Contains(rows[1], "Convincing.") || !slices.Contains(rows[1], "100.0") {
		t.Errorf("the rows are %q", rows)
	}
}

func TestTheReportOfACandidateIsDownloadedAsPDF(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.decided()
	b := s.signIn(ownerEmail)
	p := b.get(a.page() + "/report.pdf")
	if p.status != http.StatusOK || p.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(p.body, "%PDF-") || !strings.HasSuffix(p.body, "%%EOF\n") {
		t.Errorf("%d, %v, %.40q", p.status, p.header, p.body)
	}
	if got := b.get("/invites/" + string(s.invitation().ID) + "/report.pdf"); got.status != http.StatusConflict || !strings.Contains(got.body, "once the candidate has completed") {
		t.Errorf("before the assessment is completed: %d", got.status)
	}
}

func TestTheReportSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.decided(func(n *assess.NewInvite, _ *assess.Content) { n.Name = "Ana Díaz" })
	who := s.owner.Actor(assess.Live)
	results, err := s.Results(t.Context(), who, a.ID)
	s.must(err)
	s.must(s.ImportTranscript(t.Context(), who, a.ID, results.Given.Questions[spoken-1].Take.ID, []assess.Segment{{End: time.Second, Text: "It is simple."}}))
	r, err := s.Report(t.Context(), who, a.ID)
	s.must(err)
	got := web.Printed(r, "Olivia Owner")
	if got.Candidate != "Ana Díaz" || got.Email != a.Email || !got.Grade.Scored || got.Grade.Points != float64(got.Grade.Max) || got.GeneratedBy != "Olivia Owner" {
		t.Errorf("the report begins %+v", got)
	}
	if diff := cmp.Diff(&report.Decision{Outcome: "Advance", Reason: "Convincing.", By: "Olivia Owner", At: r.Decisions[0].At}, got.Decision); diff != "" {
		t.Errorf("the decision (-want +got):\n%s", diff)
	}
	forms := []string{}
	for _, q := range got.Questions {
		forms = append(forms, q.Answer.Form)
	}
	if want := []string{"Audio, 0:03", "Video, 0:03", "Written, 5 words", "Not answered"}; !cmp.Equal(want, forms) {
		t.Errorf("the answers are %q, want %q", forms, want)
	}
	first := got.Questions[spoken-1]
	if first.Answer.Transcript != "It is simple." {
		t.Errorf("said was %q", first.Answer.Transcript)
	}
	want := []report.Remark{{Grader: "Olivia Owner", Text: "Sounds <good>.", Comments: []report.Comment{{At: time.Second, Text: "Here."}}}}
	if diff := cmp.Diff(want, first.Remarks); diff != "" || first.Criteria[0].Name != "The answer as a whole" || len(first.Criteria[0].Scores) != 1 {
		t.Errorf("the first question is %+v\n%s", first, diff)
	}
	if len(got.Observed) == 0 {
		t.Error("what was observed is not said")
	}
}

func TestTheReportKeepsScoresFromWhoHasToGradeBlind(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.decided()
	colleague := s.colleague(assess.Recruiter)
	s.must(s.SetGradingPlan(t.Context(), s.owner.Actor(assess.Live), assess.GradingPlan{Assessment: a.Assessment, Blind: true}))
	s.must(s.Assign(t.Context(), s.owner.Actor(assess.Live), a.ID, colleague.ID, false))
	r, err := s.Report(t.Context(), colleague.Actor(assess.Live), a.ID)
	s.must(err)
	got := web.Printed(r, "Robin Colleague")
	if len(got.Notices) != 1 || got.Grade.Scored || slices.ContainsFunc(got.Evaluations, func(e report.Evaluation) bool { return e.Scored || e.Points != 0 || e.Note != "" }) {
		t.Errorf("the report tells %+v of the grade %+v and of %+v", got.Notices, got.Grade, got.Evaluations)
	}
	for _, q := range got.Questions {
		if q.Scored || q.Points != 0 || len(q.Criteria) > 0 || len(q.Remarks) > 0 {
			t.Errorf("question %d tells %+v", q.Number, q)
		}
	}
}

func TestADownloadThatBreaksOffDoesNotLookWhole(t *testing.T) {
	t.Parallel()
	broken := errors.New("the database is gone")
	tests := map[string]struct {
		write  func(io.Writer) error
		status int // 0 where the connection breaks
	}{
		"whole":                  {func(w io.Writer) error { _, err := w.Write(bytes.Repeat([]byte("x"), 1<<20)); return err }, http.StatusOK},
		"broken before it began": {func(io.Writer) error { return broken }, http.StatusInternalServerError},
		"broken in the middle": {func(w io.Writer) error {
			_, err := w.Write(bytes.Repeat([]byte("x"), 1<<20))
			return errors.Join(err, broken)
		}, 0},
		"broken after a few bytes": {func(w io.Writer) error {
			_, err := w.Write([]byte("x"))
			return errors.Join(err, broken)
		}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(web.Download("x.csv", slog.New(slog.DiscardHandler), test.write))
			t.Cleanup(server.Close)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			status := 0
			if resp, err := server.Client().Do(r); err == nil {
				_, err = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				if err == nil {
					status = resp.StatusCode
				}
				if attached := resp.Header.Get("Content-Disposition") != ""; attached == (status == http.StatusInternalServerError) {
					t.Errorf("it is called a file: %v", attached)
				}
			}
			if status != test.status {
				t.Errorf("got %d, want %d", status, test.status)
			}
		})
	}
}

func TestFilesAreNamedForEverySystem(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Sales results.csv":         `attachment; filename="Sales results.csv"; filename*=UTF-8''Sales%20results.csv`,
		"Größe & Maß, 100%.csv":     `attachment; filename="Gr__e & Ma_, 100_.csv"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%26%20Ma%C3%9F%2C%20100%25.csv`,
		"a/b\\c:\"d\"*?<e>|.csv":    `attachment; filename="a b c d e .csv"; filename*=UTF-8''a%20b%20c%20d%20e%20.csv`,
		"\r\nX: y\x00\u202evsc.csv": `attachment; filename="X yvsc.csv"; filename*=UTF-8''X%20yvsc.csv`,
		"..hidden.csv":              `attachment; filename="hidden.csv"; filename*=UTF-8''hidden.csv`,
	} {
		if got := web.Disposition(name); got != want {
			t.Errorf("%q is called\n%s, want\n%s", name, got, want)
		}
	}
}
