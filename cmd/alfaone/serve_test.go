package main

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
)

func TestServingEndsWhenItsListenerFails(t *testing.T) {
	t.Parallel()
	c := &config{Listen: "127.0.0.1:0", DataDir: t.TempDir(), MailFrom: "alfaone@localhost"}
	listener, err := listen(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	p, err := openProgram(t.Context(), c, terminal{io.Discard, io.Discard}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.serve(t.Context(), listener, ""); !errors.Is(err, net.ErrClosed) {
		t.Errorf("serving ended with %v", err)
	}
}

func TestOnlyAServerRemovesWorkInProgress(t *testing.T) {
	t.Parallel()
	c := &config{DataDir: t.TempDir(), MailFrom: "alfaone@localhost"}
	begun := filepath.Join(c.DataDir, "tmp", "recording-1")
	if err := os.MkdirAll(begun, 0o700); err != nil {
		t.Fatal(err)
	}
	p, err := openProgram(t.Context(), c, terminal{io.Discard, io.Discard}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := os.Stat(begun); err != nil {
		t.Errorf("any command removes what a server is at work on: %v", err)
	}
	if err := p.emptyTemp(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(filepath.Dir(begun)); err != nil || len(left) > 0 {
		t.Errorf("a server begins with %v, %v", left, err)
	}
}
