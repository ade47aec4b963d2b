package store

import "alfaone/internal/assess"

// Signals reads what was noticed during an attempt, in the order of its time.
func (tx *Tx) Signals(org assess.OrgID, invite assess.InviteID) ([]assess.Signal, error) {
	return list(tx, func(r row) (s assess.Signal, err error) {
		return s, r.Scan(&s.Org, &s.Invite, &s.Type, timeInto{&s.At}, durationInto{&s.Length}, &s.Detail)
	}, "SELECT org_id, invite_id, type, at, length_ms, detail FROM signals WHERE org_id = $1 AND invite_id = $2 ORDER BY at, number", org, invite)
}

// InsertSignals adds what was noticed, up to the limit of an invite; what comes after that is dropped.
func (tx *Tx) InsertSignals(org assess.OrgID, invite assess.InviteID, signals []assess.Signal) error {
	n, err := one(tx, "signals", scanInt, "SELECT COALESCE(MAX(number), 0) FROM signals WHERE org_id = $1 AND invite_id = $2", org, invite)
	if err != nil {
		return err
	}
	for i, s := range signals[:min(len(signals), max(0, assess.MaxSignals-n))] {
		if _, err := tx.exec(`INSERT INTO signals (org_id, invite_id, number, type, at, length_ms, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			org, invite, n+i+1, s.Type, at(s.At), s.Length.Milliseconds(), s.Detail); err != nil {
			return err
		}
	}
	return nil
}
