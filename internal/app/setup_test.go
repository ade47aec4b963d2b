package app_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/store"
)

func newOwner() app.NewOwner {
	return app.NewOwner{
		Organization: "Fresh Ltd", TimeZone: "Europe/Berlin", FirstName: "Fred", LastName: "First", Email: "fred@example.com", Password: password,
	}
}

// eachEmpty runs the test in a world without an organization on every engine.
func eachEmpty(t *testing.T, test func(w *world)) {
	t.Helper()
	each(t, func(w *world) {
		w.must(w.db.Tx(w.t.Context(), func(tx *store.Tx) error { return tx.DeleteMember(w.owner.Org, w.owner.ID) }))
		test(w)
	})
}

func TestSetUpWorksOnceWithItsToken(t *testing.T) {
	eachEmpty(t, func(w *world) {
		ctx := w.t.Context()
		first, err := w.NewSetupToken(ctx)
		w.must(err)
		token, err := w.NewSetupToken(ctx)
		w.must(err)
		for _, wrong := range []string{first, "", "guess", token + "x"} {
			w.wantKind(w.CheckSetupToken(ctx, wrong), assess.NotFound)
			_, err := w.SetUp(ctx, wrong, newOwner())
			w.wantKind(err, assess.NotFound)
		}
		w.must(w.CheckSetupToken(ctx, token))
		m, err := w.SetUp(ctx, token, newOwner())
		w.must(err)
		org, err := w.Organization(ctx, m.Actor(assess.Live))
		w.must(err)
		if m.Role != assess.Owner || !m.Joined() || org.TimeZone != "Europe/Berlin" || org.Name != "Fresh Ltd" {
			w.t.Errorf("member %+v of %+v", m, org)
		}
		_, err = w.SetUp(ctx, token, newOwner())
		w.wantKind(err, assess.Conflict)
		_, err = w.NewSetupToken(ctx)
		w.wantKind(err, assess.Conflict)
	})
}

func TestASetUpTokenLastsAnHour(t *testing.T) {
	eachEmpty(t, func(w *world) {
		token, err := w.NewSetupToken(w.t.Context())
		w.must(err)
		w.clock.advance(assess.SetupTokenLife - time.Millisecond)
		w.must(w.CheckSetupToken(w.t.Context(), token))
		w.clock.advance(time.Millisecond)
		w.wantKind(w.CheckSetupToken(w.t.Context(), token), assess.NotFound)
	})
}

func TestOfManySetUpsAtOnceOneWins(t *testing.T) {
	eachEmpty(t, func(w *world) {
		token, err := w.NewSetupToken(w.t.Context())
		w.must(err)
		var all sync.WaitGroup
		var won atomic.Int32
		for i := range 4 {
			all.Go(func() {
				n := newOwner()
				n.Email = string(rune('a'+i)) + "@example.com"
				if _, err := w.SetUp(w.t.Context(), token, n); err == nil {
					won.Add(1)
				} else if kind := assess.KindOf(err); kind != assess.Conflict && kind != assess.NotFound {
					w.t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			w.t.Errorf("%d set-ups won", won.Load())
		}
	})
}

func TestSetUpNamesEveryProblemAtOnce(t *testing.T) {
	eachEmpty(t, func(w *world) {
		token, err := w.NewSetupToken(w.t.Context())
		w.must(err)
		_, err = w.SetUp(w.t.Context(), token, app.NewOwner{TimeZone: "Nowhere/Land", Email: "nobody", Password: "short"})
		w.wantProblems(err, "email", "firstName", "lastName", "organization", "password", "timeZone")
		n := newOwner()
		n.FirstName, n.LastName = strings.Repeat("é", 200), strings.Repeat("n", 200)
		n.Organization = strings.Repeat("o", 200)
		_, err = w.SetUp(w.t.Context(), token, n)
		w.must(err)
	})
}

func TestSetUpRefusesOneCharacterTooMany(t *testing.T) {
	eachEmpty(t, func(w *world) {
		n := newOwner()
		n.FirstName, n.LastName = strings.Repeat("é", 201), strings.Repeat("n", 201)
		n.Organization, n.Password = strings.Repeat("o", 201), strings.Repeat("long pass ", 20)+"x"
		_, err := w.CreateOrganization(w.t.Context(), n)
		w.wantProblems(err, "firstName", "lastName", "organization", "password")
	})
}

func TestAnotherMasterKeyIsRefused(t *testing.T) {
	each(t, func(w *world) {
		w.must(w.CheckMasterKey(w.t.Context()))
		w.must(w.CheckMasterKey(w.t.Context()))
		other := make([]byte, app.MasterKeyBytes)
		other[0] = 1
		secrets, err := app.DeriveSecrets(other)
		w.must(err)
		stranger := app.New(app.Options{DB: w.db, Secrets: secrets})
		if err := stranger.CheckMasterKey(w.t.Context()); err == nil || !strings.Contains(err.Error(), "master key") {
			w.t.Errorf("got %v", err)
		}
	})
}
