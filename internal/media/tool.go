package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Tools are the outside programs that work on files, by their paths; an empty path means that the program is not there and
// what needs it answers [ErrNoTool].
//
// Of the programs that one Tools and its copies start, one runs at a time, and beside it one for [Tools.Speak] or
// [Tools.Voice], since somebody waits for that ([NewTools] sees to it). Each runs in a directory of its own, with none of this
// process's environment, within a time limit that is generous for its work; on Linux also at low priority and, where the system
// permits it, without a network.
// ffmpeg is told the format of what it reads, by [Sniff], and may open nothing but files: a playlist in disguise makes it read
// no other file and reach no network.
type Tools struct {
	FFmpeg string
	Speech string // espeak-ng
	turn   chan struct{}
	voice  chan struct{} // the turn of what speaks
}

// NewTools returns the tools at the given paths, which may be empty.
func NewTools(ffmpeg, speech string) Tools {
	return Tools{FFmpeg: ffmpeg, Speech: speech, turn: make(chan struct{}, 1), voice: make(chan struct{}, 1)}
}

// Find returns the tools that look, such as [exec.LookPath], finds.
func Find(look func(name string) (path string, err error)) Tools {
	found := func(name string) string {
		path, err := look(name)
		if err != nil {
			return ""
		}
		return path
	}
	return NewTools(found("ffmpeg"), found("espeak-ng"))
}

const (
	maxOutput = 2 << 30 // bytes that a tool may write to a file

	maxAllocation = "268435456" // bytes that ffmpeg may ask for at once
	maxFrame      = "16777216"  // pixels of a picture that it decodes: twice 4K
)

// command is one call of a program.
type command struct {
	program string
	args    []string
	stdin   io.Reader
	stdout  io.Writer
	limit   time.Duration
}

// run waits for its turn and runs the program to its end. A program that fails says [ErrCorrupt] of its input; one that
// cannot be started, is killed or runs out of time says nothing of it.
func (t Tools) run(ctx context.Context, c command) error {
	if c.program == "" {
		return ErrNoTool
	}
	done, err := t.wait(ctx)
	if err != nil {
		return err
	}
	defer done()
	dir, err := os.MkdirTemp("", "alfaone-media-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	limited, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	var complaint bytes.Buffer
	cmd, err := c.start(limited, dir, &head{w: &complaint, left: 4 << 10})
	if err != nil {
		return fmt.Errorf("start %s: %w", filepath.Base(c.program), err)
	}
	return verdict(ctx, limited, c, cmd.Wait(), complaint.String())
}

// start starts the program in isolation, or as it is where the system allows no isolation.
func (c command) start(ctx context.Context, dir string, stderr io.Writer) (*exec.Cmd, error) {
	begin := func(prepare func(*exec.Cmd)) (*exec.Cmd, error) {
		cmd := exec.CommandContext(ctx, c.program, c.args...) //nolint:gosec // G204: the program is the operator's, the arguments are ours
		cmd.Dir = dir
		cmd.Env = []string{"LC_ALL=C.UTF-8", "HOME=" + dir, "TMPDIR=" + dir}
		cmd.Stdin, cmd.Stdout, cmd.Stderr = c.stdin, c.stdout, stderr
		cmd.WaitDelay = 5 * time.Second
		prepare(cmd)
		return cmd, cmd.Start()
	}
	cmd, err := begin(isolate)
	if isolationRefused(err) {
		cmd, err = begin(func(*exec.Cmd) {})
	}
	if err != nil {
		return nil, err
	}
	lowerPriority(cmd.Process.Pid)
	return cmd, nil
}

// wait returns when no other program runs; the caller calls done when its own has ended.
func (t Tools) wait(ctx context.Context) (done func(), err error) {
	if t.turn == nil {
		return func() {}, nil
	}
	select {
	case t.turn <- struct{}{}:
		return func() { <-t.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// verdict tells what a program's end says of its input.
func verdict(ctx, limited context.Context, c command, err error, complaint string) error {
	name := filepath.Base(c.program)
	exit, exited := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case limited.Err() != nil:
		return fmt.Errorf("%s took longer than %s", name, c.limit)
	case exited && exit.Exited():
		complaint, _, _ = strings.Cut(strings.TrimSpace(complaint), "\n")
		return corrupt("%s: %v: %s", name, err, complaint)
	default:
		return fmt.Errorf("%s: %w", name, err)
	}
}

// head keeps the beginning of what is written to it and swallows the rest.
type head struct {
	w    io.Writer
	left int
}

func (h *head) Write(b []byte) (int, error) {
	keep := b[:min(len(b), h.left)]
	h.left -= len(keep)
	if _, err := h.w.Write(keep); err != nil {
		return 0, err
	}
	return len(b), nil
}

// ffmpeg runs ffmpeg on a file; out are the arguments after the input, seek those before it.
func (t Tools) ffmpeg(ctx context.Context, limit time.Duration, seek []string, in string, stdout io.Writer, out ...string) error {
	if t.FFmpeg == "" {
		return ErrNoTool
	}
	in, demuxer, err := source(in)
	if err != nil {
		return err
	}
	args := slices.Concat(
		[]string{"-nostdin", "-v", "error", "-max_alloc", maxAllocation}, seek,
		[]string{"-protocol_whitelist", "file,pipe", "-max_pixels", maxFrame, "-threads", "2", "-f", demuxer, "-i", "file:" + in},
		[]string{"-map_metadata", "-1", "-map_chapters", "-1", "-dn", "-sn"}, out)
	return t.run(ctx, command{program: t.FFmpeg, args: args, stdout: stdout, limit: limit})
}

// source returns a file's absolute path and what ffmpeg calls its format.
func source(path string) (absolute, demuxer string, err error) {
	absolute, err = filepath.Abs(path)
	if err != nil {
		return "", "", err
	}
	f, err := os.Open(absolute)
	if err != nil {
		return "", "", err
	}
	defer f.Close()
	begin := make([]byte, SniffLen)
	n, err := io.ReadFull(f, begin)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", "", err
	}
	demuxer = Sniff(begin[:n]).demuxer()
	if demuxer == "" {
		return "", "", corrupt("neither sound nor video")
	}
	return absolute, demuxer, nil
}

// convert runs ffmpeg from file to file and leaves nothing behind when it fails.
func (t Tools) convert(ctx context.Context, limit time.Duration, in, out string, args ...string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	args = append(args, "-abort_on", "empty_output", "-fs", strconv.Itoa(maxOutput), "-y", "file:"+out)
	err = t.ffmpeg(ctx, limit, nil, in, nil, args...)
	if err == nil {
		err = complete(out)
	}
	if err != nil {
		_ = os.Remove(out) // what failed is worth more than whether a fragment stays
	}
	return err
}

// complete checks that a file was not cut at the limit, nor left empty.
func complete(path string) error {
	stat, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case stat.Size() == 0:
		return corrupt("nothing to convert")
	case stat.Size() >= maxOutput:
		return corrupt("more than %d bytes of output", maxOutput)
	}
	return nil
}
