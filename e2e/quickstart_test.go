package e2e_test

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestQuickstartByCurl pastes the lines that the demo prints, as a newcomer would.
func TestQuickstartByCurl(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl")
	}
	p := start(t, "demo")
	commands := regexp.MustCompile(`(?m)^  (curl (?:.*\\\n)*.*)$`).FindAllStringSubmatch(p.log.String(), -1)
	if len(commands) != 2 {
		t.Fatalf("the demo prints %d curl commands, want 2:\n%s", len(commands), p.log)
	}
	var list struct {
		Assessments []struct {
			Name                       string
			QuestionCount, InviteCount int
			Languages                  []string
		}
		Pagination struct{ Page, Limit, Total, TotalPages int }
	}
	paste(t, commands[0][1], &list)
	first := list.Assessments[0]
	if first.Name != "Software Engineer Assessment" || first.QuestionCount != 10 || strings.Join(first.Languages, ",") != "en,es" {
		t.Errorf("the sample assessment is listed as %+v", first)
	}
	var invited struct {
		Invite struct {
			ID, RecipientEmail, Status string
			SentAt, ExpiresAt          time.Time
		}
	}
	paste(t, commands[1][1], &invited)
	if invited.Invite.Status != "pending" || invited.Invite.ExpiresAt.Sub(invited.Invite.SentAt) != 30*24*time.Hour {
		t.Errorf("the invite is %+v", invited.Invite)
	}
}

func paste(t *testing.T, command string, answer any) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "bash", "-c", command).Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatalf("%s answered %s: %v", command, out, err)
	}
}

// TestInvitedCandidateAccepts is the public quickstart, from the key to the candidate's acceptance, over HTTP only.
func TestInvitedCandidateAccepts(t *testing.T) {
	t.Parallel()
	p, a := demo(t)
	body := `{"assessmentId":"` + a.AssessmentID + `","recipientEmail":"candidate@example.com"}`
	status, answer := call(t, http.MethodPost, a.URL+"/api/v1/invites", a.APIKey, body)
	if status != http.StatusCreated {
		t.Fatalf("inviting answered %d: %s", status, answer)
	}
	invite := decode[struct{ Invite struct{ ID string } }](t, answer).Invite
	link := a.mail(t, "candidate@example.com").inviteLink(t)

	if got := inviteStatus(t, a, invite.ID); got != "pending" {
		t.Errorf("before the link is opened the status is %s", got)
	}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
		call(t, method, link, "", "")
	}
	if got := inviteStatus(t, a, invite.ID); got != "pending" {
		t.Errorf("opening the link made the status %s", got)
	}
	if err := acceptByForm(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	if got := inviteStatus(t, a, invite.ID); got != "accepted" {
		t.Errorf("after accepting the status is %s", got)
	}
	if err := p.stop(); err != nil {
		t.Errorf("stopping: %v\n%s", err, p.log)
	}
	token := link[strings.LastIndexByte(link, '/')+1:]
	for _, secret := range []string{token, a.APIKey, a.TestAPIKey, a.OwnerPassword, a.MailboxURL[strings.LastIndexByte(a.MailboxURL, '/')+1:]} {
		if strings.Contains(p.log.String(), secret) {
			t.Errorf("the log holds the secret %s", secret)
		}
	}
}

func inviteStatus(t *testing.T, a access, id string) string {
	t.Helper()
	status, body := call(t, http.MethodGet, a.URL+"/api/v1/invites/"+id, a.APIKey, "")
	if status != http.StatusOK {
		t.Fatalf("reading the invite answered %d: %s", status, body)
	}
	return decode[struct{ Status string }](t, body).Status
}

// acceptByForm posts what the landing page's form posts with its box ticked.
func acceptByForm(ctx context.Context, link string) error {
	_, page, err := request(ctx, http.MethodGet, link, "", "")
	if err != nil {
		return err
	}
	form := url.Values{"agree": {"yes"}}
	for _, field := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		form.Set(field[1], html.UnescapeString(field[2]))
	}
	_, _, err = request(ctx, http.MethodPost, link+"/accept", "", form.Encode(),
		"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
	return err
}
