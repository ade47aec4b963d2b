package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// editor is what the page shows on which an assessment is written.
type editor struct {
	Dashboard  ui.Dashboard
	Assessment assess.Assessment // as it is stored
	Draft      assess.Content    // as it is shown: with what was typed, if it could not be saved
	Version    int               // the revision that is being edited
	Tags       []assess.Tag      // to choose from
	Chosen     []assess.TagID
	Posted     url.Values // what was typed; nil unless it could not be saved
	Errors     []ui.FieldError
	Conflict   bool                                    // somebody else has changed it meanwhile
	Levels     levelKeys                               // how the posted levels are called; nil unless it could not be saved
	Focus      spot                                    // what to go on with
	Ask        string                                  // the question that is asked first: one of the verbs of steps
	Language   string                                  // what is asked about
	Newest     assess.Content                          // the newest version, when publishing is asked about
	Recorded   map[assess.RecordingID]assess.Recording // what the draft names
	Converts   bool                                    // files of any kind can be uploaded
}

func assessmentPath(id assess.AssessmentID) string { return "/assessments/" + string(id) }

// assessment reads the assessment that the path names. Errors: NotFound, Forbidden.
func (c *call) assessment() (assess.Assessment, error) {
	id, err := c.id()
	if err != nil {
		return assess.Assessment{}, err
	}
	return c.s.app.Assessment(c.ctx(), c.who(), assess.AssessmentID(id))
}

// assessmentPage shows the editor to authors, and the texts to everybody else.
func (s *Server) assessmentPage(c *call) error {
	asm, err := c.assessment()
	if err != nil {
		return err
	}
	if !c.who().Can(assess.WriteAssessments) || asm.Status == assess.Archived {
		return c.showAssessment(asm)
	}
	e, err := c.editor(asm)
	if err != nil {
		return err
	}
	q := c.r.URL.Query()
	e.Focus = spot{assess.QuestionID(q.Get("question")), q.Get("field")}
	e.Ask, e.Language = q.Get("ask"), q.Get("language")
	if e.Ask == stepAskPublish {
		if e.Newest, err = s.app.AssessmentContent(c.ctx(), c.who(), asm.ID); err != nil {
			return err
		}
	}
	return c.render(http.StatusOK, editorPage(e))
}

func (c *call) editor(asm assess.Assessment) (e editor, err error) {
	e = editor{
		Dashboard: c.dashboard(asm.Draft.Name), Assessment: asm, Draft: asm.Draft, Version: asm.Revision, Chosen: asm.Tags,
		Converts: c.s.app.Converts(),
	}
	links := &e.Dashboard.Page.Links
	links.Modules = append(links.Modules, c.s.assets.URL("prompt.js"))
	if e.Recorded, err = c.s.app.Prompts(c.ctx(), c.who(), asm.Draft); err != nil {
		return e, err
	}
	e.Tags, err = c.s.app.AllTags(c.ctx(), c.who())
	return e, err
}

// saveAssessment saves the editor's form and does what the pressed button says. Scripts of ours save without a button.
func (s *Server) saveAssessment(c *call) error {
	asm, err := c.assessment()
	if err != nil {
		return err
	}
	if err := c.form(); err != nil {
		return err
	}
	f := readDraft(c.r.Form, asm.Draft)
	st := stepOf(f)
	if st.verb == stepDiscard {
		return c.discardDraft(asm, f)
	}
	if st.verb == stepOverwrite {
		f.Version = asm.Revision
	}
	focus, err := c.saveDraft(asm, &f, st)
	switch {
	case err != nil:
		return c.refuseDraft(asm, f, err)
	case c.wantsJSON():
		return c.draftSaved(asm.ID)
	default:
		return c.afterStep(asm.ID, st, f, focus)
	}
}

// saveDraft takes the step and saves the draft; f is then what was saved. It returns what to go on with. Errors: Invalid,
// Conflict.
func (c *call) saveDraft(asm assess.Assessment, f *draftForm, st step) (spot, error) {
	next, focus, err := st.apply(*f, c.s.app)
	if err := assess.JoinInvalid(f.Malformed, err, f.Content.Validate()); err != nil {
		return spot{}, err
	}
	revision, err := c.s.app.SaveDraft(c.ctx(), c.who(), asm.ID, f.Version, next)
	if err != nil {
		return spot{}, err
	}
	f.Content, f.Version = next, revision
	return focus, c.saveTags(asm, f.Tags)
}

// saveTags puts the chosen tags on the assessment; one that was deleted meanwhile is passed over.
func (c *call) saveTags(asm assess.Assessment, chosen []assess.TagID) error {
	tags, err := c.s.app.AllTags(c.ctx(), c.who())
	if err != nil {
		return err
	}
	var present []assess.TagID
	for _, t := range tags {
		if slices.Contains(chosen, t.ID) {
			present = append(present, t.ID)
		}
	}
	slices.Sort(present)
	if slices.Equal(present, slices.Sorted(slices.Values(asm.Tags))) {
		return nil
	}
	return c.s.app.TagAssessment(c.ctx(), c.who(), asm.ID, present)
}

// afterStep leads on after a step whose draft is saved.
func (c *call) afterStep(id assess.AssessmentID, st step, f draftForm, focus spot) error {
	path := assessmentPath(id)
	switch st.verb {
	case stepAdd, stepDuplicate, stepMove:
		if focus.question != "" {
			return c.redirect(path + "?question=" + string(focus.question))
		}
		return c.redirect(path + "#languages")
	case stepAddCriterion, stepMoveCriteria, stepAddLevel, stepLayLevels, stepCopy:
		return c.redirect(rubricPath(id, focus))
	case stepAskCopy:
		return c.redirect(path + "?ask=" + stepAskCopy + "&question=" + url.QueryEscape(st.about))
	case stepAddLanguage, stepDropLanguage:
		return c.redirect(path + "#languages")
	case stepTakeLanguage:
		if slices.Contains(f.Content.Languages, st.about) {
			return c.redirect(path + "?ask=" + stepTakeLanguage + "&language=" + url.QueryEscape(st.about))
		}
		return c.redirect(path + "#languages")
	case stepAskPublish, stepAskDiscard:
		return c.redirect(path + "?ask=" + st.verb)
	case stepPublish:
		return c.publish(id)
	case stepOverwrite:
		return c.done("Saved. Your version has replaced the other one.", path)
	default:
		return c.done("Saved.", path)
	}
}

// publish publishes the saved draft. What stands in the way is told where publishing is asked about.
func (c *call) publish(id assess.AssessmentID) error {
	err := c.s.app.Publish(c.ctx(), c.who(), id)
	if assess.KindOf(err) == assess.Conflict {
		return c.redirect(assessmentPath(id) + "?ask=" + stepAskPublish)
	}
	if err != nil {
		return err
	}
	asm, err := c.s.app.Assessment(c.ctx(), c.who(), id)
	if err != nil {
		return err
	}
	return c.done(fmt.Sprintf("Version %d is published. New invites get it.", asm.Version), assessmentPath(id))
}

func (c *call) discardDraft(asm assess.Assessment, f draftForm) error {
	if err := c.s.app.DiscardDraft(c.ctx(), c.who(), asm.ID, f.Version); err != nil {
		return c.refuseDraft(asm, f, err)
	}
	return c.done(fmt.Sprintf("The draft says again what version %d says.", asm.Version), assessmentPath(asm.ID))
}

// refuseDraft shows the editor again with all that was typed, and why it is not saved.
func (c *call) refuseDraft(asm assess.Assessment, f draftForm, err error) error {
	conflict := assess.KindOf(err) == assess.Conflict
	if conflict && c.wantsJSON() {
		return err
	}
	errs, err := draftErrors(err, f)
	if err != nil {
		return err
	}
	if c.wantsJSON() {
		return c.json(http.StatusUnprocessableEntity, map[string]any{"error": "Not saved. " + errs[0].Message, "errors": errs})
	}
	e, err := c.editor(asm)
	if err != nil {
		return err
	}
	e.Draft, e.Version, e.Chosen, e.Posted, e.Levels, e.Conflict = f.Content, f.Version, f.Tags, f.Posted, f.Levels, conflict
	if e.Recorded, err = c.s.app.Prompts(c.ctx(), c.who(), e.Draft); err != nil {
		return err
	}
	if conflict {
		return c.render(http.StatusConflict, editorPage(e))
	}
	e.Errors = errs
	return c.render(http.StatusUnprocessableEntity, editorPage(e))
}

// lostTexts tells what removing the language would lose.
func (e editor) lostTexts() string {
	if lost := textsIn(e.Draft, e.Language); len(lost) > 0 {
		return strings.Join(lost, ", ")
	}
	return "nothing"
}
