package api_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
)

// What fails in the house is logged once, under the request's id, and not shown.
func TestFaultsAreLoggedAndNotShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(w.db.Close())
	got := w.get("/api/v1/tags")
	if got.status != 500 || !strings.HasPrefix(w.message(got), "Something went wrong on our side.") || strings.Contains(got.body, "database") {
		t.Errorf("%d %s", got.status, got.body)
	}
	log := w.log.String()
	if strings.Count(log, "\n") != 1 || !strings.Contains(log, "level=ERROR") || !strings.Contains(log, requestID) || !strings.Contains(log, "closed") || strings.Contains(log, w.key) {
		t.Errorf("the log says %s", log)
	}
	got = w.send("GET", "/api/v1/tags", w.key, "", "Accept", problemJSON)
	if got.header.Get("Content-Type") != problemJSON || !strings.Contains(got.body, `"code":"internal"`) || !strings.Contains(got.body, `"requestId":"`+requestID+`"`) {
		t.Errorf("as a problem: %v %s", got.header, got.body)
	}
}

func TestRequestsThatNobodyWaitsForAreNoFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequestWithContext(ctx, "GET", "/api/v1/tags", nil)
	r.Header.Set("X-Api-Key", w.key)
	if got := w.do(r); got.status != 503 || got.header.Get("Retry-After") != "1" || w.log.Len() > 0 {
		t.Errorf("%d %v %s, log: %s", got.status, got.header, got.body, w.log)
	}
}
