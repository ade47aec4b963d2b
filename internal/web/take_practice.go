package web

import (
	"maps"
	"net/http"
)

// practicePage lets the candidate record for once without anything at stake. It knows no address to send anything to.
func (s *Server) practicePage(c *call) error {
	return c.prepare("take.practice.title", sitting.practises, func(v sitting) error {
		return c.renderTake(http.StatusOK, v.texts, practicePage(v))
	})
}

// practiceWords are a recorder's, with others where practice differs.
func (v sitting) practiceWords() map[string]string {
	words := v.spoken("record")
	maps.Copy(words, v.spoken("take.practice.words"))
	return words
}
