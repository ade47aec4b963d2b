package web

import (
	"net/http"
	"net/url"
	"slices"

	"alfaone/internal/web/ui"
)

// signedOut leads to the sign-in page. A form that was sent meanwhile is kept in the answer, to be sent again.
func (c *call) signedOut() error {
	if c.r.Method != http.MethodPost {
		return c.redirect(signInPath(c.r.URL))
	}
	return c.render(http.StatusUnauthorized, signedOutPage(c.narrow("Sign in again"), c.r.URL.RequestURI(), c.keepable()))
}

// keepable are the fields of the posted form, or nothing: passwords are not written into a page, and files cannot be.
func (c *call) keepable() url.Values {
	if c.form() != nil || c.r.MultipartForm != nil && len(c.r.MultipartForm.File) > 0 {
		return nil
	}
	if slices.ContainsFunc([]string{"password", "current"}, c.r.PostForm.Has) {
		return nil
	}
	return c.r.PostForm
}

// signInElsewhere opens the sign-in page in a tab of its own, so that this one keeps the form.
func signInElsewhere() ui.Button {
	return ui.Button{Label: "Sign in (opens a new tab)", Kind: ui.Primary, Href: "/signin", Attrs: map[string]any{"target": "_blank", "rel": "noopener"}}
}
