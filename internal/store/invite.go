package store

import "alfaone/internal/assess"

const inviteSummaryColumns = `id, org_id, mode, assessment_id, assessment_name, email, name, status, delivery, replay_limit, record_limit,
	sent_at, expires_at, accepted_at, started_at, completed_at`

const inviteColumns = inviteSummaryColumns + `, version, language, message, screen_recording, webcam, id_capture, reason,
	delivery_error, token_version, revoked_at, complete_by, updated_at, external_id, metadata, redirect_url, duplicate`

func summaryFields(s *assess.InviteSummary) []any {
	return []any{
		&s.ID, &s.Org, &s.Mode, &s.Assessment, &s.AssessmentName, &s.Email, &s.Name, &s.Stored, &s.Delivery,
		&s.ReplayLimit, &s.RecordLimit,
		timeInto{&s.SentAt},
		timeInto{&s.ExpiresAt},
		timeInto{&s.AcceptedAt},
		timeInto{&s.StartedAt},
		timeInto{&s.CompletedAt},
	}
}

func scanInviteSummary(r row) (s assess.InviteSummary, err error) {
	return s, r.Scan(summaryFields(&s)...)
}

func scanInvite(r row) (inv assess.Invite, err error) {
	err = r.Scan(append(summaryFields(&inv.InviteSummary), &inv.Version, &inv.Language, &inv.Message,
		&inv.Proctoring.ScreenRecording, &inv.Proctoring.WebcamMonitoring, &inv.Proctoring.IDCapture, &inv.Reason,
		&inv.DeliveryError, &inv.TokenVersion, timeInto{&inv.RevokedAt}, timeInto{&inv.CompleteBy}, timeInto{&inv.UpdatedAt}, &inv.External,
		jsonInto{&inv.Metadata}, &inv.RedirectURL, &inv.Duplicate)...)
	return inv, err
}

// Invite reads an invite with its tags. Errors: NotFound.
func (tx *Tx) Invite(org assess.OrgID, mode assess.Mode, id assess.InviteID) (assess.Invite, error) {
	inv, err := one(tx, "invite", scanInvite, "SELECT "+inviteColumns+" FROM invites WHERE org_id = $1 AND mode = $2 AND id = $3", org, mode, id)
	if err != nil {
		return inv, err
	}
	inv.Tags, err = tx.tagsOf("invite_tags", "invite_id", org, string(id))
	return inv, err
}

// InviteByToken reads the invite whose link has this hash, without its tags: the link alone says which organization. Errors:
// NotFound.
func (tx *Tx) InviteByToken(hash string) (assess.Invite, error) {
	return one(tx, "invite", scanInvite, "SELECT "+inviteColumns+" FROM invites WHERE token_hash = $1", hash)
}

// OpenInvite reads the id of the open invite of an address to an assessment; ok is false where there is none.
func (tx *Tx) OpenInvite(org assess.OrgID, mode assess.Mode, assessment assess.AssessmentID, email string) (id assess.InviteID, ok bool, err error) {
	found, err := list(tx, scanID[assess.InviteID],
		`SELECT id FROM invites WHERE org_id = $1 AND mode = $2 AND assessment_id = $3 AND lower(email) = lower($4)
		AND status IN ('pending', 'accepted', 'started') ORDER BY sent_at, id LIMIT 1`, org, mode, assessment, email)
	return first(found), len(found) > 0, err
}

// InsertInvite adds an invite under the hash of its link. Where another stands in the way (the address has an open invite to the
// assessment, and this one is no duplicate on purpose; or its external id is taken), it adds nothing and returns that one's
// id. Errors: NotFound for a tag that is not the organization's. The caller expires overdue invites first.
func (tx *Tx) InsertInvite(inv assess.Invite, tokenHash string) (standing assess.InviteID, err error) {
	for range insertTries {
		if standing, err = tx.standing(inv); err != nil || standing != "" {
			return standing, err
		}
		if added, err := tx.tryInvite(inv, tokenHash); err != nil || added {
			return "", err
		}
	}
	return "", assess.Errorf(assess.Unavailable, "Others are inviting %s at this very moment. Try again.", inv.Email)
}

// insertTries is how often an invite is tried to be added. Another try is due only where somebody was faster whose invite stands
// in the way no longer when it is looked for.
const insertTries = 5

// tryInvite adds the invite unless another stands in the way. It reports whether it did.
func (tx *Tx) tryInvite(inv assess.Invite, tokenHash string) (bool, error) {
	metadata, err := asJSON(inv.Metadata)
	if err != nil {
		return false, err
	}
	p := inv.Proctoring
	n, err := tx.exec(`INSERT INTO invites (`+inviteColumns+`, token_hash, folded)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
		$26, $27, $28, $29, $30, $31, $32, $33, $34) ON CONFLICT DO NOTHING`,
		inv.ID, inv.Org, inv.Mode, inv.Assessment, inv.AssessmentName, inv.Email, inv.Name, inv.Stored, inv.Delivery,
		inv.ReplayLimit, inv.RecordLimit, at(inv.SentAt), at(inv.ExpiresAt), at(inv.AcceptedAt), at(inv.StartedAt),
		at(inv.CompletedAt), inv.Version, inv.Language, inv.Message, p.ScreenRecording, p.WebcamMonitoring, p.IDCapture,
		inv.Reason, inv.DeliveryError, inv.TokenVersion, at(inv.RevokedAt), at(inv.CompleteBy), at(inv.UpdatedAt),
		inv.External, metadata, inv.RedirectURL, inv.Duplicate, tokenHash, foldedInvite(inv))
	if err != nil || n == 0 {
		return false, err
	}
	return true, tx.countNewInvite(inv)
}

// standing is the invite that stands in the way of a new one; empty where there is none.
func (tx *Tx) standing(inv assess.Invite) (assess.InviteID, error) {
	if inv.External != "" {
		found, err := list(tx, scanID[assess.InviteID], "SELECT id FROM invites WHERE org_id = $1 AND mode = $2 AND external_id = $3 AND external_id <> ''",
			inv.Org, inv.Mode, inv.External)
		if err != nil || len(found) > 0 {
			return first(found), err
		}
	}
	if inv.Duplicate {
		return "", nil
	}
	id, _, err := tx.OpenInvite(inv.Org, inv.Mode, inv.Assessment, inv.Email)
	return id, err
}

// countNewInvite counts the invite and tags it.
func (tx *Tx) countNewInvite(inv assess.Invite) error {
	if err := tx.countInvite(inv, inv.Stored, 1); err != nil {
		return err
	}
	if err := tx.rankInvite(inv); err != nil {
		return err
	}
	sent := invitesColumn(inv.Mode)
	if err := tx.change("assessment", "UPDATE assessments SET "+sent+" = "+sent+" + 1 WHERE org_id = $1 AND id = $2", inv.Org, inv.Assessment); err != nil {
		return err
	}
	return tx.insertTags("invite_tags", "invite_id", inv.Org, string(inv.ID), inv.Tags)
}

// HoldInvite keeps everybody else from changing the invite until the transaction ends. What is read afterwards is what the one
// who held it before has left. Errors: NotFound.
func (tx *Tx) HoldInvite(org assess.OrgID, id assess.InviteID) error {
	return tx.change("invite", "UPDATE invites SET updated_at = updated_at WHERE org_id = $1 AND id = $2", org, id)
}

// foldedInvite is what a search looks at.
func foldedInvite(inv assess.Invite) string { return fold(inv.Email + " " + inv.Name) }

// countInvite keeps the counts of invites in a stored status.
func (tx *Tx) countInvite(inv assess.Invite, status assess.InviteStatus, by int) error {
	if _, err := tx.exec(`INSERT INTO invite_totals (org_id, mode, status, n) VALUES ($1, $2, $3, $4)
		ON CONFLICT (org_id, mode, status) DO UPDATE SET n = invite_totals.n + EXCLUDED.n`, inv.Org, inv.Mode, status, by); err != nil {
		return err
	}
	_, err := tx.exec(`INSERT INTO invite_counts (org_id, mode, assessment_id, status, n) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (org_id, mode, assessment_id, status) DO UPDATE SET n = invite_counts.n + EXCLUDED.n`,
		inv.Org, inv.Mode, inv.Assessment, status, by)
	return err
}

// MoveInvite writes the invite's new stored status, deadlines and times, if status and deadlines are still what they were when
// it was read. It reports whether they were: of two rival moves one wins, and the loser reads again. Errors: Conflict when
// reopening meets another open invite.
func (tx *Tx) MoveInvite(was, inv assess.Invite) (bool, error) {
	n, err := tx.exec(`UPDATE invites SET status = $6, reason = $7, expires_at = $8, accepted_at = $9, started_at = $10,
		completed_at = $11, revoked_at = $12, complete_by = $13, updated_at = $14
		WHERE org_id = $1 AND mode = $2 AND id = $3 AND status = $4 AND expires_at = $5 AND complete_by = $15`,
		was.Org, was.Mode, was.ID, was.Stored, at(was.ExpiresAt), inv.Stored, inv.Reason, at(inv.ExpiresAt), at(inv.AcceptedAt),
		at(inv.StartedAt), at(inv.CompletedAt), at(inv.RevokedAt), at(inv.CompleteBy), at(tx.now), at(was.CompleteBy))
	if violates(err, "invites_open") {
		return false, assess.Errorf(assess.Conflict, "%s has another open invite to this assessment by now.", inv.Email)
	}
	if err != nil || n == 0 || was.Stored == inv.Stored {
		return n > 0, err
	}
	return true, tx.recountInvite(was, inv.Stored)
}

// recountInvite moves the invite from the count of its stored status to that of another. Everybody takes the two rows in the
// same order, so that nobody waits for one while holding the other.
func (tx *Tx) recountInvite(was assess.Invite, to assess.InviteStatus) error {
	first, second, by := was.Stored, to, -1
	if second < first {
		first, second, by = second, first, 1
	}
	if err := tx.countInvite(was, first, by); err != nil {
		return err
	}
	return tx.countInvite(was, second, -by)
}

// SetDelivery writes where the invite's mail stands.
func (tx *Tx) SetDelivery(inv assess.Invite, d assess.Delivery, reason string) error {
	return tx.change("invite", `UPDATE invites SET delivery = $4, delivery_error = $5, updated_at = $6
		WHERE org_id = $1 AND mode = $2 AND id = $3`, inv.Org, inv.Mode, inv.ID, d, reason, at(tx.now))
}

// ReaddressInvite gives the invite another address and a new link. Errors: NotFound; Conflict when the address has an open
// invite to the assessment.
func (tx *Tx) ReaddressInvite(inv assess.Invite, tokenHash string) error {
	err := tx.change("invite", `UPDATE invites SET email = $4, name = $5, token_version = $6, token_hash = $7, delivery = $8,
		delivery_error = '', updated_at = $9, folded = $10 WHERE org_id = $1 AND mode = $2 AND id = $3`,
		inv.Org, inv.Mode, inv.ID, inv.Email, inv.Name, inv.TokenVersion, tokenHash, inv.Delivery, at(tx.now), foldedInvite(inv))
	if violates(err, "invites_open") {
		return assess.Errorf(assess.Conflict, "%s already has an open invite to this assessment.", inv.Email)
	}
	return err
}

// UpdateInvite writes what the invite says, but for its status, deadlines, address and tags. Errors: NotFound; Conflict when its
// external id is taken.
func (tx *Tx) UpdateInvite(inv assess.Invite) error {
	metadata, err := asJSON(inv.Metadata)
	if err != nil {
		return err
	}
	err = tx.change("invite", `UPDATE invites SET name = $4, message = $5, external_id = $6, metadata = $7, redirect_url = $8, replay_limit = $9,
		record_limit = $10, folded = $11, updated_at = $12 WHERE org_id = $1 AND mode = $2 AND id = $3`,
		inv.Org, inv.Mode, inv.ID, inv.Name, inv.Message, inv.External, metadata, inv.RedirectURL, inv.ReplayLimit, inv.RecordLimit,
		foldedInvite(inv), at(tx.now))
	if violates(err, "invites_external", "invites.external_id") {
		return assess.Errorf(assess.Conflict, "The externalId %q belongs to another invite already.", inv.External)
	}
	return err
}

// TouchInvite notes that something which belongs to the invite has changed.
func (tx *Tx) TouchInvite(org assess.OrgID, id assess.InviteID) error {
	return tx.change("invite", "UPDATE invites SET updated_at = $3 WHERE org_id = $1 AND id = $2", org, id, at(tx.now))
}

// SetInviteTags replaces the tags of an invite. Errors: NotFound when one is not the organization's.
func (tx *Tx) SetInviteTags(org assess.OrgID, id assess.InviteID, tags []assess.TagID) error {
	return tx.replaceTags("invite_tags", "invite_id", org, string(id), tags)
}

// OverdueInvites reads open invites of whatever organization whose deadline has passed by now, the most overdue first, without
// their tags.
func (tx *Tx) OverdueInvites(limit int) ([]assess.Invite, error) {
	return list(tx, scanInvite, "SELECT "+inviteColumns+` FROM invites WHERE status IN ('pending', 'accepted') AND expires_at <= $1
		ORDER BY expires_at, id LIMIT $2`, at(tx.now), limit)
}

// OverdueInvitesOf reads the overdue invites of one address to one assessment: they must not stand in a new one's way.
func (tx *Tx) OverdueInvitesOf(org assess.OrgID, mode assess.Mode, assessment assess.AssessmentID, email string) ([]assess.Invite, error) {
	return list(tx, scanInvite, "SELECT "+inviteColumns+` FROM invites WHERE org_id = $1 AND mode = $2 AND assessment_id = $3
		AND lower(email) = lower($4) AND status IN ('pending', 'accepted') AND expires_at <= $5`,
		org, mode, assessment, email, at(tx.now))
}

// InsertAcceptance keeps the proof of what the candidate agreed to.
func (tx *Tx) InsertAcceptance(a assess.Acceptance) error {
	_, err := tx.exec(`INSERT INTO acceptances (org_id, invite_id, notice_version, notice_sha256, notice, language, network, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		a.Org, a.Invite, a.NoticeVersion, a.NoticeSHA256, a.Notice, a.Language, a.Network, at(a.At))
	return err
}

// Acceptance reads the proof of what the candidate agreed to. Errors: NotFound.
func (tx *Tx) Acceptance(org assess.OrgID, invite assess.InviteID) (assess.Acceptance, error) {
	return one(tx, "acceptance", func(r row) (a assess.Acceptance, err error) {
		return a, r.Scan(&a.Org, &a.Invite, &a.NoticeVersion, &a.NoticeSHA256, &a.Notice, &a.Language, &a.Network, timeInto{&a.At})
	}, `SELECT org_id, invite_id, notice_version, notice_sha256, notice, language, network, at FROM acceptances
		WHERE org_id = $1 AND invite_id = $2`, org, invite)
}
