package store

import (
	"time"

	"alfaone/internal/assess"
)

// Letter is a mail that the built-in mailbox kept instead of sending it.
type Letter struct {
	ID      string
	Org     assess.OrgID
	Mode    assess.Mode
	From    string
	To      string
	Subject string
	Text    string
	HTML    string
	SentAt  time.Time
}

const letterColumns = "org_id, id, mode, sender, rcpt, subject, text, html, sent_at"

func scanLetter(r row) (l Letter, err error) {
	return l, r.Scan(&l.Org, &l.ID, &l.Mode, &l.From, &l.To, &l.Subject, &l.Text, &l.HTML, timeInto{&l.SentAt})
}

// InsertLetter puts a mail that speaks of the given invites into the mailbox. Putting it there again changes nothing.
func (tx *Tx) InsertLetter(l Letter, about []assess.InviteID) error {
	n, err := tx.exec(`INSERT INTO mailbox (`+letterColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
		l.Org, l.ID, l.Mode, l.From, l.To, l.Subject, l.Text, l.HTML, at(l.SentAt))
	if err != nil || n == 0 {
		return err
	}
	for _, invite := range about {
		if _, err := tx.exec("INSERT INTO letter_invites (org_id, letter_id, invite_id) VALUES ($1, $2, $3)", l.Org, l.ID, invite); err != nil {
			return err
		}
	}
	return nil
}

// Letters reads the newest mails of an organization.
func (tx *Tx) Letters(org assess.OrgID, limit int) ([]Letter, error) {
	return list(tx, scanLetter, "SELECT "+letterColumns+" FROM mailbox WHERE org_id = $1 ORDER BY sent_at DESC, id DESC LIMIT $2", org, limit)
}

// AllLetters reads the newest mails of the instance. It is for the operator only.
func (tx *Tx) AllLetters(limit int) ([]Letter, error) {
	return list(tx, scanLetter, "SELECT "+letterColumns+" FROM mailbox ORDER BY sent_at DESC, id DESC LIMIT $1", limit)
}

// Letter reads one mail of an organization. Errors: NotFound.
func (tx *Tx) Letter(org assess.OrgID, id string) (Letter, error) {
	return one(tx, "message", scanLetter, "SELECT "+letterColumns+" FROM mailbox WHERE org_id = $1 AND id = $2", org, id)
}

// AnyLetter reads one mail of the instance. It is for the operator only. Errors: NotFound.
func (tx *Tx) AnyLetter(id string) (Letter, error) {
	return one(tx, "message", scanLetter, "SELECT "+letterColumns+" FROM mailbox WHERE id = $1", id)
}

// DeleteLettersBefore empties the mailbox of what is older, in every organization.
func (tx *Tx) DeleteLettersBefore(before time.Time) error {
	_, err := tx.exec("DELETE FROM mailbox WHERE sent_at < $1", at(before))
	return err
}
