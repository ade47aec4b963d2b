package pgtest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"alfaone/internal/pgtest"
)

func TestNewDatabaseIsEmptyAndCollatedByBytes(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.New(t))

	var encoding, collation string
	var tables int
	err := db.QueryRow(t.Context(), `
		SELECT pg_encoding_to_char(encoding), datcollate,
		       (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace)
		FROM pg_database WHERE datname = current_database()`).Scan(&encoding, &collation, &tables)
	if err != nil {
		t.Fatal(err)
	}
	if encoding != "UTF8" || collation != "C" || tables != 0 {
		t.Errorf("encoding %s, collation %s, %d relations; want UTF8, C, 0", encoding, collation, tables)
	}
}

func TestTwoDatabasesAreApart(t *testing.T) {
	t.Parallel()
	one, other := open(t, pgtest.New(t)), open(t, pgtest.New(t))
	if _, err := one.Exec(t.Context(), "CREATE TABLE mark (id INTEGER)"); err != nil {
		t.Fatal(err)
	}
	var there bool
	if err := other.QueryRow(t.Context(), "SELECT to_regclass('mark') IS NOT NULL").Scan(&there); err != nil {
		t.Fatal(err)
	}
	if there {
		t.Error("a table made in one database is seen in the other")
	}
}

func TestDatabaseIsDroppedWhenTheTestEnds(t *testing.T) {
	t.Parallel()
	server := open(t, pgtest.Server(t))
	var name string
	t.Run("user", func(t *testing.T) {
		conn, err := pgx.Connect(t.Context(), pgtest.New(t))
		if err != nil {
			t.Fatal(err)
		}
		name = conn.Config().Database // and the connection stays open, as a careless test would leave it
	})
	var there bool
	err := server.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there)
	if err != nil {
		t.Fatal(err)
	}
	if there {
		t.Errorf("database %q outlived its test", name)
	}
}

// The test binary runs itself without a server, because only a whole run shows what a developer sees.
func TestMissingServerSkipsButFailsInCI(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ ci, want string }{
		"on a desk": {ci: "", want: "--- SKIP"},
		"in CI":     {ci: "true", want: "--- FAIL"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^TestNewDatabaseIsEmptyAndCollatedByBytes$")
			cmd.Env = append(os.Environ(), pgtest.Variable+"=", "CI="+test.ci)
			out, err := cmd.CombinedOutput()
			if !strings.Contains(string(out), test.want) || !strings.Contains(string(out), pgtest.Variable) {
				t.Errorf("want %q and the variable's name, got %v:\n%s", test.want, err, out)
			}
		})
	}
}

func open(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(t.Context()) })
	return conn
}
