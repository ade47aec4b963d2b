package media_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"alfaone/internal/media"
)

// script is a program that the tools take for ffmpeg.
func script(t *testing.T, lines ...string) media.Tools {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	path := filepath.Join(t.TempDir(), "ffmpeg")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+strings.Join(lines, "\n")+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return media.NewTools(path, "")
}

var sound = filepath.Join("testdata", "sound.webm")

func TestWithoutProgramsTheToolsSaySo(t *testing.T) {
	t.Parallel()
	none := media.Find(func(string) (string, error) { return "", exec.ErrNotFound })
	out := filepath.Join(t.TempDir(), "out")
	for name, tools := range map[string]media.Tools{"none found": none, "none given": {}} {
		_, analyze := tools.Analyze(t.Context(), sound)
		_, poster := tools.Poster(t.Context(), sound, 0)
		for what, err := range map[string]error{
			"analyze": analyze, "poster": poster,
			"faststart": tools.Faststart(t.Context(), sound, out),
			"mp4":       tools.MP4(t.Context(), sound, out),
			"normalize": tools.Normalize(t.Context(), sound, out, false),
			"speak":     tools.Speak(t.Context(), "Hello", "en", out),
			"voice":     tools.Voice(t.Context(), sound, out),
			"babble":    tools.Babble(t.Context(), out, time.Second, 1),
			"film":      tools.Film(t.Context(), sound, out, 1),
		} {
			if !errors.Is(err, media.ErrNoTool) || errors.Is(err, media.ErrCorrupt) {
				t.Errorf("%s, %s: got %v, want ErrNoTool", name, what, err)
			}
		}
	}
}

func TestProgramGetsNothingOfThisProcess(t *testing.T) {
	t.Setenv("ALFAONE_SECRET", "hidden")
	dir := t.TempDir()
	tools := script(t, "{ pwd; env; cat; } > "+filepath.Join(dir, "seen"), "printf '\\001\\002'")
	if _, err := tools.Analyze(t.Context(), sound); err != nil {
		t.Fatal(err)
	}
	seen := string(fileBytes(t, filepath.Join(dir, "seen")))
	own, rest, _ := strings.Cut(seen, "\n")
	if strings.Contains(rest, "hidden") || !strings.Contains(own, "alfaone-media-") {
		t.Errorf("the program ran in %s and saw\n%s", own, rest)
	}
	if _, err := os.Stat(own); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its directory is left: %v", err)
	}
}

func TestProgramRunsAtLowPriorityAndWithoutNetwork(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("on Linux only")
	}
	dir := t.TempDir()
	tools := script(t, "sleep 0.2", "{ nice; tail -n +3 /proc/net/dev; } > "+filepath.Join(dir, "seen"), "printf '\\001\\002'")
	if _, err := tools.Analyze(t.Context(), sound); err != nil {
		t.Fatal(err)
	}
	niceness, devices, _ := strings.Cut(string(fileBytes(t, filepath.Join(dir, "seen"))), "\n")
	if niceness != "10" {
		t.Errorf("the program runs at %s, want 10", niceness)
	}
	if exec.CommandContext(t.Context(), "unshare", "--user", "--net", "true").Run() != nil {
		t.Skip("this system lets nobody make a network of his own")
	}
	for device := range strings.Lines(devices) {
		if name := strings.TrimSpace(device); !strings.HasPrefix(name, "lo:") {
			t.Errorf("the program sees the network by %s", name)
		}
	}
}

func TestProgramsRunOneAtATime(t *testing.T) {
	t.Parallel()
	lock := filepath.Join(t.TempDir(), "lock")
	tools := script(t, "mkdir "+lock+" || exit 1", "sleep 0.05", "rmdir "+lock, "printf '\\001\\002'")
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if _, err := tools.Analyze(t.Context(), sound); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestWaitingForATurnEndsWithTheContext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	started := filepath.Join(dir, "started")
	if err := exec.CommandContext(t.Context(), "mkfifo", started).Run(); err != nil {
		t.Skip(err)
	}
	tools := script(t, "echo > "+started, "exec sleep 60")
	first, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := tools.Analyze(first, sound)
		ended <- err
	}()
	fileBytes(t, started) // until the first one holds the turn

	second, giveUp := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer giveUp()
	if _, err := tools.Analyze(second, sound); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the second in the queue: got %v, want that its time is up", err)
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) || errors.Is(err, media.ErrCorrupt) {
		t.Errorf("the one that was stopped: got %v, want that it was cancelled", err)
	}
}

func TestWhoListensDoesNotWaitForOtherWork(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	started := filepath.Join(dir, "started")
	if err := exec.CommandContext(t.Context(), "mkfifo", started).Run(); err != nil {
		t.Skip(err)
	}
	tools := script(t, "echo > "+started, "exec sleep 60")
	tools.Speech = script(t, "exit 1").FFmpeg // it has no voice, and says so at once
	working, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := tools.Analyze(working, sound)
		ended <- err
	}()
	fileBytes(t, started) // until it holds the turn

	listening, giveUp := context.WithTimeout(t.Context(), 20*time.Second)
	defer giveUp()
	if err := tools.Speak(listening, "Hello", "en", filepath.Join(dir, "out")); !errors.Is(err, media.ErrNoTool) {
		t.Errorf("speaking beside other work: got %v, want that there is no voice", err)
	}
	stop()
	if err := <-ended; err == nil {
		t.Error("work that was stopped ended well")
	}
}

func TestOnlyAProgramThatExitsSpeaksOfItsInput(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script  string
		corrupt bool
	}{
		"it refuses":          {"echo bad data >&2; exit 1", true},
		"it has no sound":     {"exit 0", true},
		"it is killed":        {"kill -9 $$", false},
		"it runs for ever":    {"exec sleep 60", false},
		"it is not a program": {"", false},
	}
	for name, test := range tests {
		tools := script(t, test.script)
		if test.script == "" {
			tools.FFmpeg = sound
		}
		var err error
		if name == "it runs for ever" {
			err = tools.RunFor(t.Context(), 50*time.Millisecond, tools.FFmpeg)
		} else {
			_, err = tools.Analyze(t.Context(), sound)
		}
		if err == nil || errors.Is(err, media.ErrCorrupt) != test.corrupt {
			t.Errorf("%s: got %v, ErrCorrupt: want %v", name, err, test.corrupt)
		}
		if len(err.Error()) > 500 {
			t.Errorf("%s: %d bytes of message", name, len(err.Error()))
		}
	}
}

func TestFailedConversionLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string]string{
		"refused":      "for last; do :; done; echo half > ${last#file:}; exit 1",
		"empty":        "for last; do :; done; : > ${last#file:}",
		"at its limit": "for last; do :; done; truncate -s 2147483648 ${last#file:}",
	} {
		out := filepath.Join(t.TempDir(), "out.webm")
		if err := script(t, lines).Normalize(t.Context(), sound, out, false); !errors.Is(err, media.ErrCorrupt) {
			t.Errorf("%s: got %v, want ErrCorrupt", name, err)
		}
		if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: the output is left: %v", name, err)
		}
	}
}

func TestMissingInputIsNotCorrupt(t *testing.T) {
	t.Parallel()
	_, err := script(t, "exit 1").Analyze(t.Context(), filepath.Join(t.TempDir(), "missing"))
	if !errors.Is(err, os.ErrNotExist) || errors.Is(err, media.ErrCorrupt) {
		t.Errorf("got %v, want that it does not exist", err)
	}
}
