package web_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/speech"
)

// transcribed is an attempt whose first answer has a transcript of the lines, three seconds in all.
func (s *site) transcribed(lines ...string) (a attempt, rec assess.Recording, path string) {
	s.t.Helper()
	a = s.attempt()
	rec = a.record(spoken, opus, "sound.webm")
	segments := make([]assess.Segment, len(lines))
	for i, text := range lines {
		segments[i] = assess.Segment{
			Start: 3 * time.Second * time.Duration(i) / time.Duration(len(lines)), End: 3 * time.Second * time.Duration(i+1) / time.Duration(len(lines)), Text: text,
		}
	}
	s.must(s.ImportTranscript(s.t.Context(), s.owner.Actor(assess.Live), a.ID, rec.ID, segments))
	return a, rec, a.page() + "/recordings/" + string(rec.ID)
}

// said is what the transcript says now.
func (s *site) said(a attempt, rec assess.Recording) string {
	s.t.Helper()
	t, err := s.Transcript(s.t.Context(), s.owner.Actor(assess.Live), a.ID, rec.ID)
	s.must(err)
	return t.Text()
}

func TestCaptionsAreServedOnceThereAreAny(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	other := s.attempt(func(n *assess.NewInvite, _ *assess.Content) { n.Email = "other@example.com" })
	silent := other.record(spoken, opus, "sound.webm")
	if p := b.get(other.page() + "/recordings/" + string(silent.ID) + "/captions"); p.status != http.StatusNotFound {
		t.Errorf("without a transcript: %d", p.status)
	}
	a, rec, path := s.transcribed("I fix <things>.", "And bikes.")
	p := b.get(path + "/captions")
	want := "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.500\nI fix &lt;things&gt;.\n\n2\n00:00:01.500 --> 00:00:03.000\nAnd bikes.\n"
	if diff := cmp.Diff(want, p.body); diff != "" || p.header.Get("Content-Type") != "text/vtt; charset=utf-8" {
		t.Errorf("%s: %s", p.header.Get("Content-Type"), diff)
	}
	tag := p.header.Get("ETag")
	_, err := s.EditTranscript(t.Context(), s.owner.Actor(assess.Live), a.ID, rec.ID, []assess.LineEdit{{Line: 1, Was: "And bikes.", Text: "And cars."}})
	s.must(err)
	if p := b.get(path + "/captions"); p.header.Get("ETag") == tag || !strings.Contains(p.body, "And cars.") {
		t.Error("an edit does not reach who has the captions already")
	}
	page := b.get(a.page())
	if !strings.Contains(page.body, `<track kind="captions" srclang="en" label="Captions" src="`+path+`/captions" default>`) {
		t.Error("the player has no captions")
	}
	if !strings.Contains(page.body, `href="`+path+`/transcript"`) {
		t.Error("nothing leads to the transcript")
	}
}

func TestWithoutAServiceNothingSpeaksOfTranscripts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.attempt()
	rec := a.record(spoken, opus, "sound.webm")
	b := s.signIn(ownerEmail)
	if p := b.get(a.page()); strings.Contains(strings.ToLower(p.body), "transcri") {
		t.Error("the invite speaks of transcripts")
	}
	if p := b.get(a.page() + "/recordings/" + string(rec.ID) + "/transcript"); p.status != http.StatusOK || !strings.Contains(p.body, "no transcription service is set up") {
		t.Errorf("the page answers %d", p.status)
	}
}

func TestATranscriptIsEditedByAForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a, rec, path := s.transcribed("I fix things.", "And bikes.", "Good bye.")
	b := s.signIn(ownerEmail)
	p := b.post(path+"/transcript", url.Values{
		"line-0": {"I fix  all\r\nthings."}, "was-0": {"I fix things."}, "line-1": {"And bikes."}, "was-1": {"And bikes."}, "line-2": {""}, "was-2": {"Good bye."},
	})
	if p.status != http.StatusOK || !strings.Contains(p.body, "The transcript is saved.") || !strings.Contains(p.body, "Edited by Olivia Owner") {
		t.Errorf("saving answers %d", p.status)
	}
	if got := s.said(a, rec); got != "I fix all things.\nAnd bikes." {
		t.Errorf("it says %q", got)
	}
	p = b.get(path + "/transcript?q=BIKES")
	if strings.Count(p.body, "<li hidden data-line") != 2 || !strings.Contains(p.body, "1 of 3 lines") {
		t.Errorf("searched for one line of three:\n%s", p.body)
	}
}

func TestALineThatSomebodyElseHasChangedIsKeptAndShown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a, rec, path := s.transcribed("I fix things.", "And bikes.")
	b := s.signIn(ownerEmail)
	_, err := s.EditTranscript(t.Context(), s.owner.Actor(assess.Live), a.ID, rec.ID, []assess.LineEdit{{Line: 0, Was: "I fix things.", Text: "I mend things."}})
	s.must(err)
	p := b.post(path+"/transcript", url.Values{"line-0": {"I break things."}, "was-0": {"I fix things."}, "line-1": {"And cars."}, "was-1": {"And bikes."}})
	if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, "Now it says “I mend things.”.") {
		t.Errorf("the clash answers %d:\n%s", p.status, p.body)
	}
	for _, want := range []string{">I break things.</textarea>", `name="was-0" value="I mend things."`, ">And cars.</textarea>", `name="was-1" value="And bikes."`} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if got := s.said(a, rec); got != "I mend things.\nAnd bikes." {
		t.Errorf("it says %q before anybody has decided", got)
	}
	b.post(path+"/transcript", url.Values{"line-0": {"I break things."}, "was-0": {"I mend things."}, "line-1": {"And cars."}, "was-1": {"And bikes."}})
	if got := s.said(a, rec); got != "I break things.\nAnd cars." {
		t.Errorf("it says %q", got)
	}
}

func TestAScriptLearnsWhatItsLinesSayNow(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, _, path := s.transcribed("I fix things.", "And bikes.")
	b := s.signIn(ownerEmail)
	for _, step := range []struct {
		form   url.Values
		status int
		want   map[string]string
	}{
		{url.Values{"line-0": {" I fix   bikes."}, "was-0": {"I fix things."}}, http.StatusOK, map[string]string{"0": "I fix bikes."}},
		{url.Values{"line-0": {"I fix bikes."}, "was-0": {"I fix things."}}, http.StatusOK, map[string]string{"0": "I fix bikes."}}, // sent again
		{url.Values{"line-0": {"I fix cars."}, "was-0": {"I fix things."}}, http.StatusConflict, map[string]string{"0": "I fix bikes."}},
		{url.Values{"line-7": {"x"}, "was-7": {"y"}}, http.StatusConflict, map[string]string{}},
	} {
		p := b.postForScript(path+"/transcript", step.form)
		var got struct{ Lines map[string]string }
		s.must(json.Unmarshal([]byte(p.body), &got))
		if diff := cmp.Diff(step.want, got.Lines); diff != "" || p.status != step.status {
			t.Errorf("%v: %d %s", step.form, p.status, diff)
		}
	}
	if p := b.postForScript(path+"/transcript", url.Values{"line-0": {"a\u202eb"}, "was-0": {"I fix bikes."}}); p.status != http.StatusBadRequest || !strings.Contains(p.body, "must not contain control characters") {
		t.Errorf("%d %s", p.status, p.body)
	}
	if p := b.post(path+"/transcript", url.Values{"line-0": {"a\u202eb"}, "was-0": {"I fix bikes."}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, "Line 1 must not contain control characters") {
		t.Errorf("%d %s", p.status, p.body)
	}
}

// postForScript sends a form as a script of ours does.
func (b *browser) postForScript(path string, form url.Values) page {
	b.s.t.Helper()
	r, err := http.NewRequestWithContext(b.s.t.Context(), http.MethodPost, b.s.url+path, strings.NewReader(form.Encode()))
	b.s.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept", "application/json")
	return b.do(r)
}

// hearing is a change that sets up a transcription service: a server that answers by what answer says.
func hearing(t *testing.T, answer http.HandlerFunc) func(*parts) {
	t.Helper()
	service := httptest.NewServer(answer)
	t.Cleanup(service.Close)
	client, err := speech.New(speech.Config{URL: service.URL + "/v1", Model: "whisper-1"})
	if err != nil {
		t.Fatal(err)
	}
	return func(p *parts) { p.app.Transcriber = client }
}

func TestWhyAnAnswerIsNotTranscribedIsSaidAndItCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	works := make(chan bool, 1)
	s := newSite(t, hearing(t, func(w http.ResponseWriter, _ *http.Request) {
		select {
		case <-works:
			_, _ = io.WriteString(w, `{"text":"I fix things."}`)
		default:
			http.Error(w, `{"detail":"The model is unknown."}`, http.StatusNotFound)
		}
	}))
	a := s.attempt()
	rec := a.record(spoken, opus, "sound.webm")
	path := a.page() + "/recordings/" + string(rec.ID)
	b := s.signIn(ownerEmail)
	if p := b.get(a.page()); !strings.Contains(p.body, "Not transcribed: see why") {
		t.Error("the invite does not say that it is not transcribed")
	}
	p := b.get(path + "/transcript")
	if !strings.Contains(p.body, "The transcription service answers 404: The model is unknown.") || !strings.Contains(p.body, "Try again") {
		t.Errorf("the page does not say why:\n%s", p.body)
	}
	if p := s.signIn(s.colleague(assess.Viewer).Email).get(path + "/transcript"); p.status != http.StatusOK || strings.Contains(p.body, "Try again") {
		t.Errorf("a viewer, who may not: %d", p.status)
	}
	works <- true
	if p := b.post(path+"/transcribe", nil); p.url.Path != path+"/transcript" || !strings.Contains(p.body, "is being transcribed") {
		t.Errorf("trying again leads to %s", p.url)
	}
	s.work()
	if p := b.get(path + "/transcript"); !strings.Contains(p.body, ">I fix things.</textarea>") || !strings.Contains(p.body, "Written down by a machine") {
		t.Errorf("the transcript is not there:\n%s", p.body)
	}
}

func TestAViewerReadsATranscriptAndCannotEditIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, _, path := s.transcribed("I fix things.")
	b := s.signIn(s.colleague(assess.Viewer).Email)
	if p := b.get(path + "/transcript"); !strings.Contains(p.body, `<span class="transcript-said">I fix things.</span>`) || strings.Contains(p.body, "<textarea") {
		t.Errorf("the page of a viewer:\n%s", p.body)
	}
}
