package web

import (
	"net/http"
	"time"

	"alfaone/internal/assess"
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
