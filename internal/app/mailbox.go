package app

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Letter is a mail that the built-in mailbox kept instead of sending it.
type Letter = store.Letter

// lettersShown is how many mails the mailbox lists.
const lettersShown = 100

// Letters lists the newest mails that the built-in mailbox kept for the organization. Errors: Forbidden.
func (a *App) Letters(ctx context.Context, who assess.Actor) (letters []store.Letter, err error) {
	if err := who.May(assess.ReadMail); err != nil {
		return nil, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		letters, err = tx.Letters(who.Org, lettersShown)
		return err
	})
	return letters, err
}

// Letter reads one mail of the organization. Errors: Forbidden, NotFound.
func (a *App) Letter(ctx context.Context, who assess.Actor, id string) (l store.Letter, err error) {
	if err := who.May(assess.ReadMail); err != nil {
		return l, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		l, err = tx.Letter(who.Org, id)
		return err
	})
	return l, err
}

// OperatorLetters lists the newest mails of the whole instance, for whoever holds the operator's mailbox link.
func (a *App) OperatorLetters(ctx context.Context) (letters []store.Letter, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		letters, err = tx.AllLetters(lettersShown)
		return err
	})
	return letters, err
}

// OperatorLetter reads one mail of the instance. Errors: NotFound.
func (a *App) OperatorLetter(ctx context.Context, id string) (l store.Letter, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		l, err = tx.AnyLetter(id)
		return err
	})
	return l, err
}
