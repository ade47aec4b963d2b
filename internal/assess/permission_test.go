package assess_test

import (
	"slices"
	"testing"

	"alfaone/internal/assess"
)

// matrix says who may what, written out by hand: owner, admin, recruiter, grader, viewer, API key.
var matrix = map[assess.Permission]string{
	"read assessments":         "OAR-VK",
	"write assessments":        "OAR--K",
	"read invites":             "OAR-VK",
	"invite candidates":        "OAR--K",
	"grade assigned invites":   "OARG--",
	"assign graders":           "OAR---",
	"read results":             "OAR-VK",
	"decide about candidates":  "OAR---",
	"erase candidates":         "OA---K",
	"read members":             "OAR-VK",
	"manage members":           "OA----",
	"read tags":                "OAR-VK",
	"manage tags":              "OAR--K",
	"manage API keys":          "OA----",
	"manage webhooks":          "OA---K",
	"manage the organization":  "OA----",
	"read the mailbox":         "OA----",
	"manage one's own profile": "OARGV-",
}

func TestWhoMayWhat(t *testing.T) {
	t.Parallel()
	if len(matrix) != len(assess.Permissions()) {
		t.Fatalf("the table has %d permissions, there are %d", len(matrix), len(assess.Permissions()))
	}
	actors := []assess.Actor{
		{Kind: assess.ByMember, Role: assess.Owner},
		{Kind: assess.ByMember, Role: assess.Admin},
		{Kind: assess.ByMember, Role: assess.Recruiter},
		{Kind: assess.ByMember, Role: assess.Grader},
		{Kind: assess.ByMember, Role: assess.Viewer},
		{Kind: assess.ByKey, Scopes: assess.Scopes()},
	}
	for permission, line := range matrix {
		if !slices.Contains(assess.Permissions(), permission) {
			t.Errorf("there is no permission to %s", permission)
		}
		for i, who := range actors {
			want := line[i] != '-'
			if got := who.Can(permission); got != want {
				t.Errorf("%s %s: %v, want %v to %s", who.Kind, who.Role, got, want, permission)
			}
			if err := who.May(permission); (err == nil) != want || !want && assess.KindOf(err) != assess.Forbidden {
				t.Errorf("%s %s: %v to %s", who.Kind, who.Role, err, permission)
			}
		}
	}
}

func TestTheSystemMayAllAndOthersNothing(t *testing.T) {
	t.Parallel()
	nobodies := []assess.Actor{
		{}, {Kind: assess.ByCandidate}, {Kind: assess.ByMember}, {Kind: assess.ByMember, Role: "root"}, {Kind: "root", Role: assess.Owner},
	}
	for _, p := range assess.Permissions() {
		if !(assess.Actor{Kind: assess.BySystem}).Can(p) {
			t.Errorf("the system may not %s", p)
		}
		for _, who := range nobodies {
			if who.Can(p) {
				t.Errorf("%+v may %s", who, p)
			}
		}
	}
	if (assess.Actor{Kind: assess.ByMember, Role: assess.Owner}).Can("fly") {
		t.Error("an owner may do what is no permission")
	}
}

func TestOnlyOwnersMakeOwners(t *testing.T) {
	t.Parallel()
	for _, by := range assess.Roles() {
		for _, r := range assess.Roles() {
			want := by == assess.Owner || by == assess.Admin && r != assess.Owner
			if got := assess.MayGrant(by, r); got != want {
				t.Errorf("a member with role %s grants role %s: %v, want %v", by, r, got, want)
			}
		}
	}
}
