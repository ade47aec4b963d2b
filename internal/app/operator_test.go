package app_test

import (
	"testing"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

func TestTheOperatorHelpsMembersWhoHaveJoinedOnly(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		_, err := w.InviteMember(ctx, w.who(), "colleague@example.com", assess.Viewer)
		w.must(err)
		w.wantKind(w.SetPassword(ctx, "colleague@example.com", "another quite long sentence"), assess.Conflict)
		w.wantKind(w.SetPassword(ctx, "nobody@example.com", "another quite long sentence"), assess.NotFound)
		w.wantKind(w.SetPassword(ctx, w.owner.Email, "short"), assess.Invalid)

		before := w.enter()
		w.must(w.SetPassword(ctx, w.owner.Email, "another quite long sentence"))
		_, err = w.Visit(ctx, before.Token, app.Client{})
		w.wantKind(err, assess.Unauthenticated)
		_, err = w.signIn(app.Credentials{Email: w.owner.Email, Password: "another quite long sentence"})
		w.must(err)
	})
}
