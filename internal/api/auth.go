package api

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/ratelimit"
)

// keyHeader carries the API key.
const keyHeader = "X-Api-Key"

// refusedPerMinute bounds how many requests without a usable key one network may send, so that guessing keys is slow. An
// organization's own limit is its own.
const refusedPerMinute = 300

// authorize finds out who calls and counts the call: for the organization, or for the network where no key tells one. Errors:
// Invalid, Unauthenticated, RateLimited.
func (a *API) authorize(w http.ResponseWriter, r *http.Request) (assess.Actor, error) {
	if key, found := keyInURL(r.URL.RawQuery); found {
		return assess.Actor{}, a.refuseKeyInURL(w, r, key)
	}
	who, perMinute, err := a.app.AuthenticateKey(r.Context(), apiKey(r))
	switch {
	case assess.KindOf(err) == assess.Unauthenticated:
		return who, a.refuse(w, r, err)
	case err != nil:
		return who, err
	default:
		return who, a.count(r.Context(), w, "default", "api:"+string(who.Org), perMinute)
	}
}

// refuseKeyInURL refuses a key that logs along the way may have kept. Who manages it is told so.
func (a *API) refuseKeyInURL(w http.ResponseWriter, r *http.Request, key string) error {
	a.log.WarnContext(r.Context(), "an API key was sent in a URL", "id", a.requestID(r.Context()), "path", r.URL.Path)
	err := a.refuse(w, r, assess.Errorf(assess.Invalid, "Send the API key in the x-api-key header, never in the URL. Revoke a key that was in a URL: it may be in logs."))
	if assess.KindOf(err) != assess.RateLimited {
		who, _, _ := a.app.AuthenticateKey(r.Context(), key) // whether it works or not, and nobody where it is none of ours
		a.app.CountKeyUse(who, app.KeyRequest{At: a.now(), Refused: true, InURL: true})
	}
	return err
}

// admitKey is authorize for a request that no route answers: it may come without a key.
func (a *API) admitKey(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get(keyHeader) == "" {
		return a.refuse(w, r, nil)
	}
	who, err := a.authorize(w, r)
	a.app.CountKeyUse(who, app.KeyRequest{At: a.now(), Refused: true})
	return err
}

// countUse counts a call of the route for the figures of its key. The status is that of the answer, unless err is.
func (a *API) countUse(rt route, who assess.Actor, status int, err error) {
	if err != nil {
		status = problemOf(err).Status
	}
	refused := status >= http.StatusBadRequest && status < http.StatusInternalServerError
	a.app.CountKeyUse(who, app.KeyRequest{Route: rt.method + " " + rt.path, At: a.now(), Refused: refused})
}

// refuse counts a request without a usable key by its network, and returns why it is refused.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, refusal error) error {
	if err := a.count(r.Context(), w, "authentication", "api-keys:"+network(a.address(r)), refusedPerMinute); err != nil {
		return err
	}
	return refusal
}

// apiKey is the key that was sent. Several are one that cannot be valid, as they are once a proxy has joined them.
func apiKey(r *http.Request) string { return strings.Join(r.Header.Values(keyHeader), ",") }

// keyInURL finds a key in a query string, or a parameter that is meant to hold one, and is then maybe none.
func keyInURL(query string) (key string, found bool) {
	if query == "" {
		return "", false
	}
	values, _ := url.ParseQuery(query)
	for name, all := range values {
		switch strings.ToLower(name) {
		case "x-api-key", "api-key", "api_key", "apikey":
			found = true
		}
		for _, v := range all {
			if _, isKey := assess.APIKeyMode(v); isKey {
				return v, true
			}
		}
	}
	return "", found
}

// network is the address without port, and for IPv6 the /64 that one subscriber has. What is no address stands for itself.
func network(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	prefix, _ := ip.WithZone("").Prefix(64)
	return prefix.String()
}

// count counts a request under key and tells the client where it stands (draft-ietf-httpapi-ratelimit-headers-10). Errors:
// RateLimited.
func (a *API) count(ctx context.Context, w http.ResponseWriter, policy, key string, perMinute int) error {
	d, err := a.limiter.Take(ctx, key, perMinute, time.Minute)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("RateLimit-Policy", `"`+policy+`";q=`+strconv.Itoa(perMinute)+`;w=60`)
	h.Set("RateLimit", `"`+policy+`";r=`+strconv.Itoa(d.Remaining)+`;t=`+strconv.Itoa(untilMore(d)))
	if d.Allowed {
		return nil
	}
	h.Set("Retry-After", strconv.Itoa(max(seconds(d.Wait), 1)))
	return app.TooFast(d)
}

// untilMore is in how many seconds there is more to take: the next request when nothing is left, else the whole limit.
func untilMore(d ratelimit.Decision) int {
	if d.Remaining == 0 {
		return max(seconds(d.Wait), 1)
	}
	return seconds(d.Reset)
}

// seconds rounds up.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
