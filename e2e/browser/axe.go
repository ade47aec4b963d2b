package browser

import (
	_ "embed"
	"strings"
)

//go:embed axe/axe.min.js
var axe string

// Axe fails the test for each violation of WCAG 2.2, levels A and AA, that axe-core finds on the page as it is now.
func (p *Page) Axe() {
	p.tb.Helper()
	for _, violation := range p.violations() {
		p.tb.Errorf("accessibility: %s (%s, %s)\n\t%s",
			violation.Help, violation.ID, violation.HelpURL, strings.Join(violation.Nodes, "\n\t"))
	}
}

// violation is a rule of axe-core that a page breaks, and the elements that break it.
type violation struct {
	ID, Help, HelpURL string
	Nodes             []string
}

func (p *Page) violations() []violation {
	p.tb.Helper()
	Eval[bool](p, axe+"; true")
	// target-size is part of WCAG 2.2 AA, but axe-core leaves it off unless asked.
	return Eval[[]violation](p, `axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"],
		rules: {"target-size": {enabled: true}},
		resultTypes: ["violations"],
	}).then(({violations}) => violations.map(v => ({
		ID: v.id, Help: v.help, HelpURL: v.helpUrl,
		Nodes: v.nodes.map(n => n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " ")),
	})))`)
}
