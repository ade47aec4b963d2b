package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// example is a piece of code on a page of the docs.
type example struct {
	id       string // unique on the page
	language string // as Markdown names it
	title    string
	text     string
}

// examples are the same in several languages, or one piece of code.
type examples []example

func (e examples) has(language string) bool {
	return slices.ContainsFunc(e, func(x example) bool { return x.language == language })
}

// exampleLanguage is a language that examples are written in as people call it; empty for any other.
func exampleLanguage(language string) string {
	return map[string]string{"bash": "curl", "go": "Go", "js": "JavaScript", "python": "Python"}[language]
}

// request is a call that examples make, with the key from the environment.
type request struct {
	method, url string
	body        json.RawMessage // nil: none
	empty       bool            // the answer has no body
}

// examples are the request in every language, each a whole program of the standard library alone.
func (r request) examples(id, title string) examples {
	return examples{
		{id: "code-" + id, language: "bash", title: title, text: r.curl()},
		{id: "go-" + id, language: "go", title: title, text: r.golang()},
		{id: "js-" + id, language: "js", title: title, text: r.javascript()},
		{id: "python-" + id, language: "python", title: title, text: r.python()},
	}
}

func (r request) curl() string {
	var b strings.Builder
	b.WriteString("curl ")
	if r.method != http.MethodGet {
		b.WriteString("-X " + r.method + " ")
	}
	b.WriteString(r.url + " \\\n  -H \"x-api-key: $API_KEY\"")
	if r.body != nil {
		b.WriteString(" \\\n  -H 'content-type: application/json' \\\n  -d '" + strings.ReplaceAll(indented(r.body), "'", `'\''`) + "'")
	}
	return b.String()
}

func (r request) golang() string {
	imports, body, header := "", "nil", ""
	if r.body != nil {
		text := indented(r.body)
		quoted := "`" + text + "`"
		if strings.Contains(text, "`") {
			quoted = strconv.Quote(text)
		}
		imports, body = "\n\t\"strings\"", "strings.NewReader("+quoted+")"
		header = "\n\treq.Header.Set(\"content-type\", \"application/json\")"
	}
	return fmt.Sprintf(`package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"%s
)

func main() {
	req, err := http.NewRequest(%q, %q, %s)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("x-api-key", os.Getenv("API_KEY"))%s
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	if resp.StatusCode >= 300 {
		log.Fatalf("%%s: %%s", resp.Status, answer)
	}
	fmt.Println(string(answer))
}`, imports, r.method, r.url, body, header)
}

func (r request) javascript() string {
	method, header, body := "", "", ""
	if r.method != http.MethodGet {
		method = fmt.Sprintf("\n  method: %q,", r.method)
	}
	if r.body != nil {
		header = `, "content-type": "application/json"`
		body = "\n  body: JSON.stringify(" + strings.ReplaceAll(indented(r.body), "\n", "\n  ") + "),"
	}
	show := "await response.json()"
	if r.empty {
		show = "response.status"
	}
	return fmt.Sprintf(`const response = await fetch(%q, {%s
  headers: { "x-api-key": process.env.API_KEY%s },%s
});
if (!response.ok) throw new Error(await response.text());
console.log(%s);`, r.url, method, header, body, show)
}

func (r request) python() string {
	imports, header, body := "json, os", "", ""
	if r.body != nil {
		header = `, "content-type": "application/json"`
		body = "\n    data=json.dumps(" + strings.ReplaceAll(pythonLiteral(indented(r.body)), "\n", "\n    ") + ").encode(),"
	}
	show := "json.load(response)"
	if r.empty {
		show = "response.status"
		if r.body == nil {
			imports = "os"
		}
	}
	return fmt.Sprintf(`import %s, urllib.request

request = urllib.request.Request(
    %q,
    method=%q,
    headers={"x-api-key": os.environ["API_KEY"]%s},%s
)
with urllib.request.urlopen(request) as response:
    print(%s)`, imports, r.url, r.method, header, body, show)
}

// jsonWord is a text of JSON, or one of its names for values.
var jsonWord = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b`)

// pythonLiteral is JSON as Python writes the same value.
func pythonLiteral(text string) string {
	return jsonWord.ReplaceAllStringFunc(text, func(word string) string {
		switch word {
		case "true":
			return "True"
		case "false":
			return "False"
		case "null":
			return "None"
		default:
			return word
		}
	})
}
