package main

import (
	"errors"
	"io"
	"net"
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
