package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// seated is a browser whose tab says which it is, as our scripts do.
type seated struct{ tab string }

// RoundTrip implements http.RoundTripper.
func (t seated) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Seat", t.tab)
	return http.DefaultTransport.RoundTrip(r)
}

// holder is a browser that has entered the invitation, which was accepted.
func (i invitationOf) holder(tab string) *browser {
	i.s.t.Helper()
	b := i.s.browser()
	if tab != "" {
		b.http.Transport = seated{tab}
	}
	b.post(i.path+"/enter", nil)
	return b
}

// starter is a holder whose attempt has begun.
func (i invitationOf) starter() *browser {
	i.s.t.Helper()
	i.accepted()
	b := i.holder("tab")
	b.post("/take/start", nil)
	return b
}

// writes saves and sends a written answer.
func (i invitationOf) writes(number int, text string) {
	i.s.t.Helper()
	t := app.Taker{Token: i.token, Tab: "tab"}
	i.s.must(i.s.BeginAnswer(i.s.t.Context(), t, number))
	_, err := i.s.SaveText(i.s.t.Context(), t, number, 0, text)
	i.s.must(err)
	i.s.must(i.s.SendAnswer(i.s.t.Context(), t, number))
}

func TestTheAttemptLeadsToWhereTheCandidateStands(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	i.accepted()
	b := i.holder("tab")
	stands := func(when, at string, status int, texts ...string) {
		t.Helper()
		for _, from := range []string{"/take", "/c", i.path} {
			p := b.get(from)
			if p.url.Path != at {
				t.Errorf("%s: %s leads to %s, not to %s", when, from, p.url.Path, at)
			}
			p.says(t, status, texts...)
		}
	}
	stands("accepted", "/take", http.StatusOK, "Your place is reserved", "Start the assessment")
	if p := b.get("/take/review"); p.url.Path != "/take" {
		t.Errorf("before the start the review leads to %s", p.url.Path)
	}
	b.post("/take/start", nil).says(t, http.StatusOK, "Question 1 of 2")
	stands("started", "/take/questions/1", http.StatusOK, "Are you ready?")
	b.post("/take/start", nil).says(t, http.StatusOK, "Question 1 of 2") // a double click
	i.writes(1, "A bridge.")
	stands("one answered", "/take/questions/2", http.StatusOK, "1 of 2 answered")
	i.writes(2, "Short.")
	stands("all answered", "/take/review", http.StatusOK, "2 of 2 answered")
	if p := b.get("/take/done"); p.url.Path != "/take/review" {
		t.Errorf("before the end the receipt leads to %s", p.url.Path)
	}
	b.post("/take/submit", nil).says(t, http.StatusOK, "You are finished. Thank you!", app.Receipt(i.Invite))
	if p := b.get("/take/questions/1"); p.url.Path != "/take/done" {
		t.Errorf("after the end a question leads to %s", p.url.Path)
	}
	b.post("/take/submit", nil).says(t, http.StatusOK, "You are finished. Thank you!")
	stands("completed", "/take/done", http.StatusOK, app.Receipt(i.Invite))
	if got := i.status(); got != assess.Completed {
		t.Errorf("the invite is %s", got)
	}
}

func TestScriptsAreRefusedInTheCandidatesLanguage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	i.starter()
	other := i.holder("other-tab")
	other.get("/take/questions/1?lang=de")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/take/questions/1/begin", nil)
	s.must(err)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	p := other.do(r)
	if want := `{"error":"Das Assessment ist in einem anderen Tab oder auf einem anderen Gerät geöffnet.","code":"elsewhere"}`; strings.TrimSpace(p.body) != want {
		t.Errorf("%d: %s", p.status, p.body)
	}
}

func TestAnAttemptThatWasTakenBackSaysSo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	b := i.starter()
	s.must(s.Revoke(t.Context(), s.owner.Actor(assess.Live), i.ID, true))
	for _, path := range []string{"/take", "/take/questions/1", "/take/review", "/take/done"} {
		b.get(path).says(t, http.StatusGone, "This invitation is no longer valid")
	}
	for _, path := range []string{"/take/questions/1/begin", "/take/questions/1/send", "/take/submit", "/take/seat", "/take/start"} {
		b.post(path, nil).says(t, http.StatusGone, "This invitation is no longer valid")
	}
}

func TestStartingWithoutScriptsIsExplained(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved)
	i.accepted()
	i.holder("").post("/take/start", nil).says(t, http.StatusUnprocessableEntity, "There is a problem", "needs JavaScript")
	if got := i.status(); got != assess.Accepted {
		t.Errorf("the invite is %s", got)
	}
}

func TestAQuestionWithAClockGivesNothingAwayBeforeItIsShown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	b := i.starter()
	for _, path := range []string{"/take/questions/1", "/take/review"} {
		if p := b.get(path); strings.Contains(p.body, "What did you build last?") {
			t.Errorf("%s shows the question", path)
		}
	}
	b.post("/take/questions/1/begin", nil).says(t, http.StatusOK, "What did you build last?", "Send and continue")
	if until := i.questions()[0].WriteUntil; time.Until(until) < time.Minute {
		t.Errorf("writing ends at %s", until)
	}
}

func TestQuestionsThatDoNotExistLeadToWhereTheCandidateStands(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	b := i.starter()
	i.writes(1, "A bridge.")
	for _, number := range []string{"0", "3", "-1", "one", "99999999999999999999"} {
		if p := b.get("/take/questions/" + number); p.url.Path != "/take/questions/2" {
			t.Errorf("question %s leads to %s", number, p.url.Path)
		}
		b.post("/take/questions/"+number+"/send", nil).says(t, http.StatusNotFound)
	}
}

func TestSubmittingAsksFirstWhileSomethingRequiredIsMissing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	b := i.starter()
	i.writes(1, "A bridge.")
	b.get("/take/review").says(t, http.StatusOK, "1 of 2 answered", "1 required question is not answered", "Submit all the same")
	p := b.post("/take/submit", nil)
	p.says(t, http.StatusUnprocessableEntity, "Something is missing.")
	if title := words(p.all(t, "title")[0]); !strings.HasPrefix(title, "Error:") {
		t.Errorf("the title is %q", title)
	}
	if got := i.status(); got != assess.Started {
		t.Errorf("the invite is %s", got)
	}
	b.post("/take/submit", url.Values{"anyway": {"on"}}).says(t, http.StatusOK, "You are finished. Thank you!", "1 of 2 answered")
}

func TestWhatIsOptionalIsNotAskedFor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting, func(_ *assess.NewInvite, c *assess.Content) { c.Questions[1].Required = false })
	b := i.starter()
	i.writes(1, "A bridge.")
	b.post("/take/questions/2/begin", nil).says(t, http.StatusOK, "You may leave this question out.")
	if p := b.get("/take/review"); strings.Contains(p.body, "anyway") {
		t.Error("the review asks for an optional answer")
	}
	b.post("/take/submit", nil).says(t, http.StatusOK, "You are finished. Thank you!")
}

func TestFormsFromAnotherTabOfferToTakeOver(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	i.starter()
	i.writes(1, "A bridge.")
	other := i.holder("other-tab")
	for _, path := range []string{"/take/questions/2/begin", "/take/questions/1/send", "/take/submit"} {
		other.post(path, nil).says(t, http.StatusConflict, "The assessment is open elsewhere", "Nothing is lost.", "Continue here")
	}
	other.post("/take/seat", nil).says(t, http.StatusOK, "Question 2 of 2")
	other.post("/take/questions/2/begin", nil).says(t, http.StatusOK, "Write a short note.")
}

func TestAnotherFormatIsOfferedWhereItIsAllowed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved)
	b := i.starter()
	if p := b.get("/take/questions/1?by=text"); strings.Contains(p.body, "text-answer") {
		t.Error("writing is offered without leave")
	}
	s.must(s.Accommodate(t.Context(), s.owner.Actor(assess.Live), assess.Accommodation{Org: i.Org, Invite: i.ID, Instead: assess.TextFormat}))
	p := b.get("/take/questions/1")
	p.says(t, http.StatusOK, "By voice", "In writing")
	if !strings.Contains(p.body, "take-recorder") {
		t.Error("recording is not what comes first")
	}
	if p := b.get("/take/questions/1?by=text"); !strings.Contains(p.body, "text-answer") {
		t.Error("writing is not offered")
	}
	i.writes(1, "A bridge.")
	if p := b.get("/take/questions/1"); !strings.Contains(p.body, "text-answer") || !strings.Contains(p.body, "A bridge.") {
		t.Error("the page does not show the answer that was written")
	}
}

func TestTheStartTellsItsConditions(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	timed := func(_ *assess.NewInvite, c *assess.Content) { c.TimeLimit = 45 }
	for name, test := range map[string]struct {
		factor int
		change []func(*assess.NewInvite, *assess.Content)
		says   []string
		not    string
	}{
		"recorded": {0, nil, []string{
			"2 questions", "No clock runs over the whole.", "can be heard up to 2 times", "You can record each answer once.",
			"Some questions have a time of their own.", "it does not count", "Check your devices",
		}, "in all."},
		"written":   {0, append(in(unobserved), inWriting), []string{"No clock runs over the whole."}, "Check your devices"},
		"timed":     {0, in(timed), []string{"You have 45 minutes in all."}, "No clock"},
		"more time": {150, in(timed), []string{"You have 1 hour 7 minutes in all."}, "No clock"},
		"no limit":  {assess.Unlimited, in(timed), []string{"There is no time limit for you."}, "Some questions have a time of their own."},
	} {
		i := s.invitation(test.change...)
		i.accepted()
		s.must(s.Accommodate(t.Context(), s.owner.Actor(assess.Live), assess.Accommodation{Org: i.Org, Invite: i.ID, TimeFactor: test.factor}))
		p := i.holder("tab").get("/take")
		p.says(t, http.StatusOK, test.says...)
		if strings.Contains(p.main(t), test.not) {
			t.Errorf("%s: the page says %q", name, test.not)
		}
	}
}

func in(change ...func(*assess.NewInvite, *assess.Content)) []func(*assess.NewInvite, *assess.Content) {
	return change
}

func TestTheReceiptTellsWhatWasHandedIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting, func(_ *assess.NewInvite, c *assess.Content) {
		c.Closing = map[string]string{"en": "We answer within a week."}
	})
	b := i.starter()
	i.writes(1, "A bridge.")
	i.put(func(inv *assess.Invite) { inv.CompleteBy = time.Now().Add(-time.Second) })
	before := s.files()
	p := b.get("/take")
	p.says(t, http.StatusOK, "The time for “Software Engineer Assessment” is over.", app.Receipt(i.Invite), "1 of 2 answered",
		"We answer within a week.", "A receipt goes to casey@example.com.")
	if s.files() != before {
		t.Error("showing it has written something")
	}
	b.post("/take/questions/1/send", nil).says(t, http.StatusOK, "The time for")
	if got := i.status(); got != assess.Completed {
		t.Errorf("the invite is %s", got)
	}
}

func TestThePageOfAQuestionIsLight(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.invitation(unobserved).starter()
	p := b.get("/take/questions/1")
	total := len(gzipped(t, p.body))
	for _, found := range linked.FindAllStringSubmatch(p.body, -1) {
		total += len(gzipped(t, b.get(found[1]).body))
	}
	if total > 100<<10 || total < 5<<10 {
		t.Errorf("page, styles and scripts are %d bytes", total)
	}
	t.Logf("%d bytes", total)
}
