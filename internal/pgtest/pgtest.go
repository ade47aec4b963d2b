// Package pgtest gives a test an empty PostgreSQL database of its own.
//
// The server is named by ALFAONE_TEST_POSTGRES, a postgres:// URL whose user may create databases; scripts/with-postgres
// starts one. The package knows nothing of our schema and must not: opening a migrated database is storetest's work.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Variable names the environment variable that holds the server's URL.
const Variable = "ALFAONE_TEST_POSTGRES"

// patience bounds each statement sent to the server; making a database takes some tens of milliseconds.
const patience = 30 * time.Second

// New returns the URL of a new, empty database (UTF-8, C collation) that is dropped when the test ends.
// Without a server it skips the test, or fails it when CI=true. It may be called any number of times, in parallel.
func New(tb testing.TB) string {
	tb.Helper()
	server := Server(tb)
	u, err := url.Parse(server)
	if err != nil {
		tb.Fatalf("%s: %v", Variable, err)
	}

	name := "test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if err := exec(server, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"); err != nil {
		tb.Fatalf("create a test database: %v", err)
	}
	tb.Cleanup(func() {
		// FORCE closes what the test left open, so that a leaked connection cannot keep the database alive.
		if err := exec(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Errorf("drop the test database: %v", err)
		}
	})

	u.Path = "/" + name
	return u.String()
}

// Server returns the URL of the server under test.
// Without one it skips the test, or fails it when CI=true.
func Server(tb testing.TB) string {
	tb.Helper()
	server := os.Getenv(Variable)
	if server == "" {
		missing := "no PostgreSQL: " + Variable + " is not set (run the tests under scripts/with-postgres, or make test-postgres)"
		if os.Getenv("CI") == "true" {
			tb.Fatal(missing)
		}
		tb.Skip(missing)
	}
	return server
}

func exec(server, statement string) error {
	// The test's own context is already cancelled when the database is dropped.
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
