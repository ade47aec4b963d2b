package main

import (
	"context"
	"errors"
)

// migrateCommand brings the schema up to date and ends.
type migrateCommand struct {
	config
}

// Run implements the command.
func (m *migrateCommand) Run(ctx context.Context, t terminal) error {
	p, err := openProgram(ctx, &m.config, t, nil)
	if err != nil {
		return err
	}
	have, _, err := p.db.SchemaVersion(ctx)
	if err == nil {
		say(t.out, "The %s database has schema version %d.", p.db.Engine(), have)
	}
	return errors.Join(err, p.Close())
}
