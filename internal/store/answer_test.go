package store_test

import (
	"sync"
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// underWay is an invite that was started in "tab", and its answer to the first question.
func (w *world) underWay(change ...func(*assess.Invite)) assess.Answer {
	w.Helper()
	inv := newInvite(w.assessment(w.org(), "Go"), "ada@example.com")
	inv.Stored, inv.AcceptedAt, inv.StartedAt, inv.CompleteBy = assess.Started, noon, noon, noon.Add(time.Hour)
	inv.ReplayLimit, inv.RecordLimit = 1, 2
	for _, f := range change {
		f(&inv)
	}
	w.invite(inv)
	w.tx(func(tx *store.Tx) error { return tx.SetTab(inv.Org, inv.ID, "tab") })
	return assess.Answer{Org: inv.Org, Invite: inv.ID, Question: "q1"}
}

func getAnswer(a assess.Answer) func(tx *store.Tx) (assess.Answer, error) {
	return func(tx *store.Tx) (assess.Answer, error) { return tx.Answer(a.Org, a.Invite, a.Question) }
}

// conditional is a statement that changes an answer under conditions.
type conditional func(tx *store.Tx, a assess.Answer, tab string) (bool, error)

func conditionals() map[string]conditional {
	return map[string]conditional{
		"take":  (*store.Tx).CountTake,
		"play":  (*store.Tx).CountPlay,
		"begin": (*store.Tx).BeginAnswer,
		"send":  (*store.Tx).SendAnswer,
		"write": func(tx *store.Tx, a assess.Answer, tab string) (bool, error) {
			return tx.SaveText(a, tab, false, "text")
		},
		"forgive": func(tx *store.Tx, a assess.Answer, tab string) (bool, error) {
			return tx.ForgivePlay(a, tab)
		},
	}
}

// does checks whether the statement changes the answer.
func (w *world) does(what string, statement conditional, a assess.Answer, tab string, want bool) {
	w.Helper()
	before := read(w, getAnswer(a))
	w.tx(func(tx *store.Tx) error {
		if got, err := statement(tx, a, tab); err != nil || got != want {
			w.Errorf("%s: %v, %v; want %v", what, got, err, want)
		}
		return nil
	})
	if !want {
		same(w, before, getAnswer(a))
	}
}

func TestAnAnswerThatNothingIsKnownOfIsEmpty(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a := w.underWay()
		same(w, a, getAnswer(a))
		same(w, []assess.Answer{}, func(tx *store.Tx) ([]assess.Answer, error) { return tx.Answers(a.Org, a.Invite) })
	})
}

func TestAnAnswerIsKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a := w.underWay()
		second := a
		second.Question = "q2"
		w.pass(time.Minute)
		w.does("play", (*store.Tx).CountPlay, a, "tab", true)
		w.does("forgive", (*store.Tx).ForgivePlay, a, "tab", true)
		w.does("play", (*store.Tx).CountPlay, a, "tab", true)
		w.does("take", (*store.Tx).CountTake, a, "tab", true)
		w.does("begin", (*store.Tx).BeginAnswer, a, "tab", true)
		w.pass(time.Minute)
		w.does("write", func(tx *store.Tx, a assess.Answer, tab string) (bool, error) {
			return tx.SaveText(a, tab, true, "Because\n'ü'.")
		}, a, "tab", true)
		w.does("send", (*store.Tx).SendAnswer, a, "tab", true)
		w.tx(func(tx *store.Tx) error { return tx.AllowTake(a) })
		w.tx(func(tx *store.Tx) error { return tx.AllowTake(second) })
		a.Plays, a.Forgiven, a.Takes, a.ExtraTakes = 1, true, 1, 1
		a.BegunAt, a.Text, a.Revision, a.SavedAt, a.ByText, a.SentAt = noon.Add(time.Minute), "Because\n'ü'.", 1, w.now(), true, w.now()
		second.ExtraTakes = 1
		same(w, a, getAnswer(a))
		same(w, []assess.Answer{a, second}, func(tx *store.Tx) ([]assess.Answer, error) { return tx.Answers(a.Org, a.Invite) })
	})
}

func TestNothingIsAnsweredOutsideOfARunningAttempt(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		for name, test := range map[string]struct {
			change func(*assess.Invite)
			tab    string
			want   bool
		}{
			"running":          {func(*assess.Invite) {}, "tab", true},
			"without deadline": {func(inv *assess.Invite) { inv.CompleteBy = time.Time{} }, "tab", true},
			"in the last ms":   {func(inv *assess.Invite) { inv.CompleteBy = noon.Add(time.Millisecond) }, "tab", true},
			"at the deadline":  {func(inv *assess.Invite) { inv.CompleteBy = noon }, "tab", false},
			"too late":         {func(inv *assess.Invite) { inv.CompleteBy = noon.Add(-time.Hour) }, "tab", false},
			"in another tab":   {func(*assess.Invite) {}, "other", false},
			"in no tab":        {func(*assess.Invite) {}, "", false},
			"pending":          {func(inv *assess.Invite) { inv.Stored = assess.Pending }, "tab", false},
			"accepted":         {func(inv *assess.Invite) { inv.Stored = assess.Accepted }, "tab", false},
			"completed":        {func(inv *assess.Invite) { inv.Stored = assess.Completed }, "tab", false},
			"expired":          {func(inv *assess.Invite) { inv.Stored = assess.Expired }, "tab", false},
			"revoked":          {func(inv *assess.Invite) { inv.Stored = assess.Revoked }, "tab", false},
		} {
			for what, statement := range conditionals() {
				a := w.underWay(test.change)
				w.tx(func(tx *store.Tx) error { // a play to be forgiven
					_, err := tx.Exec("INSERT INTO answers (org_id, invite_id, question_id, plays) VALUES ($1, $2, $3, 1)", a.Org, a.Invite, a.Question)
					return err
				})
				w.does(name+": "+what, statement, a, test.tab, test.want)
			}
		}
	})
}

func TestAnAnswerBelongsToOneOrganization(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a := w.underWay()
		w.does("play", (*store.Tx).CountPlay, a, "tab", true)
		kept := read(w, getAnswer(a))
		foreign := a
		foreign.Org = w.org()
		for what, statement := range conditionals() {
			w.does(what, statement, foreign, "tab", false)
		}
		w.tx(func(tx *store.Tx) error { return tx.AllowTake(foreign) })
		w.tx(func(tx *store.Tx) error { return tx.ReturnTake(foreign.Org, foreign.Invite, foreign.Question) })
		w.tx(func(tx *store.Tx) error { return tx.SetTab(foreign.Org, foreign.Invite, "theirs") })
		w.tx(func(tx *store.Tx) error {
			return tx.SetAccommodation(assess.Accommodation{Org: a.Org, Invite: a.Invite, ExtraTakes: 1})
		})
		w.tx(func(tx *store.Tx) error {
			return tx.SetAccommodation(assess.Accommodation{Org: foreign.Org, Invite: a.Invite, ExtraTakes: 9})
		})
		same(w, foreign, getAnswer(foreign))
		same(w, kept, getAnswer(a))
		same(w, "tab", func(tx *store.Tx) (string, error) { return tx.Tab(a.Org, a.Invite) })
		same(w, assess.Accommodation{Org: a.Org, Invite: a.Invite, ExtraTakes: 1}, func(tx *store.Tx) (assess.Accommodation, error) {
			return tx.Accommodation(a.Org, a.Invite)
		})
	})
}

func TestTakesAreCountedUpToWhatInviteAccommodationAndAnswerAllow(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a := w.underWay() // two takes
		other := a
		other.Question = "q2"
		w.does("first", (*store.Tx).CountTake, a, "tab", true)
		w.does("second", (*store.Tx).CountTake, a, "tab", true)
		w.does("third", (*store.Tx).CountTake, a, "tab", false)
		w.does("of another question", (*store.Tx).CountTake, other, "tab", true)

		w.tx(func(tx *store.Tx) error {
			return tx.SetAccommodation(assess.Accommodation{Org: a.Org, Invite: a.Invite, ExtraTakes: 1})
		})
		w.does("accommodated", (*store.Tx).CountTake, a, "tab", true)
		w.does("fourth", (*store.Tx).CountTake, a, "tab", false)

		w.tx(func(tx *store.Tx) error { return tx.AllowTake(a) })
		w.does("granted", (*store.Tx).CountTake, a, "tab", true)
		w.does("fifth", (*store.Tx).CountTake, a, "tab", false)

		w.tx(func(tx *store.Tx) error { return tx.ReturnTake(a.Org, a.Invite, a.Question) })
		w.does("given back", (*store.Tx).CountTake, a, "tab", true)
		w.does("sixth", (*store.Tx).CountTake, a, "tab", false)

		for range 5 {
			w.tx(func(tx *store.Tx) error { return tx.ReturnTake(other.Org, other.Invite, other.Question) })
		}
		if got := read(w, getAnswer(other)).Takes; got != 0 {
			w.Errorf("%d takes after giving back more than were taken", got)
		}
	})
}

func TestATakePutsTheTextAside(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a := w.underWay()
		w.does("write", func(tx *store.Tx, a assess.Answer, tab string) (bool, error) {
			return tx.SaveText(a, tab, true, "text")
		}, a, "tab", true)
		w.does("take", (*store.Tx).CountTake, a, "tab", true)
		if got := read(w, getAnswer(a)); got.ByText || got.Text != "text" {
			w.Errorf("by text %v, %q", got.ByText, got.Text)
		}
	})
}

func TestPlaysAreCountedAndOneIsForgiven(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a := w.underWay() // may be heard twice
		w.does("nothing to forgive", (*store.Tx).ForgivePlay, a, "tab", false)
		w.does("first", (*store.Tx).CountPlay, a, "tab", true)
		w.does("second", (*store.Tx).CountPlay, a, "tab", true)
		w.does("third", (*store.Tx).CountPlay, a, "tab", false)
		w.does("forgiven", (*store.Tx).ForgivePlay, a, "tab", true)
		w.does("forgiven again", (*store.Tx).ForgivePlay, a, "tab", false)
		w.does("third", (*store.Tx).CountPlay, a, "tab", true)
		w.does("fourth", (*store.Tx).CountPlay, a, "tab", false)
		w.tx(func(tx *store.Tx) error {
			return tx.SetAccommodation(assess.Accommodation{Org: a.Org, Invite: a.Invite, ExtraPlays: 1})
		})
		w.does("accommodated", (*store.Tx).CountPlay, a, "tab", true)
		w.does("fifth", (*store.Tx).CountPlay, a, "tab", false)
	})
}

func TestTheClockOfAnAnswerStartsOnce(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a := w.underWay()
		w.does("begin", (*store.Tx).BeginAnswer, a, "tab", true)
		w.pass(time.Minute)
		w.does("begin again", (*store.Tx).BeginAnswer, a, "tab", false)
		if got := read(w, getAnswer(a)).BegunAt; !got.Equal(noon) {
			w.Errorf("begun at %v", got)
		}
	})
}

func TestTextIsWrittenOverTheRevisionThatWasRead(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a := w.underWay()
		write := func(text string) conditional {
			return func(tx *store.Tx, a assess.Answer, tab string) (bool, error) { return tx.SaveText(a, tab, false, text) }
		}
		w.does("first", write("one"), a, "tab", true)
		w.does("over nothing again", write("two"), a, "tab", false)
		for _, revision := range []int{-1, 2, 1 << 30} {
			stale := a
			stale.Revision = revision
			w.does("over a revision that is not there", write("two"), stale, "tab", false)
		}
		w.does("over the first", write(""), read(w, getAnswer(a)), "tab", true)
		if got := read(w, getAnswer(a)); got.Text != "" || got.Revision != 2 {
			w.Errorf("%q of revision %d", got.Text, got.Revision)
		}
	})
}

func TestOfManyAtOnceNoMoreWinThanAreAllowed(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		for what, want := range map[string]int{"take": 2, "play": 2, "begin": 1, "write": 1, "forgive": 0} {
			a := w.underWay()
			won := make(chan bool, 16)
			var wg sync.WaitGroup
			for range cap(won) {
				wg.Go(func() {
					err := w.db.Tx(w.Context(), func(tx *store.Tx) error {
						ok, err := conditionals()[what](tx, a, "tab")
						if ok {
							won <- true
						}
						return err
					})
					if err != nil {
						w.Error(err)
					}
				})
			}
			wg.Wait()
			if len(won) != want {
				w.Errorf("%s: %d won, want %d", what, len(won), want)
			}
		}
	})
}

func TestPlaysAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a := w.underWay()
		play := assess.Play{
			ID: newID[assess.PlayID](), Org: a.Org, Invite: a.Invite, Question: a.Question, Recording: "r", Key: "key",
			Duration: 4321 * time.Millisecond, GrantedAt: noon,
		}
		w.tx(func(tx *store.Tx) error { return tx.InsertPlay(play) })
		get := func(org assess.OrgID, invite assess.InviteID) func(tx *store.Tx) (assess.Play, error) {
			return func(tx *store.Tx) (assess.Play, error) { return tx.Play(org, invite, play.ID) }
		}
		same(w, play, get(a.Org, a.Invite))
		for key, want := range map[string]assess.PlayID{"key": play.ID, "other": "", "": ""} {
			w.tx(func(tx *store.Tx) error {
				got, ok, err := tx.PlayByKey(a.Org, a.Invite, key)
				if got.ID != want || ok != (want != "") {
					w.Errorf("under the key %q is %q", key, got.ID)
				}
				return err
			})
		}
		missing(w, get(w.org(), a.Invite))
		missing(w, get(a.Org, w.underWay().Invite))
	})
}
