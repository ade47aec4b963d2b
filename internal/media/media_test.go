package media_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"alfaone/internal/media"
)

// fixture reads a recording that Chromium made of its fake camera and microphone: three seconds, in slices of one, joined.
func fixture(tb testing.TB, name string) []byte {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// index runs IndexWebM in memory.
func index(b []byte) (media.Info, []byte, error) {
	var out seekBuffer
	info, err := media.IndexWebM(bytes.NewReader(b), &out)
	return info, out.b, err
}

func inspect(b []byte) (media.Info, error) {
	return media.InspectMP4(bytes.NewReader(b), int64(len(b)))
}

// seekBuffer is a file in memory.
type seekBuffer struct {
	b  []byte
	at int64
}

func (s *seekBuffer) Write(b []byte) (int, error) {
	if missing := s.at + int64(len(b)) - int64(len(s.b)); missing > 0 {
		s.b = append(s.b, make([]byte, missing)...)
	}
	s.at += int64(copy(s.b[s.at:], b))
	return len(b), nil
}

func (s *seekBuffer) Seek(offset int64, whence int) (int64, error) {
	if whence != io.SeekStart {
		return 0, errors.New("not needed")
	}
	s.at = offset
	return offset, nil
}

// goodOrCorrupt fails the test when a file is neither understood nor refused.
func goodOrCorrupt(tb testing.TB, what string, err error) {
	tb.Helper()
	if err != nil && !errors.Is(err, media.ErrCorrupt) {
		tb.Fatalf("%s: got %v, want nothing or ErrCorrupt", what, err)
	}
}

// mutate returns b with some bytes changed, left out or doubled.
func mutate(random *rand.Rand, b []byte) []byte {
	b = bytes.Clone(b)
	for range 1 + random.IntN(8) {
		at := random.IntN(len(b))
		length := random.IntN(min(64, len(b)-at)) + 1
		switch random.IntN(4) {
		case 0:
			b[at] = byte(random.Uint32())
		case 1:
			b[at] ^= 1 << random.IntN(8)
		case 2:
			b = append(b[:at], b[at+min(length, len(b)-2):]...)
		case 3:
			b = append(b[:at:at], append(bytes.Clone(b[at:at+length]), b[at:]...)...)
		}
		if len(b) < 2 {
			break
		}
	}
	return b
}

// ffmpeg returns the tools of the machine, or skips the test; with CI=true they must be there.
func ffmpeg(tb testing.TB) media.Tools {
	tb.Helper()
	tools := media.Find(exec.LookPath)
	if tools.FFmpeg == "" {
		missing(tb, "ffmpeg")
	}
	return tools
}

func missing(tb testing.TB, program string) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatalf("%s is not installed", program)
	}
	tb.Skipf("%s is not installed", program)
}

// run runs a program and returns what it prints.
func run(tb testing.TB, name string, args ...string) string {
	tb.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(tb, name)
	}
	cmd := exec.CommandContext(tb.Context(), path, args...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("%s %q: %v\n%s", name, args, err, complaint.String())
	}
	return string(out)
}

func write(tb testing.TB, dir, name string, b []byte) string {
	tb.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

func fileBytes(tb testing.TB, path string) []byte {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}
