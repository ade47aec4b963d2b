package assess_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"alfaone/internal/assess"
)

func TestPasswordsThatAttackersTryFirstAreRefused(t *testing.T) {
	t.Parallel()
	words := []string{"Ada", "Lovelace", "ada@example.com", "Example Org"}
	for _, password := range []string{
		"aaaaaaaaaaaaaaa", "passwordpassword", "Password12345678", "123456789012345", "qwertyuiopqwerty", "adalovelaceadalovelace",
		"ada@example.com1", "Example Org 1234", "abababababababab", "letmeinletmein!!", "contraseña123456",
	} {
		onlyProblem(t, assess.ValidatePassword(password, words...), "password", "is too easy to guess; choose another")
	}
	for _, password := range []string{"correct horse battery", "grüne häuserwand", "Tr0ub4dor&3xKcd9", "               a1b2c3"} {
		if err := assess.ValidatePassword(password, words...); err != nil {
			t.Errorf("%q: %v", password, err)
		}
	}
	onlyProblem(t, assess.ValidatePassword("correct horse\xff battery"), "password", "must be valid UTF-8 text")
}

func TestInvitedMembersHaveNoNameYet(t *testing.T) {
	t.Parallel()
	m := assess.Member{Email: "ada@example.com", Role: assess.Viewer}
	if err := m.Validate(); err != nil || m.Name() != "ada@example.com" || m.Joined() {
		t.Errorf("%v, %q, joined %v", err, m.Name(), m.Joined())
	}
	m.FirstName, m.LastName = "Ada", "Lovelace"
	if got := m.Name(); got != "Ada Lovelace" {
		t.Errorf("named %q", got)
	}
	onlyProblem(t, member(func(m *assess.Member) { m.Role = "root" }), "role", "must be owner, admin, recruiter, grader or viewer")
	onlyProblem(t, member(func(m *assess.Member) { m.Email = "" }), "email", "is required")
}

func TestSessionsEndWhenIdleAndInAnyCase(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, tt := range []struct {
		sinceSeen, sinceCreated time.Duration
		want                    bool
	}{
		{0, 0, true},
		{30*time.Minute - ms, time.Hour, true},
		{30 * time.Minute, time.Hour, false},
		{0, 12*time.Hour - ms, true},
		{0, 12 * time.Hour, false},
	} {
		s := assess.Session{LastSeenAt: noon.Add(-tt.sinceSeen), CreatedAt: noon.Add(-tt.sinceCreated)}
		if got := s.Live(noon); got != tt.want {
			t.Errorf("seen %v ago, made %v ago: %v, want %v", tt.sinceSeen, tt.sinceCreated, got, tt.want)
		}
	}
}

func TestEachKindHasItsStatus(t *testing.T) {
	t.Parallel()
	for kind, want := range map[assess.Kind]int{
		assess.Invalid: 400, assess.Unauthenticated: 401, assess.Forbidden: 403, assess.NotFound: 404, assess.Conflict: 409,
		assess.Gone: 410, assess.TooLarge: 413, assess.Reused: 422, assess.RateLimited: 429, assess.Unavailable: 503, "": 500,
	} {
		err := fmt.Errorf("doing: %w", assess.Errorf(kind, "x"))
		if got := assess.HTTPStatus(err); got != want {
			t.Errorf("%s is answered with %d, want %d", kind, got, want)
		}
	}
	if assess.HTTPStatus(nil) != 200 || assess.HTTPStatus(errors.New("x")) != 500 || assess.KindOf(errors.New("x")) != "" {
		t.Error("no error is not 200, or a strange one not 500")
	}
}

func TestInvalidErrorsAreJoinedAndRenamed(t *testing.T) {
	t.Parallel()
	a := assess.InvalidFields(assess.Problem{Field: "a", Message: "is required"})
	b := assess.InvalidFields(assess.Problem{Message: "Something is wrong"})
	if err := assess.JoinInvalid(nil, a, nil, b); err == nil || err.Error() != "a is required; Something is wrong" {
		t.Errorf("joined: %v", err)
	}
	if err := assess.JoinInvalid(nil, nil); err != nil {
		t.Errorf("nothing joined: %v", err)
	}
	strange := errors.New("strange")
	if err := assess.JoinInvalid(a, strange); !errors.Is(err, strange) {
		t.Errorf("joined with a strange one: %v", err)
	}
	onlyProblem(t, assess.RenameField(a, "a", "b"), "b", "is required")
	onlyProblem(t, assess.RenameField(a, "x", "b"), "a", "is required")
	if err := assess.RenameField(strange, "a", "b"); !errors.Is(err, strange) {
		t.Errorf("renamed: %v", err)
	}
}
