package web

import (
	"maps"
	"net/http"
	"strings"

	"alfaone/internal/assess"
)

// identityPage takes photos of a document and of the candidate's face, if the invite asks for them and the candidate agrees.
func (s *Server) identityPage(c *call) error {
	return c.prepare("take.identity.title", sitting.identifies, func(v sitting) error {
		return c.renderTake(http.StatusOK, v.texts, identityPage(v))
	})
}

// photographed names the photos that have arrived, as the script knows them.
func (v sitting) photographed() string {
	var names []string
	for _, photo := range v.attempt.Identity {
		if photo.State != assess.RecordingOpen {
			names = append(names, string(photo.Purpose))
		}
	}
	return strings.Join(names, " ")
}

// identityWords are the page's own, and the help with cameras of the device check.
func (v sitting) identityWords() map[string]string {
	words := v.spoken("take.check.words")
	maps.Copy(words, v.spoken("take.identity.words"))
	return words
}
