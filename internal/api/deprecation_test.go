package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/api"
)

var (
	since  = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	sunset = since.AddDate(0, 6, 0) // 181 days
)

func TestACallOnItsWayOutSaysSoInEveryAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	handler, document, err := api.NewDeprecating(w.options, "listTags", since, sunset, "listInvites")
	w.must(err)
	for name, key := range map[string]string{"with a key": w.key, "without one": ""} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/tags", nil)
		w.must(err)
		r.Header.Set("X-Api-Key", key)
		got := w.serve(handler, r).header
		want := map[string][]string{
			"Deprecation": {"@1767225600"},
			"Sunset":      {"Wed, 01 Jul 2026 00:00:00 GMT"},
			"Link": {
				`<` + baseURL + `/docs/changes>; rel="deprecation"; type="text/html"`,
				`<` + baseURL + `/docs/changes>; rel="sunset"; type="text/html"`,
				`<` + baseURL + `/docs/api#listInvites>; rel="successor-version"; type="text/html"`,
			},
		}
		for header, values := range want {
			if diff := cmp.Diff(values, got.Values(header)); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", name, header, diff)
			}
		}
	}
	op := document.Paths["/tags"].Get
	if !op.Deprecated || !strings.Contains(op.Description, "Deprecated since 2026-01-01; it may be gone from 2026-07-01. Use `listInvites` instead.") {
		t.Errorf("the document says %v, %q", op.Deprecated, op.Description)
	}
	if op := document.Paths["/tags"].Post; op.Deprecated || op.Responses["201"].Headers["Sunset"] != nil {
		t.Error("the document calls another call deprecated")
	}
}

func TestACallThatStaysSaysNothingOfItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.get("/api/v1/tags").header
	for _, header := range []string{"Deprecation", "Sunset", "Link"} {
		if got.Get(header) != "" {
			t.Errorf("%s: %s", header, got.Get(header))
		}
	}
}

func TestEveryEndIsAnnounced180DaysBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, dates := range map[string][2]time.Time{
		"179 days":                 {since, since.AddDate(0, 0, 179)},
		"an end before the notice": {sunset, since},
		"no end":                   {since, {}},
		"no notice":                {{}, sunset},
	} {
		if _, _, err := api.NewDeprecating(w.options, "listTags", dates[0], dates[1], ""); err == nil {
			t.Errorf("%s is let pass", name)
		}
	}
	if _, _, err := api.NewDeprecating(w.options, "listTags", since, since.AddDate(0, 0, 180), ""); err != nil {
		t.Errorf("180 days: %v", err)
	}
	names := []string{""}
	for _, r := range api.Announcements() {
		names = append(names, r.Name)
	}
	for _, r := range api.Announcements() {
		if r.Problem != nil || !slices.Contains(names, r.Instead) {
			t.Errorf("%s: %v, instead: %q", r.Name, r.Problem, r.Instead)
		}
	}
}
