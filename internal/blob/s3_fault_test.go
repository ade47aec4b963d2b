package blob_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"alfaone/internal/blob"
	"alfaone/internal/blob/blobtest"
)

// fault is how a request goes wrong between us and the server.
type fault string

const (
	none       fault = "none"
	slowDown   fault = "503 slow down"
	hang       fault = "hang"
	reset      fault = "reset in the middle of the request"
	lostAnswer fault = "reset before the answer"
	cut        fault = "reset in the middle of the answer"
	errorIn200 fault = "200 with an error"
	skew       fault = "403 clock skew"
)

// patience is long enough for what does not hang, on a busy machine.
const patience = 2 * time.Second

// faulty puts a proxy before the server, which asks choose what goes wrong with each request.
func faulty(t *testing.T, c blob.S3Config, choose func(*http.Request) fault) blob.S3Config {
	t.Helper()
	target, err := url.Parse(c.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { // the host stays, because it is signed
			r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pass(w, r, choose(r), proxy)
	}))
	t.Cleanup(server.Close)
	c.Endpoint, c.Patience = server.URL, patience
	return c
}

func pass(w http.ResponseWriter, r *http.Request, how fault, proxy http.Handler) {
	switch how {
	case none:
		proxy.ServeHTTP(w, r)
	case slowDown:
		refuse(w, http.StatusServiceUnavailable, "SlowDown")
	case skew:
		refuse(w, http.StatusForbidden, "RequestTimeTooSkewed")
	case errorIn200:
		refuse(w, http.StatusOK, "InternalError")
	case hang:
		conn := hijack(w)
		_, _ = io.Copy(io.Discard, conn) // until the other side gives up
		_ = conn.Close()
	case reset:
		_, _ = io.CopyN(io.Discard, r.Body, max(r.ContentLength/2, 0))
		breakOff(w)
	case lostAnswer:
		proxy.ServeHTTP(httptest.NewRecorder(), r)
		breakOff(w)
	case cut:
		answer := httptest.NewRecorder()
		proxy.ServeHTTP(answer, r)
		w.Header().Set("Content-Length", fmt.Sprint(answer.Body.Len()))
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>made up</Message></Error>`, code)
}

func hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	return conn
}

// breakOff makes the other side see a reset.
func breakOff(w http.ResponseWriter) {
	conn := hijack(w)
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func completes(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Query().Has("uploadId")
}

func sends(r *http.Request) bool { return r.Method == http.MethodPut }

// bound is how long a Put may take that meets a fault each time: three tries, and the waits between them.
const bound = 3*patience + 6*time.Second

func TestAFaultThatStaysIsAnErrorInTime(t *testing.T) {
	t.Parallel()
	config := blobtest.S3(t)
	for _, how := range []fault{slowDown, hang, reset, lostAnswer, errorIn200, skew} {
		for what, on := range map[string]func(*http.Request) bool{"sending": sends, "completing": completes} {
			if how == errorIn200 && what == "sending" {
				continue // S3 does so only when it completes
			}
			t.Run(string(how)+" when "+what, func(t *testing.T) {
				t.Parallel()
				config := config
				config.Prefix = strings.NewReplacer(" ", "-").Replace(string(how) + "/" + what)
				s := newS3(t, faulty(t, config, func(r *http.Request) fault {
					if on(r) {
						return how
					}
					return none
				}))
				begin := time.Now()
				err := s.Put(t.Context(), "k", bytes.NewReader(make([]byte, 6<<20)), -1)
				if took := time.Since(begin); !errors.Is(err, blob.ErrUnavailable) || took > bound {
					t.Errorf("after %v: %v; want ErrUnavailable within %v", took, err, bound)
				}
				direct := newS3(t, config)
				if info, err := direct.Stat(t.Context(), "k"); !errors.Is(err, blob.ErrNotFound) && (how != lostAnswer || info.Size != 6<<20) {
					t.Errorf("it left %v, %v", info, err)
				}
				if n, err := direct.Sweep(t.Context(), time.Now().Add(time.Hour)); n != 0 || err != nil {
					t.Errorf("it left %d uploads, %v", n, err)
				}
			})
		}
	}
}

// once lets each request of a kind go wrong the first time.
func once(how fault, on func(*http.Request) bool) func(*http.Request) fault {
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(r *http.Request) fault {
		mu.Lock()
		defer mu.Unlock()
		id := r.Method + r.URL.RequestURI() + r.Header.Get("Range")
		if !on(r) || seen[id] {
			return none
		}
		seen[id] = true
		return how
	}
}

func TestAFaultThatPassesIsOvercome(t *testing.T) {
	t.Parallel()
	config := blobtest.S3(t)
	anything := func(*http.Request) bool { return true }
	short := func(r *http.Request) bool { return r.URL.RawQuery == "" && r.Method != http.MethodHead }
	for how, on := range map[fault]func(*http.Request) bool{slowDown: anything, reset: anything, hang: short} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			config := config
			config.Prefix = strings.ReplaceAll(string(how), " ", "-")
			s := newS3(t, faulty(t, config, once(how, on)))
			want := bytes.Repeat([]byte(how), 6<<20/len(how))
			for _, size := range []int{10_000, len(want)} {
				if err := s.Put(t.Context(), "k", bytes.NewReader(want[:size]), int64(size)); err != nil {
					t.Fatal(err)
				}
				o, err := s.Open(t.Context(), "k")
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(o)
				if err != nil || !bytes.Equal(got, want[:size]) {
					t.Errorf("read %d bytes, %v; want %d", len(got), err, size)
				}
				_ = o.Close()
			}
			if err := s.Delete(t.Context(), "k", "l"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestABrokenDownloadGoesOnWhereItBroke(t *testing.T) {
	t.Parallel()
	config := blobtest.S3(t)
	want := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(want)
	s := newS3(t, faulty(t, config, once(cut, func(r *http.Request) bool { return r.Method == http.MethodGet })))
	if err := s.Put(t.Context(), "k", bytes.NewReader(want), int64(len(want))); err != nil {
		t.Fatal(err)
	}
	o, err := s.Open(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if got, err := io.ReadAll(o); err != nil || !bytes.Equal(got, want) {
		t.Errorf("read %d bytes, %v; want %d", len(got), err, len(want))
	}
}

// TestWhatIsAcknowledgedIsKept puts under random faults: what was acknowledged is there whole; what was not is there whole or
// not at all, as when only the answer was lost.
func TestWhatIsAcknowledgedIsKept(t *testing.T) {
	t.Parallel()
	const puts, seed = 500, 7
	config := blobtest.S3(t)
	var mu sync.Mutex
	chance := rand.New(rand.NewPCG(seed, seed))
	through := newS3(t, faulty(t, config, func(r *http.Request) fault {
		mu.Lock()
		defer mu.Unlock()
		faults := []fault{slowDown, slowDown, reset, lostAnswer, skew}
		if completes(r) {
			faults = append(faults, errorIn200, errorIn200)
		}
		switch n := chance.IntN(1000); {
		case n < 3:
			return hang
		case n < 400:
			return faults[n%len(faults)]
		default:
			return none
		}
	}))
	acknowledged := putMany(t, through, puts)
	kept := 0
	for i, ok := range acknowledged {
		direct := newS3(t, config)
		o, err := direct.Open(t.Context(), name(i))
		if errors.Is(err, blob.ErrNotFound) && !ok {
			continue
		}
		if err != nil {
			t.Errorf("put %d (acknowledged: %t): %v", i, ok, err)
			continue
		}
		got, err := io.ReadAll(o)
		_ = o.Close()
		if err != nil || sha256.Sum256(got) != sha256.Sum256(numbered(i)) {
			t.Errorf("put %d (acknowledged: %t) holds %d bytes, %v; want the %d that were put", i, ok, len(got), err, len(numbered(i)))
		}
		kept++
	}
	if kept < puts/4 || kept == puts {
		t.Errorf("%d of %d were kept: this tests nothing", kept, puts)
	}
	direct := newS3(t, config)
	swept, err := direct.Sweep(t.Context(), time.Now().Add(time.Hour))
	again, err2 := direct.Sweep(t.Context(), time.Now().Add(time.Hour))
	if err != nil || err2 != nil || again != 0 {
		t.Errorf("sweeping: %v, %v, and %d left", err, err2, again)
	}
	t.Logf("%d of %d kept, %d uploads swept", kept, puts, swept)
}

// putMany puts numbered contents, many at a time, and tells which were acknowledged.
func putMany(t *testing.T, s blob.Store, n int) []bool {
	acknowledged := make([]bool, n)
	work := make(chan int, n)
	for i := range n {
		work <- i
	}
	close(work)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for i := range work {
				b, size := numbered(i), int64(len(numbered(i)))
				if i%2 == 0 {
					size = -1
				}
				err := s.Put(t.Context(), name(i), bytes.NewReader(b), size)
				if acknowledged[i] = err == nil; err != nil && !errors.Is(err, blob.ErrUnavailable) {
					t.Errorf("put %d: %v", i, err)
				}
			}
		})
	}
	wg.Wait()
	return acknowledged
}

func name(i int) string { return fmt.Sprintf("org/recordings/%d/media", i) }

// numbered is the content of put i: mostly short, sometimes of more than one part.
func numbered(i int) []byte {
	n := 1 + i*101
	if i%25 == 0 {
		n += 5 << 20
	}
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(i), byte(i >> 8)}).Read(b)
	return b
}
