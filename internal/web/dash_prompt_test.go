package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// recorded is a file as browsers record it.
func recorded(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join("..", "media", "testdata", name))
}

// freshPrompt is a prompt that is ready to be heard.
func freshPrompt(ctx context.Context, p *party, of assess.Member) (string, error) {
	who := ownerOf(of)
	asm, err := p.CreateAssessment(ctx, who, "Assessment")
	if err != nil {
		return "", err
	}
	id, err := p.prompt(ctx, who, asm, "sound.webm")
	p.work()
	return string(id), err
}

// prompt delivers a file as a prompt of the assessment's first question. It is yet to be verified.
func (s *site) prompt(ctx context.Context, who assess.Actor, asm assess.Assessment, name string) (assess.RecordingID, error) {
	file, err := recorded(name)
	if err != nil {
		return "", err
	}
	mime := "audio/webm"
	if strings.HasPrefix(name, "video") {
		mime = "video/webm"
	}
	rec, err := s.OpenPrompt(ctx, who, asm.ID, asm.Draft.Questions[0].ID, mime)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(file)
	by := s.ByMember(who)
	if err := by.PutChunk(ctx, rec.ID, assess.Chunk{Bytes: int64(len(file)), SHA256: hex.EncodeToString(sum[:])}, bytes.NewReader(file)); err != nil {
		return "", err
	}
	_, err = by.Finish(ctx, rec.ID, 1, int64(len(file)))
	return rec.ID, err
}

// send asks as our scripts do.
func (b *browser) send(method, path, kind string, body []byte) page {
	b.s.t.Helper()
	r, err := http.NewRequestWithContext(b.s.t.Context(), method, b.s.url+path, bytes.NewReader(body))
	b.s.must(err)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	sum := sha256.Sum256(body)
	r.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
	return b.do(r)
}

func TestAPromptIsDeliveredAndHeard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	e := s.edit()
	question := e.form()["question"][0]
	opened := e.send(http.MethodPost, e.path+"/questions/"+question+"/prompts", "application/json", []byte(`{"mime":"audio/webm"}`))
	opened.want(t, http.StatusCreated)
	var rec struct {
		ID, URL    string
		MaxSeconds int
		TakesLeft  *int
	}
	s.must(json.Unmarshal([]byte(opened.body), &rec))
	if rec.URL != "/recordings/"+rec.ID || rec.MaxSeconds != assess.MaxAnswer || rec.TakesLeft != nil {
		t.Errorf("opening answers %s", opened.body)
	}
	file, err := recorded("sound.webm")
	s.must(err)
	e.send(http.MethodPut, rec.URL+"/chunks/0", "application/octet-stream", file).want(t, http.StatusNoContent)
	e.send(http.MethodPost, rec.URL+"/finish", "application/json", fmt.Appendf(nil, `{"chunks":1,"bytes":%d}`, len(file))).want(t, http.StatusAccepted)
	e.get(rec.URL).want(t, http.StatusOK, `"state":"uploaded"`)
	e.get(rec.URL+"/media").want(t, http.StatusNotFound)
	s.work()
	e.get(rec.URL).want(t, http.StatusOK, `"state":"ready"`, `"media":"`+rec.URL+`/media"`)
	heard := e.get(rec.URL + "/media")
	heard.want(t, http.StatusOK)
	if kind := heard.header.Get("Content-Type"); kind != "audio/webm" || !strings.Contains(heard.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("it is served as %s, with %v", kind, heard.header)
	}

	viewer := s.signIn(s.colleague(assess.Viewer).Email)
	viewer.get(rec.URL+"/media").want(t, http.StatusOK)
	viewer.get(rec.URL).want(t, http.StatusForbidden)
	viewer.send(http.MethodPost, e.path+"/questions/"+question+"/prompts", "application/json", []byte(`{"mime":"audio/webm"}`)).want(t, http.StatusForbidden)
}

func TestOpeningAPromptRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	prompts := e.path + "/questions/" + e.form()["question"][0] + "/prompts"
	for body, status := range map[string]int{
		`{"mime":"text/html"}`: http.StatusBadRequest, `{"mime":""}`: http.StatusBadRequest, `{"mime":1}`: http.StatusBadRequest, `{}`: http.StatusBadRequest,
		`{"mime":"audio/webm","more":1}`: http.StatusBadRequest, `<mime>`: http.StatusBadRequest, `{"mime":"audio/webm"}`: http.StatusCreated,
	} {
		if p := e.send(http.MethodPost, prompts, "application/json", []byte(body)); p.status != status {
			t.Errorf("%s: %d %s", body, p.status, p.body)
		}
	}
	e.send(http.MethodPost, e.path+"/questions/1/prompts", "application/json", []byte(`{"mime":"audio/webm"}`)).want(t, http.StatusNotFound)
	e.send(http.MethodPost, prompts, "text/plain", []byte(`{"mime":"audio/webm"}`)).want(t, http.StatusUnsupportedMediaType)
}

// place is the field that names the recording of a question in English.
func place(form url.Values) string { return question(form, 0, "recordings.en") }

func TestARecordingIsNamedHeardAndRemovedWithoutScripts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	e := s.edit()
	id, err := s.prompt(t.Context(), s.owner.Actor(assess.Live), e.stored(), "sound.webm")
	s.must(err)
	form := e.form()
	form.Set(question(form, 0, "prompts.en"), "What did you build?")
	form.Set(place(form), string(id))
	e.press(form, "save").want(t, http.StatusOK, "Saved.", "Question 1: Its recording is still being checked.", "Reload the page in a moment.")
	e.press(e.form(), "publish").want(t, http.StatusOK, "Not ready to publish")
	s.work()
	e.get(e.path).want(t, http.StatusOK, `<audio`, `src="/recordings/`+string(id)+`/media"`, "Nothing to mend.")

	form = e.form()
	form.Del(place(form)) // a page of an older version
	form.Set("description", "changed")
	e.press(form, "save").want(t, http.StatusOK, "Saved.")
	if got := e.stored().Draft.Questions[0].Recordings["en"]; got != id {
		t.Errorf("a form without the field leaves %q", got)
	}
	form = e.form()
	form.Set(place(form)+".removed", "on")
	e.press(form, "save").want(t, http.StatusOK, "Saved.")
	if got := e.stored().Draft.Questions[0].Recordings; len(got) > 0 {
		t.Errorf("after removing there is %v", got)
	}
	if strings.Contains(e.get(e.path).body, "<audio") {
		t.Error("the editor plays what was removed")
	}
}

func TestARecordingThatFailedIsToldAndKeepsFromPublishing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	e := s.edit()
	who := s.owner.Actor(assess.Live)
	asm := e.stored()
	rec, err := s.OpenPrompt(t.Context(), who, asm.ID, asm.Draft.Questions[0].ID, "audio/webm")
	s.must(err)
	form := e.form()
	form.Set(question(form, 0, "prompts.en"), "What?")
	form.Set(place(form), string(rec.ID))
	e.press(form, "save").want(t, http.StatusOK, "The recording has not arrived whole.")
	s.must(s.ByMember(who).Abandon(t.Context(), rec.ID))
	e.press(e.form(), "publish").want(t, http.StatusOK, "Not ready to publish", "Question 1: Its recording cannot be used: it was interrupted. Replace or remove it.")
	if asm := e.stored(); asm.Version != 0 {
		t.Errorf("version %d is published", asm.Version)
	}
}

func TestARecordingOfAnotherOrganizationIsNotNamed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other, err := s.CreateOrganization(t.Context(), app.NewOwner{
		Organization: "Other Ltd", FirstName: "Sam", LastName: "Stranger", Email: "stranger@example.org", Password: password,
	})
	s.must(err)
	theirs, err := s.CreateAssessment(t.Context(), other.Actor(assess.Live), "Theirs")
	s.must(err)
	id, err := s.prompt(t.Context(), other.Actor(assess.Live), theirs, "sound.webm")
	s.must(err)
	s.work()
	e := s.edit()
	form := e.form()
	form.Set(place(form), string(id))
	form.Set("description", "kept")
	e.press(form, "save").want(t, http.StatusUnprocessableEntity, "Question 1: the recording in English is not there.", `href="#f-`+place(form)+`"`, "kept")
	e.get("/recordings/"+string(id)+"/media").want(t, http.StatusNotFound)
}

func TestRemovingALanguageTellsOfItsRecordings(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	e := s.edit()
	id, err := s.prompt(t.Context(), s.owner.Actor(assess.Live), e.stored(), "sound.webm")
	s.must(err)
	form := e.form()
	form.Set("newLanguage", "es")
	e.press(form, "add-language")
	form = e.form()
	form.Set(question(form, 0, "recordings.es"), string(id))
	e.press(form, "remove-language:es").want(t, http.StatusOK, "Remove Spanish?", "What is written in it is lost: 1 recording.")
}

func TestThePreviewPlaysWhatCandidatesHear(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	e := s.edit()
	ctx, who := t.Context(), s.owner.Actor(assess.Live)
	voice, err := s.prompt(ctx, who, e.stored(), "sound.webm")
	s.must(err)
	film, err := s.prompt(ctx, who, e.stored(), "video.webm")
	s.must(err)
	s.work()
	form := e.form()
	form.Set("newLanguage", "es")
	e.press(form, "add-language")
	form = e.form()
	form.Set("timeLimit", "45")
	form.Set(question(form, 0, "prompts.en"), "What?")
	form.Set(question(form, 0, "recordings.en"), string(voice))
	form.Set(question(form, 0, "prompts.es"), "¿Qué?")
	form.Set(question(form, 0, "recordings.es"), string(film))
	e.press(form, "add")
	form = e.form()
	form.Set(question(form, 1, "prompts.en"), "Why?")
	form.Set(question(form, 1, "preparation"), "30")
	e.press(form, "save")
	english := e.get(e.path + "/preview")
	english.want(t, http.StatusOK, "Once started, you have 45 minutes.", `<audio`, "/recordings/"+string(voice)+"/media", "30 s to prepare", "No recording.")
	e.get(e.path+"/preview?language=es").want(t, http.StatusOK, `<video`, "/recordings/"+string(film)+"/media")
	if strings.Contains(english.body, "<video") {
		t.Error("the film of another language is shown")
	}
	viewer := s.signIn(s.colleague(assess.Viewer).Email)
	viewer.get(e.path+"/preview").want(t, http.StatusOK, "/recordings/"+string(voice)+"/media")
}
