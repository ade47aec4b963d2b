package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// inviteView is what the page of one invite shows.
type inviteView struct {
	app.InviteDetail
	Given       app.InviteAnswers
	Results     app.Results
	Views       []app.View // of the candidate's recordings, the newest first
	Now         time.Time
	Me          assess.MemberID
	Link        string          // the candidate's; empty for who may not have it, or when it no longer opens anything
	AllTags     []assess.Tag    // for who may tag
	Tags        []assess.Tag    // the invite's
	Members     []assess.Member // who could grade it, for who may assign them
	MayInvite   bool
	MayAssign   bool
	MayDecide   bool
	MayErase    bool
	Transcribes bool // whether somebody writes down what is said in answers
	MailTrouble string
	Days        string     // of the form that extends
	Email, Name string     // of the form that mends the address
	Grant       grantForm  // of the form that grants accommodations
	Typed       url.Values // in the form that failed
	Errors      []ui.FieldError
	Failed      string // which form the errors are of: "extend", "readdress" …
}

func (s *Server) invitePage(c *call) error {
	v, err := c.inviteView()
	if assess.KindOf(err) == assess.NotFound {
		return c.erasedPage(err)
	}
	if err != nil {
		return err
	}
	return c.showInvite(http.StatusOK, v)
}

func (c *call) showInvite(status int, v inviteView) error {
	d := c.dashboard(candidateName(v.Invite.InviteSummary))
	if v.begun() {
		d.Page.Links.Modules = append(d.Page.Links.Modules, c.s.assets.URL("player.js"))
	}
	if v.importable() {
		d.Page.Links.Modules = append(d.Page.Links.Modules, c.s.assets.URL("answer.js"))
	}
	return c.render(status, invitePage(d, v))
}

// inviteView reads the invite that the path names, with what who asks may see of it.
func (c *call) inviteView() (v inviteView, err error) {
	id, err := c.id()
	if err != nil {
		return v, err
	}
	app, ctx, who := c.s.app, c.ctx(), c.who()
	if v.InviteDetail, err = app.InviteTimeline(ctx, who, assess.InviteID(id)); err != nil {
		return v, err
	}
	if v.Results, err = app.Results(ctx, who, v.Invite.ID); err != nil {
		return v, err
	}
	if v.Views, err = app.Views(ctx, who, v.Invite.ID); err != nil {
		return v, err
	}
	v.Given, v.Now, v.Me = v.Results.Given, c.s.now(), assess.MemberID(who.ID)
	v.MayInvite, v.MayAssign, v.MayErase = who.Can(assess.InviteCandidates), who.Can(assess.AssignGraders), who.Can(assess.EraseCandidates)
	v.MayDecide = v.Status == assess.Completed && who.Can(assess.DecideCandidates) && !v.Results.Hidden
	if v.MayAssign {
		if v.Members, err = c.graders(); err != nil {
			return v, err
		}
	}
	v.Transcribes = app.Transcribes()
	v.Grant = formOf(v.Given.Accommodation)
	v.Days, v.Email, v.Name = strconv.Itoa(c.visit.Organization.Defaults.ExpiresInDays), v.Invite.Email, v.Invite.Name
	if who.Can(assess.ReadTags) {
		if v.AllTags, err = app.AllTags(ctx, who); err != nil {
			return v, err
		}
	}
	for _, tag := range v.AllTags {
		if slices.Contains(v.Invite.Tags, tag.ID) {
			v.Tags = append(v.Tags, tag)
		}
	}
	if !v.MayInvite {
		return v, nil
	}
	if v.MailTrouble, err = app.MailTrouble(ctx); err == nil && v.Status.Open() {
		v.Link, err = app.InviteURL(ctx, who, v.Invite.ID)
	}
	return v, err
}

// can reports whether the invite can take the step now, and who looks at it may have it taken.
func (v inviteView) can(step assess.InviteStep) bool {
	_, err := v.Status.Step(step, !v.Invite.AcceptedAt.IsZero())
	return v.MayInvite && err == nil
}

// movable reports whether the invite's status leaves something to do.
func (v inviteView) movable() bool {
	return v.can(assess.StepResend) || v.can(assess.StepExtend) || v.can(assess.StepForce)
}

// acts reports whether there is anything to do beside the page.
func (v inviteView) acts() bool {
	return len(v.ahead()) > 0 || v.movable() || v.gradable() || v.MayErase || v.MayInvite && len(v.AllTags) > 0
}

// inviteStep has a step taken and goes back to the invite; what the form got wrong is shown there.
func (c *call) inviteStep(form, done string, take func(assess.InviteID) error) error {
	if err := c.form(); err != nil {
		return err
	}
	id, err := c.id()
	if err != nil {
		return err
	}
	err = take(assess.InviteID(id))
	if err == nil {
		return c.done(done, "/invites/"+id)
	}
	if assess.KindOf(err) == assess.RateLimited {
		c.say(ui.Toast{Tone: ui.Warning, Text: messageOf(err, http.StatusTooManyRequests)})
		return c.redirect("/invites/" + id)
	}
	errs, err := fieldErrors(err, inviteLabels())
	if err != nil {
		return err
	}
	v, err := c.inviteView()
	if err != nil {
		return err
	}
	v.Errors, v.Failed, v.Typed = errs, form, c.r.PostForm
	if form == "accommodation" {
		v.Grant = c.grantForm()
	}
	v.Days, v.Email, v.Name = cmp.Or(c.line("expiresInDays"), v.Days), cmp.Or(c.line("recipientEmail"), v.Email), cmp.Or(c.line("recipientName"), v.Name)
	return c.showInvite(http.StatusUnprocessableEntity, v)
}

// errorsOf are the errors of the form, if it is the one that failed.
func (v inviteView) errorsOf(form string) []ui.FieldError {
	if v.Failed == form {
		return v.Errors
	}
	return nil
}

func (s *Server) resendInvite(c *call) error {
	return c.inviteStep("resend", "The mail is sent again.", func(id assess.InviteID) error {
		return s.app.Resend(c.ctx(), c.who(), id)
	})
}

func (s *Server) extendInvite(c *call) error {
	return c.inviteStep("extend", "The deadline is extended.", func(id assess.InviteID) error {
		return s.app.Extend(c.ctx(), c.who(), id, numberOr0(c.line("expiresInDays")))
	})
}

func (s *Server) revokeInvite(c *call) error {
	return c.inviteStep("revoke", "The invite is revoked. Its link no longer works.", func(id assess.InviteID) error {
		return s.app.Revoke(c.ctx(), c.who(), id, c.value("force") != "")
	})
}

func (s *Server) readdressInvite(c *call) error {
	return c.inviteStep("readdress", "The mail goes to the new address. The old link no longer works.", func(id assess.InviteID) error {
		return s.app.Readdress(c.ctx(), c.who(), id, c.line("recipientEmail"), c.line("recipientName"))
	})
}

func (s *Server) tagInvite(c *call) error {
	return c.inviteStep("tags", "The tags are saved.", func(id assess.InviteID) error {
		var tags []assess.TagID
		for _, tag := range c.r.Form["tags"] {
			tags = append(tags, assess.TagID(tag))
		}
		return s.app.TagInvite(c.ctx(), c.who(), id, tags)
	})
}

// happenings tells the events of the invite, the newest first.
func (v inviteView) happenings() ui.Timeline {
	var t ui.Timeline
	for _, e := range slices.Backward(v.Events) {
		h := happening(e)
		h.When = ui.Time{At: e.At}
		t = append(t, h)
	}
	return t
}

// happening tells an event in words.
func happening(e assess.Event) ui.Happening {
	h, known := happenings()[e.Type]
	if !known {
		h.Title = string(e.Type)
	}
	if e.Type == assess.InviteCompleted && e.Actor == assess.BySystem {
		h.Title = "Ended by the time limit"
	}
	if e.Type == assess.InviteDecided {
		h.Title, e.Note = ui.Outcome(e.Note).Label+" decided", ""
	}
	followed := e.Type == assess.InviteDisputed || e.Type == assess.AttemptGraded // from what somebody did, but nobody does that
	switch {
	case followed:
	case e.Actor == assess.ByMember:
		h.Title += " by " + e.ActorName
	case e.Actor == assess.ByKey:
		h.Title += " by the API key " + e.ActorName
	}
	h.Detail = cmp.Or(e.Note, h.Detail)
	return h
}

// happenings are the events of an invite in words; an event's note replaces the detail.
func happenings() map[assess.EventType]ui.Happening {
	return map[assess.EventType]ui.Happening{
		assess.InviteCreated:        {Title: "Invited", Icon: ui.IconInvite},
		assess.InviteSent:           {Title: "Mail sent", Icon: ui.IconMail, Tone: ui.Success},
		assess.InviteDeliveryFailed: {Title: "Mail not delivered", Icon: ui.IconDanger, Tone: ui.Bad},
		assess.InviteAccepted:       {Title: "Notice agreed to by the candidate", Icon: ui.IconCheck, Tone: ui.Success},
		assess.InviteStarted:        {Title: "Started by the candidate", Icon: ui.IconPlay, Tone: ui.Info},
		assess.InviteAnswered:       {Title: "Answered", Icon: ui.IconMic, Tone: ui.Success},
		assess.InviteTakeFailed:     {Title: "A take did not count", Icon: ui.IconWarning, Tone: ui.Warning},
		assess.InviteTakenOver:      {Title: "Went on in another tab or on another device", Icon: ui.IconMonitor},
		assess.InviteIdentified:     {Title: "Photographed for identification", Icon: ui.IconPerson, Tone: ui.Info},
		assess.InviteAccommodated:   {Title: "Accommodations set", Icon: ui.IconHelp, Tone: ui.Info},
		assess.InviteRetakeAllowed:  {Title: "Another take allowed", Icon: ui.IconRefresh, Tone: ui.Info},
		assess.InviteTakeImported:   {Title: "Import of a saved recording begun", Icon: ui.IconUpload, Tone: ui.Info},
		assess.InviteCompleted:      {Title: "Handed in by the candidate", Icon: ui.IconSuccess, Tone: ui.Success},
		assess.InviteExpired:        {Title: "Expired", Detail: "The deadline passed before the candidate started.", Icon: ui.IconClock, Tone: ui.Warning},
		assess.InviteRevoked:        {Title: "Revoked", Icon: ui.IconClose, Tone: ui.Bad},
		assess.InviteExtended:       {Title: "Deadline extended", Icon: ui.IconCalendar, Tone: ui.Info},
		assess.InviteChanged:        {Title: "Changed", Icon: ui.IconEdit, Tone: ui.Info},
		assess.InviteResent:         {Title: "Mail sent again", Icon: ui.IconRefresh, Tone: ui.Info},
		assess.InviteReaddressed:    {Title: "Address changed", Icon: ui.IconEdit, Tone: ui.Info},
		assess.InviteAssigned:       {Title: "Grader assigned", Icon: ui.IconPerson},
		assess.InviteUnassigned:     {Title: "Taken away from a grader", Icon: ui.IconPerson},
		assess.InviteEvaluated:      {Title: "Scores submitted", Icon: ui.IconCheck, Tone: ui.Success},
		assess.InviteReopened:       {Title: "Evaluation reopened", Icon: ui.IconUndo, Tone: ui.Warning},
		assess.InviteDisputed:       {Title: "The graders differ", Detail: "Their scores lie further apart than the grading plan allows.", Icon: ui.IconWarning, Tone: ui.Warning},
		assess.AttemptGraded:        {Title: "Graded", Icon: ui.IconSuccess, Tone: ui.Success},
		assess.CandidateErased:      {Title: "Candidate erased", Icon: ui.IconTrash, Tone: ui.Warning},
		assess.InviteDecided:        {Icon: ui.IconCheck, Tone: ui.Info},
	}
}

// observed lists what is observed while the candidate answers.
func observed(p assess.Proctoring) (list []string) {
	for _, one := range []struct {
		on   bool
		name string
	}{{p.ScreenRecording, "screen"}, {p.WebcamMonitoring, "camera"}, {p.IDCapture, "identity document"}} {
		if one.on {
			list = append(list, one.name)
		}
	}
	return list
}
