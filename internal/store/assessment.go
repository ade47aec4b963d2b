package store

import "alfaone/internal/assess"

func scanAssessment(r row) (a assess.Assessment, err error) {
	err = r.Scan(&a.Org, &a.ID, &a.Status, &a.Version, &a.Revision, &a.Published,
		timeInto{&a.CreatedAt}, timeInto{&a.UpdatedAt}, timeInto{&a.PublishedAt}, jsonInto{&a.Draft})
	return a, err
}

// Assessment reads an assessment with its draft and tags. Errors: NotFound.
func (tx *Tx) Assessment(org assess.OrgID, id assess.AssessmentID) (assess.Assessment, error) {
	a, err := one(tx, "assessment", scanAssessment, `SELECT a.org_id, a.id, a.status, a.version, a.revision, a.is_published,
		a.created_at, a.updated_at, a.published_at, d.content
		FROM assessments a JOIN assessment_drafts d ON d.assessment_id = a.id AND d.org_id = a.org_id
		WHERE a.org_id = $1 AND a.id = $2`, org, id)
	if err != nil {
		return a, err
	}
	a.Tags, err = tx.tagsOf("assessment_tags", "assessment_id", org, string(id))
	return a, err
}

// AssessmentVersion reads the content of a published version. Errors: NotFound.
func (tx *Tx) AssessmentVersion(org assess.OrgID, id assess.AssessmentID, version int) (assess.Content, error) {
	return one(tx, "assessment version", func(r row) (c assess.Content, err error) { return c, r.Scan(jsonInto{&c}) },
		"SELECT content FROM assessment_versions WHERE org_id = $1 AND assessment_id = $2 AND version = $3", org, id, version)
}

// InsertAssessment adds an assessment.
func (tx *Tx) InsertAssessment(a assess.Assessment) error {
	draft, languages, err := contentDocuments(a.Draft)
	if err != nil {
		return err
	}
	c := a.Draft
	_, err = tx.exec(`INSERT INTO assessments (org_id, id, status, version, revision, is_published, created_at, updated_at, published_at,
		name, folded, format, answer_format, languages, screen_recording, webcam, id_capture, question_count, total_points)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		a.Org, a.ID, a.Status, a.Version, a.Revision, a.Published, at(a.CreatedAt), at(a.UpdatedAt), at(a.PublishedAt),
		c.Name, fold(c.Name), c.Format, c.AnswerFormat, languages, c.Proctoring.ScreenRecording, c.Proctoring.WebcamMonitoring,
		c.Proctoring.IDCapture, len(c.Questions), c.TotalPoints())
	if err != nil {
		return err
	}
	if _, err := tx.exec("INSERT INTO assessment_drafts (org_id, assessment_id, content) VALUES ($1, $2, $3)", a.Org, a.ID, draft); err != nil {
		return err
	}
	return tx.insertTags("assessment_tags", "assessment_id", a.Org, string(a.ID), a.Tags)
}

// UpdateAssessment writes an assessment that was read at the given revision; a.Revision is the new one. What lists show
// follows the draft until something is published. Errors: NotFound; Conflict when somebody else has changed it since.
func (tx *Tx) UpdateAssessment(a assess.Assessment, revision int) error {
	n, err := tx.exec(`UPDATE assessments SET status = $4, version = $5, revision = $6, is_published = $7,
		updated_at = $8, published_at = $9 WHERE org_id = $1 AND id = $2 AND revision = $3`,
		a.Org, a.ID, revision, a.Status, a.Version, a.Revision, a.Published, at(a.UpdatedAt), at(a.PublishedAt))
	if err != nil {
		return err
	}
	if n == 0 {
		if _, err := tx.Assessment(a.Org, a.ID); err != nil {
			return err
		}
		return assess.Errorf(assess.Conflict, "Somebody else has changed this assessment in the meantime. Reload it to go on.")
	}
	return tx.writeDraft(a)
}

// writeDraft writes the draft, and makes it what lists show while nothing else is published.
func (tx *Tx) writeDraft(a assess.Assessment) error {
	draft, languages, err := contentDocuments(a.Draft)
	if err != nil {
		return err
	}
	if err := tx.change("assessment", "UPDATE assessment_drafts SET content = $3 WHERE org_id = $1 AND assessment_id = $2", a.Org, a.ID, draft); err != nil {
		return err
	}
	if a.Version > 0 && !a.Published {
		return nil
	}
	c := a.Draft
	return tx.change("assessment", `UPDATE assessments SET name = $3, folded = $4, format = $5, answer_format = $6, languages = $7,
		screen_recording = $8, webcam = $9, id_capture = $10, question_count = $11, total_points = $12 WHERE org_id = $1 AND id = $2`,
		a.Org, a.ID, c.Name, fold(c.Name), c.Format, c.AnswerFormat, languages, c.Proctoring.ScreenRecording,
		c.Proctoring.WebcamMonitoring, c.Proctoring.IDCapture, len(c.Questions), c.TotalPoints())
}

// SetAssessmentTags replaces the tags of an assessment. Errors: NotFound when one is not the organization's.
func (tx *Tx) SetAssessmentTags(org assess.OrgID, id assess.AssessmentID, tags []assess.TagID) error {
	return tx.replaceTags("assessment_tags", "assessment_id", org, string(id), tags)
}

// InsertAssessmentVersion freezes the draft as version a.Version.
func (tx *Tx) InsertAssessmentVersion(a assess.Assessment) error {
	content, _, err := contentDocuments(a.Draft)
	if err != nil {
		return err
	}
	_, err = tx.exec(`INSERT INTO assessment_versions (org_id, assessment_id, version, content, published_at) VALUES ($1, $2, $3, $4, $5)`,
		a.Org, a.ID, a.Version, content, at(a.PublishedAt))
	return err
}

func contentDocuments(c assess.Content) (content, languages string, err error) {
	if content, err = asJSON(c); err != nil {
		return "", "", err
	}
	languages, err = asJSON(c.Languages)
	return content, languages, err
}

// assessmentSorts are the orders of a list of assessments.
var assessmentSorts = map[string]string{"created_at": "created_at", "updated_at": "updated_at", "name": "folded"}

// Assessments reads a page of assessments, with how many fit the filter. Invites are counted in the given mode.
func (tx *Tx) Assessments(org assess.OrgID, mode assess.Mode, f assess.AssessmentFilter, page assess.Page) ([]assess.AssessmentSummary, int, error) {
	var w where
	w.add("org_id = ?", org)
	if f.Status == "" {
		w.add("status <> ?", assess.Archived)
	}
	addIf(&w, f.Status, "status = ?")
	if f.Search != "" {
		w.add(`folded LIKE ? ESCAPE '\'`, contains(f.Search))
	}
	if f.Tag != "" {
		w.add("id IN (SELECT assessment_id FROM assessment_tags WHERE org_id = ? AND tag_id = ?)", org, f.Tag)
	}
	return pageOf(tx, scanSummary, summaryColumns+invitesColumn(mode), "assessments", &w, page, assessmentSorts[page.Sort])
}

const summaryColumns = `org_id, id, name, status, format, answer_format, languages, screen_recording, webcam, id_capture,
	question_count, total_points, version, version > 0 AND NOT is_published, created_at, updated_at, `

// invitesColumn is the column that counts the invites of a mode.
func invitesColumn(mode assess.Mode) string {
	if mode == assess.Test {
		return "test_invites"
	}
	return "live_invites"
}

func scanSummary(r row) (s assess.AssessmentSummary, err error) {
	p := &s.Proctoring
	err = r.Scan(&s.Org, &s.ID, &s.Name, &s.Status, &s.Format, &s.AnswerFormat, jsonInto{&s.Languages}, &p.ScreenRecording,
		&p.WebcamMonitoring, &p.IDCapture, &s.QuestionCount, &s.TotalPoints, &s.Version, &s.Unpublished,
		timeInto{&s.CreatedAt}, timeInto{&s.UpdatedAt}, &s.InviteCount)
	return s, err
}

// AssessmentSummary reads one assessment as lists show it. Errors: NotFound.
func (tx *Tx) AssessmentSummary(org assess.OrgID, mode assess.Mode, id assess.AssessmentID) (assess.AssessmentSummary, error) {
	return one(tx, "assessment", scanSummary, "SELECT "+summaryColumns+invitesColumn(mode)+" FROM assessments WHERE org_id = $1 AND id = $2", org, id)
}
