package e2e_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"alfaone/internal/blob/blobtest"
	"alfaone/internal/media"
)

// uploader is a candidate's page that records one take after another, and sends each as the real page does: slice by slice, each
// again until it is acknowledged.
type uploader struct {
	t      *testing.T
	url    string // by which requests go
	direct string // by which the outcome is looked at
	cookie string
	seat   string
	http   *http.Client

	mu    sync.Mutex
	acked map[string]map[int]string // recording → slice → its sum, where the server has answered
	done  map[string]upload         // recording → what was sent, once the server has all
}

// upload is a recording that was sent.
type upload struct {
	file   []byte
	slices int
}

// takesOfAnUploader is how many takes one may record of each of the two questions that are recorded.
const takesOfAnUploader = 100

// uploader invites another candidate, who agrees and begins. The requests go by the URL.
func (c *candidate) uploader(n int, url string) *uploader {
	c.t.Helper()
	email := fmt.Sprintf("uploader%d@example.com", n)
	body := fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":%q,"answerRecordLimit":%d,
		"proctoringSettings":{"screenRecording":false,"webcamMonitoring":false,"requireIdCapture":false}}`, c.shortAssessment(), email, takesOfAnUploader)
	if status, answer := call(c.t, http.MethodPost, c.access.URL+"/api/v1/invites", c.access.APIKey, body); status != http.StatusCreated {
		c.t.Fatalf("inviting: %d %s", status, answer)
	}
	link := c.access.mail(c.t, email).inviteLink(c.t)
	if err := acceptByForm(c.t.Context(), link); err != nil {
		c.t.Fatal(err)
	}
	u := &uploader{
		t: c.t, url: c.access.URL, direct: c.access.URL, cookie: "alfaone_invite=" + path.Base(link), seat: uuid.NewString(),
		acked: map[string]map[int]string{}, done: map[string]upload{},
		http: &http.Client{
			Timeout:       time.Second,
			Transport:     &http.Transport{DisableKeepAlives: true}, // each request is a connection of its own
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	u.must(u.send(c.t.Context(), http.MethodPost, "/take/start", nil))
	for question := 1; question <= 2; question++ {
		u.must(u.send(c.t.Context(), http.MethodPost, fmt.Sprintf("/take/questions/%d/begin", question), nil))
	}
	u.url = url
	return u
}

func (u *uploader) must(a answer) {
	u.t.Helper()
	if a.err != nil || a.status >= http.StatusBadRequest {
		u.t.Fatalf("%d %s, %v", a.status, a.body, a.err)
	}
}

// answer is what came back, if anything.
type answer struct {
	status int
	body   string
	err    error
}

// passing reports whether the same may succeed later.
func (a answer) passing() bool {
	return a.err != nil || a.status == http.StatusRequestTimeout || a.status == http.StatusTooManyRequests || a.status >= http.StatusInternalServerError
}

func (u *uploader) send(ctx context.Context, method, path string, body []byte, header ...string) answer {
	r, err := http.NewRequestWithContext(ctx, method, u.url+path, bytes.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	r.Header.Set("Cookie", u.cookie)
	r.Header.Set("X-Seat", u.seat)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := u.http.Do(r)
	if err != nil {
		return answer{err: err}
	}
	got, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, string(got), errors.Join(err, resp.Body.Close())}
}

// insist sends until there is an answer that trying again will not change, or ctx ends.
func (u *uploader) insist(ctx context.Context, method, path string, body []byte, header ...string) answer {
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		a := u.send(ctx, method, path, body, header...)
		if !a.passing() || ctx.Err() != nil {
			return a
		}
		time.Sleep(rand.N(pause)) // a client backs off
	}
}

// record records and sends a take, to the end unless ctx ends. It returns the recording.
func (u *uploader) record(ctx context.Context, question int, mime string, file []byte) (id string) {
	opened := u.insist(ctx, http.MethodPost, fmt.Sprintf("/take/questions/%d/takes", question), fmt.Appendf(nil, `{"mime":%q}`, mime),
		"Idempotency-Key", uuid.NewString())
	if ctx.Err() != nil {
		return ""
	}
	var o struct{ ID, URL string }
	if opened.status != http.StatusCreated || json.Unmarshal([]byte(opened.body), &o) != nil {
		u.t.Errorf("opening a take: %d %s", opened.status, opened.body)
		return ""
	}
	u.deliver(ctx, o.ID, o.URL, file)
	return o.ID
}

// deliver sends a recording in slices of chance, in an order of chance, two at a time.
func (u *uploader) deliver(ctx context.Context, id, url string, file []byte) {
	parts := slices.Collect(slices.Chunk(file, 500+rand.IntN(6_000)))
	for len(parts) > 100 { // a recorder makes one a second
		parts = slices.Collect(slices.Chunk(file, len(file)/50))
	}
	numbers := make(chan int, len(parts))
	for _, n := range rand.Perm(len(parts)) {
		numbers <- n
	}
	close(numbers)
	var senders sync.WaitGroup
	for range 2 {
		senders.Go(func() {
			for n := range numbers {
				u.slice(ctx, id, url, n, parts[n])
			}
		})
	}
	senders.Wait()
	finished := u.insist(ctx, http.MethodPost, url+"/finish", fmt.Appendf(nil, `{"chunks":%d,"bytes":%d}`, len(parts), len(file)))
	switch {
	case ctx.Err() != nil:
	case finished.status != http.StatusAccepted:
		u.t.Errorf("finishing %s: %d %s", id, finished.status, finished.body)
	default:
		u.mu.Lock()
		u.done[id] = upload{file, len(parts)}
		u.mu.Unlock()
	}
}

// slice sends a slice until it is acknowledged; now and then it goes wrong first, or is sent twice at once.
func (u *uploader) slice(ctx context.Context, id, url string, number int, data []byte) {
	sum := sha256.Sum256(data)
	digest := "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
	to := fmt.Sprintf("%s/chunks/%d", url, number)
	put := func(data []byte, digest string) answer {
		return u.insist(ctx, http.MethodPut, to, data, "Content-Digest", digest, "Content-Type", "application/octet-stream")
	}
	switch chance := rand.IntN(100); {
	case chance < 4:
		u.wantRefused(ctx, put(bytes.ToUpper(data), digest), data) // spoilt on the way
	case chance < 8:
		u.wantRefused(ctx, put(data, "sha-256=:"+strings.Repeat("A", 43)+"=:"), nil)
	case chance < 16:
		var twin sync.WaitGroup
		twin.Go(func() { u.acknowledged(ctx, id, number, put(data, digest), sum[:]) })
		defer twin.Wait()
	}
	u.acknowledged(ctx, id, number, put(data, digest), sum[:])
}

func (u *uploader) wantRefused(ctx context.Context, a answer, data []byte) {
	if same := data != nil && bytes.Equal(bytes.ToUpper(data), data); ctx.Err() == nil && a.status != http.StatusBadRequest && !same {
		u.t.Errorf("a slice that is not what it says: %d %s", a.status, a.body)
	}
}

func (u *uploader) acknowledged(ctx context.Context, id string, number int, a answer, sum []byte) {
	switch {
	case a.status == http.StatusNoContent:
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.acked[id] == nil {
			u.acked[id] = map[int]string{}
		}
		u.acked[id][number] = hex.EncodeToString(sum)
	case ctx.Err() == nil:
		u.t.Errorf("slice %d of %s: %d %s, %v", number, id, a.status, a.body, a.err)
	}
}

// settle waits until the server has looked at everything that it has whole.
func (u *uploader) settle(id string) (seconds float64) {
	u.t.Helper()
	u.url = u.direct
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		a := u.insist(u.t.Context(), http.MethodGet, "/take/recordings/"+id, nil)
		var status struct {
			State, Failure string
			Seconds        float64
		}
		if err := json.Unmarshal([]byte(a.body), &status); err != nil || a.status != http.StatusOK {
			u.t.Fatalf("%s: %d %s", id, a.status, a.body)
		}
		switch status.State {
		case "ready":
			return status.Seconds
		case "open", "failed":
			u.t.Errorf("%s is %s because of %q", id, status.State, status.Failure)
			return 0
		}
	}
	u.t.Errorf("%s is never ready", id)
	return 0
}

// verify compares what the server serves with what was sent, made seekable here.
func (u *uploader) verify(id string, sent upload) {
	u.t.Helper()
	seconds := u.settle(id)
	var want seekable
	info, err := media.IndexWebM(bytes.NewReader(sent.file), &want)
	if err != nil {
		u.t.Fatal(err)
	}
	got := u.insist(u.t.Context(), http.MethodGet, "/take/recordings/"+id+"/media", nil)
	if got.status != http.StatusOK || got.body != string(want.data) || seconds != info.Duration.Seconds() {
		u.t.Errorf("%s: %d, %d bytes of %g seconds; want %d of %g", id, got.status, len(got.body), seconds, len(want.data), info.Duration.Seconds())
	}
}

// seekable is a file in memory.
type seekable struct {
	data []byte
	at   int
}

func (s *seekable) Write(p []byte) (int, error) {
	if grow := s.at + len(p) - len(s.data); grow > 0 {
		s.data = append(s.data, make([]byte, grow)...)
	}
	s.at += copy(s.data[s.at:], p)
	return len(p), nil
}

func (s *seekable) Seek(offset int64, _ int) (int64, error) {
	s.at = int(offset)
	return offset, nil
}

// said are recordings to send: of a voice, or with a picture.
func said(t *testing.T, question int) [][]byte {
	t.Helper()
	pattern := "[mp][ar][iy]*-0*.webm"
	if question == 2 {
		pattern = "video-*.webm"
	}
	names, err := filepath.Glob(filepath.Join("..", "cmd", "alfaone", "sample", pattern))
	if err != nil || len(names) < 5 {
		t.Fatalf("found %v, %v", names, err)
	}
	var files [][]byte
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// recordMany sends so many recordings, from several pages at once, and looks at what became of each.
func recordMany(t *testing.T, c *candidate, url string, total int) {
	t.Helper()
	voices, films := said(t, 1), said(t, 2)
	const pages = 10
	uploaders := make([]*uploader, pages)
	var all sync.WaitGroup
	for i := range uploaders {
		u := c.uploader(i, url)
		uploaders[i] = u
		all.Go(func() {
			for n := range total / pages {
				if n%5 == 4 {
					u.record(t.Context(), 2, "video/webm;codecs=vp9,opus", films[rand.IntN(len(films))])
				} else {
					u.record(t.Context(), 1, "audio/webm;codecs=opus", voices[rand.IntN(len(voices))])
				}
			}
		})
	}
	all.Wait()
	arrived := 0
	for _, u := range uploaders {
		for id, sent := range u.done {
			u.verify(id, sent)
			arrived++
		}
	}
	if arrived != total/pages*pages {
		t.Errorf("%d of %d recordings arrived", arrived, total/pages*pages)
	}
	c.wantCountsExact(arrived)
}

// wantCountsExact checks that as many takes are counted as there are recordings, none of which came to nothing.
func (c *candidate) wantCountsExact(recordings int) {
	c.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if c.number("SELECT COUNT(*) FROM jobs WHERE kind = 'recording.finalize' AND state IN ('queued', 'running')") == 0 {
			break
		}
	}
	for text, want := range map[string]int{
		"SELECT COUNT(*) FROM recordings WHERE purpose = 'answer' AND key <> ''":                                       recordings,
		"SELECT COUNT(*) FROM recordings WHERE purpose = 'answer' AND key <> '' AND state <> 'ready'":                  0,
		"SELECT SUM(takes) FROM answers WHERE invite_id IN (SELECT invite_id FROM recordings WHERE key <> '')":         recordings,
		"SELECT COUNT(*) FROM recording_chunks":                                                                        0,
		"SELECT COUNT(*) FROM jobs WHERE kind = 'recording.finalize' AND (state = 'parked' OR attempt > max_attempts)": 0,
	} {
		if got := c.number(text); got != want {
			c.t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

func (c *candidate) number(text string) (n int) {
	c.t.Helper()
	for _, n = range query(c, text, func(rows *sql.Rows, n *int) error { return rows.Scan(n) }) {
	}
	return n
}

// atTimes is the larger number in continuous integration, as is promised, and the smaller one where somebody just runs the tests.
func atTimes(promised, usual int) int {
	if os.Getenv("CI") == "true" {
		return promised
	}
	return usual
}

func TestNoRecordingIsLostOnABadWire(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	w := badWire(t, c.access.URL)
	recordMany(t, c, w.url(), atTimes(500, 30))
	for i, f := range faults {
		n := w.faults[i].Load()
		t.Logf("%s: %d connections", f.name, n)
		if n == 0 {
			t.Errorf("no connection was %s", f.name)
		}
	}
}

func TestNoRecordingIsLostOnTheWayToABucket(t *testing.T) {
	t.Parallel()
	bucket := blobtest.S3(t)
	c := invite(t, "", "--media-url", "s3://"+bucket.Bucket+"/media?endpoint="+bucket.Endpoint+"&region="+bucket.Region,
		"--s3-access-key", bucket.AccessKey, "--s3-secret-key", bucket.SecretKey)
	recordMany(t, c, badWire(t, c.access.URL).url(), atTimes(50, 10))
	for _, id := range query(c, "SELECT id FROM recordings WHERE key <> ''", func(rows *sql.Rows, id *string) error { return rows.Scan(id) }) {
		if here, err := filepath.Glob(filepath.Join(c.dir, "media", "*", "recordings", id)); len(here) > 0 || err != nil {
			t.Errorf("the data directory has %s, %v", here, err)
		}
	}
}

// TestKillingTheServerLosesNoSlice kills the server again and again while candidates record: each slice that was acknowledged is
// there afterwards, with its bytes, and each recording is put together in the end.
func TestKillingTheServerLosesNoSlice(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	voices := said(t, 1)
	const pages = 4
	uploaders := make([]*uploader, pages)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var all sync.WaitGroup
	for i := range uploaders {
		u := c.uploader(i, c.access.URL)
		uploaders[i] = u
		all.Go(func() {
			for range takesOfAnUploader {
				if ctx.Err() != nil {
					return
				}
				u.record(t.Context(), 1, "audio/webm;codecs=opus", voices[rand.IntN(len(voices))])
			}
		})
	}
	slicesSeen := 0
	for kill := range atTimes(50, 5) {
		time.Sleep(time.Duration(50+rand.IntN(300)) * time.Millisecond) // the moment of the kill must be arbitrary
		c.server.kill()
		slicesSeen += c.wantAcknowledged(uploaders)
		if t.Failed() {
			t.Fatalf("after kill %d", kill+1)
		}
		c.start()
	}
	stop()
	all.Wait()
	arrived := 0
	for _, u := range uploaders {
		for id, sent := range u.done {
			u.verify(id, sent)
			arrived++
		}
	}
	c.wantCountsExact(arrived)
	t.Logf("%d recordings; %d times a slice was looked for after a kill", arrived, slicesSeen)
	if slicesSeen == 0 {
		t.Error("no slice was there when the server was killed")
	}
}

// wantAcknowledged looks for what was acknowledged of recordings that are not put together yet, with nothing of ours in between.
func (c *candidate) wantAcknowledged(uploaders []*uploader) (found int) {
	c.t.Helper()
	type kept struct {
		recording, sum, file string
		number               int
	}
	rows := map[string]kept{}
	for _, k := range query(c, "SELECT org_id, recording_id, number, sha256 FROM recording_chunks", func(rows *sql.Rows, k *kept) error {
		var org string
		err := rows.Scan(&org, &k.recording, &k.number, &k.sum)
		k.file = filepath.Join(c.dir, "media", org, "recordings", k.recording, "chunks", fmt.Sprintf("%06d-%s", k.number, k.sum))
		return err
	}) {
		rows[fmt.Sprint(k.recording, k.number)] = k
	}
	open := map[string]bool{}
	for _, id := range query(c, "SELECT id FROM recordings WHERE state IN ('open', 'uploaded')", func(rows *sql.Rows, id *string) error { return rows.Scan(id) }) {
		open[id] = true
	}
	for _, u := range uploaders {
		u.mu.Lock()
		for id, acked := range u.acked {
			for number, sum := range acked {
				if !open[id] {
					continue
				}
				k, ok := rows[fmt.Sprint(id, number)]
				data, err := os.ReadFile(k.file)
				if is := sha256.Sum256(data); !ok || k.sum != sum || err != nil || hex.EncodeToString(is[:]) != sum {
					c.t.Errorf("slice %d of %s was acknowledged and is not there: %+v, %v", number, id, k, err)
				}
				found++
			}
		}
		u.mu.Unlock()
	}
	return found
}
