package assess_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"alfaone/internal/assess"
)

const someID = "7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9"

func validInvite() assess.NewInvite {
	return assess.NewInvite{
		Assessment: someID, Email: "candidate@example.com", ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30,
	}
}

func validContent() assess.Content {
	c := assess.NewContent("Software Engineer Assessment", []string{"en", "es"})
	q := assess.NewQuestion("q1")
	q.Prompts = map[string]string{"en": "Why Go?", "es": "¿Por qué Go?"}
	c.Questions = []assess.Question{q}
	return c
}

func validOrganization() assess.Organization {
	return assess.NewOrganization("o", "Example", time.UnixMilli(0))
}

func validMember() assess.Member {
	return assess.Member{FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.com", Role: assess.Admin, JoinedAt: time.UnixMilli(1)}
}

func validTag() assess.Tag { return assess.Tag{Name: "urgent", Color: assess.DefaultTagColor} }

func validKey() assess.NewAPIKey { return assess.NewAPIKey{Name: "ATS", Mode: assess.Live} }

// runes is a text of n runes, each of several bytes: limits count characters.
func runes(n int) string { return strings.Repeat("ü", n) }

// passphrase is a text of n characters that nobody guesses.
func passphrase(n int) string { return string([]rune(strings.Repeat("grüne häuserwand ", 20))[:n]) }

func invite(change func(*assess.NewInvite)) error {
	n := validInvite()
	change(&n)
	return n.Validate()
}

func content(change func(*assess.Content)) error {
	c := validContent()
	change(&c)
	return c.Validate()
}

func question(change func(*assess.Question)) error {
	return content(func(c *assess.Content) { change(&c.Questions[0]) })
}

func organization(change func(*assess.Organization)) error {
	o := validOrganization()
	change(&o)
	return o.Validate()
}

func member(change func(*assess.Member)) error {
	m := validMember()
	change(&m)
	return m.Validate()
}

func tag(change func(*assess.Tag)) error {
	t := validTag()
	change(&t)
	return t.Validate()
}

func key(change func(*assess.NewAPIKey)) error {
	k := validKey()
	change(&k)
	return k.Validate()
}

func tags(n int) []assess.TagID { return make([]assess.TagID, n) }

func languages(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%c%c", 'a'+i/26, 'a'+i%26)
	}
	return all
}

func questions(n int) []assess.Question {
	all := make([]assess.Question, n)
	for i := range all {
		all[i] = assess.NewQuestion(assess.QuestionID(fmt.Sprint(i)))
	}
	return all
}

// limits names each field that counts something, with the smallest and the greatest that it takes and what it says beyond.
// set puts n (characters, items, a number) into the field of an input that is valid otherwise.
var limits = []struct {
	field    string
	low      int
	high     int
	tooSmall string
	tooLarge string
	set      func(n int) error
}{
	{
		"recipientName", 0, 200, "", "must be at most 200 characters long",
		func(n int) error { return invite(func(i *assess.NewInvite) { i.Name = runes(n) }) },
	},
	{
		"customMessage", 0, 2000, "", "must be at most 2000 characters long",
		func(n int) error { return invite(func(i *assess.NewInvite) { i.Message = runes(n) }) },
	},
	{
		"questionReplayLimit", 1, 100, "must be between 1 and 100", "must be between 1 and 100",
		func(n int) error { return invite(func(i *assess.NewInvite) { i.ReplayLimit = n }) },
	},
	{
		"answerRecordLimit", 1, 100, "must be between 1 and 100", "must be between 1 and 100",
		func(n int) error { return invite(func(i *assess.NewInvite) { i.RecordLimit = n }) },
	},
	{
		"expiresInDays", 1, 365, "must be between 1 and 365", "must be between 1 and 365",
		func(n int) error { return invite(func(i *assess.NewInvite) { i.ExpiresInDays = n }) },
	},
	{
		"tags", 0, 20, "", "must be at most 20",
		func(n int) error { return invite(func(i *assess.NewInvite) { i.Tags = tags(n) }) },
	},
	{
		"name", 1, 200, "is required", "must be at most 200 characters long",
		func(n int) error { return content(func(c *assess.Content) { c.Name = runes(n) }) },
	},
	{
		"description", 0, 10_000, "", "must be at most 10000 characters long",
		func(n int) error { return content(func(c *assess.Content) { c.Description = runes(n) }) },
	},
	{
		"introduction.en", 0, 10_000, "", "must be at most 10000 characters long",
		func(n int) error {
			return content(func(c *assess.Content) { c.Introduction = map[string]string{"en": runes(n)} })
		},
	},
	{
		"closing.es", 0, 10_000, "", "must be at most 10000 characters long",
		func(n int) error {
			return content(func(c *assess.Content) { c.Closing = map[string]string{"es": runes(n)} })
		},
	},
	{
		"languages", 1, 20, "must name at least one language", "must name at most 20 languages",
		func(n int) error { return content(func(c *assess.Content) { c.Languages = languages(n) }) },
	},
	{
		"questions", 0, 100, "", "must be at most 100",
		func(n int) error { return content(func(c *assess.Content) { c.Questions = questions(n) }) },
	},
	{
		"questions[0].prompts.en", 0, 10_000, "", "must be at most 10000 characters long",
		func(n int) error {
			return question(func(q *assess.Question) { q.Prompts = map[string]string{"en": runes(n)} })
		},
	},
	{
		"questions[0].points", 0, 1000, "must be between 0 and 1000", "must be between 0 and 1000",
		func(n int) error { return question(func(q *assess.Question) { q.Points = n }) },
	},
	{
		"questions[0].preparation", 0, 1800, "must be between 0 and 1800 seconds", "must be between 0 and 1800 seconds",
		func(n int) error { return question(func(q *assess.Question) { q.Preparation = n }) },
	},
	{
		"questions[0].maxAnswer", 5, 3600, "must be between 5 and 3600 seconds", "must be between 5 and 3600 seconds",
		func(n int) error { return question(func(q *assess.Question) { q.MaxAnswer = n }) },
	},
	{
		"name", 1, 200, "is required", "must be at most 200 characters long",
		func(n int) error { return organization(func(o *assess.Organization) { o.Name = runes(n) }) },
	},
	{
		"senderName", 0, 200, "", "must be at most 200 characters long",
		func(n int) error { return organization(func(o *assess.Organization) { o.SenderName = runes(n) }) },
	},
	{
		"ratePerMinute", 1, 1_000_000, "must be between 1 and 1000000", "must be between 1 and 1000000",
		func(n int) error { return organization(func(o *assess.Organization) { o.RatePerMinute = n }) },
	},
	{
		"notice.en", 0, 10_000, "", "must be at most 10000 characters long",
		func(n int) error {
			return organization(func(o *assess.Organization) { o.Notices = map[string]string{"en": runes(n)} })
		},
	},
	{
		"expiresInDays", 1, 365, "must be between 1 and 365", "must be between 1 and 365",
		func(n int) error { return organization(func(o *assess.Organization) { o.Defaults.ExpiresInDays = n }) },
	},
	{
		"firstName", 1, 200, "is required", "must be at most 200 characters long",
		func(n int) error { return member(func(m *assess.Member) { m.FirstName = runes(n) }) },
	},
	{
		"lastName", 1, 200, "is required", "must be at most 200 characters long",
		func(n int) error { return member(func(m *assess.Member) { m.LastName = runes(n) }) },
	},
	{
		"name", 1, 50, "is required", "must be at most 50 characters long",
		func(n int) error { return tag(func(t *assess.Tag) { t.Name = runes(n) }) },
	},
	{
		"name", 1, 200, "is required", "must be at most 200 characters long",
		func(n int) error { return key(func(k *assess.NewAPIKey) { k.Name = runes(n) }) },
	},
	{
		"expiresInDays", 0, 1825, "must be between 1 and 1825, or empty for never", "must be between 1 and 1825, or empty for never",
		func(n int) error { return key(func(k *assess.NewAPIKey) { k.ExpiresInDays = n }) },
	},
	{
		"password", 15, 200, "must be at least 15 characters long; a short sentence is easy to remember",
		"must be at most 200 characters long",
		func(n int) error { return assess.ValidatePassword(passphrase(n)) },
	},
}

func TestEachLimitTakesItselfAndRefusesOneBeyond(t *testing.T) {
	t.Parallel()
	for _, l := range limits {
		t.Run(l.field, func(t *testing.T) {
			t.Parallel()
			for _, n := range []int{l.low, l.high} {
				if err := l.set(n); err != nil {
					t.Errorf("%d: %v", n, err)
				}
			}
			onlyProblem(t, l.set(l.high+1), l.field, l.tooLarge)
			if l.tooSmall != "" {
				onlyProblem(t, l.set(l.low-1), l.field, l.tooSmall)
			}
		})
	}
}

// onlyProblem checks that err names this problem of this field and no other.
func onlyProblem(t *testing.T, err error, field, message string) {
	t.Helper()
	var e *assess.Error
	if !errors.As(err, &e) || e.Kind != assess.Invalid {
		t.Errorf("%v, want that %s %s", err, field, message)
		return
	}
	if want := (assess.Problem{Field: field, Message: message}); len(e.Problems) != 1 || e.Problems[0] != want {
		t.Errorf("problems %q, want %q alone", e.Problems, want)
	}
}
