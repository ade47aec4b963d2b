package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
)

// acrossOrganizations lists the functions whose SQL touches organizations' tables without naming org_id beside its WHERE, each
// with the reason why that is right. Another one needs a reason here.
var acrossOrganizations = map[string]string{
	"APIKeyByHash":                "the key alone says which organization",
	"SessionByHash":               "the cookie alone says which organization",
	"InviteByToken":               "the link alone says which organization",
	"MemberByToken":               "the mailed link alone says which organization",
	"MemberByEmail":               "signing in begins without an organization",
	"Logo":                        "shown to candidates and in mails, under an id that nobody guesses",
	"AnyMember":                   "whether the instance has been set up",
	"AllLetters":                  "for the operator",
	"AnyLetter":                   "for the operator",
	"OverdueInvites":              "expiry is written down for all",
	"OverdueAttempts":             "time limits are written down for all",
	"ForsakenRecordings":          "what a browser has given up is looked after for all",
	"DeleteStaleSessions":         "housekeeping for all",
	"DeleteLettersBefore":         "housekeeping for all",
	"DeleteIdempotencyKeysBefore": "housekeeping for all",
	"DeleteDeliveriesBefore":      "housekeeping for all",

	"pageOf":       "the caller's conditions begin with the organization",
	"next":         "the caller's conditions begin with the organization",
	"span":         "the caller's conditions begin with the organization",
	"ranked":       "inviteList.where begins with the organization",
	"storedCounts": "inviteList.where begins with the organization",
	"countOver":    "inviteList.where begins with the organization",
	"expired":      "inviteList.where begins with the organization",
}

func TestEveryStatementNamesTheOrganization(t *testing.T) {
	t.Parallel()
	tenants := tenantTables(t)
	if len(tenants) < 10 {
		t.Fatalf("found only the tables %q", tenants)
	}
	suspects := map[string]bool{}
	statements := 0
	for _, s := range statementsInSource(t) {
		statements++
		if !namesOrganization(s.text, tenants) {
			suspects[s.function] = true
			if acrossOrganizations[s.function] == "" {
				t.Errorf("%s does not name org_id: %s", s.function, s.text)
			}
		}
	}
	if statements < 80 {
		t.Errorf("found only %d statements", statements)
	}
	for _, function := range slices.Sorted(maps.Keys(acrossOrganizations)) {
		if !suspects[function] {
			t.Errorf("%s is excused, but needs no excuse", function)
		}
	}
}

func TestAStatementWithoutTheOrganizationIsFound(t *testing.T) {
	t.Parallel()
	tenants := []string{"invites", "tags"}
	for text, want := range map[string]bool{
		"SELECT a FROM invites WHERE org_id = $1 AND id = $2":             true,
		"SELECT org_id FROM invites WHERE id = $1":                        false,
		"SELECT a FROM invites":                                           false,
		"UPDATE tags SET org_id = $1 WHERE id = $2":                       false,
		"DELETE FROM tags WHERE id = $1":                                  false,
		"INSERT INTO tags (org_id, id) VALUES ($1, $2)":                   true,
		"INSERT INTO tags (id) VALUES ($1)":                               false,
		"SELECT 1 FROM jobs WHERE id = $1":                                true,
		"SELECT a FROM … WHERE …":                                         false,
		"SELECT a FROM jobs j JOIN tags t ON t.id = j.id WHERE j.id = $1": false,
		"SELECT a FROM … WHERE org_id = $1":                               true,
		"DELETE FROM idle WHERE x < $1 AND y IN (SELECT id FROM invites)": false,
	} {
		if got := namesOrganization(text, tenants); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// tenantTables are the tables that have org_id.
func tenantTables(t *testing.T) (tables []string) {
	t.Helper()
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		schema, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`).FindAllStringSubmatch(string(schema), -1) {
			if strings.Contains(m[2], " org_id ") {
				tables = append(tables, m[1])
			}
		}
	}
	return tables
}

var (
	tableNames  = regexp.MustCompile(`(?:FROM|JOIN|INTO|UPDATE) ([\w…]+)`)
	inCondition = regexp.MustCompile(`(?s)WHERE.*\borg_id (=|IN)`)
	inColumns   = regexp.MustCompile(`(?s)INTO [\w…]+ \([^)]*\borg_id\b`)
)

// namesOrganization reports whether a statement keeps to one organization; … stands for what the source puts in.
func namesOrganization(statement string, tenants []string) bool {
	tenant := false
	for _, m := range tableNames.FindAllStringSubmatch(statement, -1) {
		tenant = tenant || strings.Contains(m[1], "…") || slices.Contains(tenants, m[1])
	}
	return !tenant || inCondition.MatchString(statement) || inColumns.MatchString(statement)
}

type statement struct{ function, text string }

// statementsInSource finds the package's SQL. Constants are put in where they are used, anything else as ….
func statementsInSource(t *testing.T) (found []statement) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	constants := map[string]string{}
	var functions []*ast.FuncDecl
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				functions = append(functions, f)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
				constants[v.Names[0].Name] = flatten(v.Values[0], constants)
			}
			return true
		})
	}
	verb := regexp.MustCompile(`^\(?(SELECT|INSERT INTO|UPDATE|DELETE FROM) `)
	for _, f := range functions {
		ast.Inspect(f, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			text := flatten(e, constants)
			if verb.MatchString(text) && text != "UPDATE " {
				found = append(found, statement{f.Name.Name, text})
				return false
			}
			return true
		})
	}
	return found
}

// flatten is the text of an expression that is put together from literals and constants.
func flatten(e ast.Expr, constants map[string]string) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		return text
	case *ast.BinaryExpr:
		return flatten(e.X, constants) + flatten(e.Y, constants)
	case *ast.Ident:
		if text, ok := constants[e.Name]; ok {
			return text
		}
	}
	return "…"
}

// TestTheFirstPageOfInvitesFollowsAnIndex reads how SQLite would go about each list: never over the whole set, and never
// sorting more than the few invites that are overdue.
func TestTheFirstPageOfInvitesFollowsAnIndex(t *testing.T) {
	t.Parallel()
	w := &world{T: t}
	w.ms.Store(noon.UnixMilli())
	w.db = storetest.Open(t, w.now)
	org := w.org()
	a := w.assessment(org, "Go")
	for i, status := range assess.InviteStatuses() {
		inv := newInvite(a, string(status)+"@example.com")
		inv.Stored, inv.ExpiresAt = status, noon.Add(time.Duration(i+1)*time.Minute)
		w.invite(inv)
	}
	filters := []assess.InviteFilter{{}, {Assessment: a.ID}}
	for _, status := range assess.InviteStatuses() {
		filters = append(filters, assess.InviteFilter{Status: status}, assess.InviteFilter{Status: status, Assessment: a.ID})
	}
	for _, late := range []bool{false, true} {
		if late {
			w.pass(90 * time.Second) // the pending invite is overdue, the accepted one is not
		}
		for _, f := range filters {
			for _, sort := range assess.InviteSorts() {
				w.checkPlans(org, f, assess.Page{Number: 1, Limit: 20, Sort: sort})
				w.checkPlans(org, f, assess.Page{Number: 1, Limit: 20, Sort: sort, Ascending: true})
				key := map[string]string{"status": "pending"}[sort]
				if key == "" {
					key = strconv.FormatInt(noon.UnixMilli(), 10)
				}
				w.checkPlans(org, f, assess.Page{Limit: 20, Sort: sort, Cursor: &assess.Cursor{Key: key, ID: "0"}})
			}
		}
	}
}

// TestFewInvitesAreLookedUp reads how SQLite would go about lists by filters that pick few: it finds their ids by an index of the
// filter's own, and the invites by their ids.
func TestFewInvitesAreLookedUp(t *testing.T) {
	t.Parallel()
	w := &world{T: t}
	w.ms.Store(noon.UnixMilli())
	w.db = storetest.Open(t, w.now)
	c := w.crowd(60)
	filters := []assess.InviteFilter{
		{Email: "c3@example.com"}, {External: "name 3"}, {Tag: c.tag}, {Grader: "m1"}, {UpdatedSince: noon.Add(-3 * time.Millisecond)},
	}
	for _, f := range filters {
		for _, f.Status = range append(assess.InviteStatuses(), "") {
			for _, f.Assessment = range []assess.AssessmentID{"", c.assessments[0].ID} {
				for _, sort := range assess.InviteSorts() {
					w.checkLookup(c.org, f, assess.Page{Number: 1, Limit: 20, Sort: sort})
					w.checkLookup(c.org, f, assess.Page{Limit: 20, Sort: sort, Ascending: true, Cursor: &assess.Cursor{}})
				}
			}
		}
	}
}

func (w *world) checkLookup(org assess.OrgID, f assess.InviteFilter, page assess.Page) {
	w.Helper()
	seen, err := w.db.Spy(w.Context(), func(tx *store.Tx) error {
		_, _, err := tx.Invites(org, assess.Live, f, page)
		return err
	})
	if err != nil || len(seen) < 2 {
		w.Fatalf("%d statements, %v", len(seen), err)
	}
	for _, s := range seen {
		if plan := read(w, func(tx *store.Tx) (string, error) { return tx.Explain(s) }); !looksUp(plan) {
			w.Errorf("%+v %+v:\n%s\n%s", f, page, s.SQL, plan)
		}
	}
}

// lookup matches the steps that read no more than a filter picks.
var lookup = regexp.MustCompile(`^SEARCH (invites USING (COVERING )?INDEX (sqlite_autoindex_invites_1 \(id=\?|invites_external \(.*external_id=\?|` +
	`invites_email \(.*<expr>=\?|invites_updated \(.*updated_at>\?|invites_status_expires \(.*expires_at>\? AND expires_at<\?)|` +
	`invite_tags USING INDEX invite_tags_tag|evaluations USING INDEX evaluations_queue \(.*grader_id=\?)|` +
	`^SCAN (picked|written|pending|accepted)\n?$`)

func looksUp(plan string) bool {
	for step := range strings.Lines(plan) {
		if (strings.HasPrefix(step, "SEARCH") || strings.HasPrefix(step, "SCAN")) && !lookup.MatchString(step) {
			return false
		}
	}
	return true
}

func TestTheLastPageIsReadFromTheEnd(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		c := w.crowd(60)
		for _, sort := range assess.InviteSorts() {
			seen, err := w.db.Spy(w.Context(), func(tx *store.Tx) error {
				_, _, err := tx.Invites(c.org, assess.Live, assess.InviteFilter{}, assess.Page{Number: 6, Limit: 10, Sort: sort})
				return err
			})
			if err != nil {
				w.Fatal(err)
			}
			last := seen[len(seen)-1]
			if offset := last.Args[len(last.Args)-1]; !strings.HasSuffix(last.SQL, "OFFSET $"+strconv.Itoa(len(last.Args))) || offset != 0 {
				w.Errorf("by %s: %s passes over %v rows", sort, last.SQL, offset)
			}
		}
	})
}

func (w *world) checkPlans(org assess.OrgID, f assess.InviteFilter, page assess.Page) {
	w.Helper()
	seen, err := w.db.Spy(w.Context(), func(tx *store.Tx) error {
		_, _, err := tx.Invites(org, assess.Live, f, page)
		return err
	})
	if err != nil || len(seen) == 0 {
		w.Fatalf("%d statements, %v", len(seen), err)
	}
	for _, s := range seen {
		if strings.Contains(s.SQL, "FROM invite_counts") || strings.Contains(s.SQL, "FROM invite_totals") {
			continue // one row a status
		}
		if plan := read(w, func(tx *store.Tx) (string, error) { return tx.Explain(s) }); !followsIndex(s.SQL, plan) {
			w.Errorf("%+v %+v:\n%s\n%s", f, page, s.SQL, plan)
		}
	}
}

// followsIndex reports whether a plan walks through the invites that it wants only, in order, along an index of theirs. Parts
// that are cut to the rows that count may be sorted together.
func followsIndex(query, plan string) bool {
	byStatus := strings.Contains(query, "status = ") || strings.Contains(query, "status IN ")
	part := regexp.MustCompile(`^SCAN (written|pending|accepted)\n$`)
	before := ""
	for step := range strings.Lines(plan) {
		switch {
		case strings.HasPrefix(step, "SCAN") && !part.MatchString(step):
			return false
		case strings.HasPrefix(step, "SEARCH") && (!strings.Contains(step, "INDEX invites_") || byStatus && !strings.Contains(step, "status=?")):
			return false
		case strings.Contains(step, "TEMP B-TREE") && !part.MatchString(before):
			return false
		}
		before = step
	}
	return true
}
