package web

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// commonLanguages are offered to write assessments in; any other can be named by its code.
func commonLanguages() []string {
	return []string{
		"ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "en-GB", "en-US", "es", "es-MX", "et", "fa", "fi", "fr", "fr-CA", "ga",
		"he", "hi", "hr", "hu", "id", "is", "it", "ja", "ko", "lt", "lv", "ms", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk",
		"sl", "sr", "sv", "sw", "ta", "th", "tr", "uk", "ur", "vi", "zh-Hans", "zh-Hant",
	}
}

// languageName is what English calls a language: "Portuguese (Brazil)" for "pt-BR".
func languageName(tag string) string {
	if name := display.English.Tags().Name(language.Make(tag)); name != "" {
		return name
	}
	return tag
}

// languageTag finds the code of a language that somebody has typed, as a code or by its English name.
func languageTag(typed string) string {
	common := commonLanguages()
	at := slices.IndexFunc(common, func(tag string) bool {
		return strings.EqualFold(tag, typed) || strings.EqualFold(languageName(tag), typed)
	})
	if at < 0 {
		return typed
	}
	return common[at]
}
