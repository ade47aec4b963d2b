package assess

import "slices"

// Role is what a member is in an organization.
type Role string

// The roles, mightiest first.
const (
	Owner     Role = "owner"     // everything, owners included
	Admin     Role = "admin"     // everything but making and unmaking owners
	Recruiter Role = "recruiter" // writes assessments, invites candidates, sees results
	Grader    Role = "grader"    // scores the completed invites assigned to them, and sees nothing else
	Viewer    Role = "viewer"    // sees assessments, invites and results; changes nothing
)

// Roles lists the roles, mightiest first.
func Roles() []Role { return []Role{Owner, Admin, Recruiter, Grader, Viewer} }

// Permission is one thing that somebody may do. Every route names the one that it needs.
type Permission string

// The permissions.
const (
	ReadAssessments    Permission = "read assessments"
	WriteAssessments   Permission = "write assessments"
	ReadInvites        Permission = "read invites"
	GradeAssigned      Permission = "grade assigned invites"
	AssignGraders      Permission = "assign graders"
	ReadResults        Permission = "read results"
	DecideCandidates   Permission = "decide about candidates"
	InviteCandidates   Permission = "invite candidates"
	EraseCandidates    Permission = "erase candidates"
	ReadMembers        Permission = "read members"
	ManageMembers      Permission = "manage members"
	ReadTags           Permission = "read tags"
	ManageTags         Permission = "manage tags"
	ManageKeys         Permission = "manage API keys"
	ManageWebhooks     Permission = "manage webhooks"
	ManageOrganization Permission = "manage the organization"
	ReadMail           Permission = "read the mailbox"
	ManageSelf         Permission = "manage one's own profile"
)

// Permissions lists every permission.
func Permissions() []Permission {
	return []Permission{
		ReadAssessments, WriteAssessments, ReadInvites, InviteCandidates, GradeAssigned, AssignGraders,
		ReadResults, DecideCandidates, EraseCandidates, ReadMembers, ManageMembers,
		ReadTags, ManageTags, ManageKeys, ManageWebhooks, ManageOrganization, ReadMail, ManageSelf,
	}
}

var rolePermissions = map[Role][]Permission{
	Owner: Permissions(),
	Admin: Permissions(),
	Recruiter: {
		ReadAssessments, WriteAssessments, ReadInvites, InviteCandidates, GradeAssigned, AssignGraders, ReadResults,
		DecideCandidates, ReadMembers, ReadTags, ManageTags, ManageSelf,
	},
	Grader: {GradeAssigned, ManageSelf},
	Viewer: {ReadAssessments, ReadInvites, ReadResults, ReadMembers, ReadTags, ManageSelf},
}

// May reports whether the role has the permission.
func (r Role) May(p Permission) bool { return slices.Contains(rolePermissions[r], p) }

// ActorKind says what sort of somebody acts.
type ActorKind string

// The kinds of actor.
const (
	ByMember    ActorKind = "member"
	ByKey       ActorKind = "api_key"
	ByCandidate ActorKind = "candidate"
	BySystem    ActorKind = "system" // a job, or the operator at the command line
)

// Actor is who acts, in which organization, on live or on test data.
type Actor struct {
	Org  OrgID
	Mode Mode
	Kind ActorKind
	ID   string // the member's or key's id; empty for a candidate and the system
	Name string // for the timeline, as it was when they acted
	Role Role   // of a member

	Scopes []Scope // of a key
}

// May is nil when the actor has the permission, else Forbidden.
func (a Actor) May(p Permission) error {
	if a.Can(p) {
		return nil
	}
	if scope := scopeFor(p); a.Kind == ByKey && scope != "" {
		return Errorf(Forbidden, "This API key lacks the scope %s. Use one that has it, or make one in the dashboard.", scope)
	}
	return Errorf(Forbidden, "You are not allowed to %s.", p)
}

// Can reports whether the actor has the permission.
func (a Actor) Can(p Permission) bool {
	switch a.Kind {
	case ByMember:
		return a.Role.May(p)
	case ByKey:
		return p == ReadTags || slices.Contains(a.Scopes, scopeFor(p)) && scopeFor(p) != ""
	case BySystem:
		return true
	default:
		return false
	}
}

// Mode keeps the two worlds of an organization apart: what is made in one is invisible in the other.
type Mode string

// The modes.
const (
	Live Mode = "live"
	Test Mode = "test" // mail is captured, never sent
)
