package assess

import (
	"slices"
	"strings"
)

// Scope is a part of the public API that a key may use.
type Scope string

// The scopes.
const (
	ScopeReadAssessments  Scope = "assessments:read"
	ScopeWriteAssessments Scope = "assessments:write"
	ScopeReadInvites      Scope = "invites:read"
	ScopeWriteInvites     Scope = "invites:write"
	ScopeReadResults      Scope = "results:read"
	ScopeReadMembers      Scope = "members:read"
	ScopeWriteTags        Scope = "tags:write"
	ScopeWriteWebhooks    Scope = "webhooks:write"
)

// Scopes lists the scopes.
func Scopes() []Scope {
	return []Scope{
		ScopeReadAssessments, ScopeWriteAssessments, ScopeReadInvites, ScopeWriteInvites, ScopeReadResults, ScopeReadMembers,
		ScopeWriteTags, ScopeWriteWebhooks,
	}
}

// Allows says for people what a key with the scope may do.
func (s Scope) Allows() string {
	switch s {
	case ScopeReadAssessments:
		return "See assessments and their questions"
	case ScopeWriteAssessments:
		return "Create, change, publish and archive assessments"
	case ScopeReadInvites:
		return "See invites, candidates and events"
	case ScopeWriteInvites:
		return "Invite candidates, change and revoke invites, erase candidates"
	case ScopeReadResults:
		return "See answers, scores and decisions"
	case ScopeReadMembers:
		return "See the members of the organization"
	case ScopeWriteTags:
		return "Create and delete tags"
	case ScopeWriteWebhooks:
		return "See, create and change webhooks"
	default:
		return ""
	}
}

// scopePermissions are what each scope lets a key do: all that the public API offers, nothing that only a person should.
// Tags can be read by every key, since assessments and invites name them.
var scopePermissions = map[Scope][]Permission{
	ScopeReadAssessments:  {ReadAssessments},
	ScopeWriteAssessments: {WriteAssessments},
	ScopeReadInvites:      {ReadInvites},
	ScopeWriteInvites:     {InviteCandidates, EraseCandidates},
	ScopeReadResults:      {ReadResults},
	ScopeReadMembers:      {ReadMembers},
	ScopeWriteTags:        {ManageTags},
	ScopeWriteWebhooks:    {ManageWebhooks},
}

// scopeFor is the scope that a key needs for the permission; empty where none gives it.
func scopeFor(p Permission) Scope {
	for _, s := range Scopes() {
		if slices.Contains(scopePermissions[s], p) {
			return s
		}
	}
	return ""
}

func (p *problems) scopes(scopes []Scope) {
	p.when(scopes != nil && len(scopes) == 0, "scopes", "must name at least one")
	for _, s := range scopes {
		p.when(scopePermissions[s] == nil, "scopes", "must be of %s", strings.Join(scopeNames(), ", "))
	}
}

func scopeNames() []string {
	var names []string
	for _, s := range Scopes() {
		names = append(names, string(s))
	}
	return names
}
