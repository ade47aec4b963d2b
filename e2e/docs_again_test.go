package e2e_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

var againRow = regexp.MustCompile("(?m)^\\| `?([a-z]+)`? \\| `(\\d+)`[^|]*\\| `(\\d+)`[^|]*\\| `(\\d+)`[^|]*\\|$")

// tryAgain invites again in every state, as the table of the guide says.
func (w *docsWorld) tryAgain() {
	w.t.Helper()
	_, table, _ := strings.Cut(get(w.t, w.URL+"/docs/inviting.md"), "| The earlier invite is |")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := againRow.FindAllStringSubmatch(table, -1)
	if len(rows) != 7 {
		w.t.Fatalf("the table has %d rows", len(rows))
	}
	for _, row := range rows {
		for i, onDuplicate := range []string{"error", "return", "create"} {
			objects := w.objects("")
			body := fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"again@example.com","onDuplicate":%q}`, objects["ASSESSMENT_ID"], onDuplicate)
			earlier := idOf(w.post("/invites", body), "invite")
			w.bring(earlier, row[1])
			status, answer := call(w.t, http.MethodPost, w.URL+"/api/v1/invites", w.TestAPIKey, body)
			if fmt.Sprint(status) != row[2+i] {
				w.t.Errorf("%s, %s: %d %s, want %s", row[1], onDuplicate, status, answer, row[2+i])
			}
			if same := strings.Contains(answer, earlier); same != (status != http.StatusCreated) {
				w.t.Errorf("%s, %s: %d %s names the earlier invite %s: %v", row[1], onDuplicate, status, answer, earlier, same)
			}
		}
	}
}

// bring takes a test invite to where the guide's word says it is.
func (w *docsWorld) bring(invite, state string) {
	w.t.Helper()
	method, path, body := http.MethodPost, "/test/invites/"+invite+"/advance", fmt.Sprintf(`{"to":%q}`, state)
	switch state {
	case "pending":
		return
	case "revoked":
		path, body = "/invites/"+invite+"/revoke", ""
	case "erased":
		method, path, body = http.MethodDelete, "/invites/"+invite, ""
	}
	if status, answer := call(w.t, method, w.URL+"/api/v1"+path, w.TestAPIKey, body); status >= 300 {
		w.t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
}
