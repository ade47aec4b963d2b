package api_test

import (
	"strings"
	"testing"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// graded is a completed invite whose written answer was scored and whose candidate was decided about.
func (w *world) graded() assess.InviteID {
	w.t.Helper()
	ctx, who := w.t.Context(), w.owner.Actor(assess.Live)
	asm, err := w.app.CreateAssessment(ctx, who, "Written")
	w.must(err)
	c := asm.Draft
	c.Questions = nil
	for _, prompt := range []string{"Why?", "And then?"} {
		q := assess.NewQuestion(w.app.NewQuestionID())
		q.Prompts, q.Format, q.AnswerFormat, q.Required = map[string]string{"en": prompt}, assess.TextFormat, assess.TextFormat, false
		c.Questions = append(c.Questions, q)
	}
	c.Questions[0].Criteria = []assess.Criterion{
		{ID: assess.CriterionID(w.ids.New()), Name: "Depth", Points: 6},
		{ID: assess.CriterionID(w.ids.New()), Name: "Clarity", Points: 4, Levels: []assess.Level{{Description: "No"}, {Points: 4, Description: "Yes"}}},
	}
	_, err = w.app.SaveDraft(ctx, who, asm.ID, asm.Revision, c)
	w.must(err)
	w.must(w.app.Publish(ctx, who, asm.ID))
	out, err := w.app.Invite(ctx, who, assess.NewInvite{
		Assessment: asm.ID, Email: "written@example.com", ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30, Grader: w.owner.ID,
	})
	w.must(err)
	w.takes(who, out.Invite.ID)
	w.scores(who, c.Questions[0])
	_, err = w.app.Decide(ctx, who, out.Invite.ID, 0, assess.Advance, "Clear, and deep where it matters.")
	w.must(err)
	return out.Invite.ID
}

// takes has the candidate answer the first question in writing and submit.
func (w *world) takes(who assess.Actor, id assess.InviteID) {
	w.t.Helper()
	ctx := w.t.Context()
	link, err := w.app.InviteURL(ctx, who, id)
	w.must(err)
	token := link[strings.LastIndex(link, "/")+1:]
	phone := app.Client{Address: "192.0.2.1"}
	landing, err := w.app.Landing(ctx, token, "", phone)
	w.must(err)
	w.must(w.app.Accept(ctx, token, app.Agreement{Ticked: true, Language: "en", Shown: landing.NoticeSHA256}, phone))
	taker := app.Taker{Token: token, Tab: "tab", Client: phone}
	w.must(w.app.Start(ctx, taker))
	w.must(w.app.BeginAnswer(ctx, taker, 1))
	_, err = w.app.SaveText(ctx, taker, 1, 0, "Because <it> is simple.")
	w.must(err)
	w.must(w.app.Complete(ctx, taker, true))
}

func (w *world) scores(who assess.Actor, q assess.Question) {
	w.t.Helper()
	ctx := w.t.Context()
	queue, err := w.app.Queue(ctx, who)
	w.must(err)
	id := queue.Waiting[0].ID
	_, err = w.app.SaveMark(ctx, who, id, 1, assess.Mark{
		Scores: map[assess.CriterionID]int{q.Criteria[0].ID: 5, q.Criteria[1].ID: 4}, Comment: "Knows what it costs.",
	})
	w.must(err)
	w.must(w.app.SaveComment(ctx, who, id, assess.Comment{ID: assess.CommentID(w.ids.New()), Question: q.ID, At: 4200e6, Text: "Here."}))
	d, err := w.app.Evaluation(ctx, who, id)
	w.must(err)
	_, err = w.app.SaveNote(ctx, who, id, d.Revision, "Calm.")
	w.must(err)
	d, err = w.app.Evaluation(ctx, who, id)
	w.must(err)
	w.must(w.app.SubmitEvaluation(ctx, who, id, d.Stamp()))
}

func resultScenarios(id assess.InviteID) []scenario {
	path := "/api/v1/invites/" + string(id)
	return []scenario{
		{name: "result/get", method: "GET", path: path + "/results", status: 200},
		{name: "result/timeline", method: "GET", path: path + "/timeline", status: 200},
		{name: "result/unknown", method: "GET", path: "/api/v1/invites/" + strings.Repeat("0", 8) + "-0000-7000-8000-000000000000/results", status: 404},
	}
}

func TestResultsAreAnsweredAsDocumented(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, s := range resultScenarios(w.graded()) {
		got := w.send(s.method, s.path, w.key, "")
		if got.status != s.status {
			t.Errorf("%s: %d %s, want %d", s.name, got.status, got.body, s.status)
		}
		golden(t, "testdata/"+s.name+".http", dump(s, got))
	}
}

func TestResultsStayHiddenFromWhoeverReadsNoResults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.graded()
	for key, want := range map[string]int{"": 401, w.testKey: 404} {
		if got := w.send("GET", "/api/v1/invites/"+string(id)+"/results", key, ""); got.status != want || strings.Contains(got.body, "Calm") {
			t.Errorf("%d %s, want %d", got.status, got.body, want)
		}
	}
}
