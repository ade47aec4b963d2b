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

func get(t *testing.T, f *assets.Files, url string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	f.Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.ReadCloser) string {
	t.Helper()
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
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
		if res.StatusCode != http.StatusOK || body(t, res.Body) == "" {
			t.Errorf("%s: %s", name, res.Status)
		}
		if got := res.Header.Get("Content-Type"); got != kind {
			t.Errorf("%s: Content-Type %q, want %q", name, got, kind)
		}
		if got := res.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
		again := get(t, f, url, "If-None-Match", res.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: with its ETag: %s, want 304", name, again.Status)
		}
		_ = again.Body.Close()
	}
}

func TestCompressedAnswerIsTheSameFile(t *testing.T) {
	t.Parallel()
	f := files(t)
	url := f.URL("app.css")
	plain := get(t, f, url)
	packed := get(t, f, url, "Accept-Encoding", "br, gzip")
	if got := packed.Header.Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("Content-Encoding %q", got)
	}
	if plain.Header.Get("ETag") == packed.Header.Get("ETag") {
		t.Error("both forms have one ETag")
	}
	zr, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body(t, zr) != body(t, plain.Body) {
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
	if got := body(t, res.Body); got != want || res.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("%s: %q, want %q", res.Header.Get("Content-Type"), got, want)
	}
	if got := f.Links("not a colour").Accent; got != "" {
		t.Errorf("accent of no colour is at %q", got)
	}
	for _, url := range []string{"/static/accent-red.css", "/static/accent-ffd400", "/static/accent-.css", "/static/app.css", "/static/", f.URL("missing.js")} {
		res := get(t, f, url)
		if res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s, want 404", url, res.Status)
		}
		_ = res.Body.Close()
	}
}

func TestStylesheetAsksForNothingElsewhere(t *testing.T) {
	t.Parallel()
	f := files(t)
	css := body(t, get(t, f, f.URL("app.css")).Body)
	for _, m := range regexp.MustCompile(`(?:url\(|@import)[^;)]{0,60}`).FindAllString(css, -1) {
		if !strings.HasPrefix(strings.NewReplacer(`"`, "", "'", "").Replace(m), "url(data:") {
			t.Errorf("the stylesheet loads %s", m)
		}
	}
}
