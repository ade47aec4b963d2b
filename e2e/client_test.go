package e2e_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	client "alfaone/clients/go"
)

// example is the first block of code of a language in a Markdown file, with the addresses and keys of the demo.
func (a access) example(t *testing.T, path, language string) string {
	t.Helper()
	text, err := os.ReadFile(path) //nolint:gosec // of the repository
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindSubmatch(text)
	if found == nil {
		t.Fatalf("%s has no example in %s", path, language)
	}
	return strings.NewReplacer("https://assess.example.com", a.URL, "7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9", a.AssessmentID).Replace(string(found[1]))
}

// wantInvited checks what an example of a client prints: the invite that it made, and it among all.
func wantInvited(t *testing.T, out []byte) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < 2 || lines[0] != "pending" || !strings.Contains(string(out), "candidate@example.com pending") {
		t.Errorf("the example prints:\n%s", out)
	}
}

func TestTheExampleOfTheGoClientRuns(t *testing.T) {
	t.Parallel()
	_, a := demo(t)
	program := "package main\n\nimport (\n\t\"context\"\n\t\"fmt\"\n\t\"os\"\n\n\talfaone \"alfaone/clients/go\"\n)\n\n" +
		"func main() {\n\tif err := run(context.Background()); err != nil {\n\t\tpanic(err)\n\t}\n}\n\n" +
		"func run(ctx context.Context) error {\n" + a.example(t, "../clients/go/README.md", "go") + "\treturn nil\n}\n"
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "run", file) //nolint:gosec // written above
	cmd.Env = append(os.Environ(), "API_KEY="+a.TestAPIKey)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, program)
	}
	wantInvited(t, out)
}

// built is the TypeScript client, as "npm run build" makes it.
func built(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../clients/typescript/dist/index.js")
	if err != nil {
		t.Fatal(err)
	}
	_, missing := os.Stat(path)
	if _, err := exec.LookPath("node"); (missing != nil || err != nil) && os.Getenv("CI") == "" {
		t.Skip("needs node and the built client: npm --prefix clients/typescript ci && npm --prefix clients/typescript run build")
	}
	return path
}

func TestTheExampleOfTheTypeScriptClientRuns(t *testing.T) {
	t.Parallel()
	dist := built(t)
	_, a := demo(t)
	code := strings.ReplaceAll(a.example(t, "../clients/typescript/README.md", "ts"), `"alfaone"`, `"`+dist+`"`)
	js := api.Transform(code, api.TransformOptions{Loader: api.LoaderTS})
	if len(js.Errors) > 0 {
		t.Fatal(js.Errors)
	}
	cmd := exec.CommandContext(t.Context(), "node", "--input-type=module", "--eval", string(js.Code)) //nolint:gosec // written above
	cmd.Env = append(os.Environ(), "API_KEY="+a.TestAPIKey)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wantInvited(t, out)
}

// TestTheGoClientSeesAnAttemptThrough is what an applicant tracking system does: invite, follow, read results.
func TestTheGoClientSeesAnAttemptThrough(t *testing.T) {
	t.Parallel()
	_, a := demo(t)
	ctx, c := t.Context(), client.New(a.URL, a.TestAPIKey)
	wish := client.InviteRequest{AssessmentID: a.AssessmentID, RecipientEmail: "ats@example.com", ExternalID: new("application-1")}
	made, err := c.CreateInvite(ctx, wish)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateInvite(ctx, wish); client.StatusOf(err) != http.StatusConflict {
		t.Errorf("inviting again: %v", err)
	}
	if _, err := c.AdvanceTestInvite(ctx, made.Invite.ID, client.AdvanceRequest{To: "completed"}); err != nil {
		t.Fatal(err)
	}
	results, err := c.GetInviteResults(ctx, made.Invite.ID)
	if err != nil {
		t.Fatal(err)
	}
	if results.Status != "completed" || len(results.Answers) == 0 {
		t.Errorf("the results are %+v", results)
	}
	var types []string
	events, err := c.ListEvents(ctx, client.ListEventsParams{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events.Events {
		if e.Data.InviteID != nil && *e.Data.InviteID == made.Invite.ID {
			types = append(types, string(e.Type))
		}
	}
	if story := strings.Join(types, " "); !strings.HasPrefix(story, "invite.created") || !strings.Contains(story, "invite.accepted") || !strings.Contains(story, "invite.completed") {
		t.Errorf("the story is %s", story)
	}
}
