package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

// route is one call of the API: how it is reached, who may, what is done, and what the OpenAPI document says of it.
type route struct {
	method, path string
	access       assess.Permission // which permission the key must have; never empty
	endpoint

	list        *listing // what may be asked of a list; nil: no query parameters at all
	maxBody     int64    // of the request, in bytes; 0: MaxBody
	status      int      // of the answer when all went well; 0: 201 of a POST, else 200, or 204 without a body
	found       int      // the status instead where nothing was made because it is there; 0: that cannot be
	once        byWhom   // who sees to it that a POST with an Idempotency-Key is carried out once
	name        string   // operationId
	summary     string
	description string
	deprecated  deprecation
	errors      []int // statuses besides those that every route can answer
	example     any   // of a body, of type in
	answer      any   // of an answer, of type out
}

// endpoint is a handler together with the types that it reads and writes. The document is made of these types.
type endpoint struct {
	in, out  reflect.Type // nil: no body
	optional bool         // whether the body may be left out
	decode   func(body []byte) (any, error)
	run      func(ctx context.Context, a *API, c *call, in any) (any, error)
}

// byWhom says who carries a call out once.
type byWhom int

const (
	byAPI       byWhom = iota // the API, in one transaction
	byHandler                 // the handler, which reads call.onceKey, because one transaction will not do
	byRepeating               // the API, which asks before the call and remembers after it: carried out twice, it changes nothing
)

// noBody is what a call without a body decodes.
func noBody([]byte) (any, error) { return nil, nil } //nolint:nilnil // there is nothing

// gives is the endpoint of a call without a body.
func gives[Out any](handle func(*API, context.Context, *call) (Out, error)) endpoint {
	return endpoint{
		out: reflect.TypeFor[Out](), decode: noBody,
		run: func(ctx context.Context, a *API, c *call, _ any) (any, error) { return handle(a, ctx, c) },
	}
}

// takes is the endpoint of a call with a body.
func takes[In, Out any](handle func(*API, context.Context, *call, In) (Out, error)) endpoint {
	return endpoint{
		in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), decode: decodeAs[In],
		run: func(ctx context.Context, a *API, c *call, in any) (any, error) { return handle(a, ctx, c, in.(In)) },
	}
}

// mayTake is the endpoint of a call whose body may be left out, which then is as empty as "{}".
func mayTake[In, Out any](handle func(*API, context.Context, *call, In) (Out, error)) endpoint {
	e := takes(handle)
	e.optional = true
	e.decode = func(body []byte) (any, error) {
		if len(body) == 0 {
			body = []byte("{}")
		}
		return decodeAs[In](body)
	}
	return e
}

// does is the endpoint of a call that answers nothing.
func does(handle func(*API, context.Context, *call) error) endpoint {
	return endpoint{
		decode: noBody,
		run:    func(ctx context.Context, a *API, c *call, _ any) (any, error) { return nil, handle(a, ctx, c) },
	}
}

func decodeAs[In any](body []byte) (any, error) {
	var in In
	err := decode(body, &in)
	return in, err
}

// limit is how large the body may be, in bytes.
func (r route) limit() int64 {
	if r.maxBody != 0 {
		return r.maxBody
	}
	return MaxBody
}

// success is the status of the answer when all went well.
func (r route) success() int {
	switch {
	case r.status != 0:
		return r.status
	case r.out == nil:
		return http.StatusNoContent
	case r.method == http.MethodPost:
		return http.StatusCreated
	default:
		return http.StatusOK
	}
}

// routes is every call of the API that needs a key.
func routes() []route {
	return slices.Concat(assessmentRoutes(), assessmentDocumentRoutes(), inviteRoutes(), memberRoutes(), tagRoutes(), advanceRoutes(), eventRoutes(), webhookRoutes(), erasureRoutes())
}

func assessmentRoutes() []route {
	return []route{
		{
			method: "GET", path: "/assessments", access: assess.ReadAssessments, endpoint: gives((*API).listAssessments),
			list: &listing{sorts: assess.AssessmentSorts(), filters: []filter{
				{name: "status", form: oneOfSeveral, oneOf: texts(assess.AssessmentStatuses()), description: "Only assessments with this status. Without it, all but archived ones."},
			}},
			name: "listAssessments", summary: "List assessments",
			description: "The organization's assessments, as they were last published; as a draft while they never were.",
			answer:      wire.AssessmentList{Assessments: []wire.Assessment{exampleAssessment}, Pagination: examplePage},
		},
		{
			method: "GET", path: "/assessments/{assessmentId}", access: assess.ReadAssessments, endpoint: gives((*API).getAssessment),
			name: "getAssessment", summary: "Get an assessment", description: "One assessment, with its total of points.",
			answer: wire.AssessmentDetail{Assessment: exampleAssessment, TotalPoints: 100},
		},
		{
			method: "GET", path: "/assessments/{assessmentId}/questions", access: assess.ReadAssessments, endpoint: gives((*API).listQuestions),
			list: &listing{sorts: []string{"position"}, ascending: true},
			name: "listQuestions", summary: "List the questions of an assessment",
			description: "What candidates would be asked now: the questions as last published, or the draft's while nothing is.",
			answer:      wire.QuestionList{Questions: []wire.Question{exampleQuestion}, Pagination: examplePage},
		},
	}
}

func memberRoutes() []route {
	return []route{
		{
			method: "GET", path: "/members", access: assess.ReadMembers, endpoint: gives((*API).listMembers),
			list: &listing{sorts: []string{"created_at", "last_name", "email"}},
			name: "listMembers", summary: "List members", description: "The people of the organization who have joined.",
			answer: wire.MemberList{Members: []wire.Member{exampleMember}, Pagination: examplePage},
		},
		{
			method: "GET", path: "/members/{memberId}", access: assess.ReadMembers, endpoint: gives((*API).getMember),
			name: "getMember", summary: "Get a member", description: "One member of the organization.",
			answer: exampleMember,
		},
	}
}

func tagRoutes() []route {
	return []route{
		{
			method: "GET", path: "/tags", access: assess.ReadTags, endpoint: gives((*API).listTags),
			list: &listing{sorts: []string{"name", "created_at"}},
			name: "listTags", summary: "List tags", description: "The tags of the organization.",
			answer: wire.TagList{Tags: []wire.Tag{exampleTag}, Pagination: examplePage},
		},
		{
			method: "POST", path: "/tags", access: assess.ManageTags, endpoint: takes((*API).createTag),
			name: "createTag", summary: "Create a tag", description: "Makes a tag under a name that no other tag has.",
			errors:  []int{http.StatusConflict},
			example: exampleTagRequest, answer: wire.TagCreated{Tag: exampleTag},
		},
		{
			method: "GET", path: "/tags/{tagId}", access: assess.ReadTags, endpoint: gives((*API).getTag),
			name: "getTag", summary: "Get a tag", description: "One tag.",
			answer: exampleTag,
		},
		{
			method: "PATCH", path: "/tags/{tagId}", access: assess.ManageTags, endpoint: takes((*API).updateTag),
			name: "updateTag", summary: "Change a tag", description: "Changes what the body names and leaves the rest.",
			errors:  []int{http.StatusConflict},
			example: exampleTagPatch, answer: exampleTag,
		},
		{
			method: "DELETE", path: "/tags/{tagId}", access: assess.ManageTags, endpoint: does((*API).deleteTag),
			name: "deleteTag", summary: "Delete a tag", description: "Deletes a tag and takes it off everything that has it.",
		},
	}
}

// texts are the values as they are written.
func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// parameters are the names of the ids in the path, in their order.
func (r route) parameters() (names []string) {
	for rest := r.path; ; {
		_, after, found := strings.Cut(rest, "{")
		if !found {
			return names
		}
		var name string
		name, rest, _ = strings.Cut(after, "}")
		names = append(names, name)
	}
}

// resources groups routes by path, and those of a path by method.
func resources(all []route) map[string]map[string]route {
	out := map[string]map[string]route{}
	for _, r := range all {
		if out[r.path] == nil {
			out[r.path] = map[string]route{}
		}
		out[r.path][r.method] = r
	}
	return out
}

// allowed is the Allow header of a path.
func allowed(methods map[string]route) string {
	all := []string{http.MethodOptions}
	for method := range methods {
		all = append(all, method)
		if method == http.MethodGet {
			all = append(all, http.MethodHead)
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
