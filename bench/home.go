package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// home is where a program keeps its rows: a data directory, and a PostgreSQL database if url is not empty.
type home struct{ dir, url string }

func (h home) flags() []string {
	if h.url == "" {
		return []string{"--data-dir", h.dir}
	}
	return []string{"--data-dir", h.dir, "--database-url", h.url}
}

func (h home) engine() string {
	if h.url == "" {
		return "SQLite"
	}
	return "PostgreSQL"
}

// open opens the database past the program.
func (h home) open() (*sql.DB, error) {
	if h.url == "" {
		return sql.Open("sqlite", dsn(filepath.Join(h.dir, store.File), "_txlock=immediate"))
	}
	return sql.Open("pgx", h.url)
}

// settled is a home with an organization in it.
type settled struct {
	home

	key      string // an API key
	password string // of the owner
}

// settle makes the organization and its key by the operator's commands, the rows past the use cases.
func (b *bench) settle(ctx context.Context, h home, invites int) (s settled, err error) {
	s.home = h
	said, err := b.operate(ctx, h, "member", "add", "--new-organization", "Bench", "--first-name", "Ada", "--last-name", "Bench", owner)
	if err != nil {
		return s, err
	}
	_, s.password, _ = strings.Cut(said, "the password ")
	if _, err := b.operate(ctx, h, "organization", "rate", fmt.Sprint(assess.MaxRate)); err != nil {
		return s, err
	}
	if s.key, err = b.operate(ctx, h, "apikey", "create", "Bench"); err != nil {
		return s, err
	}
	db, err := store.Open(ctx, store.Options{DataDir: h.dir, URL: h.url})
	if err != nil {
		return s, err
	}
	return s, errors.Join(b.fillRows(ctx, db, invites), db.Close())
}

// operate runs a command of the program and returns what it prints.
func (b *bench) operate(ctx context.Context, h home, args ...string) (string, error) {
	var said strings.Builder
	cmd := exec.CommandContext(ctx, b.binary, append(args, h.flags()...)...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("alfaone %s: %w\n%s", strings.Join(args, " "), err, said.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// postgresHome makes an empty database on the server that was named. drop removes it.
func (b *bench) postgresHome(ctx context.Context, name string) (h home, drop func(), err error) {
	server, err := sql.Open("pgx", b.postgres)
	if err != nil {
		return h, nil, err
	}
	database := "bench_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if _, err := server.ExecContext(ctx, "CREATE DATABASE "+database+" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"); err != nil {
		return h, nil, errors.Join(err, server.Close())
	}
	u, err := url.Parse(b.postgres)
	if err != nil {
		return h, nil, errors.Join(err, server.Close())
	}
	u.Path = "/" + database
	return home{dir: filepath.Join(b.dir, name), url: u.String()}, func() {
		_, _ = server.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+database+" WITH (FORCE)") // the server is a throw-away one
		_ = server.Close()
	}, nil
}
