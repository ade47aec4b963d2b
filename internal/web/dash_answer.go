package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) answerRoutes() []route {
	return []route{
		{"GET /invites/{id}/recordings/{recording}/media", member(assess.ReadInvites), s.inviteMedia(s.app.InviteMedia, (*call).media)},
		{"GET /invites/{id}/recordings/{recording}/poster", member(assess.ReadInvites), s.inviteMedia(s.app.InvitePoster, (*call).media)},
		{"GET /invites/{id}/recordings/{recording}/waveform", member(assess.ReadInvites), s.inviteMedia(s.app.InviteWaveform, (*call).waveform)},
		{"POST /invites/{id}/questions/{number}/retake", member(assess.InviteCandidates), s.allowRetake},
		{"POST /invites/{id}/questions/{number}/import", member(assess.InviteCandidates), s.importTake},
	}
}

// inviteMedia sends to a member what open finds.
func (s *Server) inviteMedia(
	open func(context.Context, assess.Actor, assess.InviteID, assess.RecordingID) (app.MediaFile, error), send func(*call, app.MediaFile) error,
) func(*call) error {
	return func(c *call) error {
		id, err := c.id()
		if err != nil {
			return err
		}
		recording, err := c.recordingID()
		if err != nil {
			return err
		}
		file, err := open(c.ctx(), c.who(), assess.InviteID(id), recording)
		if err != nil {
			return err
		}
		return send(c, file)
	}
}

// recordingID is the recording in the path. It must be a UUID; anything else does not exist.
func (c *call) recordingID() (assess.RecordingID, error) {
	id := strings.ToLower(c.r.PathValue("recording"))
	if !assess.ValidID(id) {
		return "", assess.Errorf(assess.NotFound, "recording not found")
	}
	return assess.RecordingID(id), nil
}

func (s *Server) allowRetake(c *call) error {
	number, err := c.number()
	if err != nil {
		return err
	}
	return c.inviteStep("retake", "Another take of the answer can be recorded.", func(id assess.InviteID) error {
		return s.app.AllowRetake(c.ctx(), c.who(), id, number)
	})
}

// importTake opens the recording into which the page then delivers what a candidate has saved as a file.
func (s *Server) importTake(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	number, err := c.number()
	if err != nil {
		return err
	}
	var in struct {
		Recording assess.RecordingID `json:"recording"`
		MIME      string             `json:"mime"`
		Whole     bool               `json:"whole"`
	}
	if err := c.decode(&in); err != nil {
		return err
	}
	rec, err := s.app.ImportTake(c.ctx(), c.who(), assess.InviteID(id), number, app.Rescued{Recording: in.Recording, MIME: in.MIME, Whole: in.Whole})
	if err != nil {
		return err
	}
	return c.opened("", rec, 0)
}

// begun reports whether there can be answers.
func (v inviteView) begun() bool { return !v.Invite.StartedAt.IsZero() || v.Status == assess.Completed }

// answeredLead says how far the answers are.
func (v inviteView) answeredLead() string {
	states := map[assess.AnswerState]int{}
	for _, a := range v.Given.Questions {
		states[a.State]++
	}
	lead := fmt.Sprintf("%d of %s answered", states[assess.Answered], counted(len(v.Given.Questions), "question"))
	if n := states[assess.Arriving]; n > 0 {
		lead += fmt.Sprintf(", %d still arriving", n)
	}
	return lead + "."
}

// importable reports whether a file that the candidate has saved can be put in.
func (v inviteView) importable() bool {
	for _, a := range v.Given.Questions {
		if a.State != assess.Answered && v.Given.Content.AnswerFormatOf(a.Question) != assess.TextFormat {
			return v.can(assess.StepImport)
		}
	}
	return false
}

// givenAnswer is one answer as the page shows it.
type givenAnswer struct {
	app.GivenAnswer
	view inviteView
}

func (v inviteView) answers() []givenAnswer {
	out := make([]givenAnswer, len(v.Given.Questions))
	for i, q := range v.Given.Questions {
		out[i] = givenAnswer{q, v}
	}
	return out
}

func (a givenAnswer) asked() assess.Format { return a.view.Given.Content.AnswerFormatOf(a.Question) }

// written reports whether the answer is a text.
func (a givenAnswer) written() bool { return a.asked() == assess.TextFormat || a.Answer.ByText }

func (a givenAnswer) prompt() string {
	return a.Question.Prompt(a.view.Invite.Language, a.view.Given.Content.Primary())
}

func (a givenAnswer) path(what string) string {
	return invitePath(a.view.Invite.ID) + "/questions/" + strconv.Itoa(a.Number) + "/" + what
}

func (a givenAnswer) badge() ui.Badge {
	switch {
	case a.State == assess.Answered:
		return ui.Badge{Label: "Answered", Tone: ui.Success, Dot: true}
	case a.State == assess.Arriving:
		return ui.Badge{Label: "Arriving", Tone: ui.Info, Dot: true}
	case a.view.Status == assess.Started:
		return ui.Badge{Label: "Not yet answered"}
	case a.Question.Required:
		return ui.Badge{Label: "Not answered", Tone: ui.Warning, Dot: true}
	default:
		return ui.Badge{Label: "Not answered, optional"}
	}
}

// arriving says how much has come of a take that is on its way.
func (a givenAnswer) arriving() string {
	switch {
	case a.Take.State == assess.RecordingUploaded:
		return "It has arrived whole and is being checked. That takes a few seconds."
	case a.Slices == 0:
		return "A recording was begun. Nothing of it has arrived yet."
	default:
		return fmt.Sprintf("Arrived so far: about %s, %s.", counted(a.Slices, "second"), size(a.Take.Bytes)) // a slice is a second
	}
}

// provenance tells what is unusual about how the answer came.
func (a givenAnswer) provenance() string {
	switch ended := a.view.Invite.CompletedAt; {
	case a.Take == nil:
		return ""
	case a.Take.Overlong():
		return "It is longer than the question allows."
	case !a.view.Invite.Late(*a.Take):
		return ""
	case a.Take.CreatedAt.After(ended):
		return "A colleague put it in after the attempt had ended, from a file that the candidate had saved."
	default:
		return "It was begun before the attempt ended; the last part arrived after that."
	}
}

// used says how many takes are used; empty where none are counted.
func (a givenAnswer) used() string {
	if a.asked() == assess.TextFormat || a.Answer.Takes == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %s used", a.Answer.Takes, counted(a.Allowance.Takes, "take"))
}

// failures are the takes that came to nothing.
func (a givenAnswer) failures() (failed []assess.Recording) {
	for _, rec := range a.Takes {
		if rec.State == assess.RecordingFailed {
			failed = append(failed, rec)
		}
	}
	return failed
}

// retakable reports whether another take can be allowed.
func (a givenAnswer) retakable() bool {
	return a.view.MayInvite && a.view.Status == assess.Started && a.asked() != assess.TextFormat
}

// recordingPath is where a member sees a recording of an invite.
func recordingPath(rec assess.Recording, what string) string {
	return invitePath(rec.Invite) + "/recordings/" + string(rec.ID) + "/" + what
}

// clockTime is a duration as players show it.
func clockTime(d time.Duration) string {
	seconds := int(d.Round(time.Second).Seconds())
	if seconds >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// size is a number of bytes as people read it.
func size(bytes int64) string {
	if bytes < 1_000_000 {
		return fmt.Sprintf("%d kB", (bytes+999)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1_000_000)
}
