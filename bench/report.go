package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is what a contest showed.
type report struct {
	contest

	turns []turn // of each contestant
	goals []goal
}

func (r report) of(name string) turn {
	i := slices.IndexFunc(r.contestants, func(c *contestant) bool { return c.name == name })
	if i < 0 {
		return turn{}
	}
	return r.turns[i]
}

func (r report) has(name string) bool { return r.of(name).rate > 0 }

func (r report) print(out io.Writer) error {
	if _, err := fmt.Fprintf(out, "\n%s\n", r.contest); err != nil {
		return err
	}
	for i, c := range r.contestants {
		t := r.turns[i]
		fmt.Fprintf(out, "    %-32s %8.0f/s   p50 %8s   p99 %8s   %8s CPU a request\n", c.name, t.rate, short(t.p50), short(t.p99), short(t.cpu))
	}
	for _, g := range r.goals {
		fmt.Fprintf(out, "    → %s\n", g)
	}
	for _, n := range r.notes {
		fmt.Fprintf(out, "    %s\n", n)
	}
	return nil
}

func plural(n int, what string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// short writes a duration with three digits.
func short(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1f ms", d.Seconds()*1e3)
	default:
		return fmt.Sprintf("%.0f µs", d.Seconds()*1e6)
	}
}

// unit is what a figure is counted in.
type unit struct {
	format string
	factor float64
}

var (
	percent      = unit{"%.0f %%", 100}
	times        = unit{"%.1f ×", 1}
	milliseconds = unit{"%.0f ms", 1}
	megabytes    = unit{"%.0f MB", 1}
)

func (u unit) of(v float64) string { return fmt.Sprintf(u.format, v*u.factor) }

// goal is a figure, and the target that it has if it has one.
type goal struct {
	what   string
	got    float64
	unit   unit
	target float64 // 0: none
	atMost bool    // else at least
}

func (g goal) met() bool {
	if math.IsNaN(g.got) {
		return false
	}
	return g.atMost && g.got <= g.target || !g.atMost && g.got >= g.target
}

// String says what was reached and whether it is enough.
func (g goal) String() string {
	text := g.unit.of(g.got) + " " + g.what
	if g.target == 0 {
		return text
	}
	sign, verdict := "≥", "missed"
	if g.atMost {
		sign = "≤"
	}
	if g.met() {
		verdict = "met"
	}
	return fmt.Sprintf("%s (target %s %s): %s", text, sign, g.unit.of(g.target), verdict)
}

// describe says what is measured, and on what.
func (b *bench) describe() {
	fmt.Fprintf(b.out, "%d invites of %d assessments, SQLite; %s of %s each, taking turns; medians.\n", b.invites, b.assessments, plural(b.rounds, "turn"), b.duration)
	fmt.Fprintf(b.out, "%s %s/%s, %s", runtime.Version(), runtime.GOOS, runtime.GOARCH, plural(runtime.NumCPU(), "processor"))
	if d, err := syncTime(b.dir); err == nil {
		fmt.Fprintf(b.out, ", %s to write and sync 4 KB", short(d))
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Fprintf(b.out, ", load %s", strings.Fields(string(load))[0])
	}
	fmt.Fprint(b.out, `.
limit: a bare net/http program in a process of its own, with the same statements prepared on the same driver and settings, its
own copy of the database, and the same bytes in the answer; it checks nothing but the key's presence in the database.
alfaone: as shipped, with request log and rate limit.
`)
}

// syncTime is how long the disk takes to keep a page: what a durable commit waits for.
func syncTime(dir string) (time.Duration, error) {
	f, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	var took []time.Duration
	for range 21 {
		begin := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}
