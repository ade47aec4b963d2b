package assess

import (
	"fmt"
	"maps"
	"slices"
)

// CheckWhole refuses what storing the content would silently change: texts in languages that it does not have, which would be
// dropped, and points that are not what the criteria or levels below them come to. Where a content is written by hand, these are
// mistakes. Errors: Invalid.
func (c Content) CheckWhole() error {
	var p problems
	p.inLanguages("introduction", c.Introduction, c.Languages)
	p.inLanguages("closing", c.Closing, c.Languages)
	for i, q := range c.Questions {
		field := fmt.Sprintf("questions[%d]", i)
		p.inLanguages(field+".prompts", q.Prompts, c.Languages)
		p.when(q.Points != q.Worth(), field+".points", "must be left out or %d, which is what its criteria add up to", q.Worth())
		for j, k := range q.Criteria {
			p.when(k.Points != k.Worth(), fmt.Sprintf("%s.criteria[%d].points", field, j), "must be left out or %d, as many as its highest level has", k.Worth())
		}
	}
	return p.err()
}

func (p *problems) inLanguages(field string, texts map[string]string, languages []string) {
	for _, language := range slices.Sorted(maps.Keys(texts)) {
		known := !ValidLanguage(language) || slices.Contains(languages, language) // what is no language is told elsewhere
		p.when(!known, field+"."+language, "is in a language that the assessment does not have")
	}
}
