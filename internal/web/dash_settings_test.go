package web_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"alfaone/internal/assess"
)

// pixel is the smallest picture.
func pixel(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSettingsShowWhatTheRoleMayUse(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	tabs := regexp.MustCompile(`href="/settings/([a-z]+)"`)
	for role, want := range map[assess.Role]string{
		assess.Admin: "organization members integrations tags", assess.Recruiter: "tags", assess.Viewer: "tags",
	} {
		p := s.signIn(s.colleague(role).Email).get("/settings")
		var got []string
		for _, tab := range tabs.FindAllStringSubmatch(p.body, -1) {
			got = append(got, tab[1])
		}
		first, _, _ := strings.Cut(want, " ")
		if strings.Join(got, " ") != want || p.url.Path != "/settings/"+first {
			t.Errorf("%s sees %v at %s, want %s", role, got, p.url.Path, want)
		}
	}
	viewer := s.signIn("viewer@example.com").get("/settings/tags")
	if strings.Contains(viewer.body, "Add tag") || strings.Contains(viewer.body, `action="/settings/tags`) {
		t.Error("a viewer is offered to change tags")
	}
}

func organizationForm() url.Values {
	return url.Values{
		"name": {"Renamed Ltd"}, "senderName": {"Renamed Careers"}, "accent": {"#aa3300"}, "timeZone": {"Asia/Tokyo"},
		"languages": {"en", "de"}, "expiresInDays": {"14"}, "questionReplayLimit": {"2"}, "answerRecordLimit": {"3"},
		"notice.de": {"Unsere Hinweise.\r\nZweite Zeile."},
	}
}

func TestTheOrganizationsSettingsAreSaved(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	b.get("/settings/organization").shows(t, http.StatusOK, "/settings/organization", "While this is empty, candidates read: Example Ltd uses your name")
	b.post("/settings/organization", organizationForm()).shows(t, http.StatusOK, "/settings/organization",
		"The settings are saved.", "Renamed Ltd", "#aa3300", `<option value="Asia/Tokyo" selected>`, "Unsere Hinweise.")
	o, err := s.Organization(t.Context(), s.owner.Actor(assess.Live))
	s.must(err)
	if o.Defaults != (assess.InviteDefaults{ExpiresInDays: 14, ReplayLimit: 2, RecordLimit: 3}) || o.Notices["de"] != "Unsere Hinweise.\nZweite Zeile." ||
		strings.Join(o.Languages, " ") != "en de" || o.NoticeVersion != 2 {
		t.Errorf("saved %+v", o)
	}
}

func TestRefusedSettingsKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	form := organizationForm()
	form.Set("expiresInDays", "soon")
	form.Set("name", "")
	form.Del("languages")
	b.post("/settings/organization", form).shows(t, http.StatusUnprocessableEntity, "/settings/organization",
		"The days to start must be between 1 and 365.", "The name is required.", "The languages must name at least one language.",
		`value="soon"`, "Renamed Careers", "Unsere Hinweise.")
}

// upload posts a file as a browser does.
func (b *browser) upload(path, field string, content []byte) page {
	b.s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, "file.png")
	b.s.must(err)
	_, err = part.Write(content)
	b.s.must(err)
	b.s.must(form.Close())
	r, err := http.NewRequestWithContext(b.s.t.Context(), http.MethodPost, b.s.url+path, &body)
	b.s.must(err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func TestALogoIsUploadedShownAndRemoved(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	path := "/settings/organization/logo"
	b.upload(path, "logo", pixel(t)).shows(t, http.StatusOK, "/settings/organization", "The logo is saved.", "The logo of Example Ltd")
	o, err := s.Organization(t.Context(), s.owner.Actor(assess.Live))
	s.must(err)
	logo := s.browser().get("/logo/" + o.LogoID)
	if logo.status != http.StatusOK || logo.header.Get("Content-Type") != "image/png" {
		t.Errorf("the logo is %d %s", logo.status, logo.header.Get("Content-Type"))
	}
	for _, bad := range [][]byte{nil, []byte("<svg onload=alert(1)/>"), make([]byte, assess.MaxLogoBytes+1)} {
		b.upload(path, "logo", bad).shows(t, http.StatusUnprocessableEntity, path, "The logo")
	}
	b.post(path, nil).shows(t, http.StatusUnprocessableEntity, path, "choose a file first")
	b.upload(path, "logo", make([]byte, 2<<20)).shows(t, http.StatusRequestEntityTooLarge, path)
	b.post(path+"/remove", nil).shows(t, http.StatusOK, "/settings/organization", "The logo is removed.")
}

func TestMembersAreInvitedChangedAndRemoved(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	b.get("/settings/members").shows(t, http.StatusOK, "/settings/members", "The only owner. Make somebody else an owner to change this.")
	b.post("/settings/members", url.Values{"email": {"guest@example.com"}, "role": {"grader"}}).
		shows(t, http.StatusOK, "/settings/members", "The invitation to guest@example.com is on its way.", "Invited", "Invite again")
	b.post("/settings/members", url.Values{"email": {"guest@example.com"}, "role": {"grader"}}).
		shows(t, http.StatusUnprocessableEntity, "/settings/members", "already belongs to an account", `value="guest@example.com"`)
	m := s.colleague(assess.Admin)
	theirs := s.signIn(m.Email)
	theirs.get("/settings/members").shows(t, http.StatusOK, "/settings/members", "Only an owner can change owners.")
	path := "/settings/members/" + string(m.ID)
	b.post(path+"/role", url.Values{"role": {"viewer"}}).shows(t, http.StatusOK, "/settings/members", "The role is changed.")
	theirs.get("/profile").shows(t, http.StatusOK, "/signin")
	theirs = s.signIn(m.Email)
	b.post(path+"/remove", nil).shows(t, http.StatusOK, "/settings/members", "The member is removed and signed out.")
	theirs.get("/profile").shows(t, http.StatusOK, "/signin")
	b.post("/settings/members/"+string(s.owner.ID)+"/remove", nil).shows(t, http.StatusConflict, "/settings/members/"+string(s.owner.ID)+"/remove", "is the only owner")
}

var secretKey = regexp.MustCompile(`ak_(live|test)_[0-9A-Za-z]{30}`)

func keyFormValues(once string) url.Values {
	return url.Values{"name": {"Careers site"}, "mode": {"live"}, "expiresInDays": {"90"}, "once": {once}, "scopes": {"invites:read", "invites:write"}}
}

func TestAnAPIKeyIsShownOnceAndMadeOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	once := regexp.MustCompile(`name="once" value="([^"]+)"`).FindStringSubmatch(b.get("/settings/integrations").body)[1]
	made := b.post("/settings/integrations", keyFormValues(once))
	made.shows(t, http.StatusOK, "/settings/integrations", "Copy the key now", "curl "+s.url+"/api/v1/assessments")
	secret := secretKey.FindString(made.body)
	if made.header.Get("Cache-Control") != "no-store" || strings.Contains(strings.Join(made.header.Values("Set-Cookie"), " "), secret) {
		t.Errorf("the answer may be kept: %v", made.header)
	}
	_, _, err := s.AuthenticateKey(t.Context(), secret)
	s.must(err)
	again := b.post("/settings/integrations", keyFormValues(once))
	again.shows(t, http.StatusOK, "/settings/integrations", "This key was made already", secret[:12])
	if strings.Contains(again.body, secret) || strings.Contains(b.get("/settings/integrations").body, secret) {
		t.Error("the secret is shown again")
	}
	keys, err := s.APIKeys(t.Context(), s.owner.Actor(assess.Live))
	s.must(err)
	if len(keys) != 1 {
		t.Errorf("%d keys were made, want 1", len(keys))
	}
	b.post("/settings/integrations/"+string(keys[0].ID)+"/revoke", nil).shows(t, http.StatusOK, "/settings/integrations", "The key is revoked.", "Revoked")
	_, _, err = s.AuthenticateKey(t.Context(), secret)
	if assess.KindOf(err) != assess.Unauthenticated {
		t.Errorf("the revoked key is answered with %v", err)
	}
}

func TestARefusedAPIKeyKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	form := url.Values{"name": {" "}, "mode": {"test"}, "expiresInDays": {"soon"}, "once": {"form-1"}, "scopes": {"tags:write", "anything"}}
	s.signIn(ownerEmail).post("/settings/integrations", form).shows(t, http.StatusUnprocessableEntity, "/settings/integrations",
		"The name is required.", "The expiry must be between", `value="form-1"`, `value="test" checked`,
		`value="tags:write" checked`, "What the key may do must be of")
	form.Del("scopes")
	s.signIn(ownerEmail).post("/settings/integrations", form).shows(t, http.StatusUnprocessableEntity, "/settings/integrations",
		"What the key may do must name at least one.")
}

func TestTagsAreAddedChangedAndDeleted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	b.get("/settings/tags").shows(t, http.StatusOK, "/settings/tags", "No tags yet")
	b.post("/settings/tags", url.Values{"name": {"Autumn"}, "color": {"#d97706"}}).shows(t, http.StatusOK, "/settings/tags", "The tag is added.", "Not used")
	b.post("/settings/tags", url.Values{"name": {"AUTUMN"}, "color": {"#000000"}}).
		shows(t, http.StatusUnprocessableEntity, "/settings/tags", "A tag named &#34;AUTUMN&#34; already exists.", `value="AUTUMN"`)
	tags, err := s.AllTags(t.Context(), s.owner.Actor(assess.Live))
	s.must(err)
	path := "/settings/tags/" + string(tags[0].ID)
	b.post(path, url.Values{"name": {strings.Repeat("x", 51)}, "color": {"blue"}}).
		shows(t, http.StatusUnprocessableEntity, path, "The name must be at most 50 characters long.", "The colour must be", strings.Repeat("x", 51))
	b.post(path, url.Values{"name": {"Winter"}, "color": {"#0ea5e9"}}).shows(t, http.StatusOK, "/settings/tags", "The tag is changed.", `value="Winter"`)
	b.post(path+"/delete", nil).shows(t, http.StatusOK, "/settings/tags", "The tag is deleted.", "No tags yet")
}
