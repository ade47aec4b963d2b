// Package assets holds the built stylesheet, scripts and images of the web
// pages and serves them. Every address carries a hash of the content, so answers
// may be cached for ever.
//
// The sources are beside this file: css is built into dist by tools/css, ts by
// tools/assets. This package must not build anything at run time, know a page, or
// serve what people have uploaded.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"alfaone/internal/web/ui"
)

//go:embed dist
var dist embed.FS

// Prefix is where Handler must be mounted.
const Prefix = "/static/"

const accentPrefix = Prefix + "accent-"

// Files are the built assets.
type Files struct {
	urls  map[string]string // "app.css" → "/static/app.<hash>.css"
	files map[string]file   // by address
}

type file struct {
	kind    string // media type
	etag    string
	plain   []byte
	gzipped []byte
}

// New reads the embedded files.
func New() (*Files, error) {
	f := &Files{urls: map[string]string{}, files: map[string]file{}}
	entries, err := fs.ReadDir(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	for _, e := range entries {
		body, err := dist.ReadFile("dist/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("read asset: %w", err)
		}
		built, err := newFile(e.Name(), body)
		if err != nil {
			return nil, fmt.Errorf("compress %s: %w", e.Name(), err)
		}
		url := hashedURL(e.Name(), built.etag)
		f.urls[e.Name()] = url
		f.files[url] = built
	}
	return f, nil
}

// URL returns the address of a built file, such as "app.css". There is nothing at
// the address of a name that does not exist.
func (f *Files) URL(name string) string {
	if url, ok := f.urls[name]; ok {
		return url
	}
	return Prefix + name
}

// Links returns the addresses that every page needs, with the accent made from
// an organization's colour; a colour that cannot be read gives the default one.
func (f *Files) Links(colour string) ui.Links {
	links := ui.Links{
		Style:  f.URL("app.css"),
		Icon:   f.URL("icon.svg"),
		Script: f.URL("app.js"),
	}
	if _, _, err := ui.Accent(colour); err == nil {
		links.Accent = accentPrefix + strings.ToLower(colour[1:]) + ".css"
	}
	return links
}

// Handler serves the files below Prefix.
func (f *Files) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		built, ok := f.lookup(r.URL.Path)
		if !ok {
			http.NotFound(w, r)
			return
		}
		built.serve(w, r)
	})
}

func (f *Files) lookup(url string) (file, bool) {
	if colour, ok := strings.CutPrefix(url, accentPrefix); ok {
		return accent(colour)
	}
	built, ok := f.files[url]
	return built, ok
}

// accent makes the stylesheet "<colour>.css".
func accent(name string) (file, bool) {
	colour, ok := strings.CutSuffix(name, ".css")
	if !ok {
		return file{}, false
	}
	css, err := ui.AccentCSS("#" + colour)
	if err != nil {
		return file{}, false
	}
	built, err := newFile(name, []byte(css))
	return built, err == nil
}

func (b file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", b.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body, etag := b.plain, b.etag
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body, etag = b.gzipped, etag+"-gzip"
	}
	h.Set("ETag", `"`+etag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

func newFile(name string, body []byte) (file, error) {
	var gz bytes.Buffer
	zw, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	if err != nil {
		return file{}, err
	}
	if _, err := zw.Write(body); err != nil {
		return file{}, err
	}
	if err := zw.Close(); err != nil {
		return file{}, err
	}
	sum := sha256.Sum256(body)
	return file{mediaType(name), hex.EncodeToString(sum[:6]), body, gz.Bytes()}, nil
}

func hashedURL(name, hash string) string {
	ext := path.Ext(name)
	return Prefix + strings.TrimSuffix(name, ext) + "." + hash + ext
}

// mediaType does not ask the operating system, which may know other types.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	default:
		return "application/octet-stream"
	}
}
