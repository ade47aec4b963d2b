package api_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"alfaone/internal/api"
)

// fixed is a generator that makes the same each time.
func (w *world) fixed() *generator { return newGenerator(w, rand.New(rand.NewPCG(1, 1))) }

// keyed lists the operations that need a key.
func (d described) keyed() []operation {
	return slices.DeleteFunc(slices.Clone(d.operations), func(op operation) bool { return op.Security != nil && len(op.Security) == 0 })
}

func TestNoOperationIsCarriedOutWithoutAKeyThatIsRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := w.fixed()
	if len(g.keyed()) < 15 {
		t.Fatalf("only %d operations need a key", len(g.keyed()))
	}
	for _, op := range g.keyed() {
		q := g.good(op)
		for _, key := range []string{"", "x", q.key[:len(q.key)-1] + "!", "ak_live_0123456789ABCDEFGHIJKLMN26oFuJ"} {
			ignored := q
			ignored.key = key
			if got := g.send(ignored); got.status != 401 {
				t.Errorf("%s with the key %q: %d %s", op.OperationID, key, got.status, got.body)
			}
		}
		if got := g.send(q); got.status < 200 || got.status > 299 {
			t.Errorf("%s with the right key, after others: %d %s", op.OperationID, got.status, got.body)
		}
	}
}

func TestWhatTheDocumentDoesNotOfferIsRefusedWithWhatItDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := w.fixed()
	offered := map[string][]string{}
	for _, op := range g.operations {
		offered[op.path] = append(offered[op.path], op.method)
		if op.method == "GET" {
			offered[op.path] = append(offered[op.path], "HEAD")
		}
	}
	for _, path := range slices.Sorted(maps.Keys(offered)) {
		methods := append(offered[path], "OPTIONS")
		slices.Sort(methods)
		allow := strings.Join(methods, ", ")
		r := api.Route{Path: path}
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"} {
			if slices.Contains(methods, method) {
				continue
			}
			got := g.send(request{method: method, target: w.pathOf(t, r), key: w.keyOf(r)})
			if got.status != 405 || got.header.Get("Allow") != allow || got.header.Get("X-Request-Id") == "" {
				t.Errorf("%s %s: %d, Allow %q; want 405 and %q", method, path, got.status, got.header.Get("Allow"), allow)
			}
		}
		if got := g.send(request{method: "OPTIONS", target: w.pathOf(t, r)}); got.status != 204 || got.header.Get("Allow") != allow {
			t.Errorf("OPTIONS %s: %d, Allow %q; want %q", path, got.status, got.header.Get("Allow"), allow)
		}
	}
}

// What a call says that it has made can be read at once, and is what was said.
func TestWhatWasMadeIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := w.fixed()
	checked := 0
	for _, op := range g.keyed() {
		g.tidy()
		one, ok := g.one(op.path)
		if op.method != "POST" || !ok {
			continue
		}
		checked++
		for range 20 {
			q := g.good(op)
			made := g.send(q)
			id := idIn(t, made.body)
			g.made(op, q, made)
			read := g.send(request{method: "GET", target: q.target + "/" + id, key: q.key})
			if made.status != 201 || read.status != 200 || idIn(t, read.body) != id {
				t.Fatalf("%s: %d %s\n%s: %d %s", op.OperationID, made.status, made.body, one.OperationID, read.status, read.body)
			}
		}
	}
	if checked < 2 {
		t.Errorf("only %d operations make something", checked)
	}
}

// one is the operation that reads one of a collection.
func (d described) one(collection string) (operation, bool) {
	i := slices.IndexFunc(d.operations, func(op operation) bool {
		rest, below := strings.CutPrefix(op.path, collection+"/{")
		return below && op.method == "GET" && strings.Index(rest, "}") == len(rest)-1
	})
	if i < 0 {
		return operation{}, false
	}
	return d.operations[i], true
}

// What a call has deleted cannot be read, changed or used by any other.
func TestWhatWasDeletedIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := w.fixed()
	checked := 0
	for _, op := range g.operations {
		if op.method != "DELETE" {
			continue
		}
		checked++
		q := g.good(op)
		if got := g.send(q); got.status < 200 || got.status > 299 {
			t.Fatalf("%s: %d %s", op.OperationID, got.status, got.body)
		}
		for _, other := range g.operations {
			if other.OperationID == op.OperationID || other.path != op.path && !strings.HasPrefix(other.path, op.path+"/") {
				continue
			}
			late := g.good(other)
			late.target = q.target + strings.TrimPrefix(other.path, op.path)
			if got := g.send(late); got.status != 404 {
				t.Errorf("%s after %s: %d %s", other.OperationID, op.OperationID, got.status, got.body)
			}
		}
	}
	if checked == 0 {
		t.Error("nothing can be deleted")
	}
}

// Each answer has the headers that the document says it has.
func TestDocumentedHeadersAreThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := w.fixed()
	replies := map[string]bool{}
	check := func(op operation, got answer) {
		t.Helper()
		status := string(rune('0'+got.status/100)) + string(rune('0'+got.status/10%10)) + string(rune('0'+got.status%10))
		response, ok := op.Responses[status]
		if !ok {
			t.Errorf("%s: %s is not documented: %s", op.OperationID, status, got.body)
		}
		if name, is := strings.CutPrefix(response.Ref, "#/components/responses/"); is {
			response = g.responses[name]
		}
		for name := range response.Headers {
			replies[name] = true
			if name != "Idempotent-Replayed" && got.header.Get(name) == "" {
				t.Errorf("%s: %s is answered without the header %s", op.OperationID, status, name)
			}
		}
		if media := got.header.Get("Content-Type"); got.body != "" && media != "application/json" {
			t.Errorf("%s: %s is of type %q", op.OperationID, status, media)
		}
	}
	for _, op := range g.operations {
		q := g.good(op)
		check(op, g.send(q))
		if len(q.headers) > 0 {
			got := g.send(q)
			check(op, got)
			if got.header.Get("Idempotent-Replayed") != "true" {
				t.Errorf("%s again does not say that it is: %v", op.OperationID, got.header)
			}
		}
		q.target += "?nonsense=1"
		check(op, g.send(q))
	}
	w.clock.advance(time.Minute)
	for range 120 {
		w.get("/api/v1/tags")
	}
	op, _ := g.find("GET", "/tags")
	if got := w.get("/api/v1/tags"); got.status != 429 {
		t.Errorf("the limit is not reached: %d", got.status)
	} else {
		check(op, got)
	}
	for _, name := range []string{"X-Request-Id", "RateLimit", "RateLimit-Policy", "Retry-After"} {
		if !replies[name] {
			t.Errorf("the document tells of no %s", name)
		}
	}
}
