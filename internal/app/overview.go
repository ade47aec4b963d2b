package app

import (
	"context"
	"slices"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Overview is what a member sees first, as it stood at At.
type Overview struct {
	At          time.Time
	Counts      InviteCounts
	Activity    []Activity             // the newest first
	Invites     []assess.InviteSummary // the newest first
	Expiring    []assess.InviteSummary // not begun and over within ExpiringWithin, the soonest first
	Undelivered int                    // pending invites whose mail was refused for good
	Assessments int                    // drafts and published ones
	Published   int                    // those that can be sent
	Keys        int                    // usable API keys, for who may manage them
	ToGrade     int                    // evaluations that wait for who looks
	Overdue     int                    // of those
	Unassigned  int                    // completed invites that nobody is to grade, for who assigns graders
	Disputed    int                    // invites whose graders differ too far, for who assigns graders
}

// Activity is an event with the names of what it is about.
type Activity struct {
	assess.Event
	Candidate  string // the address of the invite; empty where none is concerned
	Assessment string // its name
}

// ExpiringWithin is how long before its end an invite that was not begun deserves attention.
const ExpiringWithin = 3 * 24 * time.Hour

const (
	activityShown = 12
	newestShown   = 5
	expiringShown = 5
)

// Overview reads the start page. Errors: Forbidden.
func (a *App) Overview(ctx context.Context, who assess.Actor) (o Overview, err error) {
	if err := who.May(assess.ReadInvites); err != nil {
		return o, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		r := overviewReader{tx, who}
		o.At = tx.Now()
		for _, read := range []func(*Overview) error{r.invites, r.expiring, r.activity, r.assessments, r.keys, r.grading} {
			if err := read(&o); err != nil {
				return err
			}
		}
		return nil
	})
	return o, err
}

// overviewReader reads the parts of an Overview.
type overviewReader struct {
	tx  *store.Tx
	who assess.Actor
}

func (r overviewReader) invites(o *Overview) (err error) {
	if o.Counts, err = r.tx.InviteCounts(r.who.Org, r.who.Mode, assess.InviteFilter{}); err != nil {
		return err
	}
	newest := assess.Page{Number: 1, Limit: newestShown, Sort: assess.InviteSorts()[0]}
	if o.Invites, _, err = r.tx.Invites(r.who.Org, r.who.Mode, assess.InviteFilter{}, newest); err != nil {
		return err
	}
	failed := assess.InviteFilter{Delivery: assess.MailFailed, Status: assess.Pending}
	_, o.Undelivered, err = r.tx.Invites(r.who.Org, r.who.Mode, failed, newest)
	return err
}

func (r overviewReader) expiring(o *Overview) error {
	soonest := assess.Page{Number: 1, Limit: expiringShown, Sort: "expires_at", Ascending: true}
	for _, status := range []assess.InviteStatus{assess.Pending, assess.Accepted} {
		items, _, err := r.tx.Invites(r.who.Org, r.who.Mode, assess.InviteFilter{Status: status}, soonest)
		if err != nil {
			return err
		}
		o.Expiring = append(o.Expiring, items...)
	}
	until := o.At.Add(ExpiringWithin)
	o.Expiring = slices.DeleteFunc(o.Expiring, func(inv assess.InviteSummary) bool { return inv.ExpiresAt.After(until) })
	slices.SortFunc(o.Expiring, func(x, y assess.InviteSummary) int { return x.ExpiresAt.Compare(y.ExpiresAt) })
	o.Expiring = o.Expiring[:min(len(o.Expiring), expiringShown)]
	return nil
}

// activity names the candidate and the assessment of each event. Few of them concern the same invite, so each is looked up. Of an
// erased one, only that it was erased is told.
func (r overviewReader) activity(o *Overview) error {
	events, err := r.tx.RecentEvents(r.who.Org, r.who.Mode, expected(), activityShown)
	if err != nil {
		return err
	}
	for _, e := range events {
		happening := Activity{Event: e, Assessment: e.Note} // the note of publishing is the name
		if e.Invite != "" {
			inv, err := r.tx.Invite(r.who.Org, r.who.Mode, e.Invite)
			erased := assess.KindOf(err) == assess.NotFound
			if erased && e.Type != assess.CandidateErased {
				continue
			}
			if err != nil && !erased {
				return err
			}
			happening.Candidate, happening.Assessment = inv.Email, inv.AssessmentName
			if happening.Event, err = r.told(e); err != nil {
				return err
			}
		}
		o.Activity = append(o.Activity, happening)
	}
	return nil
}

// told is an event about an invite without what is kept from who looks.
func (r overviewReader) told(e assess.Event) (assess.Event, error) {
	quiet := discreet(e)
	if quiet.Note == e.Note {
		return e, nil
	}
	evaluations, err := r.tx.Evaluations(r.who.Org, e.Invite)
	if hides(r.who, evaluations) {
		e = quiet
	}
	return e, err
}

// expected is what happens all the time: that mail leaves, and each step of an attempt or of its grading under way. Telling of it
// would leave no room for the rest.
func expected() []assess.EventType {
	return []assess.EventType{
		assess.InviteSent, assess.InviteAnswered, assess.InviteTakeFailed, assess.InviteTakenOver, assess.InviteIdentified,
		assess.InviteAssigned, assess.InviteUnassigned, assess.InviteEvaluated,
	}
}

func (r overviewReader) assessments(o *Overview) (err error) {
	first := assess.Page{Number: 1, Limit: 1, Sort: assess.AssessmentSorts()[0]}
	if _, o.Assessments, err = r.tx.Assessments(r.who.Org, r.who.Mode, assess.AssessmentFilter{}, first); err != nil {
		return err
	}
	published := assess.AssessmentFilter{Status: assess.Published}
	_, o.Published, err = r.tx.Assessments(r.who.Org, r.who.Mode, published, first)
	return err
}

func (r overviewReader) keys(o *Overview) error {
	if !r.who.Can(assess.ManageKeys) {
		return nil
	}
	keys, err := r.tx.APIKeys(r.who.Org)
	for _, k := range keys {
		if k.Usable(o.At) == nil {
			o.Keys++
		}
	}
	return err
}

func (r overviewReader) grading(o *Overview) (err error) {
	if r.who.Can(assess.GradeAssigned) {
		if o.ToGrade, o.Overdue, err = r.tx.CountQueue(r.who.Org, r.who.Mode, assess.MemberID(r.who.ID)); err != nil {
			return err
		}
	}
	if !r.who.Can(assess.AssignGraders) {
		return nil
	}
	counts, err := r.tx.GradeCounts(r.who.Org, r.who.Mode, "")
	o.Unassigned, o.Disputed = counts[assess.Ungraded], counts[assess.Disputed]
	return err
}
