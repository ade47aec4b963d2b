package web

import (
	"slices"
	"strings"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// step is what the pressed button of the editor asks for besides saving: a verb and what it is about.
type step struct{ verb, about string }

// The verbs of steps.
const (
	stepSave         = "save"
	stepAdd          = "add"             // a question
	stepDuplicate    = "duplicate"       // the question
	stepMove         = "move"            // the question or language: "<id>:up" or "<id>:down"
	stepAddCriterion = "add-criterion"   // to the question
	stepMoveCriteria = "move-criterion"  // "<question>:<criterion>:up" or "…:down"
	stepAddLevel     = "add-level"       // to "<question>:<criterion>"
	stepLayLevels    = "lay-levels"      // the common ones, for "<question>:<criterion>"
	stepAskCopy      = "ask-copy"        // whose criteria to copy into the question
	stepCopy         = "copy-rubric"     // of the chosen question into this one
	stepAddLanguage  = "add-language"    // the one in the field
	stepTakeLanguage = "remove-language" // asks first if texts would be lost
	stepDropLanguage = "drop-language"   // with its texts
	stepAskPublish   = "ask-publish"
	stepPublish      = "publish"
	stepAskDiscard   = "ask-discard"
	stepDiscard      = "discard"
	stepOverwrite    = "overwrite" // what somebody else has saved meanwhile
)

// stepOf reads which button was pressed.
func stepOf(f draftForm) step {
	for _, list := range []string{"question.move", "language.move"} {
		if move := f.Posted.Get(list); move != "" {
			return step{stepMove, move}
		}
	}
	for _, q := range f.Content.Questions {
		if move := f.Posted.Get(criterionMove(q.ID)); move != "" {
			return step{stepMoveCriteria, string(q.ID) + ":" + move}
		}
	}
	verb, about, _ := strings.Cut(f.Posted.Get("do"), ":")
	if verb == stepSave && f.Language != "" {
		verb = stepAddLanguage // Enter in the field
	}
	return step{verb, about}
}

// spot is what to go on with after a step: a question, and a field of its rubric, if the step was about that.
type spot struct {
	question assess.QuestionID
	field    string
}

// apply is the content after the step, and what to go on with. Errors: Invalid.
func (st step) apply(f draftForm, ids *app.App) (c assess.Content, focus spot, err error) {
	c = f.Content
	switch st.verb {
	case stepAdd:
		focus.question = ids.NewQuestionID()
		c.Questions = append(c.Questions, assess.NewQuestion(focus.question))
	case stepDuplicate:
		c.Questions, focus.question = duplicated(c.Questions, assess.QuestionID(st.about), ids.NewQuestionID)
	case stepMove:
		c, focus.question = st.move(c)
	case stepAddCriterion, stepMoveCriteria, stepAddLevel, stepLayLevels, stepCopy:
		c.Questions, focus = st.changeRubric(c.Questions, assess.QuestionID(f.Posted.Get(rubricSource)), ids.NewCriterionID)
	case stepAddLanguage:
		c.Languages, err = withLanguage(c.Languages, f.Language)
	case stepTakeLanguage:
		if len(textsIn(c, st.about)) == 0 {
			c.Languages = without(c.Languages, st.about)
		}
	case stepDropLanguage:
		c.Languages = without(c.Languages, st.about)
	}
	return c, focus, err
}

func duplicated(questions []assess.Question, id assess.QuestionID, newID func() assess.QuestionID) ([]assess.Question, assess.QuestionID) {
	at := slices.IndexFunc(questions, func(q assess.Question) bool { return q.ID == id })
	if at < 0 {
		return questions, ""
	}
	twin := questions[at]
	twin.ID = newID()
	return slices.Insert(slices.Clone(questions), at+1, twin), twin.ID
}

// move moves a question or a language by one place.
func (st step) move(c assess.Content) (assess.Content, assess.QuestionID) {
	id, way, _ := strings.Cut(st.about, ":")
	at := slices.IndexFunc(c.Questions, func(q assess.Question) bool { return string(q.ID) == id })
	if at >= 0 {
		c.Questions = moved(c.Questions, at, way)
		return c, assess.QuestionID(id)
	}
	c.Languages = moved(c.Languages, slices.Index(c.Languages, id), way)
	return c, ""
}

func moved[T any](items []T, at int, way string) []T {
	to := at + 1
	if way == "up" {
		to = at - 1
	}
	if at < 0 || to < 0 || to >= len(items) {
		return items
	}
	items = slices.Clone(items)
	items[at], items[to] = items[to], items[at]
	return items
}

func without(languages []string, gone string) []string {
	return slices.DeleteFunc(slices.Clone(languages), func(l string) bool { return l == gone })
}

// withLanguage adds the language that was typed, by its code or its English name. Errors: Invalid.
func withLanguage(languages []string, typed string) ([]string, error) {
	tag := languageTag(typed)
	switch {
	case typed == "":
		return nil, languageError("is missing")
	case !assess.ValidLanguage(tag):
		return nil, languageError("must be a code such as fr or pt-BR, or a name in the list")
	case slices.Contains(languages, tag):
		return nil, languageError("is there already")
	case len(languages) >= assess.MaxLanguages:
		return nil, languageError("would be one too many")
	}
	return append(slices.Clone(languages), tag), nil
}

func languageError(message string) error {
	return assess.InvalidFields(assess.Problem{Field: "newLanguage", Message: message})
}

// textsIn names what there is in the language: "the introduction", "2 questions", "1 recording".
func textsIn(c assess.Content, language string) (found []string) {
	if strings.TrimSpace(c.Introduction[language]) != "" {
		found = append(found, "the introduction")
	}
	if strings.TrimSpace(c.Closing[language]) != "" {
		found = append(found, "the closing text")
	}
	prompts, recordings := 0, 0
	for _, q := range c.Questions {
		if strings.TrimSpace(q.Prompts[language]) != "" {
			prompts++
		}
		if q.Recordings[language] != "" {
			recordings++
		}
	}
	if prompts > 0 {
		found = append(found, counted(prompts, "question"))
	}
	if recordings > 0 {
		found = append(found, counted(recordings, "recording"))
	}
	return found
}
