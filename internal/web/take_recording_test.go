package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/blob"
	"alfaone/internal/web"
)

// seat is the tab of the tests.
const seat = "0198b2a4-0000-7000-8000-0000000000aa"

const opusSound = "audio/webm;codecs=opus"

// studio is a candidate's page, as the server sees its scripts.
type studio struct {
	*browser
	invitation invitationOf
}

// studio is a candidate who has begun in their browser.
func (s *site) studio() studio {
	s.t.Helper()
	i := s.invitation(func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].Format = assess.TextFormat })
	b := s.browser()
	b.post(i.path+"/accept", i.agreement(b.get(i.path)))
	s.must(s.Start(s.t.Context(), app.Taker{Token: i.token, Tab: seat}))
	return studio{b, i}
}

// send calls an address as the page's scripts do; header has pairs of name and value, and an empty value takes one away.
func (st studio) send(method, path string, body []byte, header ...string) page {
	st.s.t.Helper()
	return st.do(st.request(method, path, bytes.NewReader(body), header...))
}

func (st studio) request(method, path string, body io.Reader, header ...string) *http.Request {
	st.s.t.Helper()
	r, err := http.NewRequestWithContext(st.s.t.Context(), method, st.s.url+path, body)
	st.s.must(err)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("X-Seat", seat)
	for i := 0; i < len(header); i += 2 {
		if r.Header.Set(header[i], header[i+1]); header[i+1] == "" {
			r.Header.Del(header[i])
		}
	}
	return r
}

// open begins a take and returns the recording's address.
func (st studio) open() string {
	st.s.t.Helper()
	p := st.send(http.MethodPost, "/take/questions/1/takes", []byte(`{"mime":"`+opusSound+`"}`))
	return parse[struct{ URL string }](st, p, http.StatusCreated).URL
}

// parse reads a JSON answer.
func parse[T any](st studio, p page, status int) (v T) {
	st.s.t.Helper()
	if p.status != status || p.header.Get("Content-Type") != "application/json; charset=utf-8" {
		st.s.t.Fatalf("status %d, %s: %s", p.status, p.header.Get("Content-Type"), p.body)
	}
	st.s.must(json.Unmarshal([]byte(p.body), &v))
	return v
}

// digest is the header Content-Digest (RFC 9530).
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (st studio) put(url string, number int, data []byte) page {
	st.s.t.Helper()
	return st.send(http.MethodPut, fmt.Sprintf("%s/chunks/%d", url, number), data, "Content-Digest", digest(data))
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "media", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// recorded delivers a whole sound and has it verified.
func (st studio) recorded() string {
	st.s.t.Helper()
	url, file := st.open(), sample(st.s.t, "sound.webm")
	if p := st.put(url, 0, file); p.status != http.StatusNoContent {
		st.s.t.Fatalf("%d: %s", p.status, p.body)
	}
	if p := st.send(http.MethodPost, url+"/finish", fmt.Appendf(nil, `{"chunks":1,"bytes":%d}`, len(file))); p.status != http.StatusAccepted {
		st.s.t.Fatalf("%d: %s", p.status, p.body)
	}
	st.s.work()
	return url
}

func TestARecordingArrivesSliceBySlice(t *testing.T) {
	t.Parallel()
	st := newSite(t).studio()
	type opened struct {
		ID, URL                       string
		Number, MaxSeconds, TakesLeft int
	}
	o := parse[opened](st, st.send(http.MethodPost, "/take/questions/1/takes", []byte(`{"mime":"audio/webm"}`)), http.StatusCreated)
	if want := (opened{o.ID, "/take/recordings/" + o.ID, 1, assess.DefaultAnswer, 0}); o != want {
		t.Errorf("%+v, want %+v", o, want)
	}
	type stands struct {
		ID, State, Failure string
		Have               [][2]int
		Bytes, TakesLeft   int
		Seconds            float64
		Quiet              bool
		Media              string
	}
	status := func() stands { return parse[stands](st, st.send(http.MethodGet, o.URL, nil), http.StatusOK) }
	if diff := cmp.Diff(stands{ID: o.ID, State: "open", Have: [][2]int{}}, status()); diff != "" {
		t.Error(diff)
	}
	parts := slices.Collect(slices.Chunk(sample(t, "sound.webm"), 2000))
	for _, n := range []int{1, 0, 0, 3} {
		if p := st.put(o.URL, n, parts[n]); p.status != http.StatusNoContent || p.body != "" {
			t.Errorf("slice %d: %d %s", n, p.status, p.body)
		}
	}
	if diff := cmp.Diff(stands{ID: o.ID, State: "open", Have: [][2]int{{0, 1}, {3, 3}}, Bytes: len(parts[0]) + len(parts[1]) + len(parts[3])}, status()); diff != "" {
		t.Error(diff)
	}
	type incomplete struct {
		Error, Code string
		Missing     [][2]int
	}
	finish := fmt.Appendf(nil, `{"chunks":%d,"bytes":%d}`, len(parts), len(bytes.Join(parts, nil)))
	missing := parse[incomplete](st, st.send(http.MethodPost, o.URL+"/finish", finish), http.StatusConflict)
	if diff := cmp.Diff(incomplete{"Not all slices have arrived.", "incomplete", [][2]int{{2, 2}}}, missing); diff != "" {
		t.Error(diff)
	}
	st.put(o.URL, 2, parts[2])
	for range 2 {
		if p := st.send(http.MethodPost, o.URL+"/finish", finish); p.status != http.StatusAccepted || p.body != "" {
			t.Errorf("finishing: %d %s", p.status, p.body)
		}
	}
	st.s.work()
	got := status()
	if got.State != "ready" || got.Seconds < 2.9 || got.Seconds > 3.1 || got.Media != o.URL+"/media" || len(got.Have) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestTheProtocolRefusesWhatItDoesNotTake has for each mistake the status and code that scripts go by.
func TestTheProtocolRefusesWhatItDoesNotTake(t *testing.T) {
	t.Parallel()
	st := newSite(t).studio()
	other := st.s.studio()
	theirs := other.open()
	ready := st.recorded()
	st.s.must(st.s.AllowRetake(t.Context(), st.s.owner.Actor(assess.Live), st.invitation.ID, 1))
	url := st.open()
	data := []byte("slice")
	st.put(url, 0, data)
	unknown := "/take/recordings/0198b2a4-0000-7000-8000-00000000ffff"
	sum := digest(data)
	for name, test := range map[string]struct {
		method, path string
		body         []byte
		header       []string
		status       int
		code         assess.Code
	}{
		"other bytes":                {"PUT", url + "/chunks/0", []byte("other"), []string{"Content-Digest", digest([]byte("other"))}, 409, assess.Differs},
		"a wrong digest":             {"PUT", url + "/chunks/1", []byte("evil!"), []string{"Content-Digest", sum}, 400, ""},
		"no digest":                  {"PUT", url + "/chunks/1", data, nil, 400, ""},
		"a digest of another kind":   {"PUT", url + "/chunks/1", data, []string{"Content-Digest", strings.Replace(sum, "256", "512", 1)}, 400, ""},
		"two digests":                {"PUT", url + "/chunks/1", data, []string{"Content-Digest", sum + ", " + sum}, 400, ""},
		"a digest without colons":    {"PUT", url + "/chunks/1", data, []string{"Content-Digest", strings.ReplaceAll(sum, ":", "")}, 400, ""},
		"a digest that is no base64": {"PUT", url + "/chunks/1", data, []string{"Content-Digest", "sha-256=:" + strings.Repeat("*", 43) + "=:"}, 400, ""},
		"a word for a number":        {"PUT", url + "/chunks/one", data, []string{"Content-Digest", sum}, 400, ""},
		"a negative number":          {"PUT", url + "/chunks/-1", data, []string{"Content-Digest", sum}, 400, ""},
		"a number beyond the last":   {"PUT", url + "/chunks/260", data, []string{"Content-Digest", sum}, 400, ""},
		"a number beyond numbers":    {"PUT", url + "/chunks/99999999999999999999", data, []string{"Content-Digest", sum}, 400, ""},
		"an empty slice":             {"PUT", url + "/chunks/1", nil, []string{"Content-Digest", digest(nil)}, 400, ""},
		"a finished recording":       {"PUT", ready + "/chunks/1", data, []string{"Content-Digest", sum}, 409, assess.Finished},
		"an unknown recording":       {"PUT", unknown + "/chunks/1", data, []string{"Content-Digest", sum}, 404, ""},
		"somebody else's recording":  {"PUT", theirs + "/chunks/1", data, []string{"Content-Digest", sum}, 404, ""},
		"no id":                      {"PUT", "/take/recordings/x/chunks/1", data, []string{"Content-Digest", sum}, 404, ""},
		"another site":               {"PUT", url + "/chunks/1", data, []string{"Content-Digest", sum, "Sec-Fetch-Site", "cross-site"}, 403, ""},
		"another method":             {"POST", url + "/chunks/1", data, nil, 405, ""},

		"an unknown recording's state": {"GET", unknown, nil, nil, 404, ""},
		"somebody else's state":        {"GET", theirs, nil, nil, 404, ""},
		"somebody else's media":        {"GET", theirs + "/media", nil, nil, 404, ""},
		"media before it is ready":     {"GET", url + "/media", nil, nil, 404, ""},

		"finishing what is missing":  {"POST", url + "/finish", []byte(`{"chunks":3,"bytes":15}`), nil, 409, assess.Incomplete},
		"finishing with other bytes": {"POST", url + "/finish", []byte(`{"chunks":1,"bytes":6}`), nil, 409, assess.Differs},
		"finishing without JSON":     {"POST", url + "/finish", []byte(`chunks=1`), []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, ""},
		"finishing without a type":   {"POST", url + "/finish", []byte(`{"chunks":1,"bytes":5}`), []string{"Content-Type", ""}, 415, ""},
		"finishing with broken JSON": {"POST", url + "/finish", []byte(`{"chunks":1`), nil, 400, ""},
		"finishing with two values":  {"POST", url + "/finish", []byte(`{"chunks":1,"bytes":5}{}`), nil, 400, ""},
		"finishing with more":        {"POST", url + "/finish", []byte(`{"chunks":1,"bytes":5,"x":1}`), nil, 400, ""},
		"finishing with words":       {"POST", url + "/finish", []byte(`{"chunks":"1","bytes":5}`), nil, 400, ""},
		"finishing below nothing":    {"POST", url + "/finish", []byte(`{"chunks":-1,"bytes":5}`), nil, 400, ""},
		"finishing with too much":    {"POST", url + "/finish", []byte(`{"chunks":1,"bytes":5` + strings.Repeat(" ", 1<<20) + `}`), nil, 413, ""},
		"finishing somebody else's":  {"POST", theirs + "/finish", []byte(`{"chunks":1,"bytes":5}`), nil, 404, ""},
		"giving up somebody else's":  {"POST", theirs + "/abandon", nil, nil, 404, ""},
		"giving up what is finished": {"POST", ready + "/abandon", nil, nil, 409, assess.Finished},
		"a take of no kind":          {"POST", "/take/questions/1/takes", []byte(`{"mime":"text/html"}`), nil, 400, ""},
		"a take too many":            {"POST", "/take/questions/1/takes", []byte(`{"mime":"audio/webm"}`), nil, 409, assess.LimitUsed},
		"a take from another tab":    {"POST", "/take/questions/1/takes", []byte(`{"mime":"audio/webm"}`), []string{"X-Seat", "other"}, 409, assess.Elsewhere},
		"a take from a strange tab":  {"POST", "/take/questions/1/takes", []byte(`{"mime":"audio/webm"}`), []string{"X-Seat", "\xff\xfe"}, 409, assess.Elsewhere},
		"a take of no question":      {"POST", "/take/questions/3/takes", []byte(`{"mime":"audio/webm"}`), nil, 404, ""},
		"a take of a word":           {"POST", "/take/questions/one/takes", []byte(`{"mime":"audio/webm"}`), nil, 404, ""},
		"evidence of no kind":        {"POST", "/take/evidence", []byte(`{"purpose":"answer","mime":"audio/webm"}`), nil, 400, ""},
		"signals of no kind":         {"POST", "/take/signals", []byte(`{"now":1,"signals":[{"type":"x","at":1}]}`), nil, 400, ""},
		"a text over an unknown one": {"PUT", "/take/questions/1/text", []byte(`{"text":"x","revision":0}`), nil, 409, ""},
	} {
		p := st.send(test.method, test.path, test.body, test.header...)
		var said struct {
			Error string
			Code  assess.Code
		}
		if err := json.Unmarshal([]byte(p.body), &said); err != nil || p.status != test.status || said.Code != test.code || said.Error == "" {
			t.Errorf("%s: %d %s, want %d with the code %q", name, p.status, p.body, test.status, test.code)
		}
	}
	if p := st.send(http.MethodGet, url, nil); !strings.Contains(p.body, `"have":[[0,0]],"bytes":5,`) {
		t.Errorf("one of them left something: %s", p.body)
	}
}

func TestWhoHoldsNoLinkDeliversNothing(t *testing.T) {
	t.Parallel()
	st := newSite(t).studio()
	url := st.open()
	stranger := studio{st.s.browser(), st.invitation}
	if p := stranger.put(url, 0, []byte("x")); p.status != http.StatusUnauthorized || !strings.HasPrefix(p.body, `{"error":`) {
		t.Errorf("%d %s", p.status, p.body)
	}
	st.invitation.revoked()
	if p := st.put(url, 0, []byte("x")); p.status != http.StatusGone || !strings.HasPrefix(p.body, `{"error":`) {
		t.Errorf("%d %s", p.status, p.body)
	}
}

func TestASliceHasAtMostEightMebibytes(t *testing.T) {
	t.Parallel()
	st := newSite(t).studio()
	url := st.open()
	for size, want := range map[int]int{assess.MaxChunkBytes: http.StatusNoContent, assess.MaxChunkBytes + 1: http.StatusRequestEntityTooLarge} {
		data := make([]byte, size)
		r := st.request(http.MethodPut, url+"/chunks/0", bytes.NewReader(data), "Content-Digest", digest(data), "Expect", "100-continue")
		if p := st.do(r); p.status != want {
			t.Errorf("%d bytes: %d %s, want %d", size, p.status, p.body, want)
		}
	}
	unsized := struct{ io.Reader }{strings.NewReader("slice")}
	if p := st.do(st.request(http.MethodPut, url+"/chunks/1", unsized, "Content-Digest", digest([]byte("slice")))); p.status != http.StatusLengthRequired ||
		!strings.HasPrefix(p.body, `{"error":`) {
		t.Errorf("without its length: %d %s", p.status, p.body)
	}
}

func TestWhatAnAnswerSaysReachesWhoIsStillSending(t *testing.T) {
	t.Parallel()
	st := newSite(t).studio()
	url := st.open()
	stored, other := bytes.Repeat([]byte("a"), assess.MaxChunkBytes), bytes.Repeat([]byte("b"), assess.MaxChunkBytes)
	for i, test := range []struct {
		data []byte
		want int
	}{{stored, 204}, {stored, 204}, {other, 409}, {stored, 204}} {
		body := bytes.NewReader(test.data)
		r := st.request(http.MethodPut, url+"/chunks/0", struct{ io.Reader }{body}, "Content-Digest", digest(test.data))
		r.ContentLength = int64(len(test.data))
		if p := st.do(r); p.status != test.want || body.Len() > 0 { // who answers and hangs up may not be heard
			t.Errorf("%d: %d %s, with %d bytes still to send", i, p.status, p.body, body.Len())
		}
	}
}

func TestMediaIsServedInPartsAndNeverAsAPage(t *testing.T) {
	t.Parallel()
	st := newSite(t).studio()
	url := st.recorded() + "/media"
	whole := st.send(http.MethodGet, url, nil)
	size, tag := len(whole.body), whole.header.Get("ETag")
	if whole.status != http.StatusOK || !strings.HasPrefix(whole.body, "\x1a\x45\xdf\xa3") || len(tag) != 66 {
		t.Fatalf("%d, %d bytes, %v", whole.status, size, whole.header)
	}
	for name, test := range map[string]struct {
		header []string
		status int
		span   string // of the file
		from   int
		to     int // before
	}{
		"the beginning":        {[]string{"Range", "bytes=0-99"}, 206, fmt.Sprintf("bytes 0-99/%d", size), 0, 100},
		"the end":              {[]string{"Range", "bytes=-100"}, 206, fmt.Sprintf("bytes %d-%d/%d", size-100, size-1, size), size - 100, size},
		"from the middle":      {[]string{"Range", "bytes=1000-"}, 206, fmt.Sprintf("bytes 1000-%d/%d", size-1, size), 1000, size},
		"beyond the end":       {[]string{"Range", fmt.Sprintf("bytes=%d-", size)}, 416, fmt.Sprintf("bytes */%d", size), -1, -1},
		"nonsense":             {[]string{"Range", "bytes=x"}, 416, "", -1, -1},
		"if it is the same":    {[]string{"Range", "bytes=0-99", "If-Range", tag}, 206, fmt.Sprintf("bytes 0-99/%d", size), 0, 100},
		"if it is another one": {[]string{"Range", "bytes=0-99", "If-Range", `"other"`}, 200, "", 0, size},
		"unless it is had":     {[]string{"If-None-Match", tag}, 304, "", 0, 0},
	} {
		p := st.send(http.MethodGet, url, nil, test.header...)
		if p.status != test.status || p.header.Get("Content-Range") != test.span || test.from >= 0 && p.body != whole.body[test.from:test.to] {
			t.Errorf("%s: %d, %q, %d bytes", name, p.status, p.header.Get("Content-Range"), len(p.body))
		}
	}
	if p := st.send(http.MethodHead, url, nil); p.status != http.StatusOK || p.header.Get("Content-Length") != fmt.Sprint(size) {
		t.Errorf("HEAD: %d, %v", p.status, p.header)
	}
	for name, want := range map[string]string{
		"Content-Type": "audio/webm", "Content-Disposition": "inline", "Accept-Ranges": "bytes", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'", "Cache-Control": "private, no-store",
		"Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer",
	} {
		if got := whole.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestAPlayIsForScriptsOnly(t *testing.T) {
	t.Parallel()
	st := newSite(t).studio()
	if p := st.send(http.MethodPost, "/take/questions/1/plays", nil); p.status != http.StatusCreated || !strings.Contains(p.body, `"url":null`) {
		t.Errorf("a question in writing: %d %s", p.status, p.body)
	}
	const play = "/take/plays/0198b2a4-0000-7000-8000-00000000ffff/media"
	for destination, want := range map[string]int{
		"empty": http.StatusNotFound, "": http.StatusNotFound, "video": http.StatusForbidden, "audio": http.StatusForbidden,
		"document": http.StatusForbidden, "iframe": http.StatusForbidden,
	} {
		if p := st.send(http.MethodGet, play, nil, "Sec-Fetch-Dest", destination); p.status != want {
			t.Errorf("Sec-Fetch-Dest %q: %d, want %d", destination, p.status, want)
		}
	}
}

// slowStore takes its time with every slice, and gives up when it is told to.
type slowStore struct {
	blob.Store
	wait time.Duration
}

func (s slowStore) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.pause(ctx); err != nil {
		return err
	}
	return s.Store.Put(ctx, key, bytes.NewReader(data), size)
}

// Open reads as from another machine: until ctx ends.
func (s slowStore) Open(ctx context.Context, key string) (blob.Object, error) {
	object, err := s.Store.Open(ctx, key)
	return remote{object, ctx}, err
}

type remote struct {
	blob.Object
	ctx context.Context
}

func (r remote) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Object.Read(p)
}

func (s slowStore) pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(s.wait):
		return nil
	}
}

// FuzzChunkParameters looks at what a request may say of a slice.
func FuzzChunkParameters(f *testing.F) {
	good := digest([]byte("x"))
	f.Add("0", good, int64(1))
	f.Add("17", good, int64(assess.MaxChunkBytes))
	f.Add("-1", good, int64(-1))
	f.Add("+1", strings.ToUpper(good), int64(assess.MaxChunkBytes+1))
	f.Add("99999999999999999999", "sha-256=::", int64(0))
	f.Add("1e3", "sha-256=:"+strings.Repeat("=", 44)+":, sha-512=::", int64(1<<62))
	f.Add("", "", int64(0))
	f.Fuzz(func(t *testing.T, number, digest string, length int64) {
		r := &http.Request{Header: http.Header{"Content-Digest": {digest}}, ContentLength: length}
		r.SetPathValue("n", number)
		c, err := web.ChunkOf(r)
		if err == nil && (c.Bytes != length || length < 0 || length > assess.MaxChunkBytes || len(c.SHA256) != 64 || strings.Trim(c.SHA256, "0123456789abcdef") != "") {
			t.Errorf("%q, %q and %d make %+v", number, digest, length, c)
		}
	})
}

// jsonRequest is a request with a JSON body.
func jsonRequest(body []byte) *http.Request {
	return &http.Request{Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body))}
}

// FuzzFinishBody looks at what a request may say of the end of a recording.
func FuzzFinishBody(f *testing.F) {
	for _, seed := range []string{`{"chunks":3,"bytes":42}`, `{"chunks":-1,"bytes":0}`, `{"chunks":1e9,"bytes":1.5}`, `{"chunks":99999999999999999999}`, `{} {}`, `[]`, `null`, `{"chunks":1,"chunks":2}`, "", "{\"chunks\":\x00}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		chunks, size, err := web.AllChunksOf(jsonRequest(body))
		if err == nil && (chunks < 0 || size < 0) {
			t.Errorf("%q means %d slices of %d bytes", body, chunks, size)
		}
		if err != nil && assess.KindOf(err) != assess.Invalid {
			t.Errorf("%q: %v", body, err)
		}
	})
}

// FuzzSignalsBody looks at what a browser may say that it has noticed.
func FuzzSignalsBody(f *testing.F) {
	for _, seed := range []string{
		`{"now":1736942400000,"signals":[{"type":"tab_hidden","at":1736942399000,"ms":1200,"detail":""}]}`,
		`{"now":-9223372036854775808,"signals":[{"type":"pasted","at":9223372036854775807,"ms":-9223372036854775808,"detail":"` + strings.Repeat("x", 200) + `"}]}`,
		`{"now":1,"signals":[{"type":"copied","at":1,"ms":9223372036854775807,"detail":"\u0000\u202e"}]}`, `{"signals":[{},{},{}]}`, `{"signals":null}`, `{`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_, signals, err := web.SignalsOf(jsonRequest(body))
		if err == nil {
			err = assess.CheckSignals(signals)
		}
		if err != nil && assess.KindOf(err) != assess.Invalid {
			t.Errorf("%q: %v", body, err)
		}
		for _, s := range signals {
			if err == nil && (s.Length < 0 || s.Length > 24*time.Hour) {
				t.Errorf("%q lasts %s", body, s.Length)
			}
		}
	})
}
