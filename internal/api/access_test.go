package api_test

import (
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"alfaone/internal/api"
	"alfaone/internal/assess"
)

var parameter = regexp.MustCompile(`\{(\w+)\}`)

// idOf is an id of the tenant that fits a parameter of a path.
func (o tenant) idOf(t testing.TB, parameter string) string {
	t.Helper()
	switch parameter {
	case "assessmentId":
		return string(o.published)
	case "inviteId":
		return string(o.invite)
	case "memberId":
		return string(o.owner.ID)
	case "tagId":
		return string(o.tag)
	case "webhookId":
		return string(o.webhook)
	case "deliveryId":
		return string(o.delivery)
	default:
		t.Fatalf("no id is known for {%s}: add it here, so that isolation is tested", parameter)
		return ""
	}
}

// pathOf is the path of a route with ids of the tenant.
func (o tenant) pathOf(t testing.TB, r api.Route) string {
	if inTestMode(r.Path) {
		o.invite = o.testInvite
	}
	if strings.HasSuffix(r.Path, "/archive") {
		o.published = o.draft // the other is still needed
	}
	return api.Base + parameter.ReplaceAllStringFunc(r.Path, func(p string) string { return o.idOf(t, strings.Trim(p, "{}")) })
}

// keyOf is the tenant's key for a route.
func (o tenant) keyOf(r api.Route) string {
	if inTestMode(r.Path) {
		return o.testKey
	}
	return o.key
}

// inTestMode reports whether only test keys can call the path of a route.
func inTestMode(path string) bool { return strings.HasPrefix(path, "/test/") }

// bodyOf is a good body for a route, of the tenant.
func (o tenant) bodyOf(t testing.TB, r api.Route) string {
	t.Helper()
	switch {
	case !r.Body:
		return ""
	case r.Name == "createInvite":
		return fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"new@example.com"}`, o.published)
	case r.Name == "createAssessment", r.Name == "replaceAssessment":
		return smallest
	case r.Name == "createInvites":
		return fmt.Sprintf(`{"invites":[{"assessmentId":%q,"recipientEmail":"one@example.com"}]}`, o.published)
	case r.Name == "updateInvite":
		return `{"recipientName":"Newer"}`
	case r.Name == "revokeInvite":
		return `{"force":false}`
	case r.Name == "createWebhook":
		return `{"url":"https://example.com/hook"}`
	case r.Name == "updateWebhook":
		return `{"description":"Newer"}`
	case r.Name == "rotateWebhookSecret":
		return `{}`
	case r.Name == "redeliverSince":
		return `{"since":"2025-01-01T00:00:00Z"}`
	case r.Name == "createTag":
		return `{"name":"New"}`
	case r.Name == "updateTag":
		return `{"name":"Newer"}`
	case r.Name == "advanceTestInvite":
		return `{"to":"completed"}`
	default:
		t.Fatalf("no body is known for %s: add it here", r.Name)
		return ""
	}
}

func TestEveryRouteNeedsAKeyWithItsPermission(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	forbidden := api.NewRequiring(w.options, assess.ManageKeys)
	for _, r := range api.Routes() {
		if r.Access == "" {
			t.Errorf("%s says not who may", r.Name)
		}
		path, body := w.pathOf(t, r), w.bodyOf(t, r)
		if got := w.send(r.Method, path, "", body); got.status != 401 || got.body != `{"error":"API key is required"}` {
			t.Errorf("%s without a key: %d %s", r.Name, got.status, got.body)
		}
		request := httptest.NewRequestWithContext(t.Context(), r.Method, path, strings.NewReader(body))
		request.Header.Set("X-Api-Key", w.keyOf(r))
		if got := w.serve(forbidden, request); got.status != 403 || w.message(got) != "You are not allowed to manage API keys." {
			t.Errorf("%s with a key that may not: %d %s", r.Name, got.status, got.body)
		}
	}
	for _, r := range api.Routes() {
		if got := w.send(r.Method, w.pathOf(t, r), w.keyOf(r), w.bodyOf(t, r)); got.status < 200 || got.status > 299 {
			t.Errorf("%s with a key that may: %d %s", r.Name, got.status, got.body)
		}
	}
}

// No route asks for more than the one scope that its documentation names.
func TestOneScopeIsEnoughForEachRoute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, r := range api.Routes() {
		mode := assess.Live
		if inTestMode(r.Path) {
			mode = assess.Test
		}
		var enough []assess.Scope
		for _, scope := range assess.Scopes() {
			w.clock.advance(60e9) // there are more calls than a minute allows
			if got := w.send(r.Method, w.pathOf(t, r), w.limitedKey(mode, scope), w.bodyOf(t, r)); got.status != 403 {
				enough = append(enough, scope)
			}
		}
		if r.Access == assess.ReadTags {
			continue // every key may
		}
		if len(enough) != 1 {
			t.Errorf("%s is open to keys with %v alone, want one scope", r.Name, enough)
		}
	}
}

// What belongs to somebody else is answered like what nobody has.
func TestForeignIdsDoNotExist(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	foreign := w.newTenant("Foreign GmbH", "foreign")
	nobody := "01949999-0000-7000-8000-000000000000"
	checked := 0
	for _, r := range api.Routes() {
		if !parameter.MatchString(r.Path) {
			continue
		}
		checked++
		w.clock.advance(60e9) // there are more calls than a minute allows
		body := w.bodyOf(t, r)
		path := api.Base + parameter.ReplaceAllString(r.Path, nobody)
		want := w.send(r.Method, path, w.keyOf(r), body)
		if want.status != 404 || !strings.HasSuffix(w.message(want), " not found") {
			t.Errorf("%s of a random id: %d %s", r.Name, want.status, want.body)
		}
		others := map[string]string{
			"another organization's": foreign.pathOf(t, r),
			"no":                     api.Base + parameter.ReplaceAllString(r.Path, "1"),
			"a hostile":              api.Base + parameter.ReplaceAllString(r.Path, "%00'%22%2e%2e"),
			"a long":                 api.Base + parameter.ReplaceAllString(r.Path, strings.Repeat("a", 5000)),
		}
		if strings.Contains(r.Path, "{inviteId}") {
			of := w.tenant // the same organization, seen with the other key
			of.invite, of.testInvite = w.testInvite, w.invite
			others["the other mode's"] = of.pathOf(t, r)
		}
		for what, path := range others {
			if got := w.send(r.Method, path, w.keyOf(r), body); got.status != want.status || got.body != want.body {
				t.Errorf("%s of %s id: %d %s, want %d %s", r.Name, what, got.status, got.body, want.status, want.body)
			}
		}
	}
	if checked < 5 {
		t.Errorf("only %d routes have an id", checked)
	}
	body := func(field, id string) string {
		base := fmt.Sprintf(`"assessmentId":%q,"recipientEmail":"new@example.com"`, w.published)
		switch field {
		case "assessmentId":
			return fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"new@example.com"}`, id)
		case "tags":
			return fmt.Sprintf(`{%s,"tags":[%q]}`, base, id)
		default:
			return fmt.Sprintf(`{%s,%q:%q}`, base, field, id)
		}
	}
	for field, id := range map[string]string{
		"assessmentId": string(foreign.published), "assignedGraderId": string(foreign.owner.ID), "tags": string(foreign.tag),
	} {
		got, want := w.post("/api/v1/invites", body(field, id)), w.post("/api/v1/invites", body(field, nobody))
		if got.status != 404 || got.body != want.body {
			t.Errorf("foreign %s: %d %s, want as for a random id %s", field, got.status, got.body, want.body)
		}
	}
	if got := w.get("/api/v1/invites?assessmentId=" + string(foreign.published)); !strings.Contains(got.body, `"invites":[]`) {
		t.Errorf("invites to a foreign assessment: %s", got.body)
	}
}

func TestListsHoldTheOrganizationsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	foreign := w.newTenant("Foreign GmbH", "foreign")
	for _, r := range api.Routes() {
		if !r.List {
			continue
		}
		got := w.send(r.Method, w.pathOf(t, r), w.key, "")
		for _, canary := range []string{"oreign", string(foreign.published), string(foreign.draft), string(foreign.tag), string(foreign.invite), string(foreign.owner.ID)} {
			if strings.Contains(got.body, canary) {
				t.Errorf("%s shows %s: %s", r.Name, canary, got.body)
			}
		}
	}
}

func TestTestKeysSeeAnotherWorld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"both@example.com"}`, w.published)
	live, test := w.send("POST", "/api/v1/invites", w.key, body), w.send("POST", "/api/v1/invites", w.testKey, body)
	if live.status != 201 || test.status != 201 {
		t.Fatalf("the same invite in both worlds: %s, %s", live.body, test.body)
	}
	for key, want := range map[string][2]string{
		w.key:     {string(w.invite), string(w.testInvite)},
		w.testKey: {string(w.testInvite), string(w.invite)},
	} {
		list := w.send("GET", "/api/v1/invites", key, "")
		if !strings.Contains(list.body, `"total":2`) || !strings.Contains(list.body, want[0]) || strings.Contains(list.body, want[1]) {
			t.Errorf("%s sees %s", key[:8], list.body)
		}
		if got := w.send("GET", "/api/v1/invites/"+want[1], key, ""); got.status != 404 {
			t.Errorf("%s reads an invite of the other world: %d", key[:8], got.status)
		}
		if got := w.send("GET", "/api/v1/assessments/"+string(w.published), key, ""); !strings.Contains(got.body, `"inviteCount":2`) {
			t.Errorf("%s counts %s", key[:8], got.body)
		}
	}
}

func TestMethodsOfAPath(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, allow := range map[string]string{
		"/api/v1/invites":                        "GET, HEAD, OPTIONS, POST",
		"/api/v1/invites/" + string(w.invite):    "DELETE, GET, HEAD, OPTIONS, PATCH",
		"/api/v1/invites/batch":                  "OPTIONS, POST",
		"/api/v1/tags/" + string(w.tag):          "DELETE, GET, HEAD, OPTIONS, PATCH",
		"/api/v1/openapi.json":                   "GET, HEAD, OPTIONS",
		"/api/v1/assessments/anything/questions": "GET, HEAD, OPTIONS",
	} {
		if got := w.send("OPTIONS", path, "", ""); got.status != 204 || got.header.Get("Allow") != allow || got.body != "" {
			t.Errorf("OPTIONS %s: %d Allow %q %q", path, got.status, got.header.Get("Allow"), got.body)
		}
		for _, method := range []string{"PUT", "TRACE", "CONNECT", "BREW", "get"} {
			got := w.send(method, path, w.key, "")
			if got.status != 405 || got.header.Get("Allow") != allow || w.message(got) != method+" is not possible here. Use one of "+allow+"." {
				t.Errorf("%s %s: %d Allow %q %s", method, path, got.status, got.header.Get("Allow"), got.body)
			}
		}
	}
	get, head := w.get("/api/v1/invites"), w.send("HEAD", "/api/v1/invites", w.key, "")
	if head.status != 200 || head.header.Get("Content-Length") != get.header.Get("Content-Length") || head.header.Get("Content-Length") == "" {
		t.Errorf("HEAD: %d %v, GET: %v", head.status, head.header, get.header)
	}
	if got := w.send("HEAD", "/api/v1/invites", "", ""); got.status != 401 {
		t.Errorf("HEAD without a key: %d", got.status)
	}
}

func TestUnknownPathsAreToldInJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{
		"/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/invites/", "/api/v1//invites", "/api/v1/tags/../invites", "/api/v1/tags/./x",
		"/api/v2/invites", "/api/v1/invites/" + string(w.invite) + "/nothing", "/api/v1/Invites", "/api/v1/" + strings.Repeat("x", 3000),
	} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			got := w.send(method, path, "", "")
			if got.status != 404 || !strings.HasPrefix(w.message(got), "There is nothing at /api/") || len(got.body) > 300 {
				t.Errorf("%s %s: %d %s", method, path, got.status, got.body)
			}
			if got := w.send(method, path, w.key, ""); got.status != 404 || got.header.Get("RateLimit") == "" {
				t.Errorf("%s %s with a key: %d %v", method, path, got.status, got.header)
			}
			if got := w.send(method, path, "ak_live_x", ""); got.status != 401 {
				t.Errorf("%s %s with a bad key: %d", method, path, got.status)
			}
			w.clock.advance(2e9)
		}
	}
}

func TestKeysInURLsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, query := range []string{"x-api-key=" + w.key, "api_key=secret", "apiKey=", "page=1&limit=" + w.key} {
		for _, key := range []string{"", w.key} {
			got := w.send("GET", "/api/v1/tags?"+query, key, "")
			if got.status != 400 || !strings.Contains(w.message(got), "never in the URL") || strings.Contains(got.body, w.key) {
				t.Errorf("?%s: %d %s", query, got.status, got.body)
			}
		}
	}
	if log := w.log.String(); !strings.Contains(log, "an API key was sent in a URL") || strings.Contains(log, w.key) {
		t.Errorf("the log says %s", log)
	}
}

// Once revoking has returned, no request that begins later may succeed.
func TestRevokedKeysEndAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.owner.Actor(assess.Live)
	const rounds = 200
	for round := range rounds {
		w.clock.advance(60e9)
		key, secret, err := w.app.CreateAPIKey(t.Context(), owner, assess.NewAPIKey{Name: "Short-lived", Mode: assess.Live})
		w.must(err)
		var revoked atomic.Bool
		var users sync.WaitGroup
		for range 4 {
			users.Go(func() {
				for range 10 {
					late := revoked.Load()
					r := httptest.NewRequestWithContext(t.Context(), "GET", "/api/v1/tags", nil)
					r.Header.Set("X-Api-Key", secret)
					recorder := httptest.NewRecorder()
					w.handler.ServeHTTP(recorder, r)
					if late && recorder.Code != 401 {
						t.Errorf("round %d: %d after the key was revoked", round, recorder.Code)
					}
				}
			})
		}
		w.must(w.app.RevokeAPIKey(t.Context(), owner, key.ID))
		revoked.Store(true)
		users.Wait()
		if got := w.send("GET", "/api/v1/tags", secret, ""); got.status != 401 || got.body != `{"error":"API key has been revoked"}` {
			t.Fatalf("round %d: %d %s", round, got.status, got.body)
		}
	}
}
