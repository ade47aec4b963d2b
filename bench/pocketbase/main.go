// Command pocketbase serves the benchmark's data as one would with PocketBase: collections with the same fields, the indexes
// that its statements can use, a key that is checked, request logs off. It is a module of its own, so that the product's does
// not depend on PocketBase.
//
// It takes a directory for its data and the product's database, copies the rows, serves on a free port of the loopback
// interface and says where, and with which token to call.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations" // its own tables
	"github.com/pocketbase/pocketbase/tools/types"
)

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: %s DIR DATABASE", os.Args[0]))
	}
	token, handler, err := prepare(os.Args[1], os.Args[2])
	if err != nil {
		fail(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	fmt.Fprintf(os.Stderr, "msg=serving url=http://%s token=%s \n", listener.Addr(), token)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	fail(server.Serve(listener))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "pocketbase:", err)
	os.Exit(1)
}

// prepare makes the application with its data.
func prepare(dir, database string) (token string, handler http.Handler, err error) {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	if err := app.Bootstrap(); err != nil {
		return "", nil, err
	}
	if err := app.RunAllMigrations(); err != nil {
		return "", nil, err
	}
	app.Settings().Logs.MaxDays = 0
	if err := app.Save(app.Settings()); err != nil {
		return "", nil, err
	}
	if err := makeCollections(app); err != nil {
		return "", nil, err
	}
	if err := copyRows(app, database); err != nil {
		return "", nil, fmt.Errorf("copying the rows: %w", err)
	}
	if token, err = makeKey(app); err != nil {
		return "", nil, fmt.Errorf("making the key: %w", err)
	}
	router, err := apis.NewRouter(app)
	if err != nil {
		return "", nil, err
	}
	handler, err = router.BuildMux()
	return token, handler, err
}

// withKey is the rule that asks for a key. It shows every row, as there is but one organization. A rule that shows each
// organization its own (organization = @request.auth.organization) becomes a join that no index helps with, and takes a
// multiple of the time.
const withKey = `@request.auth.id != ""`

func makeCollections(app core.App) error {
	keys := core.NewAuthCollection("keys")

	assessments := core.NewBaseCollection("assessments")
	assessments.ListRule = types.Pointer(withKey)
	assessments.Fields.Add(text("organization"), text("name"), text("defaultQuestionFormat"), text("defaultAnswerFormat"),
		&core.JSONField{Name: "languages"}, number("questionCount"), number("inviteCount"), date("createdAt"), date("updatedAt"))
	assessments.AddIndex("assessments_created", false, "createdAt, id", "")

	invites := core.NewBaseCollection("invites")
	invites.ListRule = types.Pointer(withKey)
	invites.Fields.Add(text("organization"), text("assessment"), text("assessmentName"), &core.EmailField{Name: "recipientEmail"},
		text("recipientName"), text("status"), number("questionReplayLimit"), number("answerRecordLimit"), date("sentAt"),
		date("expiresAt"), date("acceptedAt"), date("startedAt"), date("completedAt"))
	invites.AddIndex("invites_sent", false, "sentAt, id", "")
	invites.AddIndex("invites_status", false, "status, sentAt, id", "")

	for _, c := range []*core.Collection{keys, assessments, invites} {
		if err := app.Save(c); err != nil {
			return fmt.Errorf("making the collection %s: %w", c.Name, err)
		}
	}
	return nil
}

func text(name string) core.Field   { return &core.TextField{Name: name} }
func number(name string) core.Field { return &core.NumberField{Name: name} }
func date(name string) core.Field   { return &core.DateField{Name: name} }

// copyRows fills the collections from the product's database, past PocketBase's validation: row by row it takes minutes.
func copyRows(app core.App, database string) error {
	statements := []string{
		"ATTACH DATABASE '" + database + "' AS product",
		`INSERT INTO assessments (id, organization, name, defaultQuestionFormat, defaultAnswerFormat, languages, questionCount,
			inviteCount, createdAt, updatedAt)
			SELECT id, org_id, name, format, answer_format, languages, question_count,
			(SELECT SUM(n) FROM product.invite_counts c WHERE c.assessment_id = a.id), ` + when("created_at") + ", " + when("updated_at") + `
			FROM product.assessments a`,
		`INSERT INTO invites (id, organization, assessment, assessmentName, recipientEmail, recipientName, status,
			questionReplayLimit, answerRecordLimit, sentAt, expiresAt, acceptedAt, startedAt, completedAt)
			SELECT id, org_id, assessment_id, assessment_name, email, name, status, replay_limit, record_limit, ` +
			when("sent_at") + ", " + when("expires_at") + ", " + when("accepted_at") + ", " + when("started_at") + ", " + when("completed_at") + `
			FROM product.invites`,
		"DETACH DATABASE product",
		"ANALYZE",
	}
	for _, statement := range statements {
		if _, err := app.NonconcurrentDB().NewQuery(statement).Execute(); err != nil {
			return err
		}
	}
	return nil
}

// when is the SQL that turns milliseconds into PocketBase's text for a time.
func when(column string) string {
	return "CASE " + column + " WHEN 0 THEN '' ELSE strftime('%Y-%m-%d %H:%M:%fZ', " + column + " / 1000.0, 'unixepoch') END"
}

// makeKey makes the record that calls the API, and returns its token.
func makeKey(app core.App) (string, error) {
	keys, err := app.FindCollectionByNameOrId("keys")
	if err != nil {
		return "", err
	}
	key := core.NewRecord(keys)
	key.SetEmail("key@example.com")
	key.SetRandomPassword()
	if err := app.Save(key); err != nil {
		return "", err
	}
	return key.NewStaticAuthToken(time.Hour)
}
