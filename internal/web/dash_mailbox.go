package web

import (
	"crypto/subtle"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) mailboxRoutes() []route {
	return []route{
		{"GET /mailbox", member(assess.ReadMail), s.mailboxPage},
		{"GET /mailbox/letters/{id}", member(assess.ReadMail), s.letterPage},
		{"GET /mailbox/letters/{id}/html", member(assess.ReadMail), s.letterHTML},
		{"GET /mailbox/{box}", forOperator(), s.operatorMailbox},
		{"GET /mailbox/{box}/{id}", forOperator(), s.operatorLetter},
		{"GET /mailbox/{box}/{id}/html", forOperator(), s.operatorLetterHTML},
	}
}

// letterList is what a mailbox shows.
type letterList struct {
	Path    string // letters are below
	Letters []app.Letter
}

// letterView is what the page of one letter shows.
type letterView struct {
	app.Letter
	List, Path string // where the mailbox is, and the letter
	AsText     bool
	BaseURL    string
}

func (s *Server) mailboxPage(c *call) error {
	letters, err := s.app.Letters(c.ctx(), c.who())
	if err != nil {
		return err
	}
	return c.render(http.StatusOK, mailboxPage(c.dashboard("Mailbox"), letterList{"/mailbox/letters", letters}))
}

// ownLetter reads the letter that the path names, of the member's organization.
func (c *call) ownLetter() (l app.Letter, err error) {
	id, err := c.id()
	if err != nil {
		return l, err
	}
	return c.s.app.Letter(c.ctx(), c.who(), id)
}

func (s *Server) letterPage(c *call) error {
	l, err := c.ownLetter()
	if err != nil {
		return err
	}
	return c.render(http.StatusOK, letterPage(c.dashboard(l.Subject), c.letterView("/mailbox", "/mailbox/letters", l)))
}

// letterView is the view of a letter of the mailbox at list, whose letters are below path.
func (c *call) letterView(list, path string, l app.Letter) letterView {
	return letterView{Letter: l, List: list, Path: path + "/" + l.ID, AsText: c.value("view") == "text", BaseURL: c.s.app.BaseURL()}
}

func (s *Server) letterHTML(c *call) error {
	l, err := c.ownLetter()
	if err != nil {
		return err
	}
	return c.renderMail(l.HTML)
}

// operate checks that the path names the operator's mailbox: whoever knows its name may read it.
func (c *call) operate() (path string, asJSON bool, err error) {
	box, asJSON := strings.CutSuffix(c.r.PathValue("box"), ".json")
	if c.s.mailbox == "" || subtle.ConstantTimeCompare([]byte(box), []byte(c.s.mailbox)) != 1 {
		return "", false, assess.Errorf(assess.NotFound, "There is no page at this address.")
	}
	return "/mailbox/" + box, asJSON, nil
}

// operatorMailbox shows all mail of the instance, for people or, with .json behind its name, for programs.
func (s *Server) operatorMailbox(c *call) error {
	path, asJSON, err := c.operate()
	if err != nil {
		return err
	}
	letters, err := s.app.OperatorLetters(c.ctx())
	if err != nil {
		return err
	}
	if asJSON {
		return c.json(http.StatusOK, lettersJSON(letters))
	}
	return c.render(http.StatusOK, operatorMailboxPage(c.roomy("Mailbox"), letterList{path, letters}))
}

// roomy is the shell of the operator's pages.
func (c *call) roomy(title string) ui.Narrow {
	n := c.narrow(title)
	n.Roomy = true
	return n
}

// anyLetter reads the letter that the path names, of whatever organization.
func (c *call) anyLetter() (box string, l app.Letter, err error) {
	if box, _, err = c.operate(); err != nil {
		return "", l, err
	}
	id, err := c.id()
	if err != nil {
		return "", l, err
	}
	l, err = c.s.app.OperatorLetter(c.ctx(), id)
	return box, l, err
}

func (s *Server) operatorLetter(c *call) error {
	box, l, err := c.anyLetter()
	if err != nil {
		return err
	}
	return c.render(http.StatusOK, operatorLetterPage(c.roomy(l.Subject), c.letterView(box, box, l)))
}

func (s *Server) operatorLetterHTML(c *call) error {
	_, l, err := c.anyLetter()
	if err != nil {
		return err
	}
	return c.renderMail(l.HTML)
}

// letterJSON is a letter as programs read it.
type letterJSON struct {
	ID      string `json:"id"`
	To      string `json:"to"`
	From    string `json:"from"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
	SentAt  string `json:"sentAt"`
}

func lettersJSON(letters []app.Letter) []letterJSON {
	out := make([]letterJSON, len(letters))
	for i, l := range letters {
		out[i] = letterJSON{l.ID, l.To, l.From, l.Subject, l.Text, l.HTML, l.SentAt.UTC().Format("2006-01-02T15:04:05.000Z")}
	}
	return out
}

// renderMail serves a mail's HTML for a frame, in a world of its own: no scripts, nothing from elsewhere. Its links open in a
// new tab, since a frame is no place for what they lead to.
func (c *call) renderMail(html string) error {
	header := c.w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data: "+origin(c.s.app.BaseURL())+"; "+
		"form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation")
	c.w.WriteHeader(http.StatusOK)
	_, err := io.WriteString(c.w, strings.Replace(html, "<head>", `<head><base target="_blank">`, 1))
	return ignoreWrite(err)
}

// origin is the part of an address that a content policy names.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "'none'"
	}
	return u.Scheme + "://" + u.Host
}

// piece is a part of a letter's text: words, or an address of ours to follow.
type piece struct {
	Text string
	Link bool
}

// pieces splits a letter's text so that our own addresses can be followed; those of others stay text.
func (v letterView) pieces() (out []piece) {
	rest := v.Text
	for _, at := range regexp.MustCompile(regexp.QuoteMeta(v.BaseURL)+`(/[^\s<>"]*)?`).FindAllString(v.Text, -1) {
		before, after, _ := strings.Cut(rest, at)
		out = append(out, piece{Text: before}, piece{Text: at, Link: true})
		rest = after
	}
	return append(out, piece{Text: rest})
}
