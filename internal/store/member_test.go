package store_test

import (
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

func TestMembersAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a, b := w.org(), w.org()
		m := w.member(a, "Ada@example.com")
		same(w, m, func(tx *store.Tx) (assess.Member, error) { return tx.Member(a, m.ID) })
		same(w, m, func(tx *store.Tx) (assess.Member, error) { return tx.MemberByEmail("aDA@EXAMPLE.com") })
		missing(w, func(tx *store.Tx) (assess.Member, error) { return tx.Member(b, m.ID) })
		missing(w, func(tx *store.Tx) (assess.Member, error) { return tx.MemberByEmail("ad_@example.com") })

		m.FirstName, m.Role, m.Email, m.PasswordHash = "Augusta", assess.Admin, "ada@example.org", "phc2"
		w.tx(func(tx *store.Tx) error { return tx.UpdateMember(m) })
		same(w, []assess.Member{m}, func(tx *store.Tx) ([]assess.Member, error) { return tx.AllMembers(a) })

		foreign := m
		foreign.Org = b
		w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.UpdateMember(foreign) })
		w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.DeleteMember(b, m.ID) })
		w.tx(func(tx *store.Tx) error { return tx.DeleteMember(a, m.ID) })
		missing(w, func(tx *store.Tx) (assess.Member, error) { return tx.Member(a, m.ID) })
	})
}

func TestAnAddressBelongsToOneMemberOfTheServer(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		a, b := w.org(), w.org()
		w.member(a, "ada@example.com")
		other := w.member(b, "grace@example.com")
		other.Email = "ADA@example.com"
		w.fails(assess.Conflict, func(tx *store.Tx) error { return tx.UpdateMember(other) })
		other.ID = newID[assess.MemberID]()
		w.fails(assess.Conflict, func(tx *store.Tx) error { return tx.InsertMember(other) })
	})
}

func TestMembersAreListedByPage(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org, other := w.org(), w.org()
		w.member(other, "x@example.com")
		for i, m := range []assess.Member{
			{LastName: "brown", Email: "C@example.com", CreatedAt: noon.Add(time.Second)},
			{LastName: "Adams", Email: "b@example.com", CreatedAt: noon},
			{LastName: "Brown", Email: "a@example.com", CreatedAt: noon},
			{LastName: "Zed", Email: "invited@example.com", CreatedAt: noon},
		} {
			m.ID, m.Org, m.Role = ordered[assess.MemberID](i), org, assess.Viewer
			if i < 3 {
				m.JoinedAt = noon
			}
			w.tx(func(tx *store.Tx) error { return tx.InsertMember(m) })
		}
		byEmail := named(func(m assess.Member) string { return m.Email[:1] })
		for _, tt := range []struct {
			sort      string
			ascending bool
			want      string
		}{
			{"created_at", true, "baC"},
			{"created_at", false, "Cab"},
			{"last_name", true, "bCa"},
			{"last_name", false, "aCb"},
			{"email", true, "abC"},
		} {
			for number := 1; number <= 4; number++ {
				want := list{Names: []string{}, Total: 3}
				if number <= 3 {
					want.Names = []string{tt.want[number-1 : number]}
				}
				page := assess.Page{Number: number, Limit: 1, Sort: tt.sort, Ascending: tt.ascending}
				same(w, want, func(tx *store.Tx) (list, error) { return byEmail(tx.Members(org, page)) })
			}
		}
		same(w, 3, func(tx *store.Tx) (int, error) { return tx.CountMembers(org, assess.Viewer) })
		same(w, 0, func(tx *store.Tx) (int, error) { return tx.CountMembers(org, assess.Owner) })
	})
}

func TestAnyMemberAtAll(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		same(w, false, func(tx *store.Tx) (bool, error) { return tx.AnyMember() })
		w.member(w.org(), "ada@example.com")
		same(w, true, func(tx *store.Tx) (bool, error) { return tx.AnyMember() })
	})
}

func TestATokenIsUsedOnceAndEndsInTime(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		m := w.member(w.org(), "ada@example.com")
		replace := func(purpose, hash string) {
			w.tx(func(tx *store.Tx) error {
				return tx.ReplaceMemberToken(m.Org, m.ID, purpose, hash, w.now().Add(time.Minute))
			})
		}
		find := func(purpose, hash string) func(*store.Tx) (assess.Member, error) {
			return func(tx *store.Tx) (assess.Member, error) { return tx.MemberByToken(purpose, hash) }
		}
		use := func(hash string) func(*store.Tx) error {
			return func(tx *store.Tx) error { _, err := tx.UseMemberToken(store.ResetToken, hash); return err }
		}
		replace(store.ResetToken, "old")
		replace(store.JoinToken, "join")
		replace(store.ResetToken, "new")
		missing(w, find(store.ResetToken, "old"))
		missing(w, find(store.ResetToken, "join"))
		same(w, m, find(store.JoinToken, "join"))
		same(w, m, find(store.ResetToken, "new"))

		w.tx(use("new"))
		w.fails(assess.NotFound, use("new"))

		replace(store.ResetToken, "late")
		w.pass(time.Minute - time.Millisecond)
		same(w, m, find(store.ResetToken, "late"))
		w.pass(time.Millisecond)
		w.fails(assess.NotFound, use("late"))
	})
}

func TestSessionsAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		m, stranger := w.member(w.org(), "ada@example.com"), w.org()
		s := assess.Session{
			ID: newID[assess.SessionID](), Org: m.Org, Member: m.ID, UserAgent: "Firefox", Address: "192.0.2.0", Mode: assess.Live,
			CreatedAt: noon, LastSeenAt: noon,
		}
		byHash := func(tx *store.Tx) (store.SessionMember, error) { return tx.SessionByHash("hash") }
		w.tx(func(tx *store.Tx) error { return tx.InsertSession(s, "hash") })
		same(w, store.SessionMember{Session: s, Member: m}, byHash)

		w.pass(time.Minute)
		s.Address, s.LastSeenAt, m.LastSeenAt, s.Mode = "192.0.2.1", w.now(), w.now(), assess.Test
		w.tx(func(tx *store.Tx) error { return tx.TouchSession(s) })
		w.tx(func(tx *store.Tx) error { return tx.SetSessionMode(m.Org, s.ID, assess.Test) })
		same(w, store.SessionMember{Session: s, Member: m}, byHash)
		same(w, []assess.Session{s}, func(tx *store.Tx) ([]assess.Session, error) { return tx.Sessions(m.Org, m.ID) })

		w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.SetSessionMode(stranger, s.ID, assess.Live) })
		w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.DeleteSession(stranger, m.ID, s.ID) })
		same(w, []assess.Session{}, func(tx *store.Tx) ([]assess.Session, error) { return tx.Sessions(stranger, m.ID) })
		w.tx(func(tx *store.Tx) error { return tx.DeleteSessions(stranger, m.ID, "") })
		same(w, store.SessionMember{Session: s, Member: m}, byHash)
		w.tx(func(tx *store.Tx) error { return tx.DeleteSession(m.Org, m.ID, s.ID) })
		missing(w, byHash)
	})
}

func TestSessionsEndTogetherOrWithTheirMember(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		m := w.member(w.org(), "ada@example.com")
		ids := named(func(s assess.Session) string { return string(s.ID[len(s.ID)-1:]) })
		left := func(tx *store.Tx) (list, error) { s, err := tx.Sessions(m.Org, m.ID); return ids(s, 0, err) }
		for i := range 4 {
			w.tx(func(tx *store.Tx) error {
				return tx.InsertSession(assess.Session{
					ID: ordered[assess.SessionID](i), Org: m.Org, Member: m.ID, Mode: assess.Live, CreatedAt: noon,
					LastSeenAt: noon.Add(time.Duration(i) * time.Minute),
				}, string(rune('a'+i)))
			})
		}
		same(w, list{Names: []string{"3", "2", "1", "0"}}, left)
		w.pass(assess.SessionIdle)
		same(w, list{Names: []string{"3", "2", "1"}}, left)
		w.tx(func(tx *store.Tx) error { return tx.DeleteStaleSessions(noon.Add(time.Minute)) })
		missing(w, func(tx *store.Tx) (store.SessionMember, error) { return tx.SessionByHash("a") })
		w.tx(func(tx *store.Tx) error { return tx.DeleteSessions(m.Org, m.ID, ordered[assess.SessionID](2)) })
		same(w, list{Names: []string{"2"}}, left)
		w.tx(func(tx *store.Tx) error { return tx.DeleteMember(m.Org, m.ID) })
		missing(w, func(tx *store.Tx) (store.SessionMember, error) { return tx.SessionByHash("c") })
	})
}

func TestLoginFailuresAreCountedUntilForgotten(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		const key = "account:ada@example.com"
		failures := func(tx *store.Tx) (int, error) { return tx.LoginFailures(key) }
		fail := func() { w.tx(func(tx *store.Tx) error { return tx.AddLoginFailure(key) }) }
		same(w, 0, failures)
		fail()
		fail()
		same(w, 2, failures)
		for after, want := range []int{2, 2, 0} { // 0 and 1 ns after noon are the same millisecond
			before := noon.Add([]time.Duration{0, 1, time.Millisecond}[after])
			w.tx(func(tx *store.Tx) error { return tx.DeleteStaleLoginFailures(before) })
			same(w, want, failures)
		}
		fail()
		w.tx(func(tx *store.Tx) error { return tx.ForgetLoginFailures(key) })
		same(w, 0, failures)
	})
}
