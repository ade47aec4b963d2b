package assess

import "time"

// Answer is what a candidate has given to one question so far, and what that has cost them.
type Answer struct {
	Org        OrgID
	Invite     InviteID
	Question   QuestionID
	Plays      int  // of the recorded prompt, used
	Forgiven   bool // whether an interrupted play has been given back
	Takes      int  // used; one that failed is given back
	ExtraTakes int  // allowed for this answer alone
	BegunAt    time.Time
	Text       string
	Revision   int // rises with every saved text
	SavedAt    time.Time
	ByText     bool      // whether the text is the answer where a recording was asked for
	SentAt     time.Time // when the candidate was content with it and went on
}

// AnswerState is where an answer stands.
type AnswerState string

// The states.
const (
	Unanswered AnswerState = "unanswered"
	Arriving   AnswerState = "arriving" // a take is being recorded, uploaded or verified
	Answered   AnswerState = "answered"
)

// State is where the answer stands, given its newest take that has not failed (nil for none) and the format asked for. A text in
// place of a recording counts where the candidate has decided so, and where all takes have failed.
func (a Answer) State(asked Format, take *Recording) AnswerState {
	switch {
	case asked == TextFormat || a.ByText || take == nil:
		if a.Text != "" {
			return Answered
		}
		return Unanswered
	case take.State == RecordingReady:
		return Answered
	default:
		return Arriving
	}
}

// Allowance is how much a candidate may use for one question, everything that was granted included.
type Allowance struct {
	Plays, Takes int
	Formats      []Format      // of the answer; the one asked for first
	Preparation  time.Duration // 0 for none; meaningless where Untimed
	Length       time.Duration // of the recording, or of writing; of a recording also where Untimed
	Untimed      bool          // no limit on preparation and writing
}

// Allowance is what the invite, its accommodation and what was granted for this answer allow.
func (inv Invite) Allowance(c Content, q Question, a Accommodation, extraTakes int) Allowance {
	seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
	out := Allowance{
		Plays: 1 + inv.ReplayLimit + a.ExtraPlays, Takes: inv.RecordLimit + a.ExtraTakes + extraTakes,
		Formats: a.Formats(c.AnswerFormatOf(q)),
	}
	var limited bool
	out.Preparation, limited = a.Stretch(seconds(q.Preparation))
	out.Length, _ = a.Stretch(seconds(q.MaxAnswer))
	if out.Untimed = !limited; out.Untimed {
		out.Length = max(2*seconds(q.MaxAnswer), seconds(MaxAnswer)) // a recorder has to stop some time
	}
	return out
}

// Gated reports whether the candidate has to say that they are ready before they see the question, because a clock starts then.
func (a Allowance) Gated() bool {
	return !a.Untimed && (a.Preparation > 0 || a.Formats[0] == TextFormat)
}

// PrepareUntil is when preparation ends for an answer begun at begun: hearing or reading the prompt comes first. Zero for no
// limit.
func (a Allowance) PrepareUntil(begun time.Time, prompt time.Duration) time.Time {
	if a.Untimed || begun.IsZero() || a.Preparation == 0 {
		return time.Time{}
	}
	return begun.Add(prompt + a.Preparation)
}

// WriteUntil is when writing ends for a text answer begun at begun. Zero for no limit.
func (a Allowance) WriteUntil(begun time.Time, prompt time.Duration) time.Time {
	if a.Untimed || begun.IsZero() {
		return time.Time{}
	}
	return begun.Add(prompt + a.Preparation + a.Length)
}

// Play is one hearing of a recorded prompt, granted before any byte leaves.
type Play struct {
	ID        PlayID
	Org       OrgID
	Invite    InviteID
	Question  QuestionID
	Recording RecordingID // empty where the browser reads the text out
	Duration  time.Duration
	GrantedAt time.Time
	Key       string // of the request that it was granted to, see Recording
}

// PlayLife is how long after granting the media of a play can be fetched: its own length twice, and a while for a slow network.
func (p Play) PlayLife() time.Duration { return 2*p.Duration + 5*time.Minute }

// Dead reports whether the media of the play cannot be fetched any more.
func (p Play) Dead(now time.Time) bool { return now.After(p.GrantedAt.Add(p.PlayLife())) }

// Forgivable reports whether an interruption reported at now is within the play's own time.
func (p Play) Forgivable(now time.Time) bool {
	return now.Before(p.GrantedAt.Add(p.Duration + AttemptGrace))
}
