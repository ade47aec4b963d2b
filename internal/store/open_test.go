package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// openDirVariable makes the test binary a second process that opens a data directory and holds it until its input ends.
const openDirVariable = "STORE_TEST_OPEN_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(openDirVariable); dir != "" {
		db, err := Open(context.Background(), Options{DataDir: dir})
		if err != nil {
			fmt.Println("refused:", err)
			os.Exit(1)
		}
		fmt.Println("open")
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
		_ = db.Close()
		return
	}
	os.Exit(m.Run())
}

func secondProcess(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), openDirVariable+"="+dir)
	return cmd
}

func TestASecondProcessIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	openSQLite(t, dir)
	for range 20 {
		began := time.Now()
		out, err := secondProcess(t, dir).Output()
		if took := time.Since(began); err == nil || took > time.Second || !strings.Contains(string(out), "is in use by another process") {
			t.Errorf("after %v: %v, %s", took, err, out)
		}
	}
}

func TestAKilledProcessLeavesTheDirectoryFree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := secondProcess(t, dir)
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "open\n" {
		t.Errorf("the other process says %q, %v", line, err)
	}
	if db, err := Open(t.Context(), Options{DataDir: dir}); err == nil {
		_ = db.Close()
		t.Error("two processes have the directory")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	openSQLite(t, dir)
}

func TestOpeningSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]Options{
		"opening the data directory":       {DataDir: filepath.Join(t.TempDir(), "missing")},
		"must begin with postgres://":      {URL: "mysql://localhost/x"},
		"reaching PostgreSQL":              {URL: "postgres://127.0.0.1:1/x?connect_timeout=1"},
		"opening " + "the data directory:": {DataDir: "/dev/null"},
	} {
		if _, err := Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", o, err, want)
		}
	}
}

func TestADirectoryMayHaveAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b", "a?b=c", "a#b", "a%20b", "ä&_pragma=x", "a:b", `a\b`} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		db := openSQLite(t, dir)
		if err := db.Tx(t.Context(), write("a")); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(dir, File)); err != nil || len(db.names(t)) != 1 {
			t.Errorf("%q: %v, %q", name, err, db.names(t))
		}
	}
}

func TestEveryConnectionIsDurableAndChecksReferences(t *testing.T) {
	t.Parallel()
	db := openSQLite(t, t.TempDir())
	const full = "2"
	conns := map[string]querier{"writer": db.batcher().conn}
	for _, name := range []string{"reader", "another reader"} {
		conn, err := db.reader.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		conns[name] = conn
	}
	for name, conn := range conns {
		for pragma, want := range map[string]string{
			"foreign_keys": "1", "synchronous": full, "journal_mode": "wal", "secure_delete": "1", "busy_timeout": "5000",
			"query_only": map[bool]string{true: "0", false: "1"}[name == "writer"],
		} {
			found, err := list(&Tx{ctx: t.Context(), q: conn}, scanID[string], "PRAGMA "+pragma)
			if err != nil || first(found) != want {
				t.Errorf("%s of the %s is %q, %v; want %s", pragma, name, found, err, want)
			}
		}
	}
	if err := db.Read(t.Context(), write("a")); err == nil {
		t.Error("a reader writes")
	}
}

func TestOnlyASoundSQLiteIsTrusted(t *testing.T) {
	t.Parallel()
	for version, ok := range map[string]bool{
		"3.51.3": true, "3.51.4": true, "3.52.0": true, "4.0.0": true, "3.100.0": true,
		"3.51.2": false, "3.51.0": false, "3.50.9": false, "3.9.99": false, "2.99.99": false, "": false, "3.51": false, "x": false,
	} {
		if err := trustSQLite(version); (err == nil) != ok {
			t.Errorf("version %q: %v", version, err)
		}
	}
}
