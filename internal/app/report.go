package app

import (
	"context"
	"slices"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Report is what the report of a candidate says.
type Report struct {
	Results
	Organization assess.Organization
	Logo         []byte   // PNG or JPEG; empty for none
	TagNames     []string // of the invite
}

// Report reads what the report of a candidate says. Errors: Forbidden; NotFound; Conflict while the invite is not completed.
func (a *App) Report(ctx context.Context, who assess.Actor, id assess.InviteID) (r Report, err error) {
	if err := who.May(assess.ReadResults); err != nil {
		return r, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if r.Results, err = resultsOf(tx, who, id); err != nil {
			return err
		}
		if r.Status != assess.Completed {
			return assess.Errorf(assess.Conflict, "There is a report once the candidate has completed the assessment.")
		}
		if r.Organization, err = tx.Organization(who.Org); err != nil {
			return err
		}
		if r.Organization.LogoID != "" {
			logo, err := tx.Logo(r.Organization.LogoID)
			if err != nil {
				return err
			}
			r.Logo = logo.Bytes
		}
		return r.readTagNames(tx, who)
	})
	return r, err
}

func (r *Report) readTagNames(tx *store.Tx, who assess.Actor) error {
	tags, err := tx.AllTags(who.Org)
	for _, tag := range tags {
		if slices.Contains(r.Invite.Tags, tag.ID) {
			r.TagNames = append(r.TagNames, tag.Name)
		}
	}
	return err
}
