package store

import "alfaone/internal/assess"

const answerColumns = "org_id, invite_id, question_id, plays, forgiven, takes, extra_takes, begun_at, text, revision, saved_at, by_text, sent_at"

func scanAnswer(r row) (a assess.Answer, err error) {
	return a, r.Scan(&a.Org, &a.Invite, &a.Question, &a.Plays, &a.Forgiven, &a.Takes, &a.ExtraTakes, timeInto{&a.BegunAt}, &a.Text,
		&a.Revision, timeInto{&a.SavedAt}, &a.ByText, timeInto{&a.SentAt})
}

// Answer reads the answer to a question. One that nothing is known of is empty.
func (tx *Tx) Answer(org assess.OrgID, invite assess.InviteID, question assess.QuestionID) (assess.Answer, error) {
	found, err := list(tx, scanAnswer, "SELECT "+answerColumns+" FROM answers WHERE org_id = $1 AND invite_id = $2 AND question_id = $3",
		org, invite, question)
	if err != nil || len(found) > 0 {
		return first(found), err
	}
	return assess.Answer{Org: org, Invite: invite, Question: question}, nil
}

// Answers reads the answers of an invite.
func (tx *Tx) Answers(org assess.OrgID, invite assess.InviteID) ([]assess.Answer, error) {
	return list(tx, scanAnswer, "SELECT "+answerColumns+" FROM answers WHERE org_id = $1 AND invite_id = $2 ORDER BY question_id", org, invite)
}

// attemptRuns holds while the candidate may go on, and if tab is given, from this tab. $1 and $2 are organization and invite.
const attemptRuns = ` EXISTS (SELECT 1 FROM invites i WHERE i.org_id = $1 AND i.id = $2 AND i.status = 'started'
	AND (i.complete_by = 0 OR i.complete_by > CAST($4 AS BIGINT)))
	AND EXISTS (SELECT 1 FROM attempts t WHERE t.org_id = $1 AND t.invite_id = $2 AND t.tab = $5)`

// changeAnswer makes sure that there is a row and runs a conditional update on it while the attempt runs in the tab. The
// statement's arguments are organization, invite, question, now and tab, then rest. It reports whether it changed the row.
func (tx *Tx) changeAnswer(a assess.Answer, tab, set, where string, rest ...any) (bool, error) {
	if _, err := tx.exec(`INSERT INTO answers (org_id, invite_id, question_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		a.Org, a.Invite, a.Question); err != nil {
		return false, err
	}
	n, err := tx.exec("UPDATE answers SET "+set+" WHERE org_id = $1 AND invite_id = $2 AND question_id = $3 AND "+where+attemptRuns,
		append([]any{a.Org, a.Invite, a.Question, at(tx.now), tab}, rest...)...)
	return n > 0, err
}

// CountTake takes one of the takes that the invite, its accommodation and the answer allow, while the attempt runs in the tab. It
// reports whether there was one.
func (tx *Tx) CountTake(a assess.Answer, tab string) (bool, error) {
	return tx.changeAnswer(a, tab, "takes = takes + 1, by_text = FALSE", `takes < extra_takes
		+ (SELECT i.record_limit FROM invites i WHERE i.org_id = $1 AND i.id = $2)
		+ COALESCE((SELECT x.extra_takes FROM accommodations x WHERE x.org_id = $1 AND x.invite_id = $2), 0) AND`)
}

// ReturnTake gives a take back.
func (tx *Tx) ReturnTake(org assess.OrgID, invite assess.InviteID, question assess.QuestionID) error {
	_, err := tx.exec(`UPDATE answers SET takes = takes - 1 WHERE org_id = $1 AND invite_id = $2 AND question_id = $3 AND takes > 0`,
		org, invite, question)
	return err
}

// CountImport counts a take that is put in for the candidate, whatever the limit.
func (tx *Tx) CountImport(a assess.Answer) error {
	_, err := tx.exec(`INSERT INTO answers (org_id, invite_id, question_id, takes) VALUES ($1, $2, $3, 1)
		ON CONFLICT (invite_id, question_id) DO UPDATE SET takes = answers.takes + 1, by_text = FALSE
		WHERE answers.org_id = EXCLUDED.org_id`, a.Org, a.Invite, a.Question)
	return err
}

// AllowTake allows one more take of one answer.
func (tx *Tx) AllowTake(a assess.Answer) error {
	_, err := tx.exec(`INSERT INTO answers (org_id, invite_id, question_id, extra_takes) VALUES ($1, $2, $3, 1)
		ON CONFLICT (invite_id, question_id) DO UPDATE SET extra_takes = answers.extra_takes + 1
		WHERE answers.org_id = EXCLUDED.org_id`, a.Org, a.Invite, a.Question)
	return err
}

// CountPlay takes one of the plays that the invite and its accommodation allow, while the attempt runs in the tab. It reports
// whether there was one.
func (tx *Tx) CountPlay(a assess.Answer, tab string) (bool, error) {
	return tx.changeAnswer(a, tab, "plays = plays + 1", `plays < 1
		+ (SELECT i.replay_limit FROM invites i WHERE i.org_id = $1 AND i.id = $2)
		+ COALESCE((SELECT x.extra_plays FROM accommodations x WHERE x.org_id = $1 AND x.invite_id = $2), 0) AND`)
}

// ForgivePlay gives a play back, once an answer, while the attempt runs in the tab. It reports whether it did.
func (tx *Tx) ForgivePlay(a assess.Answer, tab string) (bool, error) {
	return tx.changeAnswer(a, tab, "plays = plays - 1, forgiven = TRUE", "plays > 0 AND NOT forgiven AND")
}

// BeginAnswer starts the clock of an answer, if it has not begun, while the attempt runs in the tab. It reports whether it did.
func (tx *Tx) BeginAnswer(a assess.Answer, tab string) (bool, error) {
	return tx.changeAnswer(a, tab, "begun_at = $4", "begun_at = 0 AND")
}

// SaveText writes the text of an answer that has the given revision, while the attempt runs in the tab. It reports whether it did.
func (tx *Tx) SaveText(a assess.Answer, tab string, byText bool, text string) (bool, error) {
	return tx.changeAnswer(a, tab, "text = $6, by_text = $7, revision = revision + 1, saved_at = $4", "revision = $8 AND", text, byText, a.Revision)
}

// SendAnswer notes that the candidate is content with the answer, while the attempt runs in the tab. It reports whether it did.
func (tx *Tx) SendAnswer(a assess.Answer, tab string) (bool, error) {
	return tx.changeAnswer(a, tab, "sent_at = $4", "")
}

const playColumns = "id, org_id, invite_id, question_id, recording_id, duration_ms, granted_at, key"

func scanPlay(r row) (p assess.Play, err error) {
	return p, r.Scan(&p.ID, &p.Org, &p.Invite, &p.Question, &p.Recording, durationInto{&p.Duration}, timeInto{&p.GrantedAt}, &p.Key)
}

// Play reads a granted play. Errors: NotFound.
func (tx *Tx) Play(org assess.OrgID, invite assess.InviteID, id assess.PlayID) (assess.Play, error) {
	return one(tx, "play", scanPlay, "SELECT "+playColumns+" FROM plays WHERE org_id = $1 AND invite_id = $2 AND id = $3", org, invite, id)
}

// PlayByKey reads the play of an invite that was granted to a request with the key; ok is false where there is none.
func (tx *Tx) PlayByKey(org assess.OrgID, invite assess.InviteID, key string) (p assess.Play, ok bool, err error) {
	found, err := list(tx, scanPlay, "SELECT "+playColumns+` FROM plays WHERE org_id = $1 AND invite_id = $2 AND key = $3 AND key <> ''`,
		org, invite, key)
	return first(found), len(found) > 0, err
}

// InsertPlay keeps a granted play.
func (tx *Tx) InsertPlay(p assess.Play) error {
	_, err := tx.exec("INSERT INTO plays ("+playColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		p.ID, p.Org, p.Invite, p.Question, p.Recording, p.Duration.Milliseconds(), at(p.GrantedAt), p.Key)
	return err
}

// EraseAnswers forgets what was written in an attempt, what was noticed during it, and what was heard.
func (tx *Tx) EraseAnswers(org assess.OrgID, invite assess.InviteID) error {
	for _, statement := range []string{
		"DELETE FROM answers WHERE org_id = $1 AND invite_id = $2",
		"DELETE FROM plays WHERE org_id = $1 AND invite_id = $2",
		"DELETE FROM signals WHERE org_id = $1 AND invite_id = $2",
	} {
		if _, err := tx.exec(statement, org, invite); err != nil {
			return err
		}
	}
	return nil
}
