package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// inviter makes invites as the limit does: the program's statements in BEGIN IMMEDIATE … COMMIT on the one connection that
// writes, with a synchronous commit. With a batch of one, every request waits for a commit of its own; with more, those that
// wait share the next one.
type inviter struct {
	conn  *sql.Conn
	batch int
	asked chan *wish

	begin, commit, rollback, assessment, overdue, open, invite, count, total, block, sent, sequence, event, job *sql.Stmt
}

// wish is a request that waits for its commit.
type wish struct {
	asked inviteRequest
	made  invite
	done  chan error
}

type inviteRequest struct {
	AssessmentID   string `json:"assessmentId"`
	RecipientEmail string `json:"recipientEmail"`
}

type inviteCreated struct {
	Invite invite `json:"invite"`
}

func (l *limit) makeInvite(r *http.Request) (any, error) {
	w := &wish{done: make(chan error, 1)}
	if err := json.NewDecoder(r.Body).Decode(&w.asked); err != nil {
		return nil, err
	}
	l.invite.asked <- w
	if err := <-w.done; err != nil {
		return nil, err
	}
	return inviteCreated{Invite: w.made}, nil
}

// openWriter lets the limit make invites.
func (l *limit) openWriter(ctx context.Context, path string, batch int) error {
	db, err := sql.Open("sqlite", dsn(path, "_txlock=immediate"))
	if err != nil {
		return err
	}
	n := &l.invite
	n.batch, n.asked = batch, make(chan *wish)
	if n.conn, err = db.Conn(ctx); err != nil {
		return err
	}
	if err := n.prepare(ctx); err != nil {
		return err
	}
	go n.run(ctx, l.org)
	return nil
}

func (n *inviter) prepare(ctx context.Context) error {
	const columns = inviteSummaryColumns + `, version, language, message, screen_recording, webcam, id_capture, reason,
		delivery_error, token_version, revoked_at, complete_by, updated_at, external_id, metadata, redirect_url, duplicate`
	return prepare(ctx, n.conn, map[**sql.Stmt]string{
		&n.begin: "BEGIN IMMEDIATE", &n.commit: "COMMIT", &n.rollback: "ROLLBACK",
		&n.assessment: `SELECT org_id, id, name, status, format, answer_format, languages, screen_recording, webcam, id_capture,
			question_count, total_points, version, version > 0 AND NOT is_published, created_at, updated_at, live_invites
			FROM assessments WHERE org_id = $1 AND id = $2`,
		&n.overdue: "SELECT " + columns + ` FROM invites WHERE org_id = $1 AND mode = $2 AND assessment_id = $3
			AND lower(email) = lower($4) AND status IN ('pending', 'accepted') AND expires_at <= $5`,
		&n.invite: "INSERT INTO invites (" + columns + `, token_hash, folded)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
			$26, $27, $28, $29, $30, $31, $32, $33, $34) ON CONFLICT DO NOTHING`,
		&n.open: `SELECT id FROM invites WHERE org_id = $1 AND mode = $2 AND assessment_id = $3 AND lower(email) = lower($4)
			AND status IN ('pending', 'accepted', 'started') ORDER BY sent_at, id LIMIT 1`,
		&n.block: `UPDATE invite_blocks SET n = n + 1 WHERE org_id = $1 AND mode = $2 AND (sent_at, id) =
			(SELECT sent_at, id FROM invite_blocks WHERE org_id = $1 AND mode = $2 AND (sent_at, id) <= ($3, $4) ORDER BY sent_at DESC, id DESC LIMIT 1)
			RETURNING sent_at, id, n`,
		&n.total: `INSERT INTO invite_totals (org_id, mode, status, n) VALUES ($1, $2, $3, $4)
			ON CONFLICT (org_id, mode, status) DO UPDATE SET n = invite_totals.n + EXCLUDED.n`,
		&n.sent: "UPDATE assessments SET live_invites = live_invites + 1 WHERE org_id = $1 AND id = $2",
		&n.count: `INSERT INTO invite_counts (org_id, mode, assessment_id, status, n) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (org_id, mode, assessment_id, status) DO UPDATE SET n = invite_counts.n + EXCLUDED.n`,
		&n.sequence: "UPDATE organizations SET event_sequence = event_sequence + 1 WHERE id = $1 RETURNING event_sequence",
		&n.event: `INSERT INTO events (org_id, sequence, id, mode, type, invite_id, assessment_id, actor, actor_id, actor_name, note, at,
			external_id, webhook_id, status) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '', 'pending')`,
		&n.job: `INSERT INTO jobs (id, kind, args, key, unique_key, state, run_at, lease_until, lease_token, attempt, max_attempts,
			last_error, created_at, finished_at) VALUES ($1, $2, $3, $4, $5, 'queued', $6, 0, '', $7, $8, '', $9, 0) ON CONFLICT DO NOTHING`,
	})
}

// run commits what is asked for until ctx ends.
func (n *inviter) run(ctx context.Context, org string) {
	for {
		select {
		case <-ctx.Done():
			return
		case w := <-n.asked:
			wishes := n.gather(w)
			err := n.grant(ctx, org, wishes)
			for _, w := range wishes {
				w.done <- err
			}
		}
	}
}

func (n *inviter) gather(first *wish) []*wish {
	wishes := []*wish{first}
	for len(wishes) < n.batch {
		select {
		case w := <-n.asked:
			wishes = append(wishes, w)
		default:
			return wishes
		}
	}
	return wishes
}

// grant makes the invites in one transaction.
func (n *inviter) grant(ctx context.Context, org string, wishes []*wish) error {
	if _, err := n.begin.ExecContext(ctx); err != nil {
		return err
	}
	for _, w := range wishes {
		if err := n.insert(ctx, org, w); err != nil {
			_, _ = n.rollback.ExecContext(ctx) // the first error tells more
			return err
		}
	}
	_, err := n.commit.ExecContext(ctx)
	return err
}

// content is what an invite takes over from its assessment.
type content struct {
	name, languages     string
	version             int
	screen, webcam, idc bool
}

func (n *inviter) insert(ctx context.Context, org string, w *wish) error {
	c, err := n.read(ctx, org, w.asked)
	if err != nil {
		return err
	}
	now := time.Now()
	sent, expires := now.UnixMilli(), now.Add(30*24*time.Hour).UnixMilli()
	id := uuid.Must(uuid.NewV7()).String()
	w.made = invite{
		ID: id, AssessmentID: w.asked.AssessmentID, AssessmentName: c.name, RecipientEmail: w.asked.RecipientEmail, Status: "pending",
		QuestionReplayLimit: 1, AnswerRecordLimit: 1, SentAt: when(sent), ExpiresAt: when(expires),
	}
	token := sha256.Sum256([]byte(id))
	var languages []string
	if err := json.Unmarshal([]byte(c.languages), &languages); err != nil {
		return err
	}
	if _, err := n.invite.ExecContext(ctx, id, org, mode, w.asked.AssessmentID, c.name, w.asked.RecipientEmail, "", "pending", "queued",
		1, 1, sent, expires, 0, 0, 0, c.version, languages[0], "", c.screen, c.webcam, c.idc, "", "", 1, 0, 0, sent,
		"", "{}", "", false, hex.EncodeToString(token[:]), strings.ToLower(w.asked.RecipientEmail+" ")); err != nil {
		return err
	}
	if err := n.countOne(ctx, org, w.asked.AssessmentID); err != nil {
		return err
	}
	nothing := func(*sql.Rows) error { return nil }
	if err := each(ctx, n.block, []any{org, mode, sent, id}, nothing); err != nil {
		return err
	}
	return n.insertRest(ctx, org, w.made, sent)
}

// countOne keeps the counts.
func (n *inviter) countOne(ctx context.Context, org, assessment string) error {
	if _, err := n.total.ExecContext(ctx, org, mode, "pending", 1); err != nil {
		return err
	}
	if _, err := n.count.ExecContext(ctx, org, mode, assessment, "pending", 1); err != nil {
		return err
	}
	_, err := n.sent.ExecContext(ctx, org, assessment)
	return err
}

// read reads what the program reads before it writes.
func (n *inviter) read(ctx context.Context, org string, asked inviteRequest) (c content, err error) {
	var ignored any
	if err := n.assessment.QueryRowContext(ctx, org, asked.AssessmentID).Scan(&ignored, &ignored, &c.name, &ignored, &ignored, &ignored,
		&c.languages, &c.screen, &c.webcam, &c.idc, &ignored, &ignored, &c.version, &ignored, &ignored, &ignored, &ignored); err != nil {
		return c, err
	}
	nothing := func(*sql.Rows) error { return nil }
	if err := each(ctx, n.overdue, []any{org, mode, asked.AssessmentID, asked.RecipientEmail, time.Now().UnixMilli()}, nothing); err != nil {
		return c, err
	}
	return c, each(ctx, n.open, []any{org, mode, asked.AssessmentID, asked.RecipientEmail}, nothing)
}

// insertRest writes the event and the mail's job.
func (n *inviter) insertRest(ctx context.Context, org string, made invite, now int64) error {
	var sequence int64
	if err := n.sequence.QueryRowContext(ctx, org).Scan(&sequence); err != nil {
		return err
	}
	if _, err := n.event.ExecContext(ctx, org, sequence, uuid.Must(uuid.NewV7()).String(), mode, "invite.created", made.ID, made.AssessmentID,
		"api_key", org, "Bench", "", now); err != nil {
		return err
	}
	args, err := json.Marshal(map[string]any{"Org": org, "Mode": mode, "Invite": made.ID, "Link": 1})
	if err != nil {
		return err
	}
	_, err = n.job.ExecContext(ctx, uuid.Must(uuid.NewV7()).String(), "invite.mail", string(args), "invite "+made.ID, "", now, 0, 30, now)
	return err
}
