package web_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"alfaone/internal/assess"
	"alfaone/internal/media"
)

// waveformOf is where the page says that the waveform of an answer is.
func (p page) waveformOf(t *testing.T, number int) string {
	t.Helper()
	for d := range p.item(t, number).Descendants() {
		if d.Data == "answer-player" {
			return attr(d, "waveform")
		}
	}
	t.Fatalf("answer %d has no player", number)
	return ""
}

// packet is an answer as it came over the wire.
type packet struct {
	status int
	header http.Header
}

// fetch gets a path with headers, and nothing unpacks what comes.
func (b *browser) fetch(path string, header ...string) (packet, string) {
	b.s.t.Helper()
	r, err := http.NewRequestWithContext(b.s.t.Context(), http.MethodGet, b.s.url+path, http.NoBody)
	b.s.must(err)
	r.Header.Set("Accept-Encoding", "identity")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := b.http.Do(r)
	b.s.must(err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	b.s.must(err)
	return packet{resp.StatusCode, resp.Header}, string(body)
}

func TestAWaveformIsSentPackedAndOnlyWhenItIsNew(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.finished()
	b := s.signIn(ownerEmail)
	path := b.get(a.page()).waveformOf(t, spoken)

	resp, plain := b.fetch(path)
	var wave media.Waveform
	s.must(json.Unmarshal([]byte(plain), &wave))
	if resp.header.Get("Content-Type") != "application/json" || wave.Version != 2 || len(wave.Data) != 2*wave.Length || wave.Length < 1000 {
		t.Errorf("%s of %d points, version %d", resp.header.Get("Content-Type"), wave.Length, wave.Version)
	}
	if got := resp.header.Get("Cache-Control"); got != "private, no-cache" {
		t.Errorf("Cache-Control %q", got)
	}
	packed, body := b.fetch(path, "Accept-Encoding", "gzip, br")
	zr, err := gzip.NewReader(strings.NewReader(body))
	s.must(err)
	unpacked, err := io.ReadAll(zr)
	s.must(err)
	if packed.header.Get("Content-Encoding") != "gzip" || string(unpacked) != plain || packed.header.Get("ETag") == resp.header.Get("ETag") {
		t.Errorf("packed as %q with the tag %s; plain has %s", packed.header.Get("Content-Encoding"), packed.header.Get("ETag"), resp.header.Get("ETag"))
	}
	for _, r := range []packet{resp, packed} {
		encoding := r.header.Get("Content-Encoding")
		if again, body := b.fetch(path, "Accept-Encoding", encoding, "If-None-Match", r.header.Get("ETag")); again.status != http.StatusNotModified || body != "" {
			t.Errorf("with the tag of %q: %d", encoding, again.status)
		}
	}
}

func TestAWaveformIsThereForWhoReadsTheInvite(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a, other := s.finished(), s.attempt(func(n *assess.NewInvite, _ *assess.Content) { n.Email = "other@example.com" })
	b := s.signIn(ownerEmail)
	path := b.get(a.page()).waveformOf(t, onCamera)
	s.colleague(assess.Viewer)
	s.colleague(assess.Grader)
	for _, try := range []struct {
		who  string
		by   *browser
		path string
		want int
	}{
		{"the owner", b, path, http.StatusOK},
		{"a viewer", s.signIn("viewer@example.com"), path, http.StatusOK},
		{"a grader", s.signIn("grader@example.com"), path, http.StatusForbidden},
		{"of another invite", b, strings.Replace(path, string(a.ID), string(other.ID), 1), http.StatusNotFound},
		{"of no recording", b, a.page() + "/recordings/" + string(a.ID) + "/waveform", http.StatusNotFound},
		{"of no id", b, a.page() + "/recordings/x/waveform", http.StatusNotFound},
	} {
		if got, _ := try.by.fetch(try.path); got.status != try.want {
			t.Errorf("%s: %d, want %d", try.who, got.status, try.want)
		}
	}
}

func TestWithoutScriptsTheBrowserPlaysByItself(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.signIn(ownerEmail).get(s.finished().page())
	for number, label := range map[int]string{spoken: "Answer to question 1", onCamera: "Answer to question 2"} {
		found := 0
		for d := range p.item(t, number).Descendants() {
			if d.Data != "audio" && d.Data != "video" {
				continue
			}
			found++
			controls := slices.ContainsFunc(d.Attr, func(a html.Attribute) bool { return a.Key == "controls" })
			if !controls || attr(d, "aria-label") != label || attr(d, "src") == "" {
				t.Errorf("answer %d cannot be played without scripts", number)
			}
		}
		if found != 1 {
			t.Errorf("answer %d has %d players", number, found)
		}
	}
}
