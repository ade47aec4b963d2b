package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/report"
	"alfaone/internal/web/assets"
	"alfaone/internal/web/ui"
)

// Routes lists the patterns of everything that the server answers, those of development included.
func Routes() (patterns []string) {
	for _, r := range new(Server).routes(true) {
		patterns = append(patterns, r.pattern)
	}
	return patterns
}

// SafePath is what the access log says of a path.
func SafePath(path string) string { return safePath(path) }

// ChunkOf is what a request to /take/recordings/{id}/chunks/{n} says of its slice.
func ChunkOf(r *http.Request) (assess.Chunk, error) { return (&call{r: r}).chunk() }

// AllChunksOf is what the body of a request to finish says.
func AllChunksOf(r *http.Request) (chunks int, bytes int64, err error) {
	all, err := (&call{r: r}).allChunks()
	return all.Chunks, all.Bytes, err
}

// SignalsOf are the signals of a request's body.
func SignalsOf(r *http.Request) (now time.Time, signals []assess.Signal, err error) {
	return (&call{r: r}).signals()
}

// Playback is what answerPlayer plays; PlayerComment a note in it.
type (
	Playback      = playback
	PlayerComment = playerComment
)

// PlayerPage answers with a page of players, as the server sends its pages.
func PlayerPage(assets *assets.Files, players ...Playback) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		links := assets.Links("")
		links.Modules = []string{assets.URL("player.js")}
		page := ui.Page{Title: "Players", Lang: "en", Links: links}.With()
		body := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			parts := []templ.Component{templ.Raw(`<main id="main" class="grid gap-6 p-4"><h1>Players</h1>`)}
			for _, p := range players {
				parts = append(parts, answerPlayer(p))
			}
			return templ.Join(append(parts, templ.Raw(`<label>Note <textarea class="textarea"></textarea></label></main>`))...).Render(ctx, w)
		})
		c := &call{s: &Server{nonce: func() string { return "of-the-test" }}, w: w, r: r.WithContext(templ.WithChildren(r.Context(), body))}
		if err := c.render(http.StatusOK, page); err != nil {
			panic(err)
		}
	})
}

// Download answers with a file that write writes.
func Download(name string, log *slog.Logger, write func(io.Writer) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{s: &Server{nonce: func() string { return "of-the-test" }, log: log}, w: w, r: r}
		if err := c.download(name, "text/csv", write); err != nil {
			http.Error(w, "failed", http.StatusInternalServerError)
		}
	})
}

// Disposition names a file for the disk.
func Disposition(name string) string { return disposition(name) }

// Printed is what the report of a candidate says.
func Printed(r app.Report, who string) report.Report { return printed(r, who) }
