package web

import (
	"net/http"
	"slices"
	"strings"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// overview is what the start page shows.
type overview struct {
	app.Overview
	Dashboard   ui.Dashboard
	Who         assess.Actor
	MailTrouble string // why mail does not leave; for those who can do something about it
}

func (s *Server) overviewPage(c *call) (err error) {
	v := overview{Dashboard: c.dashboard("Overview"), Who: c.who()}
	if v.Overview, err = s.app.Overview(c.ctx(), v.Who); err != nil {
		return err
	}
	if v.Who.Can(assess.ManageOrganization) {
		if v.MailTrouble, err = s.app.MailTrouble(c.ctx()); err != nil {
			return err
		}
	}
	return c.render(http.StatusOK, overviewPage(v))
}

// invited reports whether anybody was ever invited.
func (v overview) invited() bool {
	for _, n := range v.Counts {
		if n > 0 {
			return true
		}
	}
	return false
}

// grading is what waits for who looks, and for graders; empty where nothing does.
func (v overview) grading() (tiles []ui.Stat) {
	if v.ToGrade > 0 {
		own := ui.Stat{Label: "To grade", Value: ui.Number(v.ToGrade), Href: "/grading"}
		if v.Overdue > 0 {
			own.Hint = ui.Number(v.Overdue) + " overdue"
		}
		tiles = append(tiles, own)
	}
	if v.Disputed > 0 {
		tiles = append(tiles, ui.Stat{Label: "Disputed", Value: ui.Number(v.Disputed), Href: "/invites?grade=" + string(assess.Disputed)})
	}
	if v.Unassigned > 0 {
		tiles = append(tiles, ui.Stat{Label: "Not assigned", Value: ui.Number(v.Unassigned), Href: "/invites?grade=" + string(assess.FilterUngraded)})
	}
	return tiles
}

// tiles are the counts by status, each leading to its list.
func (v overview) tiles() []ui.Stat {
	var tiles []ui.Stat
	for _, status := range assess.InviteStatuses() {
		tiles = append(tiles, ui.Stat{
			Label: ui.InviteStatus(string(status)).Label, Value: ui.Number(v.Counts[status]), Href: "/invites?status=" + string(status),
		})
	}
	return tiles
}

// firstStep is something to do before the first candidate can answer.
type firstStep struct {
	Title, Text string
	Done        bool
	Action      string // what the button says
	Href        string
}

// firstSteps lead a new organization to its first invite. They are over when it is sent, or when the member may not send it.
func (v overview) firstSteps() []firstStep {
	if !v.Who.Can(assess.InviteCandidates) || v.invited() {
		return nil
	}
	steps := []firstStep{
		{"Create an assessment", "The questions, and how they are asked and answered.", v.Assessments > 0, "New assessment", "/assessments/new"},
		{"Publish it", "Only what is published can be sent; a published version never changes.", v.Published > 0, "Open assessments", "/assessments"},
	}
	if v.Who.Can(assess.ManageKeys) {
		steps = append(steps, firstStep{
			"Generate an API key", "For programs of yours that will send invites or fetch results.", v.Keys > 0, "Generate a key", "/settings/integrations",
		})
	}
	return append(steps, firstStep{"Invite your first candidate", "By mail, one or many at once.", false, "Invite", "/invites/new"})
}

// nextStep is the place of the first step that is not done.
func nextStep(steps []firstStep) int {
	for i, s := range steps {
		if !s.Done {
			return i
		}
	}
	return len(steps)
}

// timeline tells the recent activity in words, the newest first.
func (v overview) timeline() ui.Timeline {
	lines := make(ui.Timeline, len(v.Activity))
	for i, a := range v.Activity {
		lines[i] = told(a)
	}
	return lines
}

// told tells an activity by whom and to whom, which an invite's own timeline need not.
func told(a app.Activity) ui.Happening {
	h := happening(a.Event)
	h.When = ui.Time{At: a.At, Style: ui.Ago}
	if !slices.Contains(explained(), a.Type) {
		h.Detail = ""
	}
	if a.Type == assess.AssessmentPublished {
		h.Icon = ui.IconAssessment
	}
	if words, known := activityWords()[a.Type]; known {
		h.Title = strings.NewReplacer("{who}", actorName(a.Event), "{candidate}", a.Candidate, "{assessment}", a.Assessment).Replace(words)
	}
	return h
}

// explained are the events whose note says something that the line does not.
func explained() []assess.EventType {
	return []assess.EventType{
		assess.InviteDeliveryFailed, assess.InviteExtended, assess.InviteAnswered, assess.InviteTakeFailed, assess.InviteIdentified,
		assess.InviteAccommodated, assess.InviteRetakeAllowed, assess.InviteTakeImported, assess.InviteChanged,
	}
}

func activityWords() map[assess.EventType]string {
	return map[assess.EventType]string{
		assess.InviteCreated:        "{who} invited {candidate} to {assessment}",
		assess.InviteSent:           "The invite to {assessment} was mailed to {candidate}",
		assess.InviteDeliveryFailed: "The mail to {candidate} could not be delivered",
		assess.InviteAccepted:       "{candidate} accepted the invite to {assessment}",
		assess.InviteStarted:        "{candidate} started {assessment}",
		assess.InviteCompleted:      "{candidate} completed {assessment}",
		assess.InviteExpired:        "The invite of {candidate} to {assessment} expired",
		assess.InviteRevoked:        "{who} revoked the invite of {candidate} to {assessment}",
		assess.InviteExtended:       "{who} extended the invite of {candidate} to {assessment}",
		assess.InviteChanged:        "{who} changed the invite of {candidate} to {assessment}",
		assess.InviteResent:         "{who} sent the invite to {candidate} again",
		assess.InviteReaddressed:    "{who} mended the address of {candidate}",
		assess.InviteAnswered:       "{candidate} answered in {assessment}",
		assess.InviteTakeFailed:     "A take of {candidate} did not count",
		assess.InviteTakenOver:      "{candidate} went on in another tab or on another device",
		assess.InviteIdentified:     "{candidate} was photographed for identification",
		assess.InviteAccommodated:   "{who} set accommodations for {candidate}",
		assess.InviteRetakeAllowed:  "{who} allowed {candidate} another take",
		assess.InviteTakeImported:   "{who} began to put in a saved recording of {candidate}",
		assess.InviteReopened:       "{who} reopened an evaluation of {candidate}",
		assess.InviteDisputed:       "The graders of {candidate} differ",
		assess.AttemptGraded:        "{candidate} is graded in {assessment}",
		assess.InviteDecided:        "{who} decided about {candidate}",
		assess.CandidateErased:      "{who} erased the data of a candidate",
		assess.AssessmentPublished:  "{who} published {assessment}",
	}
}

// actorName names who did something.
func actorName(e assess.Event) string {
	switch {
	case e.Actor == assess.ByKey && e.ActorName != "":
		return "API key " + e.ActorName
	case e.Actor == assess.ByCandidate:
		return "The candidate"
	case e.ActorName != "":
		return e.ActorName
	default:
		return "AlfaOne"
	}
}
