package web

import (
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// takeLife is how long a browser keeps the candidate's link, so that one that has crashed comes back to where it was.
const takeLife = 30 * 24 * time.Hour

// sitting is what a page below /take knows: where the candidate stands, in the language that they read.
type sitting struct {
	invitation
	attempt app.Attempt
}

// sit reads where the candidate stands whose link this browser holds. Errors: NotFound, RateLimited.
func (c *call) sit() (sitting, error) {
	attempt, err := c.s.app.Attempt(c.ctx(), c.taker(), c.takeLanguage())
	if err != nil {
		return sitting{}, err
	}
	v := sitting{c.invitation(c.cookie(takeCookie), attempt.Landing), attempt}
	v.shell.Page.Links.Modules = []string{c.s.assets.URL("take.js")}
	v.shell.Bar = takeBar(v)
	return v, nil
}

// titled is the page with the title of a key.
func (v sitting) titled(key string) sitting {
	v.shell.Page.Title = v.say(key)
	return v
}

// say is the text of a key, with args for its gaps beside those that every text about the invitation has.
func (v sitting) say(key string, args ...any) string {
	return v.texts.T(key, append(args, "organization", v.Organization.Name, "assessment", v.Content.Name, "email", v.Invite.Email)...)
}

// place is where the candidate goes on.
func (v sitting) place() string {
	switch v.Status {
	case assess.Accepted:
		return "/take"
	case assess.Started:
		return v.broken(v.next(0))
	case assess.Completed:
		return "/take/done"
	default:
		return "/c"
	}
}

// broken is the first question with a take that nobody has finished, or else otherwise: perhaps the browser that recorded it
// was closed, and asks there what is to become of it.
func (v sitting) broken(otherwise string) string {
	for _, q := range v.attempt.Questions {
		if q.Take != nil && q.Take.State == assess.RecordingOpen {
			return questionPath(q.Number)
		}
	}
	return otherwise
}

// next is the first question behind a number that is not answered yet, or else the review.
func (v sitting) next(number int) string {
	for _, q := range v.attempt.Questions {
		if q.Number > number && q.State == assess.Unanswered {
			return questionPath(q.Number)
		}
	}
	return "/take/review"
}

func questionPath(number int) string { return "/take/questions/" + strconv.Itoa(number) }

// answered counts the questions that nothing is left to do for.
func (v sitting) answered() (n int) {
	for _, q := range v.attempt.Questions {
		if q.State != assess.Unanswered {
			n++
		}
	}
	return n
}

// until is when the attempt ends; zero where it does not by itself, or is not under way.
func (v sitting) until() time.Time {
	if v.Status != assess.Started {
		return time.Time{}
	}
	return v.Invite.CompleteBy
}

// timed reports whether a clock runs over the whole assessment for the candidate, and how much time it gives.
func (v sitting) timed() (limit time.Duration, ok bool) {
	if v.Content.TimeLimit == 0 {
		return 0, false
	}
	return v.attempt.Accommodation.Stretch(time.Duration(v.Content.TimeLimit) * time.Minute)
}

// attemptHome sends on to where the candidate stands, or shows what comes before the start.
func (s *Server) attemptHome(c *call) error {
	v, err := c.sit()
	if err != nil {
		return err
	}
	if place := v.place(); place != "/take" {
		return c.redirect(place)
	}
	return c.renderTake(http.StatusOK, v.texts, hubPage(hub{sitting: v.titled("take.accepted.title"), prepared: c.value("prepared") != ""}))
}

// startAttempt starts the clock. Only a page with scripts can say which tab it is, and record.
func (s *Server) startAttempt(c *call) error {
	v, err := c.sit()
	if err != nil {
		return err
	}
	if c.taker().Tab == "" {
		return c.renderTake(http.StatusUnprocessableEntity, v.texts, hubPage(hub{sitting: v.titled("take.accepted.title"), errors: v.problem("take.noscript")}))
	}
	if err := s.app.Start(c.ctx(), c.taker()); err != nil {
		return c.refusedStep(err)
	}
	return c.redirect("/take")
}

// refusedStep answers a step that is not possible now with the page of what is so instead.
func (c *call) refusedStep(refused error) error {
	if assess.CodeOf(refused) == assess.Elsewhere {
		v, err := c.sit()
		if err != nil {
			return err
		}
		return c.renderTake(http.StatusConflict, v.texts, elsewherePage(v.titled("take.elsewhere.title")))
	}
	if kind := assess.KindOf(refused); kind == assess.Conflict || kind == assess.Gone {
		return c.redirect("/take")
	}
	return refused
}

// scriptWords are what the scripts of an attempt's pages say.
func (v sitting) scriptWords() map[string]string {
	return v.texts.Group("take.words", "organization", v.Organization.Name)
}

// milliseconds is a time as scripts read it; empty for none.
func milliseconds(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

// problem is why a form came to nothing, as one of its lines.
func (v sitting) problem(key string) []ui.FieldError { return []ui.FieldError{{Message: v.say(key)}} }

// progress says how many questions are answered.
func (v sitting) progress() string {
	return v.say("take.question.progress", "answered", v.answered(), "total", len(v.attempt.Questions))
}

// records reports whether anything is recorded, so that devices are worth a check.
func (v sitting) records() bool {
	sound, picture := v.Content.Records()
	return sound || picture || v.Invite.Proctoring != (assess.Proctoring{})
}

// unphotographed reports whether photos are asked for that have not been taken.
func (v sitting) unphotographed() bool {
	return v.Invite.Proctoring.IDCapture && len(v.attempt.Identity) < 2
}

// advises reports whether something should come before the start.
func (h hub) advises() bool { return h.records() && !h.prepared }

// startButton asks for attention only where nothing should come before.
func (h hub) startButton() ui.Button {
	b := ui.Button{Label: h.say("take.hub.start_button")}
	if !h.advises() {
		b.Kind = ui.Primary
	}
	return scripted(b)
}

// scripted is a button that waits for the script: only that says which tab sends the form.
func scripted(b ui.Button) ui.Button {
	attrs := templ.Attributes{"data-scripted": true}
	maps.Copy(attrs, b.Attrs)
	b.Disabled, b.Attrs = true, attrs
	return b
}

// conditions say what starting means.
func (v sitting) conditions() []point {
	limit, timed := v.timed()
	end := v.Invite.Deadline(v.Content, v.attempt.Accommodation, v.attempt.Now)
	gated, played := false, 0
	recorded := 0
	for _, q := range v.attempt.Questions {
		gated = gated || q.Allowance.Gated()
		if q.Asked != assess.TextFormat {
			played = max(played, q.Allowance.Plays)
		}
		if q.Allowance.Formats[0] != assess.TextFormat {
			recorded = max(recorded, q.Allowance.Takes)
		}
	}
	return trueOnes(
		point{ui.IconAssessment, v.t("take.landing.questions"), true},
		point{ui.IconClock, v.say("take.hub.timed", "limit", v.texts.Length(limit)), timed},
		point{ui.IconClock, v.say("take.hub.untimed", "until", v.texts.DateTime(end.In(v.Organization.Location()))), !timed && !end.IsZero()},
		point{ui.IconClock, v.say("take.hub.unlimited"), end.IsZero()},
		point{ui.IconInfo, v.say("take.hub.gated"), gated},
		point{ui.IconSpeaker, v.say("take.hub.plays", "plays", played), played > 0},
		point{ui.IconMic, v.say("take.hub.takes", "takes", recorded), recorded > 0},
		point{ui.IconShield, v.say("take.hub.technical"), recorded > 0},
	)
}
