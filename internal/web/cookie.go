package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// Names of cookies, see cookieName.
const (
	sessionCookie  = "session"  // a member's session
	deviceCookie   = "device"   // a browser that a member has signed in from
	flashCookie    = "flash"    // what the next page says has happened
	takeCookie     = "invite"   // the link that a candidate came by
	languageCookie = "language" // that a candidate has switched to
)

// deviceLife is how long a browser stays known; it is renewed with every sign-in.
const deviceLife = 180 * 24 * time.Hour

// cookieName makes the name of a cookie. By https it has the prefix that lets no other host and no script-less page set it
// (RFC 6265bis, section 4.1.3.2).
func (s *Server) cookieName(name string) string {
	if s.secure {
		return "__Host-alfaone_" + name
	}
	return "alfaone_" + name
}

// setCookie sets a cookie that scripts cannot read; without a life it ends with the browser.
func (c *call) setCookie(name, value string, life time.Duration) {
	http.SetCookie(c.w, &http.Cookie{ //nolint:gosec // Secure wherever people come by https; a browser would drop it otherwise
		Name: c.s.cookieName(name), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: c.s.secure, SameSite: http.SameSiteLaxMode,
	})
}

func (c *call) dropCookie(name string) { c.setCookie(name, "", -time.Second) }

// cookie is a cookie's value; empty without one.
func (c *call) cookie(name string) string {
	cookie, err := c.r.Cookie(c.s.cookieName(name))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// say has the next page tell what has happened.
func (c *call) say(toast ui.Toast) {
	encoded, err := json.Marshal([]ui.Toast{toast})
	if err == nil {
		c.setCookie(flashCookie, base64.RawURLEncoding.EncodeToString(encoded), time.Minute)
	}
}

// done says what has happened and goes on to a page.
func (c *call) done(text, path string) error {
	c.say(ui.Toast{Tone: ui.Success, Text: text})
	return c.redirect(path)
}

// heard takes what say left.
func (c *call) heard() (toasts []ui.Toast) {
	value := c.cookie(flashCookie)
	if value == "" {
		return nil
	}
	c.dropCookie(flashCookie)
	decoded, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || json.Unmarshal(decoded, &toasts) != nil {
		return nil
	}
	for i := range toasts {
		if toasts[i].Undo != nil && localPath(toasts[i].Undo.Action) == "" {
			toasts[i].Undo = nil
		}
	}
	return toasts
}

// signInPath leads to the sign-in page and back.
func signInPath(from *url.URL) string {
	if from.Path == "/" || from.Path == "/overview" {
		return "/signin"
	}
	return "/signin?next=" + url.QueryEscape(from.RequestURI())
}

// localPath is path if it leads to a page of this server, else empty: a link must not send people elsewhere.
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.ContainsAny(path, "\\\r\n\t") {
		return ""
	}
	return path
}

// testMode reports whether the session shows test data.
func (c *call) testMode() bool { return c.visit.Session.Mode == assess.Test }
