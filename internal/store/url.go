package store

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
)

// CheckURL refuses what is no URL of a PostgreSQL database, and one whose password cannot be told from the rest: a part of it would
// be taken for a host or a name, which errors of the driver repeat. Its own errors repeat no part of a password.
func CheckURL(url string) error {
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return errors.New("must begin with postgres://; leave it empty for SQLite")
	}
	_, rest, _ := strings.Cut(url, "://")
	login, rest, hasLogin := strings.Cut(rest, "@")
	if hasLogin && (strings.Contains(login, "/") || strings.Contains(rest, "@")) {
		return errors.New("must be like postgres://user:password@host/name, with %40 for @ and %2F for / in the password")
	}
	_, err := pgx.ParseConfig(url)
	return err
}
