package assess

import (
	"slices"
	"time"
)

// GradingPlan says who grades the invites of an assessment, and how. The zero value assigns nobody.
type GradingPlan struct {
	Org        OrgID
	Assessment AssessmentID
	Graders    []MemberID // who take turns
	PerInvite  int        // how many of them grade each completed invite; 0 means that members assign by hand
	Blind      bool       // whether graders learn neither names nor others' scores before they submit
	Gap        int        // by how much percent of all points evaluations may differ before somebody adjudicates; 0 means any
	DueDays    int        // within how many days after completion a grader should submit; 0 means no deadline
	Turn       int        // whose turn it is, as an index into Graders
	Revision   int        // rises with every change by a member
}

// The limits of a plan.
const (
	MaxPerInvite = 5
	MaxDueDays   = 90
	MaxGraders   = 200
)

// Validate checks the plan by itself. Errors: Invalid.
func (g GradingPlan) Validate() error {
	var p problems
	p.when(g.PerInvite < 0 || g.PerInvite > MaxPerInvite, "perInvite", "must be between 0 and %d", MaxPerInvite)
	p.when(len(g.Graders) > MaxGraders, "graders", "must be at most %d", MaxGraders)
	p.when(twice(g.Graders), "graders", "must each be named once")
	p.when(len(g.Graders) < g.PerInvite, "graders", "must be at least as many as grade one invite (%d)", g.PerInvite)
	p.when(g.Gap < 0 || g.Gap > 100, "gap", "must be between 0 and 100 percent")
	p.when(g.DueDays < 0 || g.DueDays > MaxDueDays, "dueDays", "must be between 0 and %d", MaxDueDays)
	return p.err()
}

func twice(graders []MemberID) bool {
	sorted := slices.Sorted(slices.Values(graders))
	return len(slices.Compact(sorted)) < len(graders)
}

// Due is until when an invite that becomes gradable at ready should be graded; zero for no deadline.
func (g GradingPlan) Due(ready time.Time) time.Time {
	if g.DueDays == 0 {
		return time.Time{}
	}
	return ready.Add(days(g.DueDays))
}

// Next picks n graders whose turn it is, and moves the turn on. It passes over those that are not free, and picks fewer where
// there are not enough.
func (g *GradingPlan) Next(n int, free func(MemberID) bool) (picked []MemberID) {
	for range g.Graders {
		if len(picked) >= n {
			break
		}
		next := g.Graders[g.Turn%len(g.Graders)]
		g.Turn = (g.Turn + 1) % len(g.Graders)
		if free(next) && !slices.Contains(picked, next) {
			picked = append(picked, next)
		}
	}
	return picked
}
