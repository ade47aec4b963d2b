package store

import (
	"slices"

	"alfaone/internal/assess"
)

// The invites of a mode stand in blocks of a few thousand, in the order of the default list: by sent_at, then by id. invite_blocks
// says where each block begins and how many invites stand in it, so that a page far from both ends is found by adding up
// blocks and passing over the rest of one. The first block of a mode begins before everything.

// maxBlock is how many invites a block holds before it is cut in two. More makes the rest that is passed over longer, fewer
// makes more blocks to add up; at a million invites, both cost about the same.
const maxBlock = 4096

// rankInvite counts a new invite in its block. The caller has counted the invite in invite_totals, which keeps others from
// changing blocks until the transaction ends.
func (tx *Tx) rankInvite(inv assess.Invite) error {
	blocks, err := tx.changeBlock(inv, 1)
	if err != nil {
		return err
	}
	if len(blocks) == 0 {
		_, err := tx.exec("INSERT INTO invite_blocks (org_id, mode, sent_at, id, n) VALUES ($1, $2, 0, '', 1)", inv.Org, inv.Mode)
		return err
	}
	if b := blocks[0]; b.n > maxBlock {
		return tx.cutBlock(inv.Org, inv.Mode, b)
	}
	return nil
}

// discountInvite takes an invite that is gone out of the counts and out of its block. It holds what inviting counts, so that
// nobody else changes blocks; and the counts in the order of their statuses, as everybody does.
func (tx *Tx) discountInvite(inv assess.Invite) error {
	first, second := func() error { return tx.countInvite(inv, assess.Pending, 0) }, func() error { return tx.countInvite(inv, inv.Stored, -1) }
	if inv.Stored < assess.Pending {
		first, second = second, first
	}
	if err := first(); err != nil {
		return err
	}
	if err := second(); err != nil {
		return err
	}
	_, err := tx.changeBlock(inv, -1)
	return err
}

// changeBlock counts in the block of an invite, and returns the block; none while the mode has none.
func (tx *Tx) changeBlock(inv assess.Invite, by int) ([]block, error) {
	return list(tx, scanBlock, `UPDATE invite_blocks SET n = n + $5 WHERE org_id = $1 AND mode = $2 AND (sent_at, id) =
		(SELECT sent_at, id FROM invite_blocks WHERE org_id = $1 AND mode = $2 AND (sent_at, id) <= ($3, $4) ORDER BY sent_at DESC, id DESC LIMIT 1)
		RETURNING sent_at, id, n`, inv.Org, inv.Mode, at(inv.SentAt), inv.ID, by)
}

// block is a run of invites in the default list: where it begins, and of how many invites, or how many stand before it.
type block struct {
	sentAt int64
	id     assess.InviteID
	n      int
}

func scanBlock(r row) (b block, err error) { return b, r.Scan(&b.sentAt, &b.id, &b.n) }

// cutBlock makes two blocks of one; not of one that holds fewer invites than it says, which is no reason to refuse a new one.
func (tx *Tx) cutBlock(org assess.OrgID, mode assess.Mode, b block) error {
	half := b.n / 2
	second, err := one(tx, "invite", scanBlock, `SELECT sent_at, id, 0 FROM invites WHERE org_id = $1 AND mode = $2 AND (sent_at, id) >= ($3, $4)
		ORDER BY sent_at, id LIMIT 1 OFFSET $5`, org, mode, b.sentAt, b.id, half)
	if assess.KindOf(err) == assess.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.exec("UPDATE invite_blocks SET n = $5 WHERE org_id = $1 AND mode = $2 AND sent_at = $3 AND id = $4",
		org, mode, b.sentAt, b.id, half); err != nil {
		return err
	}
	_, err = tx.exec("INSERT INTO invite_blocks (org_id, mode, sent_at, id, n) VALUES ($1, $2, $3, $4, $5)",
		org, mode, second.sentAt, second.id, b.n-half)
	return err
}

// isRanked reports whether the list is the one that is kept in blocks.
func (l *inviteList) isRanked() bool {
	return l.filter == assess.InviteFilter{} && l.page.Sort == "sent_at"
}

// ranked reads a span of the default list by way of the blocks.
func (l *inviteList) ranked(offset, limit, total int) ([]assess.InviteSummary, error) {
	limit = min(limit, total-offset)
	if !l.page.Ascending {
		offset = total - offset - limit
	}
	b, err := l.blockAt(offset)
	if err != nil {
		return nil, err
	}
	w := l.where()
	w.add("(sent_at, id) >= (?, ?)", b.sentAt, b.id)
	items, err := list(l.tx, scanInviteSummary, "SELECT "+inviteSummaryColumns+" FROM invites WHERE "+w.String()+
		" ORDER BY sent_at, id LIMIT "+w.arg(limit)+" OFFSET "+w.arg(offset-b.n), w.args...)
	if !l.page.Ascending {
		slices.Reverse(items)
	}
	return items, err
}

// blockAt is the block in which the invite stands that has so many before it, with how many stand before the block.
func (l *inviteList) blockAt(place int) (block, error) {
	return one(l.tx, "block", scanBlock, `SELECT sent_at, id, before FROM
		(SELECT sent_at, id, SUM(n) OVER (ORDER BY sent_at, id) - n AS before FROM invite_blocks WHERE org_id = $1 AND mode = $2) AS blocks
		WHERE before <= $3 ORDER BY sent_at DESC, id DESC LIMIT 1`, l.org, l.mode, place)
}
