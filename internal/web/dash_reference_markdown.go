package web

import (
	"fmt"
	"strings"
)

// markdown is the reference for programs that read.
func (r *reference) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\nPaths are below `%s`. Every call needs a key: [Authentication](authentication.md).\n", referenceTitle, referenceLead, r.base)
	for _, section := range r.sections {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", upperFirst(section.name), section.about)
		for _, call := range section.calls {
			call.markdown(&b)
		}
	}
	return b.String()
}

func (c referenceCall) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n`%s %s`\n\n%s\n", c.title, c.method, c.path, c.about)
	markdownFields(b, "Parameters", c.parameters)
	markdownFields(b, "Body", c.body)
	b.WriteString("\nExample:\n")
	for _, x := range c.code {
		fmt.Fprintf(b, "\n```%s\n%s\n```\n", x.language, x.text)
	}
	if c.example == "" {
		fmt.Fprintf(b, "\nThe answer is empty, with status `%s`.\n", c.status)
	} else {
		fmt.Fprintf(b, "\nThe answer, with status `%s`:\n\n```json\n%s\n```\n", c.status, c.example)
	}
	markdownFields(b, "Fields of the answer", c.answer)
	b.WriteString("\nWhat can go wrong:\n\n")
	for _, f := range c.failures {
		fmt.Fprintf(b, "- `%s`: %s\n", f.status, f.about)
	}
}

func markdownFields(b *strings.Builder, title string, fields []referenceField) {
	if len(fields) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n\n", title)
	for _, f := range fields {
		fmt.Fprintf(b, "- `%s`: %s", f.name, f.kind)
		if f.required {
			b.WriteString(", required")
		}
		if len(f.rules) > 0 {
			b.WriteString(" (" + strings.Join(f.rules, "; ") + ")")
		}
		if f.about != "" {
			b.WriteString(". " + f.about)
		}
		b.WriteByte('\n')
	}
}
