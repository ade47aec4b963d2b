package store

import (
	"slices"

	"alfaone/internal/assess"
)

const tagColumns = "org_id, id, name, color, created_at, updated_at"

func scanTag(r row) (t assess.Tag, err error) {
	return t, r.Scan(&t.Org, &t.ID, &t.Name, &t.Color, timeInto{&t.CreatedAt}, timeInto{&t.UpdatedAt})
}

// Tag reads a tag. Errors: NotFound.
func (tx *Tx) Tag(org assess.OrgID, id assess.TagID) (assess.Tag, error) {
	return one(tx, "tag", scanTag, "SELECT "+tagColumns+" FROM tags WHERE org_id = $1 AND id = $2", org, id)
}

// tagSorts are the orders of a list of tags.
var tagSorts = map[string]string{"created_at": "created_at", "name": "folded"}

// Tags reads a page of tags, with how many there are.
func (tx *Tx) Tags(org assess.OrgID, page assess.Page) ([]assess.Tag, int, error) {
	var w where
	w.add("org_id = ?", org)
	return pageOf(tx, scanTag, tagColumns, "tags", &w, page, tagSorts[page.Sort])
}

// AllTags reads an organization's tags by name.
func (tx *Tx) AllTags(org assess.OrgID) ([]assess.Tag, error) {
	return list(tx, scanTag, "SELECT "+tagColumns+" FROM tags WHERE org_id = $1 ORDER BY folded, id", org)
}

// InsertTag adds a tag. Errors: Conflict when the name is taken.
func (tx *Tx) InsertTag(t assess.Tag) error {
	n, err := tx.exec(`INSERT INTO tags (`+tagColumns+`, folded) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		t.Org, t.ID, t.Name, t.Color, at(t.CreatedAt), at(t.UpdatedAt), fold(t.Name))
	if err == nil && n == 0 {
		return errTagTaken(t.Name)
	}
	return err
}

// UpdateTag writes a tag. Errors: NotFound; Conflict when the name is taken.
func (tx *Tx) UpdateTag(t assess.Tag) error {
	err := tx.change("tag", "UPDATE tags SET name = $3, folded = $4, color = $5, updated_at = $6 WHERE org_id = $1 AND id = $2",
		t.Org, t.ID, t.Name, fold(t.Name), t.Color, at(t.UpdatedAt))
	if violates(err, "tags_name", "tags.folded") {
		return errTagTaken(t.Name)
	}
	return err
}

func errTagTaken(name string) error {
	return assess.Errorf(assess.Conflict, "A tag named %q already exists.", name)
}

// DeleteTag removes a tag from everything that has it. Errors: NotFound.
func (tx *Tx) DeleteTag(org assess.OrgID, id assess.TagID) error {
	return tx.change("tag", "DELETE FROM tags WHERE org_id = $1 AND id = $2", org, id)
}

// TagUse is on how many things a tag is, live and test ones together.
type TagUse struct {
	Tag                  assess.TagID
	Assessments, Invites int
}

// TagUses reads how often each tag of an organization is used; one that is not used may be missing.
func (tx *Tx) TagUses(org assess.OrgID) ([]TagUse, error) {
	return list(tx, func(r row) (u TagUse, err error) { return u, r.Scan(&u.Tag, &u.Assessments, &u.Invites) }, `
		SELECT tag_id, CAST(SUM(assessments) AS BIGINT), CAST(SUM(invites) AS BIGINT) FROM (
			SELECT tag_id, 1 AS assessments, 0 AS invites FROM assessment_tags WHERE org_id = $1
			UNION ALL SELECT tag_id, 0, 1 FROM invite_tags WHERE org_id = $1
		) AS uses GROUP BY tag_id ORDER BY tag_id`, org)
}

// Each of the three functions below serves assessments and invites alike; table and column come from this package only.

func (tx *Tx) tagsOf(table, column string, org assess.OrgID, id string) ([]assess.TagID, error) {
	return list(tx, scanID[assess.TagID],
		"SELECT tag_id FROM "+table+" WHERE org_id = $1 AND "+column+" = $2 ORDER BY tag_id", org, id)
}

// insertTags links tags, each once. Errors: NotFound for a tag that is not the organization's.
func (tx *Tx) insertTags(table, column string, org assess.OrgID, id string, tags []assess.TagID) error {
	for _, tag := range slices.Compact(slices.Sorted(slices.Values(tags))) {
		if err := tx.change("tag", "INSERT INTO "+table+" (org_id, "+column+`, tag_id)
			SELECT org_id, $2, id FROM tags WHERE org_id = $1 AND id = $3`, org, id, tag); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) replaceTags(table, column string, org assess.OrgID, id string, tags []assess.TagID) error {
	if _, err := tx.exec("DELETE FROM "+table+" WHERE org_id = $1 AND "+column+" = $2", org, id); err != nil {
		return err
	}
	return tx.insertTags(table, column, org, id, tags)
}
