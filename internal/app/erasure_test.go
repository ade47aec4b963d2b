package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/mail"
	"alfaone/internal/pgtest"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
)

// canary is a word that nothing holds but what is known of one candidate.
const canary = "zaubervogel"

// searched is a world whose every byte can be looked at.
type searched struct {
	*world
	log  *bytes.Buffer
	data func() []string // all that the database holds
}

func newSearched(t *testing.T, engine string) searched {
	t.Helper()
	c := &clock{now: time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)}
	options := store.Options{DataDir: t.TempDir(), Clock: c.Now}
	s := searched{log: &bytes.Buffer{}}
	s.data = func() []string { return filesIn(t, options.DataDir) }
	if engine == "postgres" {
		options.URL = pgtest.New(t)
		s.data = func() []string { return rowsIn(t, options.URL) }
	}
	db, err := store.Open(t.Context(), options)
	if err == nil {
		err = db.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s.world = newWorld(t, c, db).with(func(o *app.Options) { o.Log = slog.New(slog.NewTextHandler(s.log, nil)) })
	return s
}

// filesIn are the contents of the files in a directory.
func filesIn(t *testing.T, dir string) (all []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range names {
		var content []byte
		content, err = os.ReadFile(name)
		all = append(all, string(content))
	}
	if err != nil || len(all) == 0 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	return all
}

// rowsIn are the rows of all tables of a PostgreSQL database.
func rowsIn(t *testing.T, url string) []string {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	texts := func(query string) (out []string) {
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				t.Fatal(err)
			}
			out = append(out, text)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return out
	}
	var all []string
	for _, table := range texts("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") {
		all = append(all, texts("SELECT CAST(r AS TEXT) FROM "+table+" r")...)
	}
	return all
}

// works lets all due jobs run, and writes down what the runner says.
func (s searched) works() {
	s.t.Helper()
	r := job.NewRunner(job.Config{
		Queue: s.db.Queue(), Log: slog.New(slog.NewTextHandler(s.log, nil)), Now: s.clock.Now, Rand: func() float64 { return 0.5 },
	})
	s.Register(r)
	s.RegisterMedia(r)
	s.must(r.RunDue(s.t.Context()))
}

// finds counts what holds the canary or the candidate's address in the network, of the database and the log.
func (s searched) finds() (hits int) {
	for _, text := range append(s.data(), s.log.String()) {
		text = strings.ToLower(text)
		hits += strings.Count(text, canary) + strings.Count(text, "192.0.2.")
	}
	return hits
}

// quoting is a mail server that puts everything off, and quotes the recipient.
type quoting struct{}

func (quoting) Send(_ context.Context, m mail.Message) error {
	return &mail.Error{Class: mail.Temporary, Code: 450, Stage: mail.StageRcpt, Err: errors.New("450 4.2.1 <" + m.To.Address + ">: later")}
}

// live takes the candidate through all that leaves traces, up to a decision.
func (s searched) live() sitting {
	s.t.Helper()
	ctx, t := s.t.Context(), s.t
	reluctant := s.with(func(o *app.Options) { o.Sender = quoting{} })
	grader := s.join("grader@example.com", assess.Grader)
	s.world = s.with(func(o *app.Options) { o.Sender = nil }) // mail is kept from here on
	c := s.completed(planOf([]assess.Member{grader}, func(p *assess.GradingPlan) { p.DueDays = 5 }), func(n *assess.NewInvite, _ *assess.Content) {
		n.Email, n.Name, n.Message, n.External = canary+"@example.com", strings.ToUpper(canary), "Dear "+canary, canary+"-1"
		n.Metadata, n.RedirectURL = map[string]string{canary: canary}, "https://example.com/"+canary
	})
	other := s.invite(assess.Assessment{ID: c.stands().Assessment}, "other@example.com")
	searched{reluctant, s.log, s.data}.works()
	s.clock.advance(time.Hour)
	s.works() // the invite's mail is not sent any more, the receipt is
	s.must(s.Resend(ctx, s.who(), other.ID))
	_, err := s.CarryOutOnce(ctx, s.who(), app.Once{Route: "POST /x", Key: "k", Fingerprint: "f"}, func(context.Context) (app.Reply, error) {
		return app.Reply{Resource: string(c.invite), Status: 201, Body: canary}, nil
	})
	s.must(err)
	s.must(s.TellGraders(ctx))
	s.works()
	d := c.evaluation(grader)
	_, err = s.SaveMark(ctx, grader.Actor(assess.Live), d.ID, written, assess.Mark{Scores: whole10(8), Comment: "Clear, " + canary})
	s.must(err)
	d = c.evaluation(grader)
	s.must(s.SubmitEvaluation(ctx, grader.Actor(assess.Live), d.ID, d.Stamp()))
	_, err = s.Decide(ctx, s.who(), c.invite, 0, assess.Advance, canary+" is the one.")
	s.must(err)
	letters, err := s.Letters(ctx, s.who())
	s.must(err)
	named := 0
	for _, l := range letters {
		if strings.Contains(strings.ToLower(l.Text+l.To), canary) {
			named++
		}
	}
	if named < 2 {
		t.Errorf("only %d of %d letters speak of the candidate", named, len(letters))
	}
	return c
}

// TestNothingIsFoundOfAnErasedCandidate looks for a word that only the candidate had: in the database's files (or on PostgreSQL,
// in every row), the log, and among the recordings.
func TestNothingIsFoundOfAnErasedCandidate(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := newSearched(t, engine)
			c := s.live()
			if s.finds() < 20 || strings.Contains(strings.ToLower(s.log.String()), canary) {
				t.Errorf("%d traces in database and log, the log says %s", s.finds(), s.log)
			}
			erasure, err := s.Erase(t.Context(), s.who(), c.invite)
			s.must(err)
			if erasure.Answers != 1 || erasure.Status != assess.Completed {
				t.Errorf("%+v", erasure)
			}
			s.works()
			if n := s.finds(); n > 0 {
				for _, text := range s.data() {
					if i := strings.Index(strings.ToLower(text), canary); i >= 0 {
						t.Logf("…%q…", text[max(0, i-200):min(len(text), i+60)])
					}
				}
				t.Errorf("%d traces are left", n)
			}
			again, err := s.Erase(t.Context(), s.who(), c.invite)
			if err != nil || again != erasure {
				t.Errorf("again: %+v, %v; want %+v", again, err, erasure)
			}
			_, err = s.Overview(t.Context(), s.who())
			s.must(err)
			s.wantCountsRight()
		})
	}
}

func TestErasingTakesRecordingsWithIt(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		s.speak()
		open := s.delivery()
		w.must(aSlice(0)(open))
		e, err := w.Erase(t.Context(), w.who(), s.invite)
		if err != nil || e.Recordings != 2 || e.Bytes == 0 || e.Status != assess.Started {
			t.Errorf("%+v, %v", e, err)
		}
		w.wantKind(aSlice(1)(open), assess.NotFound)
		w.work()
		w.wantNoRecordings()
		w.clock.advance(2 * time.Hour)
		w.work()
	})
}

func (w *world) wantNoRecordings() {
	w.t.Helper()
	for info, err := range w.blobs.List(w.t.Context(), string(w.owner.Org)+"/") {
		w.must(err)
		w.t.Errorf("there is still %s", info.Key)
	}
}

func TestOnlyWhoMayEraseErases(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "candidate@example.com")
		recruiter := w.join("recruiter@example.com", assess.Recruiter)
		_, err := w.Erase(t.Context(), recruiter.Actor(assess.Live), inv.ID)
		w.wantKind(err, assess.Forbidden)
		_, err = w.Erase(t.Context(), w.owner.Actor(assess.Test), inv.ID)
		w.wantKind(err, assess.NotFound)
		_, err = w.Erasure(t.Context(), w.who(), inv.ID)
		w.wantKind(err, assess.NotFound)
	})
}

// erasedWhile is what a candidate or a member does while the candidate is erased. It succeeds or is told that nothing is there.
var erasedWhile = map[string]func(d delivery, grader assess.Member) error{
	"a slice":    func(d delivery, _ assess.Member) error { return aSlice(2)(d) },
	"finishing":  func(d delivery, _ assess.Member) error { return finishing(d) },
	"a new take": func(d delivery, _ assess.Member) error { return taking(d) },
	"a text":     func(d delivery, _ assess.Member) error { return writing(d) },
	"a play":     func(d delivery, _ assess.Member) error { return playing(d) },
	"signals":    func(d delivery, _ assess.Member) error { return signalling(d) },
	"handing in": func(d delivery, _ assess.Member) error { return handingIn(d) },
	"revoking":   func(d delivery, _ assess.Member) error { return forcing(d) },
	"mailing":    func(d delivery, _ assess.Member) error { d.work(); return nil },
	"erasing":    func(d delivery, _ assess.Member) error { return erasing(d) },
	"mending": func(d delivery, _ assess.Member) error {
		return d.Readdress(d.t.Context(), d.who(), d.invite, "n@example.com", "N")
	},
	"a grader": func(d delivery, m assess.Member) error {
		return d.Assign(d.t.Context(), d.who(), d.invite, m.ID, false)
	},
	"sending anew": func(d delivery, _ assess.Member) error { return d.Resend(d.t.Context(), d.who(), d.invite) },
}

func erasing(d delivery) error {
	_, err := d.Erase(d.t.Context(), d.who(), d.invite)
	return err
}

// TestErasingWinsEveryRace lets erasing meet everything else at a barrier. Afterwards nothing of the candidate is there.
func TestErasingWinsEveryRace(t *testing.T) {
	t.Parallel()
	for name, other := range erasedWhile {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				grader := w.graders(1)[0]
				next := w.sitters()
				for round := range max(meetings()/20, 10) {
					d := next().delivery()
					d.must(aSlice(0)(d))
					d.must(aSlice(1)(d))
					d.must(d.BeginAnswer(t.Context(), d.Taker, written))
					var erased, met error
					race(func() { erased = erasing(d) }, func() { met = other(d, grader) })
					if erased != nil || met != nil && assess.KindOf(met) != assess.NotFound {
						w.t.Fatalf("round %d: erasing %v, the other %v", round, erased, met)
					}
					w.wantGone(d.invite)
					w.clock.advance(time.Minute) // links that lead nowhere are counted by the minute
				}
				w.work()
				w.wantNoRecordings()
				w.wantCountsRight()
			})
		})
	}
}

// wantGone checks that no row tells of the invite's candidate.
func (w *world) wantGone(id assess.InviteID) {
	w.t.Helper()
	w.must(w.db.Read(w.t.Context(), func(tx *store.Tx) error {
		org := w.owner.Org
		_, err := tx.Invite(org, assess.Live, id)
		w.wantKind(err, assess.NotFound)
		recordings, err := tx.Recordings(org, id)
		w.must(err)
		answers, err := tx.Answers(org, id)
		w.must(err)
		evaluations, err := tx.Evaluations(org, id)
		w.must(err)
		events, err := tx.InviteEvents(org, id)
		for _, e := range events {
			if e.Note != "" || e.External != "" {
				w.t.Errorf("an event still says %q", e.Note)
			}
		}
		if left := len(recordings) + len(answers) + len(evaluations); left > 0 || len(events) == 0 || events[len(events)-1].Type != assess.CandidateErased {
			w.t.Errorf("%d rows and the events %v are left", left, fmt.Sprint(events))
		}
		return err
	}))
}
