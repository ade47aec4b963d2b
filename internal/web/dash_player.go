package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// playback is a recording as <answer-player> plays it. Paths are empty where there is nothing at them.
type playback struct {
	Label    string // what it is: "Answer to question 2"
	Media    string // path of the file
	Poster   string // path of a still picture
	Waveform string // path of the points by which it is drawn
	Captions string // path of its captions
	Language string // of the captions, BCP 47

	Width, Height int // of the picture; 0: there is only sound
	Length        time.Duration
	Comments      []playerComment
	Commentable   bool // offers to comment on the present moment, by the event "player-moment"
	Eager         bool // fetches the beginning with the page, so that it plays at once
}

// playerComment is a note at a moment, as the player marks it.
type playerComment struct {
	ID   string `json:"id"`
	At   int64  `json:"at"` // in milliseconds
	Text string `json:"text"`
}

// playbackOf is what there is to play of a recording whose parts are where path says.
func playbackOf(rec assess.Recording, label string, path func(rec assess.Recording, what string) string) playback {
	p := playback{Label: label, Media: path(rec, "media"), Width: rec.Media.Width, Height: rec.Media.Height, Length: rec.Media.Duration}
	if rec.Media.Poster {
		p.Poster = path(rec, "poster")
	}
	if rec.Media.Waveform {
		p.Waveform = path(rec, "waveform")
	}
	return p
}

// remarked is what is to be played with what graders note at its moments.
func (p playback) remarked(remarks []app.Remark) playback {
	for _, r := range remarks {
		for _, c := range r.Comments {
			p.Comments = append(p.Comments, playerComment{ID: string(c.ID), At: c.At.Milliseconds(), Text: r.Evaluation.GraderName + ": " + c.Text})
		}
	}
	return p
}

func (p playback) seconds() string { return strconv.FormatFloat(p.Length.Seconds(), 'f', -1, 64) }

func (p playback) preload() string {
	if p.Eager {
		return "metadata"
	}
	return "none"
}

// marks are the comments as JSON; empty where there are none.
func (p playback) marks() (string, error) {
	if len(p.Comments) == 0 {
		return "", nil
	}
	b, err := json.Marshal(p.Comments)
	return string(b), err
}

// waveform sends points, compressed if the browser reads that. It may keep them, but asks each time whether it still may.
func (c *call) waveform(file app.MediaFile) error {
	defer func() { _ = file.Close() }()
	body, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	header, tag := c.w.Header(), file.Tag
	if strings.Contains(c.r.Header.Get("Accept-Encoding"), "gzip") {
		if body, err = compress(body); err != nil {
			return err
		}
		header.Set("Content-Encoding", "gzip")
		tag += "-gzip"
	}
	header.Set("Content-Type", file.ContentType)
	header.Set("Cache-Control", "private, no-cache")
	header.Set("Vary", "Accept-Encoding, Cookie")
	header.Set("ETag", strconv.Quote(tag))
	http.ServeContent(c.w, c.r, "", time.Time{}, bytes.NewReader(body))
	return nil
}

func compress(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}
