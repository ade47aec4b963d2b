package web_test

import (
	"net/http"
	"testing"

	"alfaone/internal/assess"
)

// onward is where the page offers to go on outside of the product, and in which words.
func (p page) onward(t *testing.T) (address, label string) {
	t.Helper()
	for _, a := range p.all(t, "a") {
		if attr(a, "target") == "_blank" {
			if attr(a, "rel") != "noopener noreferrer" {
				t.Errorf("a link to a stranger has rel=%q", attr(a, "rel"))
			}
			address, label = attr(a, "href"), words(a)
		}
	}
	return address, label
}

func TestWhoIsDoneIsLedOnToWhereTheInviteSays(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting, func(n *assess.NewInvite, _ *assess.Content) {
		n.RedirectURL, n.Language = "https://jobs.example.com:8443/thanks?a=1&b=2", "de"
	})
	i.accepted()
	b := i.holder("tab")
	b.post("/take/start", nil)
	i.writes(1, "A bridge.")
	i.writes(2, "Short.")
	if address, _ := b.get("/take/review").onward(t); address != "" {
		t.Errorf("before the end it leads on to %s", address)
	}
	b.post("/take/submit", nil)
	for name, p := range map[string]page{"the last page": b.get("/take/done"), "the link in another browser": s.browser().get(i.path)} {
		if address, label := p.onward(t); address != i.RedirectURL || label != "Weiter zu jobs.example.com (neuer Tab)" {
			t.Errorf("%s leads on to %q, %q", name, address, label)
		}
	}
}

func TestWithoutAnAddressNothingLeadsOn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	i.completed()
	if address, _ := s.browser().get(i.path).onward(t); address != "" {
		t.Errorf("it leads on to %s", address)
	}
}

func TestWhatAProgramKeepsWithAnInviteIsShown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(func(n *assess.NewInvite, _ *assess.Content) {
		n.External, n.RedirectURL, n.Metadata = "application-4711", "https://jobs.example.com/thanks", map[string]string{"job": "7 <b>", "channel": "careers"}
	})
	s.must(s.ChangeInvite(t.Context(), s.owner.Actor(assess.Live), i.ID, assess.InviteUpdate{External: new("application-4712")}))
	b := s.signIn(s.owner.Email)
	b.get("/invites/"+string(i.ID)).says(t, http.StatusOK, "application-4712", "https://jobs.example.com/thanks", "channel: careers", "job: 7 <b>", "Changed", "external id")
}
