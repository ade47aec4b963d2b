package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

func TestSeveralInvitesAreChangedAtOnceAfterAsking(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	invites := s.several("ana@example.com", "ben@example.com", "chloe@example.com")
	s.must(s.Revoke(t.Context(), s.owner.Actor(assess.Live), invites[2].ID, false))
	b := s.signIn(ownerEmail)
	chosen := url.Values{"back": {"/invites?sort=status"}}
	for _, inv := range invites {
		chosen.Add("id", string(inv.ID))
	}
	s.bulk(b, chosen, "resend", "Send 2 mails again", "Not possible: this invite is revoked.", "Sent again: 2 of 2")
	s.bulk(b, chosen, "extend", "Extend 2 invites", "Not possible: this invite is revoked.", "Extended: 2 of 2")
	s.bulk(b, chosen, "revoke", "Revoke 3 invites", "Will be revoked", "Revoked: 3 of 3") // revoking again changes nothing
	for _, inv := range invites {
		if got := s.detail(inv.ID).Status; got != assess.Revoked {
			t.Errorf("%s is %s", inv.Email, got)
		}
	}
	if p := b.post("/invites/bulk", url.Values{"action": {"revoke"}, "back": {"https://elsewhere.example"}}); p.url.Path != "/invites" || !strings.Contains(p.body, "Choose at least one invite first.") {
		t.Errorf("nothing chosen leads to %s", p.url)
	}
	if p := b.post("/invites/bulk", url.Values{"action": {"erase"}}); p.status != http.StatusBadRequest {
		t.Errorf("an unknown action answers %d", p.status)
	}
}

// bulk asks for a step, confirms it and checks what the pages say.
func (s *site) bulk(b *browser, chosen url.Values, step, button, outcome, result string) {
	s.t.Helper()
	chosen.Set("action", step)
	p := b.post("/invites/bulk", chosen)
	p.says(s.t, http.StatusOK, button, outcome)
	f := p.formTo(s.t, "/invites/bulk/apply")
	if f.Has("expiresInDays") {
		f.Set("expiresInDays", "90")
	}
	p = b.post("/invites/bulk/apply", f)
	p.says(s.t, http.StatusOK, result)
	if !strings.Contains(p.body, `href="/invites?sort=status"`) {
		s.t.Error("there is no way back to the list as it was")
	}
}

const list = "email;name;language\r\nana@example.com;Ana Díaz;es\r\nnonsense;Nobody;\r\ncasey@example.com;Casey;\r\nben@example.com;=cmd();de\r\nANA@example.com;Twice;\r\n"

func TestAListIsCheckedSentAndReported(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.invitation() // casey@example.com
	s.work()
	b := s.signIn(ownerEmail)
	f := b.get("/invites/import").formTo(t, "/invites/import")
	f.Set("rows", list)
	f.Set("customMessage", "Good luck")
	p := b.post("/invites/import", f)
	p.says(t, http.StatusOK, "Send 2 invites", "The address must be a valid email address.", "There is an open invite already (pending).", "The same address is in row 1.")
	s.work()
	if n := len(s.sender.Messages()); n != 1 {
		t.Fatalf("checking sent %d mails", n-1)
	}

	carried := p.formTo(t, "/invites/import/send")
	carried.Set("do", "edit")
	back := b.post("/invites/import", carried).formTo(t, "/invites/import")
	for name := range f {
		if got, want := strings.ReplaceAll(back.Get(name), "\n", "\r\n"), f.Get(name); name != "key" && strings.ReplaceAll(got, "\r\r", "\r") != want {
			t.Errorf("going back, %s is %q and was %q", name, back.Get(name), want)
		}
	}

	carried.Del("do")
	p = b.post("/invites/import/send", carried)
	p.says(t, http.StatusOK, "The list is sent", "Ana Díaz", "There is an open invite already.")
	b.post("/invites/import/send", carried).says(t, http.StatusOK, "The list is sent") // a second click
	s.work()
	sent := s.sender.Messages()
	if len(sent) != 3 {
		t.Errorf("%d mails were sent for the list, want 2", len(sent)-1)
	}
	for _, m := range sent[1:] {
		if want := map[string]string{"ana@example.com": "es", "ben@example.com": "de"}[m.To.Address]; m.Language != want || !strings.Contains(m.Text, "Good luck") {
			t.Errorf("the mail to %s speaks %s, want %s:\n%s", m.To.Address, m.Language, want, m.Text)
		}
	}
	s.wantResults(b, p)
}

// wantResults downloads what became of the list.
func (s *site) wantResults(b *browser, p page) {
	s.t.Helper()
	file := b.post("/invites/import/results", p.formTo(s.t, "/invites/import/results"))
	if got := file.header.Get("Content-Disposition"); got != `attachment; filename="invites.csv"` || file.header.Get("Content-Type") != "text/csv; charset=utf-8" {
		s.t.Errorf("the file comes as %q, %q", got, file.header.Get("Content-Type"))
	}
	got := regexp.MustCompile(regexp.QuoteMeta(s.url)+`/invites/[0-9a-f-]{36}`).ReplaceAllString(file.body, "LINK")
	want := "\ufeffemail,name,result,invite\r\nana@example.com,Ana Díaz,sent,LINK\r\nnonsense,Nobody,The address must be a valid email address.,\r\n" +
		"casey@example.com,Casey,There is an open invite already.,LINK\r\nben@example.com,'=cmd(),sent,LINK\r\nANA@example.com,Twice,The same address is in row 1.,\r\n"
	if got != want {
		s.t.Errorf("the file reads\n%q, want\n%q", got, want)
	}
}

func TestAListThatCannotBeReadComesBackToBeMended(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.invitation()
	b := s.signIn(ownerEmail)
	f := b.get("/invites/import").formTo(t, "/invites/import")
	for rows, want := range map[string]string{
		"":                  "The list is empty",
		"name;phone\nAna;1": "no column that is called email",
		strings.Repeat("person@example.com\n", app.MaxBatch+1): "may name at most",
	} {
		f.Set("rows", rows)
		b.post("/invites/import", f).says(t, http.StatusUnprocessableEntity, want)
	}
}

func TestAnUploadedFileIsReadWithoutScripts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	b := s.signIn(ownerEmail)
	body := "--x\r\nContent-Disposition: form-data; name=\"assessmentId\"\r\n\r\n" + string(i.Assessment) +
		"\r\n--x\r\nContent-Disposition: form-data; name=\"expiresInDays\"\r\n\r\n7" +
		"\r\n--x\r\nContent-Disposition: form-data; name=\"questionReplayLimit\"\r\n\r\n1" +
		"\r\n--x\r\nContent-Disposition: form-data; name=\"answerRecordLimit\"\r\n\r\n1" +
		"\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"list.csv\"\r\nContent-Type: text/csv\r\n\r\nemail;name\r\nana@example.com;Ana D\xedaz\r\n\r\n--x--\r\n"
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/invites/import", strings.NewReader(body))
	s.must(err)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	b.do(r).says(t, http.StatusOK, "Ana Díaz", "Send 1 invite")
}
