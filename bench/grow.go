package main

import (
	"context"
	"fmt"
)

// tenfold makes ten invites of each there is, by the database itself, which takes seconds where use cases would take minutes: each
// copy was sent earlier, to another address. generation counts how often that was done; ids have place for two. What the
// program keeps beside its invites is counted anew, as its migration does.
func tenfold(ctx context.Context, h home, generation int) error {
	id := []string{"substr(id, 1, 35) || CAST(k.i AS TEXT)", "substr(id, 1, 34) || CAST(k.i AS TEXT) || substr(id, 36, 1)"}[generation]
	prefix := []string{"CAST(k.i AS TEXT) || '.'", "CAST(k.i AS TEXT) || '-'"}[generation]
	db, err := h.open()
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	const rest = `version, language, message, screen_recording, webcam, id_capture, reason, delivery_error, token_version, revoked_at,
		complete_by, updated_at`
	for _, statement := range []string{
		`INSERT INTO invites (id, org_id, mode, assessment_id, assessment_name, email, name, status, delivery, replay_limit, record_limit,
			sent_at, expires_at, accepted_at, started_at, completed_at, ` + rest + `, token_hash, folded)
			WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 9),
			span (ms) AS (SELECT MAX(sent_at) - MIN(sent_at) + 20000 FROM invites)
			SELECT ` + id + `, org_id, mode, assessment_id, assessment_name, ` + prefix + ` || email, name, status, delivery, replay_limit,
			record_limit, sent_at - k.i * span.ms, expires_at, accepted_at, started_at, completed_at, ` + rest + `,
			` + prefix + ` || token_hash, ` + prefix + ` || folded FROM invites CROSS JOIN k CROSS JOIN span`,
		"DELETE FROM invite_totals",
		"INSERT INTO invite_totals (org_id, mode, status, n) SELECT org_id, mode, status, COUNT(*) FROM invites GROUP BY org_id, mode, status",
		"DELETE FROM invite_counts",
		`INSERT INTO invite_counts (org_id, mode, assessment_id, status, n)
			SELECT org_id, mode, assessment_id, status, COUNT(*) FROM invites GROUP BY org_id, mode, assessment_id, status`,
		"UPDATE assessments SET live_invites = live_invites * 10",
		"DELETE FROM invite_blocks",
		`INSERT INTO invite_blocks (org_id, mode, sent_at, id, n)
			SELECT org_id, mode, CASE place WHEN 0 THEN 0 ELSE sent_at END, CASE place WHEN 0 THEN '' ELSE id END,
			CASE WHEN total - place < 2048 THEN total - place ELSE 2048 END
			FROM (SELECT org_id, mode, sent_at, id, ROW_NUMBER() OVER (PARTITION BY org_id, mode ORDER BY sent_at, id) - 1 AS place,
			COUNT(*) OVER (PARTITION BY org_id, mode) AS total FROM invites) AS placed WHERE place % 2048 = 0`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%.40s: %w", statement, err)
		}
	}
	if h.url != "" { // which it does by itself, in its own time
		_, err = db.ExecContext(ctx, "VACUUM ANALYZE")
	}
	return err
}
