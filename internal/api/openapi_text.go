package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"alfaone/internal/assess"
)

// introduction is what the document says before everything else, in Markdown.
const introduction = `
Everything that a program needs to invite candidates and to follow what becomes of them.

**Keys.** Every call needs an API key in the header ` + "`x-api-key`" + `. A key belongs to one
organization and sees its data only. Keys that begin with ` + "`ak_test_`" + ` see test data only, and no mail leaves the house. Only this
document (` + "`GET /api/v1/openapi.json`" + `) is there for everybody, and does not count against any limit.

**Form.** JSON in and out. Ids are UUIDs, times are UTC with milliseconds (` + "`2025-01-15T12:00:00.000Z`" + `). Of an answer, every
field is always there: what is absent is null, a list is never null. Only of fields that are described as additive, some stay away
where there is nothing to tell, as they say. Fields may be added to answers; ignore what you do not know.
In a request, fields and query parameters that we do not know are refused, so that a typo does not pass unseen.

**Lists.** Pages are counted from 1; the total is exact, and past the last page the list is empty. To go through all of a list, ask by
` + "`cursor`" + ` instead of ` + "`page`" + `: empty to begin, then the ` + "`pagination.nextCursor`" + ` of the answer before, with the same filters and
order, until that is null. Whatever is added or removed meanwhile, each item that keeps its place in the order comes exactly once;
one that changes in what the list is sorted or filtered by (also by expiring) may come twice or not at all. Total and page are null then.

**Errors.** The body is ` + "`{\"error\": \"…\"}`" + `, one sentence for people. Ask with ` + "`Accept: application/problem+json`" + ` for more
(RFC 9457). Every answer has an ` + "`X-Request-Id`" + `; give it to us when you ask for help.

**Limits.** An organization may make so many calls a minute, as ` + "`RateLimit-Policy`" + ` says; ` + "`RateLimit`" + ` tells how many are left
(` + "`r`" + `) and in how many seconds there are more (` + "`t`" + `). One call too many is answered with 429 and ` + "`Retry-After`" + `. Answers without
a valid key say nothing of an organization's limit; unknown keys are counted by network, under the policy ` + "`authentication`" + `.
`

func tags() []*huma.Tag {
	return []*huma.Tag{
		{Name: "assessments", Description: "What candidates are invited to answer. Members write and publish assessments in the dashboard."},
		{Name: "invites", Description: "One person, asked to take one assessment."},
		{Name: "events", Description: "What happened, told to whoever asks."},
		{Name: "members", Description: "The people of the organization."},
		{Name: "tags", Description: "Words with a colour that members put on assessments and invites."},
		{Name: "webhooks", Description: "Addresses of yours that events are posted to, signed and until they arrive."},
		{Name: "test", Description: "What only test keys can do: let synthetic candidates take invites."},
	}
}

// failure is what the document says of a status.
type failure struct {
	name, description, example, code string
	headers                          []string
}

// rated are the headers that say where the caller stands: the key's organization, or the network where no usable key came.
var rated = []string{"RateLimit", "RateLimit-Policy"}

var failures = map[int]failure{
	http.StatusBadRequest:            {"BadRequest", "Something in the request is missing or not as it must be. The message names every field.", "recipientEmail must be a valid email address", "invalid", rated},
	http.StatusUnauthorized:          {"Unauthorized", "There is no key, or not one that can be used: `" + assess.MessageKeyRequired + "`, `" + assess.MessageKeyInvalid + "`, `" + assess.MessageKeyExpired + "` or `" + assess.MessageKeyRevoked + "`.", assess.MessageKeyRequired, "unauthenticated", rated},
	http.StatusForbidden:             {"Forbidden", "The key is not allowed to do this.", "You are not allowed to manage tags.", "forbidden", rated},
	http.StatusNotFound:              {"NotFound", "It does not exist, or belongs to another organization.", "assessment not found", "not_found", rated},
	http.StatusConflict:              {"Conflict", "It is well asked, but not possible as things stand.", "The assessment is a draft. Publish it before inviting candidates.", "conflict", append([]string{"Retry-After"}, rated...)},
	http.StatusRequestEntityTooLarge: {"TooLarge", "The request body is over 256 KB, or over 4 MB where it carries many things at once.", "The request body must be at most 256 KB.", "too_large", nil},
	http.StatusUnsupportedMediaType:  {"UnsupportedMediaType", "The request body is not said to be JSON.", "The request body must be JSON: send Content-Type: application/json.", "unsupported_media_type", rated},
	http.StatusUnprocessableEntity:   {"IdempotencyKeyReused", "The Idempotency-Key came with another request before.", "This Idempotency-Key was used before with a different request. Use a new key for a new request.", "idempotency_key_reused", rated},
	http.StatusTooManyRequests:       {"RateLimited", "There were too many calls in too short a time. Wait as Retry-After says.", "Rate limit exceeded. Try again in 1 seconds.", "rate_limited", append([]string{"Retry-After"}, rated...)},
	http.StatusInternalServerError:   {"Internal", "Our fault. It is logged under the request id.", messageInternal, "internal", nil},
	http.StatusServiceUnavailable:    {"Unavailable", "We cannot right now. The same call may succeed later.", "The server is busy. Try again in a moment.", "unavailable", []string{"Retry-After"}},
}

func headers() map[string]*huma.Header {
	text := func(about string, example any) *huma.Header {
		return &huma.Header{Description: about, Schema: &huma.Schema{Type: huma.TypeString}, Example: example}
	}
	return map[string]*huma.Header{
		"X-Request-Id":        text("Names this call, in our logs too.", "01945b3e-7d6a-7c3f-9f0e-3b5a7c9d1e2f"),
		"RateLimit":           text("How many calls are left (r), and in how many seconds there are more (t).", `"default";r=99;t=1`),
		"RateLimit-Policy":    text("How many calls (q) the organization may make in how many seconds (w); without a usable key, the network.", `"default";q=100;w=60`),
		"Idempotent-Replayed": text("Says true when the answer was given before, to a call with the same Idempotency-Key.", "true"),
		"Retry-After":         {Description: "In how many seconds to try again.", Schema: &huma.Schema{Type: huma.TypeInteger}, Example: 1},
	}
}

func headerRef(name string) *huma.Header { return &huma.Header{Ref: "#/components/headers/" + name} }
