package app

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// RowCheck is what checking one row of many wishes says: the problem, or none.
type RowCheck struct {
	New     assess.NewInvite
	Problem error // nil when it can be sent
}

// CheckInvites says for each wish whether it could be sent now, without sending anything: rules, an open invite of the same
// address, and an address that comes twice. Errors: Forbidden, NotFound, Conflict when the assessment cannot be sent.
func (a *App) CheckInvites(ctx context.Context, who assess.Actor, id assess.AssessmentID, wishes []assess.NewInvite) (rows []RowCheck, err error) {
	if err := who.May(assess.InviteCandidates); err != nil {
		return nil, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		asm, err := tx.AssessmentSummary(who.Org, who.Mode, id)
		if err != nil {
			return err
		}
		if err := asm.Sendable(); err != nil {
			return err
		}
		rows, err = checkRows(tx, who, id, wishes)
		return err
	})
	return rows, err
}

func checkRows(tx *store.Tx, who assess.Actor, id assess.AssessmentID, wishes []assess.NewInvite) (rows []RowCheck, err error) {
	twice := repeated(wishes)
	rows = make([]RowCheck, len(wishes))
	for i, n := range wishes {
		n.Assessment = id
		problem := n.Validate()
		if problem == nil {
			problem = twice[i]
		}
		if problem == nil {
			if problem, err = openInviteProblem(tx, who, n); err != nil {
				return nil, err
			}
		}
		rows[i] = RowCheck{New: n, Problem: problem}
	}
	return rows, nil
}

// repeated has the problem of each row whose address has come before.
func repeated(wishes []assess.NewInvite) map[int]error {
	problems, row := map[int]error{}, map[string]int{}
	for i, n := range wishes {
		email := strings.ToLower(n.Email)
		if earlier, twice := row[email]; twice && email != "" {
			problems[i] = assess.Errorf(assess.Conflict, "The same address is in row %d.", earlier)
			continue
		}
		row[email] = i + 1
	}
	return problems
}

// openInviteProblem tells of an open invite that stands in the way of the wish. problem is for people, err is a failure.
func openInviteProblem(tx *store.Tx, who assess.Actor, n assess.NewInvite) (problem, err error) {
	open, ok, err := tx.OpenInvite(who.Org, who.Mode, n.Assessment, n.Email)
	if err != nil || !ok {
		return nil, err
	}
	inv, err := tx.Invite(who.Org, who.Mode, open)
	if err != nil {
		return nil, err
	}
	if status := inv.StatusAt(tx.Now()); status.Open() {
		return assess.Errorf(assess.Conflict, "There is an open invite already (%s).", status), nil
	}
	return nil, nil
}

// MaxBatch bounds how many invites are made of one list.
const MaxBatch = 1000

// manyAtOnce is how many of a list are written at the same time: they share the database's commits.
const manyAtOnce = 16

// EachInvite calls do with the index of each wish, several at once; but one after another, in their order, for wishes that an
// address or the client's name for the invite ties to an earlier one. It returns when all have returned.
func EachInvite(wishes []assess.NewInvite, do func(i int)) {
	var tied []int
	var free errgroup.Group
	free.SetLimit(manyAtOnce)
	seen := map[string]bool{}
	for i, n := range wishes {
		email, external := "email "+strings.ToLower(n.Email), "external "+assess.CleanLine(n.External)
		if seen[email] || n.External != "" && seen[external] {
			tied = append(tied, i)
		} else {
			free.Go(func() error { do(i); return nil })
		}
		seen[email], seen[external] = true, true
	}
	_ = free.Wait() // nobody fails
	for _, i := range tied {
		do(i)
	}
}

// InviteMany invites everybody of a list, each in a transaction of its own, and says per row how it went, in the same order.
// The same batch (a name that the caller chose) with the same rows is carried out once: again it tells the same outcome.
// Errors: Forbidden; TooLarge.
func (a *App) InviteMany(ctx context.Context, who assess.Actor, batch string, wishes []assess.NewInvite) ([]RowResult, error) {
	if err := who.May(assess.InviteCandidates); err != nil {
		return nil, err
	}
	if len(wishes) > MaxBatch {
		return nil, assess.Errorf(assess.TooLarge, "A list may hold at most %d candidates.", MaxBatch)
	}
	twice := repeated(wishes)
	results := make([]RowResult, len(wishes))
	var rows errgroup.Group
	rows.SetLimit(manyAtOnce)
	for i, n := range wishes {
		results[i] = RowResult{New: n, Problem: twice[i]}
		if twice[i] == nil {
			rows.Go(func() error {
				results[i] = a.inviteRow(ctx, who, n, batch+" "+strconv.Itoa(i))
				return nil
			})
		}
	}
	return results, rows.Wait()
}

// RowResult is what became of one row of many.
type RowResult struct {
	New     assess.NewInvite
	Invite  assess.InviteID // that was made, or that stood in the way; empty when there is none
	Problem error           // nil when it was sent
}

func (a *App) inviteRow(ctx context.Context, who assess.Actor, n assess.NewInvite, key string) RowResult {
	id, err := a.InviteOnce(ctx, who, n, key)
	if assess.KindOf(err) == assess.Conflict {
		if open, lookup := a.OpenInvite(ctx, who, n.Assessment, n.Email); lookup == nil && open != "" {
			id, err = open, assess.Errorf(assess.Conflict, "There is an open invite already.")
		}
	}
	return RowResult{New: n, Invite: id, Problem: err}
}

// InviteOnce is Invite for a form: sent twice with the same key and content, it makes one invite and names it both times. An
// empty key asks for nothing.
func (a *App) InviteOnce(ctx context.Context, who assess.Actor, n assess.NewInvite, key string) (assess.InviteID, error) {
	if key == "" {
		out, err := a.Invite(ctx, who, n)
		return out.Invite.ID, err
	}
	content, err := json.Marshal(n)
	if err != nil {
		return "", err
	}
	fingerprint := hashToken(string(content))
	once := Once{Route: "form", Key: key + " " + fingerprint, Fingerprint: fingerprint}
	reply, err := a.CarryOutOnce(ctx, who, once, func(ctx context.Context) (Reply, error) {
		out, err := a.Invite(ctx, who, n)
		return Reply{Resource: string(out.Invite.ID)}, err
	})
	return assess.InviteID(reply.Resource), err
}
