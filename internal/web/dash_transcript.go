package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) transcriptRoutes() []route {
	return []route{
		{"GET /invites/{id}/recordings/{recording}/captions", member(assess.ReadInvites), s.inviteCaptions},
		{"GET /invites/{id}/recordings/{recording}/transcript", member(assess.ReadInvites), s.transcriptPage},
		{"POST /invites/{id}/recordings/{recording}/transcript", member(assess.AssignGraders), s.editTranscript},
		{"POST /invites/{id}/recordings/{recording}/transcribe", member(assess.AssignGraders), s.transcribe},
	}
}

func (s *Server) inviteCaptions(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	recording, err := c.recordingID()
	if err != nil {
		return err
	}
	t, err := s.app.Transcript(c.ctx(), c.who(), assess.InviteID(id), recording)
	if err != nil {
		return err
	}
	return c.captions(t)
}

// captions sends what is said as WebVTT. The browser may keep it, but asks each time whether it still may. Errors: NotFound while
// nothing is ready.
func (c *call) captions(t assess.Transcript) error {
	if t.State != assess.TranscriptReady {
		return assess.Errorf(assess.NotFound, "transcript not found")
	}
	header := c.w.Header()
	header.Set("Content-Type", "text/vtt; charset=utf-8")
	header.Set("Cache-Control", "private, no-cache")
	header.Set("Vary", "Cookie")
	header.Set("ETag", strconv.Quote(fmt.Sprintf("%s-%d", t.Recording, t.Revision)))
	http.ServeContent(c.w, c.r, "", time.Time{}, strings.NewReader(t.WebVTT()))
	return nil
}

// transcriptView is what the page of a transcript shows.
type transcriptView struct {
	givenAnswer
	MayEdit bool
	Sought  string
	Typed   map[int]assess.LineEdit // what was not saved
	Clashes map[int]bool            // which of that somebody else has changed meanwhile
	Errors  []ui.FieldError
}

func (s *Server) transcriptPage(c *call) error {
	v, err := c.transcriptView()
	if err != nil {
		return err
	}
	v.Sought = c.line("q")
	return c.showTranscript(http.StatusOK, v)
}

func (c *call) showTranscript(status int, v transcriptView) error {
	d := c.dashboard("Transcript")
	d.Page.Links.Modules = append(d.Page.Links.Modules, c.s.assets.URL("player.js"), c.s.assets.URL("transcript.js"))
	return c.render(status, transcriptPage(d, v))
}

// transcriptView reads the answer whose recording the path names, with what is said in it.
func (c *call) transcriptView() (v transcriptView, err error) {
	recording, err := c.recordingID()
	if err != nil {
		return v, err
	}
	invite, err := c.inviteView()
	if err != nil {
		return v, err
	}
	for _, a := range invite.answers() {
		if a.State == assess.Answered && a.Take != nil && a.Take.ID == recording {
			return transcriptView{givenAnswer: a, MayEdit: c.who().Can(assess.AssignGraders)}, nil
		}
	}
	return v, assess.Errorf(assess.NotFound, "recording not found")
}

// editTranscript saves the lines of the form that say something else than they did: for a script, which sends only those and wants
// to know what they say now, or for a page.
func (s *Server) editTranscript(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	recording, err := c.recordingID()
	if err != nil {
		return err
	}
	if err := c.form(); err != nil {
		return err
	}
	edits := c.lineEdits()
	now, err := s.app.EditTranscript(c.ctx(), c.who(), assess.InviteID(id), recording, edits)
	clash := assess.CodeOf(err) == assess.Differs
	switch {
	case c.wantsJSON() && (err == nil || clash):
		return c.json(assess.HTTPStatus(err), saidNow(now, edits))
	case c.wantsJSON():
		return err
	case err == nil:
		return c.done("The transcript is saved.", c.r.URL.Path)
	}
	v, readErr := c.transcriptView()
	if readErr != nil {
		return readErr
	}
	v.retype(edits)
	if !clash {
		if v.Errors, err = lineErrors(err); err != nil {
			return err
		}
	}
	return c.showTranscript(http.StatusUnprocessableEntity, v)
}

// lineEdits are the lines of the form that its sender has changed.
func (c *call) lineEdits() (edits []assess.LineEdit) {
	for name := range c.r.PostForm {
		digits, isLine := strings.CutPrefix(name, "line-")
		number, err := strconv.Atoi(digits)
		if !isLine || err != nil {
			continue
		}
		was, text := c.r.PostForm.Get("was-"+digits), c.r.PostForm.Get(name)
		if assess.CleanLine(text) != was {
			edits = append(edits, assess.LineEdit{Line: number, Was: was, Text: text})
		}
	}
	return edits
}

// saidNow is what the edited lines say now, as the script reads it. One that is not there any more is left out.
func saidNow(t assess.Transcript, edits []assess.LineEdit) any {
	lines := map[int]string{}
	for _, e := range edits {
		if e.Line >= 0 && e.Line < len(t.Segments) {
			lines[e.Line] = t.Segments[e.Line].Text
		}
	}
	return struct {
		Lines map[int]string `json:"lines"`
	}{lines}
}

// retype keeps in the page what was typed, and tells where somebody else has typed too.
func (v *transcriptView) retype(edits []assess.LineEdit) {
	v.Typed, v.Clashes = map[int]assess.LineEdit{}, map[int]bool{}
	for _, e := range edits {
		if v.Transcript == nil || e.Line < 0 || e.Line >= len(v.Transcript.Segments) {
			continue
		}
		v.Typed[e.Line] = e
		now := v.Transcript.Segments[e.Line].Text
		v.Clashes[e.Line] = now != e.Was && now != assess.CleanLine(e.Text)
	}
}

// lineErrors are the problems of edited lines by the names of their fields. Who reads them counts lines from 1.
func lineErrors(err error) ([]ui.FieldError, error) {
	labels := map[string]string{}
	if e, ok := errors.AsType[*assess.Error](err); ok {
		for i, p := range e.Problems {
			digits := strings.TrimSuffix(strings.TrimPrefix(p.Field, "lines["), "]")
			if number, err := strconv.Atoi(digits); err == nil {
				e.Problems[i].Field = "line-" + digits
				labels["line-"+digits] = "line " + strconv.Itoa(number+1)
			}
		}
	}
	return fieldErrors(err, labels)
}

// transcribe has the answer transcribed, for the first time or again.
func (s *Server) transcribe(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	recording, err := c.recordingID()
	if err != nil {
		return err
	}
	path := strings.TrimSuffix(c.r.URL.Path, "transcribe") + "transcript"
	err = s.app.Retranscribe(c.ctx(), c.who(), assess.InviteID(id), recording)
	if assess.KindOf(err) == assess.Conflict {
		c.say(ui.Toast{Tone: ui.Warning, Text: messageOf(err, http.StatusConflict)})
		return c.redirect(path)
	}
	if err != nil {
		return err
	}
	return c.done("The answer is being transcribed.", path)
}

// captioned is the playback with the captions at the path, if the transcript is ready.
func (p playback) captioned(t *assess.Transcript, path string) playback {
	if t != nil && t.State == assess.TranscriptReady {
		p.Captions, p.Language = path, t.Language
	}
	return p
}

// heard reports whether there is a transcript to read.
func (a givenAnswer) heard() bool {
	return a.Transcript != nil && a.Transcript.State == assess.TranscriptReady
}

// transcriptLink names the way to the transcript; empty where there is neither one nor a way to get one.
func (a givenAnswer) transcriptLink() string {
	switch {
	case a.State != assess.Answered || a.Take == nil || a.written():
		return ""
	case a.heard() && a.view.MayAssign:
		return "Read or edit the transcript"
	case a.heard():
		return "Read the transcript"
	case a.Transcript != nil && a.Transcript.State == assess.TranscriptQueued:
		return "Being transcribed"
	case a.Transcript != nil:
		return "Not transcribed: see why"
	case a.view.Transcribes && a.Take.Media.Sound:
		return "No transcript yet"
	default:
		return ""
	}
}

// transcribable reports whether the answer can be transcribed now, at the wish of who looks at it.
func (v transcriptView) transcribable() bool {
	t := v.Transcript
	return v.MayEdit && v.view.Transcribes && v.Take.Media.Sound && (t == nil || t.State != assess.TranscriptQueued && t.EditedBy == "")
}

// standing says what there is to know of a transcript besides what it says; nil for nothing.
func (v transcriptView) standing() templ.Component {
	switch t := v.Transcript; {
	case t == nil && !v.view.Transcribes:
		return ui.Banner{Tone: ui.Info, Text: "There is no transcript, and no transcription service is set up."}
	case t == nil:
		return ui.Banner{Tone: ui.Info, Text: "This answer has not been transcribed."}
	case t.State == assess.TranscriptQueued && t.Failure != "":
		return ui.Banner{Tone: ui.Warning, Title: "Not transcribed yet", Text: t.Failure + " It is tried again by itself."}
	case t.State == assess.TranscriptQueued:
		return ui.Banner{Tone: ui.Info, Text: "The answer is being transcribed. Come back in a few minutes."}
	case t.State == assess.TranscriptFailed:
		return ui.Banner{Tone: ui.Bad, Title: "The answer could not be transcribed", Text: t.Failure}
	case t.Failure != "":
		return ui.Banner{Tone: ui.Warning, Title: "It could not be transcribed anew", Text: t.Failure + " What was there is kept."}
	default:
		return nil
	}
}

// transcriptLine is one line of the page.
type transcriptLine struct {
	assess.Segment
	Number  int
	Was     string // what its field is compared with
	Typed   string
	Clashes bool
	Error   string
	Hidden  bool // since it does not hold what is sought
}

func (v transcriptView) lines() []transcriptLine {
	out := make([]transcriptLine, len(v.Transcript.Segments))
	for i, s := range v.Transcript.Segments {
		line := transcriptLine{Segment: s, Number: i, Was: s.Text, Typed: s.Text, Clashes: v.Clashes[i], Error: ui.ErrorFor(v.Errors, "line-"+strconv.Itoa(i))}
		if typed, ok := v.Typed[i]; ok {
			line.Typed = typed.Text
		}
		line.Hidden = !holds(line.Typed, v.Sought) && !line.Clashes && line.Error == ""
		out[i] = line
	}
	return out
}

// holds reports whether a line holds what is sought, whatever the case.
func holds(text, sought string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(sought))
}

func (v transcriptView) found() string {
	if v.Sought == "" {
		return ""
	}
	n := 0
	for _, line := range v.lines() {
		if !line.Hidden {
			n++
		}
	}
	return fmt.Sprintf("%d of %s", n, counted(len(v.Transcript.Segments), "line"))
}

// at is where in the recording the line begins, as a fragment of its address (https://www.w3.org/TR/media-frags/).
func (l transcriptLine) at(rec assess.Recording) string {
	return recordingPath(rec, "media") + "#t=" + l.seconds()
}

func (l transcriptLine) seconds() string { return strconv.FormatFloat(l.Start.Seconds(), 'f', -1, 64) }

// clock is when the line begins, as the player shows it.
func (l transcriptLine) clock() string { return clockTime(l.Start.Truncate(time.Second)) }

func (l transcriptLine) field(kind string) string { return kind + "-" + strconv.Itoa(l.Number) }
