package web_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// forms are the addresses of a page's forms that belong to an attempt. Each must wait until the script has said which tab it is.
func forms(t *testing.T, p page) (found []string) {
	t.Helper()
	for _, form := range p.all(t, "form") {
		action := attr(form, "action")
		if !strings.HasPrefix(action, "/take/") {
			continue
		}
		found = append(found, action)
		for n := range form.Descendants() {
			if n.Type == html.ElementNode && n.Data == "button" && !(has(n, "disabled") && has(n, "data-scripted")) {
				t.Errorf("%s can be sent before the script runs", action)
			}
		}
	}
	return found
}

func TestNothingThatNeedsATabCanBeSentBeforeTheScriptRuns(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	i.accepted()
	b := i.holder("tab")
	found := forms(t, b.get("/take"))
	found = append(found, forms(t, b.post("/take/start", nil))...)
	found = append(found, forms(t, b.post("/take/questions/1/begin", nil))...)
	found = append(found, forms(t, b.get("/take/review"))...)
	found = append(found, forms(t, i.holder("another").post("/take/questions/2/begin", nil))...)
	want := "/take/start /take/questions/1/begin /take/questions/1/send /take/submit /take/seat"
	if got := strings.Join(found, " "); got != want {
		t.Errorf("the forms are %s, want %s", got, want)
	}
}
