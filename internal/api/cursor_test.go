package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"alfaone/internal/api"
	"alfaone/internal/assess"
)

// walked is a part of whatever list.
type walked struct {
	IDs        []string
	Pagination struct {
		Page, Total, TotalPages *int
		NextCursor              *string
	}
}

// part asks for a part of a list, and checks how it is told.
func (w *world) part(path string) (p walked) {
	w.t.Helper()
	got := w.get(path)
	if got.status != 200 {
		w.t.Fatalf("%s: %d %s", path, got.status, got.body)
	}
	w.must(json.Unmarshal([]byte(got.body), &p))
	var body map[string]json.RawMessage
	w.must(json.Unmarshal([]byte(got.body), &body))
	delete(body, "pagination")
	for _, items := range body {
		var ids []struct{ ID string }
		w.must(json.Unmarshal(items, &ids))
		for _, item := range ids {
			p.IDs = append(p.IDs, item.ID)
		}
	}
	w.clock.advance(time.Second)
	return p
}

// walk goes through a list by cursor; query holds its filters and order.
func (w *world) walk(path string, query url.Values, limit int) (ids []string) {
	w.t.Helper()
	query.Set("limit", fmt.Sprint(limit))
	query.Set("cursor", "")
	for range 100 {
		p := w.part(path + "?" + query.Encode())
		if p.Pagination.Page != nil || p.Pagination.Total != nil || p.Pagination.TotalPages != nil || len(p.IDs) > limit {
			w.t.Fatalf("%s: %+v", path, p)
		}
		ids = append(ids, p.IDs...)
		if p.Pagination.NextCursor == nil {
			return ids
		}
		query.Set("cursor", *p.Pagination.NextCursor)
	}
	w.t.Fatalf("%s has no end", path)
	return nil
}

func TestEveryListCanBeWalkedByCursor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.populate()
	w.tags(3)
	walks := 0
	for _, r := range api.Routes() {
		if !r.List || r.Feed {
			continue
		}
		for _, sort := range r.Sorts {
			for _, order := range []string{"asc", "desc"} {
				query := url.Values{"sort": {sort}, "order": {order}}
				all := w.part(w.pathOf(t, r) + "?" + query.Encode())
				for _, limit := range []int{1, 2, 100} {
					walks++
					if ids := w.walk(w.pathOf(t, r), query, limit); !slices.Equal(ids, all.IDs) || len(ids) == 0 {
						t.Errorf("%s by %s %s, %d at a time: %q, want %q", r.Name, sort, order, limit, ids, all.IDs)
					}
				}
			}
		}
	}
	if walks < 60 {
		t.Errorf("only %d walks", walks)
	}
}

func TestNumberedPagesTellNothingOfCursors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.get("/api/v1/tags"); !strings.HasSuffix(got.body, `"pagination":{"page":1,"limit":20,"total":1,"totalPages":1}}`) {
		t.Error(got.body)
	}
	if got := w.get("/api/v1/tags?cursor="); !strings.HasSuffix(got.body, `"pagination":{"page":null,"limit":20,"total":null,"totalPages":null,"nextCursor":null}}`) {
		t.Error(got.body)
	}
}

// A cursor is good where it was given, and nowhere else. It gives no right, and tells nothing.
func TestCursorsAreGoodForTheirListOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tags(3)
	foreign := w.newTenant("Foreign GmbH", "foreign")
	first := w.part("/api/v1/tags?sort=name&limit=2&cursor=")
	cursor := *first.Pagination.NextCursor
	if again := w.part("/api/v1/tags?limit=2&sort=name&cursor="); *again.Pagination.NextCursor != cursor {
		t.Error("the same place has two cursors")
	}
	if other := w.part("/api/v1/tags?limit=1&sort=name&cursor=" + cursor); len(other.IDs) != 1 {
		t.Errorf("another limit: %+v", other)
	}
	if strings.Contains(cursor, "made") || len(cursor) > 300 {
		t.Errorf("the cursor is %s", cursor)
	}
	refused := func(what, key, path string) {
		t.Helper()
		got := w.send("GET", path, key, "")
		if got.status != 400 || !strings.HasPrefix(w.message(got), "cursor must ") {
			t.Errorf("%s: %d %s", what, got.status, got.body)
		}
		w.clock.advance(time.Second)
	}
	refused("with a page", w.key, "/api/v1/tags?sort=name&page=1&cursor="+cursor)
	refused("twice", w.key, "/api/v1/tags?sort=name&cursor=&cursor="+cursor)
	refused("in another order", w.key, "/api/v1/tags?sort=name&order=asc&cursor="+cursor)
	refused("with another sort", w.key, "/api/v1/tags?sort=created_at&cursor="+cursor)
	refused("of another list", w.key, "/api/v1/members?cursor="+cursor)
	refused("of another organization", foreign.key, "/api/v1/tags?sort=name&cursor="+cursor)
	refused("of the other mode", w.testKey, "/api/v1/tags?sort=name&cursor="+cursor)
	questions := "/api/v1/assessments/" + string(w.published) + "/questions?limit=1&cursor="
	refused("of another assessment", w.key, "/api/v1/assessments/"+string(w.draft)+"/questions?cursor="+*w.part(questions).Pagination.NextCursor)
	filtered := w.part("/api/v1/assessments?limit=1&cursor=")
	refused("with another filter", w.key, "/api/v1/assessments?status=published&cursor="+*filtered.Pagination.NextCursor)
	for i := range cursor {
		for _, c := range []byte("A_b") {
			if changed := cursor[:i] + string(c) + cursor[i+1:]; changed != cursor {
				refused("changed", w.key, "/api/v1/tags?sort=name&cursor="+changed)
			}
		}
		refused("cut", w.key, "/api/v1/tags?sort=name&cursor="+cursor[i+1:]+"=")
	}
}

// FuzzCursor holds that no token but those that were given leads anywhere.
func FuzzCursor(f *testing.F) {
	w := newWorld(f)
	given := w.app.CursorToken("scope", assess.Cursor{Key: "key", ID: "id"})
	for _, seed := range []string{"", given, given[1:], given + "A", strings.Repeat("A", 40), "=", "\x00", "é"} {
		f.Add("scope", seed)
		f.Add("scop", seed)
	}
	f.Fuzz(func(t *testing.T, scope, token string) {
		c, err := w.app.Cursor(scope, token)
		good := token == "" || scope == "scope" && token == given
		switch {
		case good != (err == nil):
			t.Errorf("%q in %q: %v", token, scope, err)
		case err != nil && assess.KindOf(err) != assess.Invalid:
			t.Error(err)
		case err == nil && token == given && (c != assess.Cursor{Key: "key", ID: "id"}):
			t.Errorf("%+v", c)
		}
	})
}
