package web_test

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/net/html"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// contest is an assessment of four questions that several candidates have completed; the first of them really.
type contest struct {
	attempt
	others []invitationOf
}

// criteria are those of the second question.
func criteria() []assess.Criterion {
	return []assess.Criterion{
		{ID: "0198b2a4-0000-7000-8000-0000000000c1", Name: "Clear words", Points: 6},
		{ID: "0198b2a4-0000-7000-8000-0000000000c2", Name: "Sound judgement", Points: 4},
	}
}

// contest has the named candidates complete an assessment besides the first, in one minute, two minutes and so on.
func (s *site) contest(names ...string) *contest {
	s.t.Helper()
	c := &contest{attempt: s.finished(func(_ *assess.NewInvite, content *assess.Content) {
		for i := range content.Questions {
			content.Questions[i].Points = 10
		}
		content.Questions[1].Criteria = criteria()
	})}
	for i, name := range names {
		out, err := s.Invite(s.t.Context(), s.owner.Actor(assess.Live), assess.NewInvite{
			Assessment: c.Assessment, Email: fmt.Sprintf("candidate%d@example.com", i), Name: name, ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30,
		})
		s.must(err)
		other := invitationOf{Invite: out.Invite, s: s}
		other.put(func(inv *assess.Invite) {
			inv.Stored, inv.AcceptedAt, inv.StartedAt = assess.Completed, inv.SentAt, inv.SentAt
			inv.CompletedAt = inv.SentAt.Add(time.Duration(i+1) * time.Minute)
		})
		c.others = append(c.others, other)
	}
	return c
}

// given is what a grader gives to each of the four questions.
type given struct {
	grader string
	points [4]int
	change func(*assess.Evaluation)
}

// evaluated writes what graders give to an invite, and the grade that it comes to.
func (c *contest) evaluated(inv assess.InviteID, all ...given) {
	c.s.t.Helper()
	c.s.must(c.s.db.Tx(c.s.t.Context(), func(tx *store.Tx) error {
		invite, err := tx.Invite(c.Org, c.Mode, inv)
		if err != nil {
			return err
		}
		content, err := tx.AssessmentVersion(c.Org, c.Assessment, c.Version)
		if err != nil {
			return err
		}
		var evaluations []assess.Evaluation
		for _, g := range all {
			e := assess.Evaluation{
				ID: assess.EvaluationID(uuid.NewString()), Org: c.Org, Mode: c.Mode, Invite: inv, Assessment: c.Assessment, Grader: assess.MemberID(g.grader),
				GraderName: strings.ToUpper(g.grader[:1]) + g.grader[1:], State: assess.EvaluationSubmitted, AssignedAt: invite.SentAt, ReadyAt: invite.SentAt,
				SubmittedAt: invite.SentAt.Add(50 * time.Hour), Revision: 1, Note: "Noted by " + g.grader + ".",
			}
			if g.change != nil {
				g.change(&e)
			}
			for _, p := range g.points {
				e.Points += p
			}
			if _, err := tx.InsertEvaluation(e); err != nil {
				return err
			}
			evaluations = append(evaluations, e)
			if err := c.mark(tx, content, e, g); err != nil {
				return err
			}
		}
		grade := assess.GradeOf(evaluations, content.TotalPoints(), 0)
		grade.GradedAt = invite.SentAt
		return tx.SetGrade(invite, grade)
	}))
}

func (c *contest) mark(tx *store.Tx, content assess.Content, e assess.Evaluation, g given) error {
	for i, q := range content.Questions {
		scores := map[assess.CriterionID]int{assess.WholeAnswer: g.points[i]}
		if len(q.Criteria) > 0 {
			scores = map[assess.CriterionID]int{q.Criteria[0].ID: min(6, g.points[i]), q.Criteria[1].ID: max(0, g.points[i]-6)}
		}
		m := assess.Mark{Question: q.ID, Revision: 1, Scores: scores, Comment: fmt.Sprintf("%s on question %d.", g.grader, i+1), SavedAt: e.SubmittedAt}
		if _, err := tx.SaveMark(c.Org, e.ID, q, m, 0); err != nil {
			return err
		}
	}
	return nil
}

// transcribed keeps what is said in the first candidate's answer to a question.
func (c *contest) transcribed(number int, text string) {
	c.s.t.Helper()
	r, err := c.s.Results(c.s.t.Context(), c.s.owner.Actor(assess.Live), c.ID)
	c.s.must(err)
	c.s.must(c.s.db.Tx(c.s.t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertTranscript(assess.Transcript{
			Org: c.Org, Recording: r.Answers[number-1].Take.ID, State: assess.TranscriptReady, Language: "en", Revision: 1,
			Segments: []assess.Segment{{End: time.Second, Text: text}}, UpdatedAt: c.SentAt,
		})
		return err
	}))
}

func (c *contest) results(rest string) string {
	return "/assessments/" + string(c.Assessment) + "/results" + rest
}

func (c *contest) compare(invites ...assess.InviteID) string {
	path := "/assessments/" + string(c.Assessment) + "/compare?"
	for _, id := range invites {
		path += "&invite=" + string(id)
	}
	return path
}

// table is what stands in the cells of the page's list, row by row.
func (p page) table(t *testing.T) (rows [][]string) {
	t.Helper()
	for _, tr := range p.all(t, "tr") {
		var row []string
		for n := range tr.Descendants() {
			if n.Data == "td" && attr(n, "class") != "cell-check" {
				row = append(row, words(n))
			}
		}
		if len(row) > 2 { // else of a chart
			rows = append(rows, row)
		}
	}
	return rows
}

// charts are what the page's charts say to those who do not see them.
func (p page) charts(t *testing.T) (said []string) {
	t.Helper()
	for _, svg := range p.all(t, "svg") {
		if attr(svg, "role") == "img" {
			said = append(said, attr(svg, "aria-label"))
		}
	}
	return said
}

func TestResultsShowHowFarCandidatesCameAndWhatTheyScored(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c := s.contest("Ben Ito", "Chloé Martin", "Dana Novak")
	c.evaluated(c.ID, given{grader: "ada", points: [4]int{9, 9, 9, 9}}, given{grader: "bo", points: [4]int{8, 8, 8, 8}})
	c.evaluated(c.others[0].ID, given{grader: "ada", points: [4]int{5, 5, 5, 5}})
	c.evaluated(c.others[1].ID, given{grader: "ada", points: [4]int{2, 2, 2, 2}, change: func(e *assess.Evaluation) { e.State = assess.EvaluationOpen }})
	_, err := s.Decide(t.Context(), s.owner.Actor(assess.Live), c.ID, 0, assess.Advance, "Strong throughout.")
	s.must(err)
	b := s.signIn(ownerEmail)

	p := b.get(c.results("?sort=score"))
	p.says(t, http.StatusOK, "Invited 4 100 % Accepted 4 100 % Started 4 100 % Completed 4 100 % Graded 2 50 %",
		"Advance 1 Hold 0 Reject 0 Undecided 3", "Median 68 % Middle half 50 % – 85 %")
	if got, want := p.charts(t), []string{"Scores of 2 candidates: half of them between 50 % and 85 %."}; len(got) != 2 || got[0] != want[0] {
		t.Errorf("the charts say %q, want %q", got, want)
	}
	rows := p.table(t)
	want := []string{"Casey Candidate casey@example.com|85 % 34 of 40|Graded|Advance", "Ben Ito candidate0@example.com|50 % 20 of 40|Graded|Undecided"}
	for i, w := range want {
		if got := strings.Join(rows[i][:4], "|"); got != w {
			t.Errorf("row %d is %q, want %q", i, got, w)
		}
	}
	if got := strings.Join([]string{rows[2][1], rows[2][2], rows[3][1], rows[3][2]}, "|"); len(rows) != 4 || got != "–|Not graded|–|Being graded" {
		t.Errorf("those without a score are %q", got)
	}
	for query, names := range map[string]string{
		"?sort=name&order=asc": "Ben Ito,Casey Candidate,Chloé Martin,Dana Novak", "?grade=grading": "Chloé Martin", "?grade=ungraded": "Dana Novak",
		"?decision=advance": "Casey Candidate", "?search=DANA": "Dana Novak", "?sort=time&order=desc&grade=graded": "Ben Ito,Casey Candidate",
	} {
		var got []string
		for _, row := range b.get(c.results(query)).table(t) {
			name, _, _ := strings.Cut(row[0], " c")
			got = append(got, name)
		}
		if strings.Join(got, ",") != names {
			t.Errorf("%s lists %q, want %s", query, got, names)
		}
	}
	b.get(c.results("?search=nobody")).says(t, http.StatusOK, "No candidates match", "Show all candidates")
	if p := b.get(c.results("?page=9&limit=3")); p.url.Query().Get("page") != "2" || len(p.table(t)) != 1 {
		t.Errorf("a page beyond the end leads to %s", p.url)
	}
}

func TestResultsSayWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	asm, err := s.CreateAssessment(t.Context(), s.owner.Actor(assess.Live), "Empty")
	s.must(err)
	path := "/assessments/" + string(asm.ID) + "/results"
	b.get(path).says(t, http.StatusOK, "No results yet", "Nobody has been invited")
	b.get(path+"/questions").says(t, http.StatusOK, "Nobody has completed it yet")
	b.get(path+"/graders").says(t, http.StatusOK, "Nothing is graded yet")
	inv := s.invitation()
	b.get("/assessments/"+string(inv.Assessment)+"/results").says(t, http.StatusOK, "Invited 1", "Nobody has completed it yet")
	b.get("/assessments/"+string(inv.Assessment)+"/compare").says(t, http.StatusOK, "Nobody is chosen", "Choose candidates")
}

func TestAPublishedAssessmentLeadsToItsResults(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	viewer := s.colleague(assess.Viewer)
	asm := s.invitation().Assessment
	draft, err := s.CreateAssessment(t.Context(), s.owner.Actor(assess.Live), "Draft")
	s.must(err)
	for _, b := range []*browser{s.signIn(ownerEmail), s.signIn(viewer.Email)} {
		for path, want := range map[string]bool{"/assessments": true, "/assessments/" + string(asm): true, "/assessments/" + string(draft.ID): false} {
			leads := slices.ContainsFunc(b.get(path).all(t, "a"), func(a *html.Node) bool {
				return attr(a, "href") == "/assessments/"+string(asm)+"/results" || attr(a, "href") == "/assessments/"+string(draft.ID)+"/results"
			})
			if leads != want {
				t.Errorf("%s leads to results: %v, want %v", path, leads, want)
			}
		}
	}
}

func TestQuestionsAreShownWithWhatWasGiven(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c := s.contest("Ben Ito")
	c.evaluated(c.ID, given{grader: "ada", points: [4]int{9, 9, 0, 9}}, given{grader: "bo", points: [4]int{6, 8, 3, 8}})
	b := s.signIn(ownerEmail)
	p := b.get(c.results("/questions"))
	p.says(t, http.StatusOK, "Version 1, completed by 2 candidates.")
	rows := p.table(t)
	if got := strings.Join(rows[0][:4], "|"); got != "1. What did you build last?|50 %|75 %|75 %" {
		t.Errorf("the first question is %q", got)
	}
	if got := strings.Join(rows[3][:4], "|"); got != "4. Anything else?|0 %|85 %|85 %" {
		t.Errorf("the last question is %q", got)
	}
	if got := p.charts(t); len(got) != 4 || got[2] != "Points of question 3, from 0 to 10: half of all between 0 and 3." {
		t.Errorf("the charts say %q", got)
	}
}

func TestGradersAreShownWithHowFarTheyAgree(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	names := make([]string, 10)
	for i := range names {
		names[i] = fmt.Sprintf("Candidate %d", i)
	}
	c := s.contest(names...)
	b := s.signIn(ownerEmail)
	for i, other := range c.others[:9] {
		c.evaluated(other.ID, given{grader: "ada", points: [4]int{i, i, i, i}}, given{grader: "bo", points: [4]int{i, i, i, i + 1}})
	}
	p := b.get(c.results("/graders"))
	p.says(t, http.StatusOK, "Too few to say how far graders agree", "So far 9 candidates graded by at least two.", "Weighted kappa – too few candidates to say")
	c.evaluated(c.others[9].ID, given{grader: "ada", points: [4]int{9, 9, 9, 9}}, given{grader: "bo", points: [4]int{9, 9, 9, 9}})
	c.evaluated(c.ID, given{grader: "ada", points: [4]int{9, 9, 9, 9}})

	// Totals of 0, 10 … 90 percent; nine times 2.5 more. Both ways round, the variance of all is v.
	var sum, squares, apart float64
	for i := range 10 {
		a, b := 10*float64(i), 10*float64(i)+2.5
		if i == 9 {
			b = a
		}
		sum, squares, apart = sum+a+b, squares+a*a+b*b, apart+(a-b)*(a-b)
	}
	v := squares/20 - sum/20*sum/20
	kappa := 1 - apart/10/(2*v)
	p = b.get(c.results("/graders"))
	p.says(t, http.StatusOK, "Graded by several 10 candidates", "Same score 10 %", "Within 5 % 100 %", fmt.Sprintf("Weighted kappa %.2f", kappa))
	if strings.Contains(p.main(t), "Too few") || math.Abs(kappa-1) < 1e-6 {
		t.Errorf("ten are called too few, or kappa is %v", kappa)
	}
	rows := p.table(t)
	if got := strings.Join(rows[0][:6], "|"); got != "Ada|11|2 days|10|−2.3|10 %" && got != "Ada|11|2 days|10|−2.2|10 %" {
		t.Errorf("one grader is %q", got)
	}
	if got := strings.Join(rows[1][:4], "|"); got != "Bo|10|2 days|10" {
		t.Errorf("the other grader is %q", got)
	}
}

func TestCandidatesAreComparedSideBySide(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c := s.contest("Ben Ito")
	c.evaluated(c.ID, given{grader: "ada", points: [4]int{9, 8, 7, 0}}, given{grader: "bo", points: [4]int{8, 9, 7, 0}})
	c.transcribed(1, "I built a bridge.")
	b := s.signIn(ownerEmail)
	p := b.get(c.compare(c.ID, c.others[0].ID))
	p.says(t, http.StatusOK, "Casey Candidate 60 % 24 of 40 Graded Undecided", "Ben Ito – Not graded Undecided", "Noted by ada. Ada", "8.5 of 10 points",
		"Clear words 6 / 6 Sound judgement 2.5 / 4", "ada on question 2. Ada", "Welcome! Ask me anything. <b>Really.</b>", "Nothing was given.")
	var media []string
	for _, n := range p.all(t, "main") {
		media = players(n)
	}
	if len(media) != 2 || b.get(media[0]).status != http.StatusOK {
		t.Errorf("the page plays %q", media)
	}
	if tracks := p.all(t, "track"); len(tracks) != 1 || !strings.Contains(b.get(attr(tracks[0], "src")).body, "I built a bridge.") {
		t.Errorf("%d answers have captions", len(tracks))
	}
	links := map[string]bool{}
	for _, a := range p.all(t, "a") {
		links[attr(a, "href")] = true
	}
	if !links["/invites/"+string(c.ID)] || !links["/invites/"+string(c.others[0].ID)] {
		t.Errorf("the page does not lead to the candidates")
	}
	b.get(c.compare(c.ID)).says(t, http.StatusOK, "One alone cannot be compared")
	b.get(c.compare(c.ID, c.ID, c.ID)).says(t, http.StatusOK, "One alone cannot be compared")
	var six []assess.InviteID
	for range 6 {
		six = append(six, assess.InviteID(uuid.NewString()))
	}
	b.get(c.compare(six...)).says(t, http.StatusOK, "These are too many to compare at once")
	elsewhere := s.invitation(func(n *assess.NewInvite, _ *assess.Content) { n.Email = "other@example.com" })
	for name, id := range map[string]assess.InviteID{"of another assessment": elsewhere.ID, "nobody": assess.InviteID(uuid.NewString()), "nonsense": "x"} {
		if p := b.get(c.compare(c.ID, id)); p.status != http.StatusNotFound {
			t.Errorf("comparing with an invite that is %s answers %d", name, p.status)
		}
	}
}

func TestNoPageOfResultsTellsABlindGraderWhatOthersGave(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	m := s.colleague(assess.Recruiter)
	c := s.contest("Ben Ito")
	c.evaluated(c.ID, given{grader: "ada", points: [4]int{9, 9, 9, 9}}, given{grader: string(m.ID), change: func(e *assess.Evaluation) {
		e.State, e.Blind = assess.EvaluationOpen, true
	}})
	s.must(s.db.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.SetGrade(c.Invite, assess.Grade{State: assess.Disputed, Points: 36, Max: 40, GradedAt: c.SentAt})
	}))
	owner, blind := s.signIn(ownerEmail), s.signIn(m.Email)
	for path, score := range map[string]string{c.results(""): "90 %", c.compare(c.ID, c.others[0].ID): "ada on question 1."} {
		owner.get(path).says(t, http.StatusOK, score)
		p := blind.get(path)
		p.says(t, http.StatusOK, "Hidden until you have graded", "Being graded")
		list := p.main(t)
		if at := strings.Index(list, "Search"); at > 0 {
			list = list[at:]
		}
		if strings.Contains(list, score) || strings.Contains(list, "36") || strings.Contains(list, "Disputed Undecided") {
			t.Errorf("%s tells a blind grader: %s", path, list)
		}
	}
}

func TestChosenCandidatesAreSentToTheComparison(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c := s.contest("Ben Ito")
	p := s.signIn(ownerEmail).get(c.results(""))
	forms := p.all(t, "form")
	at := slices.IndexFunc(forms, func(n *html.Node) bool { return attr(n, "id") == "compare" })
	if at < 0 || attr(forms[at], "method") != "get" || attr(forms[at], "action") != "/assessments/"+string(c.Assessment)+"/compare" {
		t.Fatalf("there is no form that leads to the comparison")
	}
	var boxes []string
	for _, n := range p.all(t, "input") {
		if attr(n, "name") == "invite" && attr(n, "form") == "compare" && attr(n, "type") == "checkbox" {
			boxes = append(boxes, attr(n, "value"))
		}
	}
	slices.Sort(boxes)
	want := []string{string(c.ID), string(c.others[0].ID)}
	slices.Sort(want)
	if !slices.Equal(boxes, want) {
		t.Errorf("the boxes are of %q, want %q", boxes, want)
	}
}
