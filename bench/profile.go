package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// profileAddress is where the program shows profiles. It is fixed: the program does not say on which port it got.
const profileAddress = "127.0.0.1:16060"

// profiling are the program's flags for showing profiles, where they are asked for.
func (b *bench) profiling() []string {
	if b.profiles == "" {
		return nil
	}
	return []string{"--metrics-listen", profileAddress}
}

// profile takes a CPU profile of the contest's first contestant, in a turn of its own.
func (b *bench) profile(ctx context.Context, c contest) error {
	if b.profiles == "" {
		return nil
	}
	if err := os.MkdirAll(b.profiles, 0o755); err != nil {
		return err
	}
	seconds := max(1, int(b.duration.Seconds()))
	loaded := make(chan error, 1)
	go func() {
		_, err := c.contestants[0].load(ctx, c.connections, time.Duration(seconds+1)*time.Second)
		loaded <- err
	}()
	shown := &process{name: "profile", url: "http://" + profileAddress}
	profile, err := shown.do(ctx, http.MethodGet, fmt.Sprintf("/debug/pprof/profile?seconds=%d", seconds), "", nil, http.StatusOK)
	if loadErr := <-loaded; loadErr != nil {
		return loadErr
	}
	if err != nil {
		return err
	}
	name := strings.NewReplacer(" ", "-", "/", "", ":", "", "?", "-", "=", "-").Replace(strings.TrimSpace(c.title))
	return os.WriteFile(filepath.Join(b.profiles, name+".pprof"), profile, 0o644)
}
