package web

import (
	"maps"
	"slices"

	"alfaone/internal/assess"
)

// publishEffect says whom publishing concerns.
func (e editor) publishEffect() string {
	if e.Assessment.Version == 0 {
		return "Candidates can then be invited: " + e.summary() + ". A published version never changes."
	}
	return "New invites get it: " + e.summary() + ". Invites that are already sent stay with their version."
}

// changes names what the draft says otherwise than the newest version.
func (e editor) changes() (out []string) {
	if e.Assessment.Version == 0 {
		return nil
	}
	out = questionChanges(e.Newest, e.Draft)
	x, y := e.Newest, e.Draft
	for _, part := range []struct {
		name string
		same bool
	}{
		{"The name", x.Name == y.Name},
		{"The description", x.Description == y.Description},
		{"The introduction", maps.Equal(x.Introduction, y.Introduction)},
		{"The closing text", maps.Equal(x.Closing, y.Closing)},
		{"The languages", languageNames(x.Languages) == languageNames(y.Languages)},
		{"The default formats", x.Format == y.Format && x.AnswerFormat == y.AnswerFormat},
		{"What is observed", x.Proctoring == y.Proctoring},
		{"The time limit", x.TimeLimit == y.TimeLimit},
	} {
		if !part.same {
			out = append(out, part.name)
		}
	}
	return out
}

// questionChanges counts the questions that are new, changed, moved and gone.
func questionChanges(was, is assess.Content) (out []string) {
	before := map[assess.QuestionID]assess.Question{}
	for _, q := range was.Questions {
		before[q.ID] = q
	}
	added, changed := 0, 0
	var kept []assess.QuestionID
	for _, q := range is.Questions {
		old, known := before[q.ID]
		switch {
		case !known:
			added++
			continue
		case !sameQuestion(old, q):
			changed++
		}
		kept = append(kept, q.ID)
		delete(before, q.ID)
	}
	for _, c := range []struct {
		n    int
		what string
	}{{added, "added"}, {changed, "changed"}, {len(before), "removed"}} {
		if c.n > 0 {
			out = append(out, counted(c.n, "question")+" "+c.what)
		}
	}
	if reordered(was.Questions, kept) {
		out = append(out, "The order of the questions")
	}
	return out
}

func sameQuestion(x, y assess.Question) bool {
	return maps.Equal(x.Prompts, y.Prompts) && maps.Equal(x.Recordings, y.Recordings) && x.Format == y.Format &&
		x.AnswerFormat == y.AnswerFormat && x.Points == y.Points && x.Required == y.Required && x.Preparation == y.Preparation && x.MaxAnswer == y.MaxAnswer &&
		slices.EqualFunc(x.Criteria, y.Criteria, assess.Criterion.Equal)
}

// reordered reports whether the kept questions stand in another order than they did.
func reordered(was []assess.Question, kept []assess.QuestionID) bool {
	at := 0
	for _, q := range was {
		if at < len(kept) && kept[at] == q.ID {
			at++
		}
	}
	return at < len(kept)
}
