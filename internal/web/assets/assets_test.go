package assets_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"alfaone/internal/web/assets"
	"alfaone/internal/web/ui"
)

func files(t *testing.T) *assets.Files {
	t.Helper()
	f, err := assets.New()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// answer is a response that has been read.
type answer struct {
	status int
	header http.Header
	body   string
}

func get(t *testing.T, f *assets.Files, url string, header ...string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	f.Handler().ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

func TestFilesAreServedForEverUnderTheHashOfTheirContent(t *testing.T) {
	t.Parallel()
	f := files(t)
	for name, kind := range map[string]string{
		"app.css":  "text/css; charset=utf-8",
		"app.js":   "text/javascript; charset=utf-8",
		"icon.svg": "image/svg+xml",
	} {
		url := f.URL(name)
		if !regexp.MustCompile(`^/static/[a-z]+\.[0-9a-f]{12}\.[a-z]+$`).MatchString(url) {
			t.Errorf("%s is at %s", name, url)
		}
		res := get(t, f, url)
		if res.status != http.StatusOK || res.body == "" {
			t.Errorf("%s: %d", name, res.status)
		}
		if got := res.header.Get("Content-Type"); got != kind {
			t.Errorf("%s: Content-Type %q, want %q", name, got, kind)
		}
		if got := res.header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
		again := get(t, f, url, "If-None-Match", res.header.Get("ETag"))
		if again.status != http.StatusNotModified {
			t.Errorf("%s: with its ETag: %d, want 304", name, again.status)
		}
	}
}

func TestCompressedAnswerIsTheSameFile(t *testing.T) {
	t.Parallel()
	f := files(t)
	url := f.URL("app.css")
	plain := get(t, f, url)
	packed := get(t, f, url, "Accept-Encoding", "br, gzip")
	if got := packed.header.Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("Content-Encoding %q", got)
	}
	if plain.header.Get("ETag") == packed.header.Get("ETag") {
		t.Error("both forms have one ETag")
	}
	zr, err := gzip.NewReader(strings.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	if string(unpacked) != plain.body {
		t.Error("the compressed file is another")
	}
}

func TestAccentIsServedForAnyColourAndNothingElse(t *testing.T) {
	t.Parallel()
	f := files(t)
	res := get(t, f, f.Links("#FFD400").Accent)
	want, err := ui.AccentCSS("#ffd400")
	if err != nil {
		t.Fatal(err)
	}
	if got := res.body; got != want || res.header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("%s: %q, want %q", res.header.Get("Content-Type"), got, want)
	}
	if got := f.Links("not a colour").Accent; got != "" {
		t.Errorf("accent of no colour is at %q", got)
	}
	for _, url := range []string{"/static/accent-red.css", "/static/accent-ffd400", "/static/accent-.css", "/static/app.css", "/static/", f.URL("missing.js")} {
		if res := get(t, f, url); res.status != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", url, res.status)
		}
	}
}

func TestStylesheetAsksForNothingElsewhere(t *testing.T) {
	t.Parallel()
	f := files(t)
	css := get(t, f, f.URL("app.css")).body
	for _, m := range regexp.MustCompile(`(?:url\(|@import)[^;)]{0,60}`).FindAllString(css, -1) {
		if !strings.HasPrefix(strings.NewReplacer(`"`, "", "'", "").Replace(m), "url(data:") {
			t.Errorf("the stylesheet loads %s", m)
		}
	}
}
