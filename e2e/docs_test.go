package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// docsWorld is a running server with what the examples of the docs speak of.
type docsWorld struct {
	t *testing.T
	access
	golang *goExamples
	number *atomic.Int64 // tells addresses and names apart
}

// newDocsWorld starts a server whose limits the examples do not reach, and which may post to this machine.
func newDocsWorld(t *testing.T) (*docsWorld, []example) {
	t.Helper()
	dir := t.TempDir()
	p, _ := demo(t, "--data-dir", dir)
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	operate(t, "organization", "rate", "100000", "--data-dir", dir)
	_, a := demo(t, "--data-dir", dir, "--webhook-allow", "127.0.0.0/8")
	var all []example
	for _, found := range regexp.MustCompile(`\((\S+/docs/([a-z-]+)\.md)\)`).FindAllStringSubmatch(get(t, a.URL+"/llms.txt"), -1) {
		all = append(all, examplesOf(found[2], get(t, found[1]))...)
	}
	w := &docsWorld{t: t, access: a, number: &atomic.Int64{}}
	w.golang = buildGo(t, all)
	return w, all
}

// in is the world as a subtest sees it.
func (w *docsWorld) in(t *testing.T) *docsWorld {
	inner := *w
	inner.t = t
	return &inner
}

// post makes something with the test key and returns the answer.
func (w *docsWorld) post(path, body string) map[string]any {
	w.t.Helper()
	status, answer := call(w.t, http.MethodPost, w.URL+"/api/v1"+path, w.TestAPIKey, body)
	if status >= 300 {
		w.t.Fatalf("POST %s: %d %s", path, status, answer)
	}
	return decode[map[string]any](w.t, answer)
}

// idOf is the id of the object that an answer holds under the name.
func idOf(answer map[string]any, name string) string {
	inner, _ := answer[name].(map[string]any)
	id, _ := inner["id"].(string)
	return id
}

// objects are what examples may be about, new for each use. The names are those of the environment. A webhook is made only for
// who speaks of one, since there may be no more than fifty.
func (w *docsWorld) objects(speaks string) map[string]string {
	w.t.Helper()
	n := w.number.Add(1)
	assessment := idOf(w.post("/assessments", sampleDocument), "assessment")
	w.post("/assessments/"+assessment+"/publish", "")
	invite := w.post("/invites", fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"docs-%d@example.com"}`, assessment, n))
	objects := map[string]string{
		"API_KEY": w.TestAPIKey, "ASSESSMENT_ID": assessment, "INVITE_ID": idOf(invite, "invite"),
		"TAG_ID": idOf(w.post("/tags", fmt.Sprintf(`{"name":"Docs %d"}`, n)), "tag"),
	}
	if strings.Contains(speaks, "WEBHOOK_ID") || strings.Contains(speaks, "{webhookId}") {
		hook := idOf(w.post("/webhooks", fmt.Sprintf(`{"url":"https://example.com/docs-%d"}`, n)), "webhook")
		objects["WEBHOOK_ID"], objects["DELIVERY_ID"] = hook, idOf(w.post("/webhooks/"+hook+"/test", ""), "delivery")
	}
	return objects
}

const sampleDocument = `{"name":"Docs","languages":["en"],"defaultQuestionFormat":"text","defaultAnswerFormat":"text",
"proctoringSettings":{"screenRecording":false,"webcamMonitoring":false,"requireIdCapture":false},
"questions":[{"text":{"en":"What did you build last?"},"points":10,"required":true,"maxAnswerSeconds":60}]}`

func environment(objects map[string]string) (env []string) {
	for name, value := range objects {
		env = append(env, name+"="+value)
	}
	return env
}

var (
	exampleKey     = regexp.MustCompile(`ak_test_EXAMPLE\w+`)
	exampleAddress = regexp.MustCompile(`\b(candidate|first\.candidate)@example\.com\b`)
)

// fill puts what the world has into an example: keys and ids, and addresses that nobody was invited by before.
func (w *docsWorld) fill(text string, objects map[string]string) string {
	n := w.number.Add(1)
	text = exampleAddress.ReplaceAllString(exampleKey.ReplaceAllString(text, objects["API_KEY"]), fmt.Sprintf("$1-%d@example.com", n))
	return strings.NewReplacer(
		"7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9", objects["ASSESSMENT_ID"], "a1b2c3d4-e5f6-7890-abcd-ef1234567890", objects["INVITE_ID"],
	).Replace(text)
}

func TestEveryExampleOfTheDocsWorks(t *testing.T) {
	t.Parallel()
	w, all := newDocsWorld(t)
	t.Run("guides", func(t *testing.T) { w.in(t).tryGuides(all) })
	t.Run("receivers", func(t *testing.T) { w.in(t).tryReceivers(all) })
	t.Run("inviting again", func(t *testing.T) { w.in(t).tryAgain() })
	t.Run("reference", func(t *testing.T) { w.in(t).tryReference() })
}

// tryGuides runs what the guides show, as they show it, page by page and language by language.
func (w *docsWorld) tryGuides(all []example) {
	w.t.Helper()
	pages := map[string][]example{}
	for _, e := range all {
		if e.page != "api" && !e.receives() {
			pages[e.page+"/"+e.language] = append(pages[e.page+"/"+e.language], e)
		}
	}
	if len(pages) < 25 {
		w.t.Errorf("only %d sets of examples were found", len(pages))
	}
	for name, examples := range pages {
		w.t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.in(t).session(examples)
		})
	}
}

// session runs the examples of a page one after the other, as a reader would.
func (w *docsWorld) session(examples []example) {
	w.t.Helper()
	var texts strings.Builder
	for _, e := range examples {
		texts.WriteString(e.text)
	}
	objects := w.objects(texts.String())
	env := environment(objects)
	for _, e := range examples {
		if e.language == "go" { // its text is built in: what it invites is told apart by the assessment
			fresh := w.objects("")
			fresh["INVITE_ID"] = objects["INVITE_ID"]
			w.try(e, "", environment(fresh)...)
			continue
		}
		out, statuses := w.try(e, w.fill(e.text, objects), env...)
		if e.language == "bash" {
			e.expect(w.t, statuses, out)
		}
		if e.shows != "" {
			w.compare(e, out)
		}
	}
}

// compare holds an answer against the one that the page shows.
func (w *docsWorld) compare(e example, out string) {
	w.t.Helper()
	var shown, got any
	if err := json.Unmarshal([]byte(e.shows), &shown); err != nil {
		w.t.Errorf("%s shows no JSON: %v", e.page, err)
		return
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		w.t.Errorf("%s: the answer is no JSON: %v\n%s", e.page, err, out)
		return
	}
	for _, difference := range shapes("", shown, got) {
		w.t.Errorf("%s shows another answer: %s\n%s", e.page, difference, out)
	}
}

// shapes tells where two values of JSON have other fields or types.
func shapes(path string, shown, got any) (differences []string) {
	if shown == nil || got == nil {
		return nil
	}
	if reflect.TypeOf(shown) != reflect.TypeOf(got) {
		return []string{fmt.Sprintf("%s is %v, not %v", path, got, shown)}
	}
	switch shown := shown.(type) {
	case map[string]any:
		got := got.(map[string]any)
		for key := range got {
			if _, ok := shown[key]; !ok {
				differences = append(differences, path+"."+key+" is not shown")
			}
		}
		for key, value := range shown {
			if inner, ok := got[key]; ok {
				differences = append(differences, shapes(path+"."+key, value, inner)...)
			} else {
				differences = append(differences, path+"."+key+" is not there")
			}
		}
	case []any:
		if got := got.([]any); len(shown) > 0 && len(got) > 0 {
			return shapes(path+"[]", shown[0], got[0])
		}
	}
	return differences
}
