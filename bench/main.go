// Command bench measures the program against the limit, a bare net/http program that does the same SQL on the same rows with
// the same driver and writes the same bytes; and against PocketBase, which one would build it with instead. All of them run as
// processes of their own, take turns in one run, and what counts is ratios: absolute figures differ between machines.
//
// What PostgreSQL costs is measured on a server that ALFAONE_TEST_POSTGRES or -postgres names; make bench starts one and throws it
// away. -parts chooses what is measured, -steps how far the lists grow.
//
// It must not measure anything that it has not first seen to be right: the bodies of the program and of the limit are compared
// before the clock starts, and an unexpected status ends the run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == limitCommand {
		exit(serveLimit(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// options are what can be chosen.
type options struct {
	invites     int
	assessments int
	connections int           // of the lists
	writers     int           // of the invites that are made
	rounds      int           // how often each contestant has its turn
	duration    time.Duration // of a turn
	timeout     time.Duration // of everything
	peer        bool
	postgres    string // the URL of a server whose user may make databases; empty: PostgreSQL is not measured
	parts       string // which are measured, separated by commas; empty: all
	steps       int    // how many sizes of P3
	profiles    string // a directory; empty: none are taken
	quick       bool
}

func parse(args []string, out io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.IntVar(&o.invites, "invites", 100_000, "invites in the database")
	flags.IntVar(&o.assessments, "assessments", 200, "assessments in the database")
	flags.IntVar(&o.connections, "connections", 16, "connections that read")
	flags.IntVar(&o.writers, "writers", 64, "connections that write")
	flags.IntVar(&o.rounds, "rounds", 3, "turns of each contestant")
	flags.DurationVar(&o.duration, "duration", 2*time.Second, "length of a turn")
	flags.DurationVar(&o.timeout, "timeout", 30*time.Minute, "length of everything at most")
	flags.BoolVar(&o.peer, "peer", true, "measure PocketBase too")
	flags.StringVar(&o.postgres, "postgres", os.Getenv(postgresVariable), "URL of a PostgreSQL server to make databases on")
	flags.StringVar(&o.parts, "parts", "", "what to measure, separated by commas, of "+strings.Join(partNames(), ", ")+"; empty: everything")
	flags.IntVar(&o.steps, "steps", len(sizes), "how many sizes of lists: from 10,000 invites on, each ten times the one before")
	flags.StringVar(&o.profiles, "profiles", "", "directory for CPU profiles of the program, taken in turns of their own")
	flags.BoolVar(&o.quick, "quick", false, "a smoke test: few rows, short turns, a plain build, no PocketBase")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.quick {
		o.invites, o.assessments, o.rounds, o.duration, o.peer = 2_000, 40, 1, 100*time.Millisecond, false
	}
	if o.steps < 1 || o.steps > len(sizes) {
		return o, fmt.Errorf("there are 1 to %d steps", len(sizes))
	}
	for _, name := range o.chosen() {
		if !slices.Contains(partNames(), name) {
			return o, fmt.Errorf("there is no part %q, only %s", name, strings.Join(partNames(), ", "))
		}
	}
	if o.assessments < pageSize || o.invites < len(spread)*o.assessments || o.invites%pageSize != 0 || o.connections < 1 || o.writers < 1 || o.rounds < 1 {
		return o, fmt.Errorf("there must be %d assessments or more, %d invites of each or more, their number a multiple of %d, and at least one connection and turn",
			pageSize, len(spread), pageSize)
	}
	return o, nil
}

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args, os.Stderr)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	b, err := newBench(ctx, o, out)
	if err != nil {
		return err
	}
	defer b.Close()
	b.describe()
	for _, p := range parts {
		if !slices.Contains(o.chosen(), p.name) {
			continue
		}
		err := p.measure(b, ctx)
		b.stopAll()
		if err != nil {
			return err
		}
	}
	return nil
}

// postgresVariable names the server that tests use too; see scripts/with-postgres.
const postgresVariable = "ALFAONE_TEST_POSTGRES"

// parts are what can be measured, in their order.
var parts = []struct {
	name    string
	measure func(*bench, context.Context) error
}{
	{"start", (*bench).starts},
	{"lists", (*bench).lists},
	{"invites", (*bench).makes},
	{"media", (*bench).recordings},
	{"pages", (*bench).results},
	{"growth", (*bench).growth},
	{"postgres", (*bench).onPostgres},
}

// chosen are the names of the parts to measure.
func (o options) chosen() []string {
	if o.parts == "" {
		return partNames()
	}
	return strings.Split(o.parts, ",")
}

func partNames() (names []string) {
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

// bench is a run: the built program and the rows that every contestant gets a copy of.
type bench struct {
	options
	out    io.Writer
	dir    string // temporary
	binary string
	seed   string // the data directory with all the rows; nobody writes to it
	key    string // an API key

	password string // of the owner

	running []*process
}

// newBench builds the program and fills the database.
func newBench(ctx context.Context, o options, out io.Writer) (*bench, error) {
	dir, err := os.MkdirTemp("", "alfaone-bench-*")
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, out: out, dir: dir, binary: filepath.Join(dir, "alfaone"), seed: filepath.Join(dir, "seed")}
	b.progress("building the program")
	if err := b.build(ctx, b.binary, "alfaone/cmd/alfaone", ""); err != nil {
		b.Close()
		return nil, err
	}
	b.progress("making %d invites", o.invites)
	if err := b.fill(ctx); err != nil {
		b.Close()
		return nil, fmt.Errorf("filling the database: %w", err)
	}
	return b, nil
}

// Close ends and removes everything.
func (b *bench) Close() {
	b.stopAll()
	if err := os.RemoveAll(b.dir); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
}

// build builds a package as it is shipped: static and stripped. A smoke test builds as go test does, which has the parts.
func (b *bench) build(ctx context.Context, to, pkg, dir string) error {
	args := []string{"build", "-o", to}
	if !b.quick {
		args = append(args, "-trimpath", "-ldflags", "-s -w")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	cmd.Dir = dir
	if !b.quick {
		cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", pkg, err, out)
	}
	return nil
}

// progress tells whoever waits what is going on.
func (b *bench) progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+" …\n", args...)
}
