package app_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// meetings is how often two steps of an attempt meet: as often as promised in continuous integration, less where somebody just
// runs the tests.
func meetings() int {
	if os.Getenv("CI") == "true" {
		return 1000
	}
	return 60
}

// sitters makes candidates under way, all with the same assessment.
func (w *world) sitters() func() sitting {
	w.t.Helper()
	first := w.started()
	n := 0
	return func() sitting {
		w.t.Helper()
		n++
		wish := wish(assess.Assessment{ID: first.stands().Assessment}, fmt.Sprintf("candidate%d@example.com", n))
		wish.RecordLimit = 2
		out, err := w.Invite(w.t.Context(), w.who(), wish)
		w.must(err)
		token := w.linkToken(out.Invite.ID)
		w.must(w.Accept(w.t.Context(), token, w.agreement(token), phone))
		s := sitting{w, app.Taker{Token: token, Tab: "tab", Client: phone}, out.Invite.ID}
		w.must(s.Start(w.t.Context(), s.Taker))
		return s
	}
}

// encounter is a pair of steps that act on the same attempt at once.
type encounter struct {
	prepare    func(delivery)
	one, other func(delivery) error
	check      func(d delivery, first, second error) string // what is wrong, if anything
}

var encounters = map[string]encounter{
	"handing in and a late slice":       {nothing, handingIn, aSlice(2), handedInAndDelivered},
	"handing in and finishing":          {nothing, handingIn, finishing, handedInAndDelivered},
	"handing in and handing in":         {nothing, handingIn, handingIn, bothAndOnce(assess.InviteCompleted)},
	"handing in and revoking":           {nothing, handingIn, forcing, oneEnd},
	"handing in and a new take":         {nothing, handingIn, taking, nothingAfterTheEnd},
	"handing in and a text":             {nothing, handingIn, writing, nothingAfterTheEnd},
	"handing in and a play":             {nothing, handingIn, playing, nothingAfterTheEnd},
	"handing in and giving up":          {nothing, handingIn, givingUp, nothingAfterTheEnd},
	"the time limit and handing in":     {timeUp, sweeping, handingIn, endedByTime},
	"the time limit and a new take":     {timeUp, sweeping, taking, endedByTime},
	"the time limit and a late slice":   {timeUp, sweeping, aSlice(2), endedByTime},
	"the time limit and revoking":       {timeUp, sweeping, forcing, oneEnd},
	"a take and a take, one is left":    {nothing, taking, taking, oneIsRefused(assess.LimitUsed)},
	"a take and the same, asked again":  {nothing, takingOnce, takingOnce, oneTake},
	"a play and a play, one is left":    {played, playing, playing, oneIsRefused(assess.LimitUsed)},
	"starting and starting":             {nothing, starting("tab"), starting("other"), bothAndOnce(assess.InviteStarted)},
	"a seat and a seat":                 {nothing, seating("one"), seating("two"), seated},
	"a take and somebody else's seat":   {nothing, taking, seating("other"), takenOrElsewhere},
	"a slice and the same slice":        {nothing, aSlice(2), aSlice(2), threeSlices},
	"a slice and another of its number": {nothing, aSlice(2), func(d delivery) error { return d.slice(2, "different") }, oneIsRefused(assess.Differs)},
	"a slice and finishing":             {nothing, aSlice(2), finishing, sealed},
	"a slice and giving up":             {nothing, aSlice(2), givingUp, sealed},
	"finishing and finishing":           {nothing, finishing, finishing, sealed},
	"finishing and giving up":           {nothing, finishing, givingUp, sealed},
	"giving up and giving up":           {nothing, givingUp, givingUp, bothAndOnce(assess.InviteTakeFailed)},
	"a text and another text":           {nothing, writing, func(d delivery) error { return d.text("another") }, oneIsRefused(assess.Differs)},
	"signals and signals":               {nothing, signalling, signalling, fourSignals},
}

func nothing(delivery)           {}
func timeUp(d delivery)          { d.clock.now = d.stands().CompleteBy }
func played(d delivery)          { d.must(playing(d)) }
func handingIn(d delivery) error { return d.Complete(d.t.Context(), d.Taker, true) }
func forcing(d delivery) error   { return d.Revoke(d.t.Context(), d.who(), d.invite, true) }
func writing(d delivery) error   { return d.text("a text") }
func givingUp(d delivery) error  { return d.by.Abandon(d.t.Context(), d.ID) }
func sweeping(d delivery) error  { d.calendar(); return nil }

func (d delivery) text(text string) error {
	_, err := d.SaveText(d.t.Context(), d.Taker, written, 0, text)
	return err
}

func taking(d delivery) error {
	_, _, err := d.OpenTake(d.t.Context(), d.Taker, spoken, opus)
	return err
}

func takingOnce(d delivery) error {
	d.Taker.Key = "once"
	return taking(d)
}

func oneTake(d delivery, first, second error) string {
	if q := d.question(spoken); first != nil || second != nil || q.Answer.Takes != 2 {
		return fmt.Sprintf("%d takes are used", q.Answer.Takes)
	}
	return ""
}

func playing(d delivery) error {
	_, err := d.GrantPlay(d.t.Context(), d.Taker, spoken, "")
	return err
}

func aSlice(number int) func(delivery) error {
	return func(d delivery) error {
		data := sound(d.t)[number]
		return d.by.PutChunk(d.t.Context(), d.ID, chunkOf(number, data), bytes.NewReader(data))
	}
}

// finishing says that the two slices are all.
func finishing(d delivery) error {
	_, err := d.by.Finish(d.t.Context(), d.ID, 2, int64(len(sound(d.t)[0])+len(sound(d.t)[1])))
	return err
}

func starting(tab string) func(delivery) error {
	return func(d delivery) error {
		d.Tab = tab
		return d.Start(d.t.Context(), d.Taker)
	}
}

func seating(tab string) func(delivery) error {
	return func(d delivery) error {
		d.Tab = tab
		return d.Sit(d.t.Context(), d.Taker)
	}
}

func signalling(d delivery) error {
	now := d.clock.now
	return d.AddSignals(d.t.Context(), d.Taker, now, []assess.Signal{{Type: assess.TabHidden, At: now}, {Type: assess.Pasted, At: now}})
}

// handedInAndDelivered checks that what was recorded before counts, whoever came first.
func handedInAndDelivered(d delivery, handedIn, delivered error) string {
	if handedIn != nil || delivered != nil {
		return "one of them was refused"
	}
	return ended(d, assess.ReasonCandidate)
}

func ended(d delivery, why string) string {
	inv := d.stands()
	if inv.Stored != assess.Completed || inv.Reason != why {
		return fmt.Sprintf("the invite is %s because of %q", inv.Stored, inv.Reason)
	}
	if n := d.past(d.invite).happened(assess.InviteCompleted); n != 1 {
		return fmt.Sprintf("completed %d times", n)
	}
	return ""
}

func endedByTime(d delivery, swept, second error) string {
	if swept != nil {
		return "the sweeper failed"
	}
	if assess.CodeOf(second) != "" && assess.CodeOf(second) != assess.Over {
		return "the other was told something else than that it is over"
	}
	if takes := d.question(spoken).Answer.Takes; takes != 1 {
		return fmt.Sprintf("%d takes are used", takes)
	}
	return ended(d, assess.ReasonTimeLimit)
}

// oneEnd checks that one of two ends won, and the other heard of it.
func oneEnd(d delivery, completed, revoked error) string {
	p := d.past(d.invite)
	switch inv := d.stands(); {
	case p.happened(assess.InviteCompleted)+p.happened(assess.InviteRevoked) != 1:
		return "it ended twice, or not at all"
	case inv.Stored == assess.Completed && completed == nil && assess.KindOf(revoked) == assess.Conflict:
		return ""
	case inv.Stored == assess.Revoked && revoked == nil && (completed == nil || assess.KindOf(completed) == assess.Gone):
		return ""
	default:
		return fmt.Sprintf("the invite is %s", inv.Stored)
	}
}

// nothingAfterTheEnd checks that the other step either came first or was refused and left no trace.
func nothingAfterTheEnd(d delivery, handedIn, other error) string {
	if handedIn != nil {
		return "it could not be handed in"
	}
	if other != nil && assess.CodeOf(other) != assess.Over {
		return "the other was told something else than that it is over"
	}
	q, text := d.question(spoken), d.question(written)
	traces := q.Answer.Plays + q.Answer.Takes - 1 + text.Answer.Revision // of playing, taking or writing
	if q.Answer.Takes == 0 {
		traces = 1 // of giving up
	}
	if traces != 0 != (other == nil) {
		return fmt.Sprintf("there are %d traces", traces)
	}
	return ended(d, assess.ReasonCandidate)
}

func oneIsRefused(code assess.Code) func(d delivery, first, second error) string {
	return func(d delivery, first, second error) string {
		if (first == nil) == (second == nil) {
			return "not just one won"
		}
		if assess.CodeOf(first)+assess.CodeOf(second) != code {
			return "the other was told something else"
		}
		if q := d.question(spoken); q.Answer.Takes > q.Allowance.Takes || q.Answer.Plays > q.Allowance.Plays || d.question(written).Answer.Revision > 1 {
			return fmt.Sprintf("the limits are exceeded: %+v", q.Answer)
		}
		return ""
	}
}

// bothAndOnce checks that both succeeded and what they wanted happened once.
func bothAndOnce(typ assess.EventType) func(d delivery, first, second error) string {
	return func(d delivery, first, second error) string {
		if first != nil || second != nil {
			return "one of them was refused"
		}
		if n := d.past(d.invite).happened(typ); n != 1 {
			return fmt.Sprintf("%s happened %d times", typ, n)
		}
		return ""
	}
}

func seated(d delivery, first, second error) string {
	if first != nil || second != nil {
		return "one of them was refused"
	}
	attempt, err := d.Attempt(d.t.Context(), d.Taker, "")
	if err != nil || attempt.Tab == "tab" || d.past(d.invite).happened(assess.InviteTakenOver) != 2 {
		return fmt.Sprintf("%q has the seat, %v", attempt.Tab, err)
	}
	return ""
}

func takenOrElsewhere(d delivery, taken, sat error) string {
	if sat != nil || taken != nil && assess.CodeOf(taken) != assess.Elsewhere {
		return "one was told something else"
	}
	if takes := d.question(spoken).Answer.Takes; (takes == 2) != (taken == nil) {
		return fmt.Sprintf("%d takes are used", takes)
	}
	return ""
}

func threeSlices(d delivery, first, second error) string {
	got, err := d.by.Recording(d.t.Context(), d.ID)
	want := int64(len(bytes.Join(sound(d.t)[:3], nil)))
	if first != nil || second != nil || err != nil || got.Bytes != want {
		return fmt.Sprintf("%d bytes of %d, %v", got.Bytes, want, err)
	}
	return ""
}

func fourSignals(d delivery, first, second error) string {
	kept := 0
	err := d.db.Read(d.t.Context(), func(tx *store.Tx) error {
		signals, err := tx.Signals(d.owner.Org, d.invite)
		kept = len(signals)
		return err
	})
	if first != nil || second != nil || err != nil || kept != 4 {
		return fmt.Sprintf("%d are kept, %v", kept, err)
	}
	return ""
}

// sealed checks that a recording that is not open any more has just what it was finished with.
func sealed(d delivery, first, second error) string {
	got, err := d.by.Recording(d.t.Context(), d.ID)
	if err != nil {
		return err.Error()
	}
	for _, err := range []error{first, second} {
		if code := assess.CodeOf(err); err != nil && code != assess.Finished && code != assess.Differs {
			return "one was told something else"
		}
	}
	have := fmt.Sprint(got.Have)
	switch {
	case got.State == assess.RecordingUploaded && (have != "[[0 1]]" || got.Chunks != 2):
		return fmt.Sprintf("finished with two slices, it has %s", have)
	case got.State == assess.RecordingFailed && d.question(spoken).Answer.Takes != 0:
		return "the take was not given back"
	case got.State == assess.RecordingUploaded && d.question(spoken).Answer.Takes != 1:
		return "the take was given back"
	default:
		return ""
	}
}

// TestOfWhatHappensAtOnceInAnAttemptTheOutcomeIsOneOfTheTwo lets pairs of steps meet at a barrier.
func TestOfWhatHappensAtOnceInAnAttemptTheOutcomeIsOneOfTheTwo(t *testing.T) {
	t.Parallel()
	for name, pair := range encounters {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				next, begin := w.sitters(), w.clock.now
				for round := range meetings() / 4 { // there are many pairs
					w.clock.now = begin
					d := next().delivery()
					d.must(aSlice(0)(d))
					d.must(aSlice(1)(d))
					d.must(d.BeginAnswer(t.Context(), d.Taker, written))
					pair.prepare(d)
					var first, second error
					race(func() { first = pair.one(d) }, func() { second = pair.other(d) })
					for _, err := range []error{first, second} {
						if err != nil && assess.KindOf(err) == "" {
							w.t.Fatalf("round %d: %v", round, err)
						}
					}
					if wrong := pair.check(d, first, second); wrong != "" {
						w.t.Fatalf("round %d: %s (%v and %v)", round, wrong, first, second)
					}
				}
				w.wantCountsRight()
			})
		})
	}
}

// TestTakesAndPlaysAreNeverMoreThanAllowed lets eight want the same at once.
func TestTakesAndPlaysAreNeverMoreThanAllowed(t *testing.T) {
	const callers, questions, takes, plays = 8, 50, 2, 3
	many := func(n *assess.NewInvite, c *assess.Content) {
		n.RecordLimit, n.ReplayLimit = takes, plays-1
		first := c.Questions[0]
		c.Questions = nil
		for i := range questions {
			first.ID = assess.QuestionID(fmt.Sprintf("0198b2a4-0000-7000-8000-%012d", i))
			c.Questions = append(c.Questions, first)
		}
	}
	each(t, func(w *world) {
		for round := 0; round < meetings(); {
			s := w.started(many)
			for number := 1; number <= questions && round < meetings(); number++ {
				round++
				w.wantWins("takes", takes, callers, func() error {
					_, _, err := s.OpenTake(t.Context(), s.Taker, number, opus)
					return err
				})
				w.wantWins("plays", plays, callers, func() error {
					_, err := s.GrantPlay(t.Context(), s.Taker, number, "")
					return err
				})
				if q := s.question(number); q.TakesLeft() != 0 || q.PlaysLeft() != 0 || q.Answer.Takes != takes || q.Answer.Plays != plays {
					w.t.Fatalf("round %d: %+v", round, q.Answer)
				}
			}
		}
	})
}

// wantWins lets callers do something at once and checks how many succeed; the others must hear that the limit is reached.
func (w *world) wantWins(what string, want, callers int, do func() error) {
	w.t.Helper()
	errs := make([]error, callers)
	all := make([]func(), callers)
	for i := range all {
		all[i] = func() { errs[i] = do() }
	}
	race(all...)
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if assess.CodeOf(err) != assess.LimitUsed {
			w.t.Fatalf("%s: %v", what, err)
		}
	}
	if won != want {
		w.t.Fatalf("%d %s, want %d", won, what, want)
	}
}

// TestAnInterruptedPlayIsGivenBackOnceHoweverOftenItIsReported reports one from eight tabs.
func TestAnInterruptedPlayIsGivenBackOnceHoweverOftenItIsReported(t *testing.T) {
	each(t, func(w *world) {
		next := w.sitters()
		for range meetings() {
			s := next()
			play, err := s.GrantPlay(t.Context(), s.Taker, spoken, "")
			w.must(err)
			w.clock.advance(time.Millisecond)
			w.wantWins("plays given back", 1, 8, func() error { return s.ForgivePlay(t.Context(), s.Taker, play.ID) })
			if q := s.question(spoken); q.Answer.Plays != 0 || !q.Answer.Forgiven {
				w.t.Fatalf("%+v", q.Answer)
			}
		}
	})
}
