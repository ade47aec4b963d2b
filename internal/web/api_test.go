package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"alfaone/internal/assess"
)

// The server's own limit must not stand before that of a call which takes more.
func TestABatchForTheAPIPassesTheServer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	_, key, err := s.CreateAPIKey(t.Context(), s.owner.Actor(assess.Live), assess.NewAPIKey{Name: "ATS", Mode: assess.Live})
	s.must(err)
	for size, want := range map[int]int{1 << 20: http.StatusOK, 5 << 20: http.StatusRequestEntityTooLarge} {
		body := fmt.Sprintf(`{"invites":[{"assessmentId":%q,"recipientEmail":"size%d@example.com"}]%s}`, i.Assessment, size, strings.Repeat(" ", size))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/invites/batch", strings.NewReader(body))
		r.Header.Set("X-Api-Key", key)
		answer := httptest.NewRecorder()
		s.handler.ServeHTTP(answer, r)
		if answer.Code != want {
			t.Errorf("%d bytes: %d %s; want %d", len(body), answer.Code, answer.Body, want)
		}
	}
}
