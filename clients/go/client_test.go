package alfaone_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	alfaone "alfaone/clients/go"
)

// seen is a call as the server got it.
type seen struct {
	method, uri, key, once, body string
}

// server answers calls with the given statuses one after another, and then with 200; it returns what it has seen.
func server(t *testing.T, statuses ...int) (*alfaone.Client, *[]seen) {
	t.Helper()
	var calls []seen
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		calls = append(calls, seen{r.Method, r.URL.RequestURI(), r.Header.Get("X-Api-Key"), r.Header.Get("Idempotency-Key"), string(body)})
		w.Header().Set("X-Request-Id", "r-1")
		status := http.StatusOK
		if n := len(calls); n <= len(statuses) {
			status = statuses[n-1]
			w.Header().Set("Content-Type", "application/problem+json")
		}
		w.WriteHeader(status)
		if status != http.StatusOK {
			fmt.Fprintf(w, `{"detail":"It is %d.","code":"c%d"}`, status, status)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"id": "x", "name": "Spring"})
	}))
	t.Cleanup(s.Close)
	c := alfaone.New(s.URL+"/", "ak_test_x")
	c.HTTP = s.Client()
	return c, &calls
}

func TestACallIsWhatTheDocumentSays(t *testing.T) {
	t.Parallel()
	c, calls := server(t)
	if _, err := c.UpdateTag(t.Context(), "a/b", alfaone.TagPatch{Name: new("Spring")}); err != nil {
		t.Fatal(err)
	}
	sort := alfaone.ListTagsParamsSort("name")
	if _, err := c.ListTags(t.Context(), alfaone.ListTagsParams{Limit: new(5), Sort: &sort}); err != nil {
		t.Fatal(err)
	}
	want := []seen{
		{"PATCH", "/api/v1/tags/a%2Fb", "ak_test_x", "", `{"name":"Spring"}`},
		{"GET", "/api/v1/tags?limit=5&sort=name", "ak_test_x", "", ""},
	}
	for i, got := range *calls {
		if got != want[i] {
			t.Errorf("call %d is %+v, want %+v", i, got, want[i])
		}
	}
}

func TestMakingIsRepeatedUnderOneKey(t *testing.T) {
	t.Parallel()
	c, calls := server(t, http.StatusServiceUnavailable, http.StatusTooManyRequests)
	if _, err := c.CreateTag(t.Context(), alfaone.TagRequest{Name: "Spring"}); err != nil {
		t.Fatal(err)
	}
	all := *calls
	if len(all) != 3 || all[0].once == "" || all[1] != all[0] || all[2] != all[0] {
		t.Errorf("the calls are %+v", all)
	}
	if _, err := c.CreateTag(t.Context(), alfaone.TagRequest{Name: "Spring"}, alfaone.WithIdempotencyKey("mine")); err != nil {
		t.Fatal(err)
	}
	if got := (*calls)[3].once; got != "mine" {
		t.Errorf("the key is %q", got)
	}
}

// When the answer to the first try is lost, the second may find that it is still being carried out.
func TestACallThatIsStillInProgressIsRepeated(t *testing.T) {
	t.Parallel()
	var keys []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		if len(keys) == 1 {
			w.WriteHeader(http.StatusConflict)
			fmt.Fprint(w, `{"detail":"Still in progress.","code":"idempotency_in_progress"}`)
			return
		}
		fmt.Fprint(w, `{"tag":{"id":"x","name":"Spring"}}`)
	}))
	t.Cleanup(s.Close)
	c := alfaone.New(s.URL, "ak_test_x")
	if _, err := c.CreateTag(t.Context(), alfaone.TagRequest{Name: "Spring"}); err != nil {
		t.Fatal(err)
	}
	if len(keys) != 2 || keys[0] == "" || keys[0] != keys[1] {
		t.Errorf("the calls came under the keys %q", keys)
	}
}

func TestWhatIsRefusedIsToldAndNotRepeated(t *testing.T) {
	t.Parallel()
	c, calls := server(t, http.StatusConflict)
	_, err := c.CreateTag(t.Context(), alfaone.TagRequest{Name: "Spring"})
	var failure *alfaone.Error
	if !errors.As(err, &failure) {
		t.Fatalf("%v is not an *Error", err)
	}
	want := alfaone.Error{Status: http.StatusConflict, Message: "It is 409.", Code: "c409", RequestID: "r-1"}
	if *failure != want || alfaone.StatusOf(err) != http.StatusConflict || len(*calls) != 1 {
		t.Errorf("%+v after %d calls, want %+v after one", *failure, len(*calls), want)
	}
}

func TestALongWaitIsLeftToTheCaller(t *testing.T) {
	t.Parallel()
	c, calls := server(t, http.StatusServiceUnavailable)
	c.MaxWait = time.Millisecond
	if _, err := c.GetTag(t.Context(), "x"); alfaone.StatusOf(err) != http.StatusServiceUnavailable || len(*calls) != 1 {
		t.Errorf("%v after %d calls", err, len(*calls))
	}
}

func TestACallThatWasNotAnsweredInTimeIsRepeated(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, `{"id":"x","name":"Spring"}`)
	}))
	t.Cleanup(s.Close)
	c := alfaone.New(s.URL, "ak_test_x")
	c.HTTP = &http.Client{Timeout: 100 * time.Millisecond}
	if tag, err := c.GetTag(t.Context(), "x"); err != nil || tag.Name != "Spring" || calls.Load() < 2 {
		t.Errorf("%+v, %v after %d calls", tag, err, calls.Load())
	}
}

func TestGivingUpEndsTheWait(t *testing.T) {
	t.Parallel()
	c, _ := server(t, http.StatusServiceUnavailable)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.GetTag(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want that the time was up", err)
	}
}
