package assess

import (
	"regexp"
	"slices"
)

// InterfaceLanguages are the languages in which the product speaks to candidates, by mail and on the page; English first, as
// the one to fall back to. Prompts may be written in any language.
func InterfaceLanguages() []string { return []string{"en", "es", "de", "fr", "pt"} }

// MaxLanguages bounds the languages of one assessment.
const MaxLanguages = 20

// languageTag is the part of BCP 47 that we take: a language, optionally a region or script ("en", "pt-BR", "zh-Hant").
var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$`)

// ValidLanguage reports whether tag is a language tag that we take.
func ValidLanguage(tag string) bool { return languageTag.MatchString(tag) }

func (p *problems) languages(field string, tags []string) {
	p.when(len(tags) == 0, field, "must name at least one language")
	if len(tags) > MaxLanguages {
		p.add(field, "must name at most %d languages", MaxLanguages)
		return
	}
	for i, tag := range tags {
		p.when(!ValidLanguage(tag), field, "must hold language codes such as en or pt-BR, not %q", tag)
		p.when(slices.Contains(tags[:i], tag), field, "must not name %s twice", tag)
	}
}
