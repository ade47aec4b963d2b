package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"alfaone/internal/api"
	"alfaone/internal/assess"
)

// maxBody bounds every request's body but the few that say otherwise.
const maxBody = 1 << 20

// outer puts in front of a handler what every request goes through, the outermost last.
func (s *Server) outer(h http.Handler) http.Handler {
	h = s.guardOrigin(h)
	h = s.gate(h)
	h = limitBody(h)
	h = s.recoverPanic(h)
	h = s.accessLog(h)
	h = s.headers(h)
	return s.requestID(h)
}

func (s *Server) requestID(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := s.newID()
		w.Header().Set("X-Request-Id", id)
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// headers sets what every answer carries; pages add their own policy for content.
func (s *Server) headers(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", referrerPolicy(r.URL.Path))
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Permissions-Policy", permissionsPolicy(r.URL.Path))
		header.Set("Cache-Control", "no-store")
		if s.secure {
			header.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		h.ServeHTTP(w, r)
	})
}

// permissionsPolicy lets pages use camera, microphone and screen where something is recorded, and nowhere else.
func permissionsPolicy(path string) string {
	const never = ", geolocation=(), payment=(), usb=()"
	switch {
	case strings.HasPrefix(path, "/take"):
		return "camera=(self), microphone=(self), display-capture=(self)" + never
	case strings.HasPrefix(path, "/assessments/"):
		return "camera=(self), microphone=(self), display-capture=()" + never
	default:
		return "camera=(), microphone=(), display-capture=()" + never
	}
}

// referrerPolicy keeps candidates' links, which are secrets, out of every other request.
func referrerPolicy(path string) string {
	if takePath(path) {
		return "no-referrer"
	}
	return "same-origin"
}

// guardOrigin refuses what another site's page makes a member's browser send. The API needs no such guard: it knows no
// cookie.
func (s *Server) guardOrigin(h http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.AddInsecureBypassPattern("/api/")
	guard.SetDenyHandler(s.answer(route{serve: func(*call) error {
		return assess.Errorf(assess.Forbidden, "This request came from another site and was refused.")
	}}))
	guarded := guard.Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if originless(r) {
			h.ServeHTTP(w, r)
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

// originless reports a form on a candidate's page, sent by a browser without Fetch Metadata: a page that gives no referrer
// names no origin either. The secret in the address proves as much, since no other site knows it.
func originless(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/c/") && r.Header.Get("Origin") == "null" && r.Header.Get("Sec-Fetch-Site") == ""
}

func limitBody(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit(r.URL.Path))
		h.ServeHTTP(w, r)
	})
}

// bodyLimit is how much may be sent to a path, in bytes. The editor sends an assessment whole: a hundred questions in five
// languages of another script, percent-encoded.
func bodyLimit(path string) int64 {
	switch {
	case deliveryPath(path) && strings.Contains(path, "/chunks/"):
		return assess.MaxChunkBytes
	case strings.HasPrefix(path, "/assessments/"):
		return 8 * maxBody
	case strings.HasPrefix(path, api.Base+"/"): // which has limits of its own
		return api.MaxLargeBody
	default:
		return maxBody
	}
}

// recoverPanic answers a panic like any internal error; the stack goes to the log only.
func (s *Server) recoverPanic(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // it is compared by identity, as net/http does
				panic(p)
			}
			s.log.ErrorContext(r.Context(), "panic", "request", RequestID(r.Context()), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			s.fail(w, r, fmt.Errorf("panic: %v", p))
		}()
		h.ServeHTTP(w, r)
	})
}

// accessLog writes one line a request. It names the route instead of the path where the path holds a secret.
func (s *Server) accessLog(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := s.now()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		h.ServeHTTP(rec, r)
		level := slog.LevelInfo
		if quiet(r.URL.Path) {
			level = slog.LevelDebug
		}
		s.log.Log(r.Context(), level, "request", "id", RequestID(r.Context()), "method", r.Method, "path", safePath(r.URL.Path),
			"status", rec.status, "bytes", rec.bytes, "ms", float64(s.now().Sub(begin).Microseconds())/float64(time.Millisecond/time.Microsecond))
	})
}

func quiet(path string) bool {
	return path == "/healthz" || path == "/readyz" || strings.HasPrefix(path, "/static/")
}

// secretPaths are the places whose next path element opens something to whoever knows it.
var secretPaths = []string{"/c/", "/join/", "/reset/", "/setup/", "/mailbox/", "/media/"}

// safePath hides secrets in a path, also in one that is about to be redirected to its clean form.
func safePath(asked string) string {
	clean := path.Clean(asked)
	for _, prefix := range secretPaths {
		if rest, ok := strings.CutPrefix(clean, prefix); ok {
			_, after, more := strings.Cut(rest, "/")
			if more {
				return prefix + "…/" + after
			}
			return prefix + "…"
		}
	}
	return asked
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int
	wrote  bool
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if !r.wrote {
		r.status, r.wrote = status, true
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	r.wrote = true
	n, err := r.ResponseWriter.Write(b)
	r.bytes += n
	return n, err
}

// ReadFrom implements io.ReaderFrom: files go out without passing through here.
func (r *recorder) ReadFrom(src io.Reader) (int64, error) {
	r.wrote = true
	n, err := io.Copy(r.ResponseWriter, src)
	r.bytes += int(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
