package e2e_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// tryReference makes each call of the reference in each language, about objects of its own.
func (w *docsWorld) tryReference() {
	w.t.Helper()
	names, all, env := []string{}, []example{}, [][]string{}
	for _, call := range operations(get(w.t, w.URL+"/docs/api.md")) {
		for _, e := range examplesOf("api", call.markdown) {
			objects := w.objects(call.path)
			e.text = w.fillCall(call, e.text, objects)
			names, all, env = append(names, call.name+"/"+e.language), append(all, e), append(env, environment(objects))
		}
	}
	if len(all) < 4*15 {
		w.t.Errorf("only %d examples were found", len(all))
	}
	w.golang = buildGo(w.t, all)
	for i, e := range all {
		w.t.Run(names[i], func(t *testing.T) {
			t.Parallel()
			out, statuses := w.in(t).try(e, e.text, env[i]...)
			if e.language == "bash" {
				e.expect(t, statuses, out)
			}
		})
	}
}

// operation is a call as the reference tells of it.
type operation struct{ name, path, markdown string }

var (
	operationHead = regexp.MustCompile("(?m)^### (.+)\n\n`[A-Z]+ (\\S+)`$")
	exampleName   = regexp.MustCompile(`Spring intake|application-\d+`) // may be there once
	pathParameter = regexp.MustCompile(`\\\{(\w+)\\\}`)
)

func operations(markdown string) (all []operation) {
	heads := operationHead.FindAllStringSubmatchIndex(markdown, -1)
	for i, at := range heads {
		end := len(markdown)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		all = append(all, operation{markdown[at[2]:at[3]], markdown[at[4]:at[5]], markdown[at[0]:end]})
	}
	return all
}

// fillCall puts ids of the world in the place of those that are shown.
func (w *docsWorld) fillCall(call operation, text string, objects map[string]string) string {
	w.t.Helper()
	for name, shown := range call.ids(w, text) {
		text = strings.ReplaceAll(text, shown, w.idFor(name, objects))
	}
	for shown, name := range map[string]string{"0b9c2f5e-8d1a-4f5b-9c7e-2a4d6e8f0a1b": "memberId", "5d8f1b3a-7c2e-4b6d-8a9f-1e3c5d7b9f0a": "tagId"} {
		text = strings.ReplaceAll(text, shown, w.idFor(name, objects))
	}
	n := w.number.Add(1)
	text = exampleName.ReplaceAllString(text, fmt.Sprintf("docs %d", n))
	return w.fill(text, objects)
}

// ids are the ids that an example shows for the parameters of the path.
func (o operation) ids(w *docsWorld, text string) map[string]string {
	w.t.Helper()
	pattern := regexp.QuoteMeta(w.URL + "/api/v1" + o.path)
	names := pathParameter.FindAllStringSubmatch(pattern, -1)
	found := regexp.MustCompile(pathParameter.ReplaceAllString(pattern, `([0-9a-f-]{36})`)).FindStringSubmatch(text)
	if found == nil {
		w.t.Fatalf("%s is not called by\n%s", o.path, text)
	}
	ids := map[string]string{}
	for i, name := range names {
		ids[name[1]] = found[i+1]
	}
	return ids
}

// idFor is the id of what a parameter of a path names.
func (w *docsWorld) idFor(parameter string, objects map[string]string) string {
	w.t.Helper()
	if parameter == "memberId" {
		_, body := call(w.t, http.MethodGet, w.URL+"/api/v1/members", w.TestAPIKey, "")
		return decode[struct{ Members []struct{ ID string } }](w.t, body).Members[0].ID
	}
	name := strings.ToUpper(strings.TrimSuffix(parameter, "Id")) + "_ID"
	if objects[name] == "" {
		w.t.Fatalf("nothing is known for {%s}: add it to objects", parameter)
	}
	return objects[name]
}
