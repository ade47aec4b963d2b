package web

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"alfaone/internal/assess"
	"alfaone/internal/i18n"
	"alfaone/internal/web/ui"
)

// takePath reports the addresses that candidates visit.
func takePath(path string) bool {
	return path == "/c" || strings.HasPrefix(path, "/c/") || path == "/take" || strings.HasPrefix(path, "/take/")
}

// chosenLanguage is the one that the candidate has switched to; empty without a choice.
func (c *call) chosenLanguage() string { return knownLanguage(c.value("lang")) }

// takeLanguage is the language that the candidate reads in: what they have switched to, now or before; empty for the invite's.
func (c *call) takeLanguage() string {
	if chosen := c.chosenLanguage(); chosen != "" {
		return chosen
	}
	return knownLanguage(c.cookie(languageCookie))
}

func knownLanguage(code string) string {
	for _, l := range i18n.Languages() {
		if l.Code == code {
			return code
		}
	}
	return ""
}

// keepLanguage remembers what the candidate has switched to.
func (c *call) keepLanguage() {
	if chosen := c.chosenLanguage(); chosen != "" && chosen != c.cookie(languageCookie) {
		c.setCookie(languageCookie, chosen, takeLife)
	}
}

// readersTexts are texts in the language that suits whoever asks, where no invite says which.
func (c *call) readersTexts() *i18n.Localizer {
	return c.s.texts.For(c.s.texts.Match(c.takeLanguage(), c.r.Header.Get("Accept-Language")))
}

// renderTake answers with a candidate's page, the kit's own words in its language.
func (c *call) renderTake(status int, t *i18n.Localizer, page templ.Component) error {
	return c.render(status, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return page.Render(ui.WithWords(ctx, kitWords(t)), w)
	}))
}

// kitWords are the kit's words that candidates meet.
func kitWords(t *i18n.Localizer) ui.Words {
	w := ui.English()
	w.Lang, w.Language = t.Language().Code, t.T("take.language_label")
	w.Skip, w.Close, w.Cancel = t.T("words.skip"), t.T("words.close"), t.T("words.cancel")
	w.Optional, w.Problem, w.Error = t.T("words.optional"), t.T("words.problem"), t.T("words.error")
	return w
}

// takeShell is the shell of a candidate's page that no organization is known for.
func (c *call) takeShell(title string) ui.Narrow {
	n := c.narrow(title)
	n.Org.Home = "" // the start page is for members
	return n
}

// takeLost is shown to a browser that holds no invitation.
func (c *call) takeLost() error {
	t := c.readersTexts()
	title := t.T("take.lost.title")
	return c.renderTake(http.StatusUnauthorized, t, takeMessage(c.takeShell(title), title, t.T("take.lost.what"), t.T("take.lost.todo")))
}

// takeFailed explains an error to a candidate, who can do something about two of them.
func (c *call) takeFailed(status int) error {
	key := "take.error"
	switch status {
	case http.StatusUnauthorized:
		return c.takeLost()
	case http.StatusNotFound:
		key = "take.unknown"
	case http.StatusTooManyRequests:
		key = "take.busy"
		c.w.Header().Set("Retry-After", "60") // links are counted by the minute
	}
	t := c.readersTexts()
	texts := []string{t.T(key + ".what"), t.T(key + ".todo")}
	if key == "take.error" {
		texts = append(texts, t.T("take.error.request", "request", RequestID(c.ctx())))
	}
	title := t.T(key + ".title")
	return c.renderTake(status, t, takeMessage(c.takeShell(title), title, texts...))
}

// translated is what a script on a candidate's page shows of an error, in the candidate's language where we have the words.
func (c *call) translated(message string, status int, code assess.Code) string {
	if !takePath(c.r.URL.Path) {
		return message
	}
	key := "take.refused." + string(code)
	if status == http.StatusInternalServerError {
		key = "take.error.what"
	}
	if text := c.readersTexts().T(key); text != key {
		return text
	}
	return message
}
