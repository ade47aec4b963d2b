package store

import (
	"encoding/base64"

	"alfaone/internal/assess"
)

const organizationColumns = `id, name, sender_name, accent, time_zone, languages, expires_in_days, replay_limit, record_limit,
	rate_per_minute, notices, notice_version, logo_id, created_at, updated_at`

func scanOrganization(r row) (o assess.Organization, err error) {
	err = r.Scan(&o.ID, &o.Name, &o.SenderName, &o.Accent, &o.TimeZone, jsonInto{&o.Languages},
		&o.Defaults.ExpiresInDays, &o.Defaults.ReplayLimit, &o.Defaults.RecordLimit, &o.RatePerMinute,
		jsonInto{&o.Notices}, &o.NoticeVersion, &o.LogoID, timeInto{&o.CreatedAt}, timeInto{&o.UpdatedAt})
	return o, err
}

// Organization reads an organization. Errors: NotFound.
func (tx *Tx) Organization(id assess.OrgID) (assess.Organization, error) {
	return one(tx, "organization", scanOrganization, "SELECT "+organizationColumns+" FROM organizations WHERE id = $1", id)
}

// Organizations reads all organizations of the instance, oldest first. It is for the operator only.
func (tx *Tx) Organizations() ([]assess.Organization, error) {
	return list(tx, scanOrganization, "SELECT "+organizationColumns+" FROM organizations ORDER BY created_at, id")
}

// LockOrganization makes other transactions that lock the organization wait until this one has ended. It comes before reading
// what is then written back: on PostgreSQL, two could otherwise read the same and the second undo the first.
// Errors: NotFound.
func (tx *Tx) LockOrganization(id assess.OrgID) error {
	return tx.change("organization", "UPDATE organizations SET updated_at = updated_at WHERE id = $1", id)
}

// InsertOrganization adds an organization.
func (tx *Tx) InsertOrganization(o assess.Organization) error {
	languages, notices, err := organizationDocuments(o)
	if err != nil {
		return err
	}
	_, err = tx.exec(`INSERT INTO organizations (`+organizationColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		o.ID, o.Name, o.SenderName, o.Accent, o.TimeZone, languages, o.Defaults.ExpiresInDays, o.Defaults.ReplayLimit,
		o.Defaults.RecordLimit, o.RatePerMinute, notices, o.NoticeVersion, o.LogoID, at(o.CreatedAt), at(o.UpdatedAt))
	return err
}

// UpdateOrganization writes the settings of an organization. Errors: NotFound.
func (tx *Tx) UpdateOrganization(o assess.Organization) error {
	languages, notices, err := organizationDocuments(o)
	if err != nil {
		return err
	}
	return tx.change("organization", `UPDATE organizations SET name = $2, sender_name = $3, accent = $4, time_zone = $5,
		languages = $6, expires_in_days = $7, replay_limit = $8, record_limit = $9, rate_per_minute = $10, notices = $11,
		notice_version = $12, logo_id = $13, updated_at = $14 WHERE id = $1`,
		o.ID, o.Name, o.SenderName, o.Accent, o.TimeZone, languages, o.Defaults.ExpiresInDays, o.Defaults.ReplayLimit,
		o.Defaults.RecordLimit, o.RatePerMinute, notices, o.NoticeVersion, o.LogoID, at(tx.now))
}

func organizationDocuments(o assess.Organization) (languages, notices string, err error) {
	if languages, err = asJSON(o.Languages); err != nil {
		return "", "", err
	}
	notices, err = asJSON(o.Notices)
	return languages, notices, err
}

// Logo is an organization's picture as it was uploaded and checked.
type Logo struct {
	ContentType string
	Bytes       []byte
}

func scanLogo(r row) (l Logo, err error) {
	var encoded string
	if err = r.Scan(&l.ContentType, &encoded); err != nil {
		return l, err
	}
	l.Bytes, err = base64.StdEncoding.DecodeString(encoded)
	return l, err
}

// Logo reads a logo by its id alone: it is shown to candidates and in mails, who have no organization. Errors: NotFound.
func (tx *Tx) Logo(id string) (Logo, error) {
	return one(tx, "logo", scanLogo, "SELECT content_type, base64 FROM logos WHERE id = $1", id)
}

// ReplaceLogo makes l, under a new id, the only logo of the organization; without bytes it leaves none.
func (tx *Tx) ReplaceLogo(org assess.OrgID, id string, l Logo) error {
	if _, err := tx.exec("DELETE FROM logos WHERE org_id = $1", org); err != nil {
		return err
	}
	if len(l.Bytes) == 0 {
		id = ""
	} else if _, err := tx.exec("INSERT INTO logos (org_id, id, content_type, base64) VALUES ($1, $2, $3, $4)",
		org, id, l.ContentType, base64.StdEncoding.EncodeToString(l.Bytes)); err != nil {
		return err
	}
	return tx.change("organization", "UPDATE organizations SET logo_id = $2, updated_at = $3 WHERE id = $1", org, id, at(tx.now))
}
