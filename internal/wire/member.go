package wire

import "alfaone/internal/assess"

// Member is a person of the organization.
type Member struct {
	ID        string `json:"id" format:"uuid" doc:"Names the member."`
	FirstName string `json:"firstName" doc:"The given name."`
	LastName  string `json:"lastName" doc:"The family name."`
	Email     string `json:"email" format:"email" doc:"The address that the member signs in with."`
	Role      string `json:"role" enum:"owner,admin,recruiter,grader,viewer" doc:"What the member may do."`
	CreatedAt Time   `json:"createdAt" format:"date-time" doc:"When the member was added."`
}

// MemberList is a page of members.
type MemberList struct {
	Members    []Member   `json:"members" nullable:"false" doc:"The members of this page."`
	Pagination Pagination `json:"pagination"`
}

// MemberOf is the member on the wire.
func MemberOf(m assess.Member) Member {
	return Member{
		ID: string(m.ID), FirstName: m.FirstName, LastName: m.LastName, Email: m.Email, Role: string(m.Role), CreatedAt: TimeOf(m.CreatedAt),
	}
}

// MemberListOf is a part of a list of members.
func MemberListOf(items []assess.Member, p Pagination) MemberList {
	return MemberList{Members: list(items, MemberOf), Pagination: p}
}
