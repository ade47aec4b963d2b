// Package scripts_test tests the developers' shell scripts as a shell uses them.
package scripts_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestWithPostgresRunsTheCommandBesideAServer(t *testing.T) {
	t.Parallel()
	server := start(t, "bash", "-c", announce+"exit 7")
	if got := server.setting(t, "fsync"); got != "off" {
		t.Errorf("fsync is %s, want off", got)
	}
	server.input.Close()
	var exit *exec.ExitError
	if err := server.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("ended with %v, want the command's exit status 7", err)
	}
	server.expectGone(t)
}

func TestWithPostgresStopsTheServerWhenItIsStopped(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			if signal.Ignored(sig) {
				t.Skip("whoever started the tests ignores it, as nohup does; scripts inherit that and cannot change it")
			}
			server := start(t, "bash", "-c", announce)
			// As a terminal does, to the whole group.
			if err := syscall.Kill(-server.Process.Pid, sig); err != nil {
				t.Fatal(err)
			}
			if err := server.Wait(); err == nil {
				t.Error("ended as if nothing had happened")
			}
			server.expectGone(t)
		})
	}
}

func TestWithPostgresCanSyncToDisk(t *testing.T) {
	t.Parallel()
	server := start(t, "--fsync", "bash", "-c", announce)
	for _, name := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		if got := server.setting(t, name); got != "on" {
			t.Errorf("%s is %s, want on", name, got)
		}
	}
	server.input.Close()
	if err := server.Wait(); err != nil {
		t.Error(err)
	}
}

func TestWithPostgresUsesAServerThatIsGiven(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "./with-postgres", "bash", "-c", announce)
	cmd.Env = append(os.Environ(), "ALFAONE_TEST_POSTGRES=postgres://elsewhere/")
	out, err := cmd.Output()
	if err != nil || string(out) != "postgres://elsewhere/\n" {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestUnchangedNamesTheFilesThatACommandChanged(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs("unchanged")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ command, want string }{
		"nothing":             {"true", ""},
		"an ignored file":     {"echo new >ignored", ""},
		"a committed file":    {"echo new >committed", "committed"},
		"an uncommitted file": {"echo new >draft", "draft"},
		"a new file":          {"echo new >new", "new"},
		"a removed file":      {"rm committed", "committed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			const before = "git init -q; echo old >committed; echo ignored >.gitignore; git add .; echo old >draft"
			if out, err := in(t, dir, "bash", "-c", before); err != nil {
				t.Fatalf("%v:\n%s", err, out)
			}
			out, err := in(t, dir, script, "bash", "-c", test.command)
			if (err != nil) != (test.want != "") {
				t.Errorf("ended with %v:\n%s", err, out)
			}
			if test.want != "" && !strings.HasSuffix(out, "\n  "+test.want+"\n") {
				t.Errorf("does not name %s alone:\n%s", test.want, out)
			}
		})
	}
}

func TestFuzzRunsEveryTargetAndNamesThoseThatFail(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs("fuzz")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":           "module example\n\ngo 1.26\n",
		"one/one_test.go":  "package one\n\nimport \"testing\"\n" + fuzzTarget("FuzzFirst", "") + fuzzTarget("FuzzFirstAgain", ""),
		"b/two/in_test.go": "package two\n\nimport \"testing\"\n" + fuzzTarget("FuzzSecond", "t.Fatal(n)"),
		"b/none_test.go":   "package b\n",
	} {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	fuzz := func() (string, error) { return in(t, dir, "env", "FUZZTIME=3x", script, "-parallel", "1") }
	out, err := fuzz()
	if err == nil || !strings.HasSuffix(out, "\n3 fuzz targets ran, 1 failed\n  ./b/two FuzzSecond\n") {
		t.Errorf("with a target that fails: %v\n%s", err, out)
	}
	if err := os.RemoveAll(filepath.Join(dir, "b", "two")); err != nil {
		t.Fatal(err)
	}
	if out, err := fuzz(); err != nil || !strings.HasSuffix(out, "\n2 fuzz targets ran, 0 failed\n") {
		t.Errorf("without it: %v\n%s", err, out)
	}
	if err := os.RemoveAll(filepath.Join(dir, "one")); err != nil {
		t.Fatal(err)
	}
	if out, err := fuzz(); err == nil || !strings.Contains(out, "no fuzz targets") {
		t.Errorf("without any: %v\n%s", err, out)
	}
}

// fuzzTarget is the code of a target that does something with a number n.
func fuzzTarget(name, does string) string {
	return "\nfunc " + name + "(f *testing.F) {\n\tf.Add(1)\n\tf.Fuzz(func(t *testing.T, n int) { " + does + " })\n}\n"
}

func in(t *testing.T, dir, program string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// announce is a shell command that prints the server's URL and waits for the end of its input.
const announce = `echo "$ALFAONE_TEST_POSTGRES"; read -r || true; `

// server is with-postgres while its command waits.
type server struct {
	*exec.Cmd
	url   string
	input io.Closer
}

// start runs with-postgres with a command that begins with announce.
func start(t *testing.T, args ...string) server {
	t.Helper()
	needPostgres(t)
	cmd := exec.CommandContext(t.Context(), "./with-postgres", args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "ALFAONE_TEST_POSTGRES=") })
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		_ = cmd.Wait()
		t.Fatalf("no server: %s", complaints.String())
	}
	return server{cmd, strings.TrimSpace(line), input}
}

func needPostgres(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("initdb")
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	switch {
	case err == nil || len(installed) > 0:
	case os.Getenv("CI") == "true":
		t.Fatal("PostgreSQL is not installed")
	default:
		t.Skip("PostgreSQL is not installed")
	}
}

func (s server) setting(t *testing.T, name string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var value string
	if err := conn.QueryRow(t.Context(), "SELECT current_setting($1)", name).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// expectGone fails the test if the server still answers or left its files behind.
func (s server) expectGone(t *testing.T) {
	t.Helper()
	if conn, err := pgx.Connect(t.Context(), s.url); err == nil {
		conn.Close(t.Context())
		t.Error("the server still answers")
	}
	u, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(u.Query().Get("host")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the server's directory is still there: %v", err)
	}
}
