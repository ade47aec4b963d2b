package web

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// The protocol by which recordings arrive, slice by slice. It is the same for candidates and members; only the address of the
// recording differs.

// deliveryPath reports the addresses of recordings, which programs of ours use.
func deliveryPath(path string) bool {
	return strings.HasPrefix(path, "/take/recordings/") || strings.HasPrefix(path, "/recordings/")
}

// taker is the candidate who asks, by the cookie that the link was traded for.
func (c *call) taker() app.Taker {
	return app.Taker{Token: c.cookie(takeCookie), Tab: c.name("X-Seat"), Key: c.name("Idempotency-Key"), Client: c.client()}
}

var madeUp = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)

// name is a header with a name that a script has made up; empty where there is none as it should be.
func (c *call) name(header string) string {
	if name := c.r.Header.Get(header); madeUp.MatchString(name) {
		return name
	}
	return ""
}

// deliverer finds out who delivers.
type deliverer func(*call) app.Deliverer

func (s *Server) byCandidate(c *call) app.Deliverer { return s.app.ByCandidate(c.taker()) }
func (s *Server) byMember(c *call) app.Deliverer    { return s.app.ByMember(c.who()) }

// deliveryRoutes serve recordings below a prefix, except for the finished media: who may listen is another question than who
// delivers.
func (s *Server) deliveryRoutes(prefix string, who access, by deliverer) []route {
	return []route{
		{"GET " + prefix + "/recordings/{id}", who, s.recordingStatus(prefix, by)},
		{"PUT " + prefix + "/recordings/{id}/chunks/{n}", who, s.putChunk(by)},
		{"POST " + prefix + "/recordings/{id}/finish", who, s.finishRecording(by)},
		{"POST " + prefix + "/recordings/{id}/abandon", who, s.abandonRecording(by)},
	}
}

// openedRecording is what a page learns of a recording that it has opened.
type openedRecording struct {
	ID         assess.RecordingID `json:"id"`
	URL        string             `json:"url"`
	Number     int                `json:"number"`
	MaxSeconds int                `json:"maxSeconds"`
	TakesLeft  *int               `json:"takesLeft,omitempty"` // of an answer; else there is no limit
}

func (c *call) opened(prefix string, rec assess.Recording, left int) error {
	return c.json(http.StatusCreated, openedRecording{
		ID: rec.ID, URL: prefix + "/recordings/" + string(rec.ID), Number: rec.Number,
		MaxSeconds: int(rec.Length.Seconds()), TakesLeft: ofAnswer(rec, left),
	})
}

// ofAnswer is how many takes are left of an answer; nil for what is not counted.
func ofAnswer(rec assess.Recording, left int) *int {
	if rec.Purpose != assess.ForAnswer {
		return nil
	}
	return &left
}

// deliveredRecording is where a recording stands.
type deliveredRecording struct {
	ID        assess.RecordingID    `json:"id"`
	State     assess.RecordingState `json:"state"`
	Failure   assess.Failure        `json:"failure"`
	Have      [][2]int              `json:"have"`
	Bytes     int64                 `json:"bytes"`
	Seconds   float64               `json:"seconds"`
	Quiet     bool                  `json:"quiet"`
	TakesLeft *int                  `json:"takesLeft,omitempty"` // of an answer
	Media     string                `json:"media,omitempty"`
}

func (s *Server) recordingStatus(prefix string, by deliverer) func(*call) error {
	return func(c *call) error {
		id, err := c.id()
		if err != nil {
			return err
		}
		rec, err := by(c).Recording(c.ctx(), assess.RecordingID(id))
		if err != nil {
			return err
		}
		out := deliveredRecording{
			ID: rec.ID, State: rec.State, Failure: rec.Failure, Have: rec.Have, Bytes: rec.Bytes,
			Seconds: rec.Media.Duration.Seconds(), Quiet: rec.Media.Quiet, TakesLeft: ofAnswer(rec.Recording, rec.TakesLeft),
		}
		if out.Have == nil {
			out.Have = [][2]int{}
		}
		if rec.State == assess.RecordingReady {
			out.Media = prefix + "/recordings/" + id + "/media"
		}
		return c.json(http.StatusOK, out)
	}
}

// putChunk stores a slice. Whoever sends slowly is waited for as long as something arrives.
func (s *Server) putChunk(by deliverer) func(*call) error {
	return func(c *call) error {
		id, err := c.id()
		if err != nil {
			return err
		}
		chunk, err := c.chunk()
		if err != nil {
			return err
		}
		body := c.patientBody()
		err = by(c).PutChunk(c.ctx(), assess.RecordingID(id), chunk, body)
		if stranded := body.drain(); err != nil {
			return cmp.Or(stranded, err)
		}
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
}

// errLength stands for 411: a slice says its length first.
var errLength = errors.New("length required")

// chunk is what the request says of the slice that it carries.
func (c *call) chunk() (assess.Chunk, error) {
	number, err := strconv.Atoi(c.r.PathValue("n"))
	if err != nil {
		return assess.Chunk{}, assess.InvalidFields(assess.Problem{Field: "number", Message: "must be a whole number"})
	}
	if c.r.ContentLength < 0 {
		return assess.Chunk{}, errLength
	}
	if c.r.ContentLength > assess.MaxChunkBytes {
		return assess.Chunk{}, assess.Errorf(assess.TooLarge, "A slice must be at most %d bytes.", assess.MaxChunkBytes)
	}
	sum, err := contentDigest(c.r.Header.Get("Content-Digest"))
	return assess.Chunk{Number: number, Bytes: c.r.ContentLength, SHA256: sum}, err
}

var sha256Digest = regexp.MustCompile(`^sha-256=:([A-Za-z0-9+/]{43}=):$`)

// contentDigest reads a Content-Digest header (RFC 9530) with one SHA-256 sum, and returns the sum in hexadecimal.
func contentDigest(header string) (string, error) {
	m := sha256Digest.FindStringSubmatch(header)
	if m == nil {
		return "", assess.InvalidFields(assess.Problem{Field: "Content-Digest", Message: "must be sha-256=:…: with the sum of the slice"})
	}
	sum, err := base64.StdEncoding.DecodeString(m[1])
	if err != nil || len(sum) != sha256.Size {
		return "", assess.InvalidFields(assess.Problem{Field: "Content-Digest", Message: "must be sha-256=:…: with the sum of the slice"})
	}
	return hex.EncodeToString(sum), nil
}

// finishRecording takes the page's word that all slices are sent, if they are.
func (s *Server) finishRecording(by deliverer) func(*call) error {
	return func(c *call) error {
		id, err := c.id()
		if err != nil {
			return err
		}
		all, err := c.allChunks()
		if err != nil {
			return err
		}
		missing, err := by(c).Finish(c.ctx(), assess.RecordingID(id), all.Chunks, all.Bytes)
		if assess.CodeOf(err) == assess.Incomplete {
			return c.json(http.StatusConflict, map[string]any{"error": messageOf(err, http.StatusConflict), "code": assess.Incomplete, "missing": missing})
		}
		if err != nil {
			return err
		}
		c.w.WriteHeader(http.StatusAccepted)
		return nil
	}
}

// allChunks is what the request says that a recording has in all.
type allChunks struct {
	Chunks int   `json:"chunks"`
	Bytes  int64 `json:"bytes"`
}

func (c *call) allChunks() (in allChunks, err error) {
	err = c.decode(&in)
	if err == nil && (in.Chunks < 0 || in.Bytes < 0) {
		err = assess.InvalidFields(assess.Problem{Field: "chunks", Message: "must not be negative"})
	}
	return in, err
}

func (s *Server) abandonRecording(by deliverer) func(*call) error {
	return func(c *call) error {
		id, err := c.id()
		if err != nil {
			return err
		}
		if err := by(c).Abandon(c.ctx(), assess.RecordingID(id)); err != nil {
			return err
		}
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
}

func (s *Server) recordingMedia(by deliverer) func(*call) error {
	return func(c *call) error {
		id, err := c.id()
		if err != nil {
			return err
		}
		file, err := by(c).Media(c.ctx(), assess.RecordingID(id))
		if err != nil {
			return err
		}
		return c.media(file)
	}
}

// media serves a file with ranges. It never runs as a page of ours.
func (c *call) media(file app.MediaFile) error {
	defer func() { _ = file.Close() }()
	header := c.w.Header()
	header.Set("Content-Type", file.ContentType)
	header.Set("Content-Disposition", "inline")
	header.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	header.Set("Cache-Control", "private, no-store")
	header.Set("ETag", `"`+file.Tag+`"`)
	c.noReadDeadline()
	http.ServeContent(&patientWriter{c.w}, c.r, "", file.Modified, file.ReadSeekCloser)
	return nil
}

// errNotJSON stands for 415.
var errNotJSON = errors.New("the body is not said to be JSON")

// decode reads a JSON body strictly. Errors: errNotJSON, Invalid, TooLarge.
func (c *call) decode(v any) error {
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return errNotJSON
	}
	d := json.NewDecoder(c.r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil && d.More() {
		err = errors.New("more than one value")
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return assess.Errorf(assess.TooLarge, "That is more than can be sent at once.")
	case err != nil:
		return &assess.Error{Kind: assess.Invalid, Message: "The body could not be read as JSON.", Err: err}
	default:
		return nil
	}
}
