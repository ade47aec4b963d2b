package web

import (
	"fmt"
	"net/http"
)

// healthy says that the process lives.
func (s *Server) healthy(c *call) error { return c.text("ok") }

// ready says that the process can serve. Errors: Unavailable.
func (s *Server) ready(c *call) error {
	if err := s.app.Ready(c.ctx()); err != nil {
		return err
	}
	return c.text("ready")
}

// robots keeps search engines away from everything.
func (s *Server) robots(c *call) error { return c.text("User-agent: *\nDisallow: /") }

func (c *call) text(body string) error {
	c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	c.w.WriteHeader(http.StatusOK)
	_, err := fmt.Fprintln(c.w, body)
	return ignoreWrite(err)
}

// logo serves an organization's logo. Its address changes with it, so that it may be kept for ever.
func (s *Server) logo(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	l, err := s.app.Logo(c.ctx(), id)
	if err != nil {
		return err
	}
	header := c.w.Header()
	header.Set("Content-Type", l.ContentType)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin") // mail programs show it
	c.w.WriteHeader(http.StatusOK)
	_, err = c.w.Write(l.Bytes)
	return ignoreWrite(err)
}
