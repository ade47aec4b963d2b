package blobtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"alfaone/internal/blob"
)

// Bucket is the bucket that S3 makes.
const Bucket = "alfaone-test"

// S3 starts a real S3 server with an empty bucket on 127.0.0.1 and returns how it is reached. It stops when the test ends,
// and forgets everything. The server, versitygw, is built on first use by "go tool", whose cache keeps it. Where it cannot
// be built the test is skipped, or fails when CI=true.
func S3(tb testing.TB) blob.S3Config {
	tb.Helper()
	program := versitygw(tb)
	dir, err := os.MkdirTemp("", "s3-") // the name of a socket must be short, tb.TempDir's is long
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.MkdirAll(filepath.Join(dir, "buckets", Bucket), 0o700); err != nil {
		tb.Fatal(err)
	}
	socket := filepath.Join(dir, "socket")
	config := blob.S3Config{Region: "us-east-1", Bucket: Bucket, AccessKey: "test-access", SecretKey: "test-secret"}
	start(tb, program, socket, "--quiet", "--port", socket, "--access", config.AccessKey, "--secret", config.SecretKey,
		"posix", filepath.Join(dir, "buckets"))
	config.Endpoint = "http://" + forward(tb, socket)
	return config
}

// versitygw returns the path of the server's program.
func versitygw(tb testing.TB) string {
	tb.Helper()
	out, err := exec.CommandContext(tb.Context(), "go", "env", "GOMOD").Output()
	if err != nil {
		tb.Fatal(err)
	}
	root := filepath.Dir(strings.TrimSpace(string(out)))
	build := exec.CommandContext(tb.Context(), "go", "tool", "-modfile="+filepath.Join(root, "tools", "versitygw.mod"), "-n", "versitygw")
	var errOut bytes.Buffer
	build.Dir, build.Stderr = root, &errOut
	if out, err = build.Output(); err == nil {
		return strings.TrimSpace(string(out))
	}
	if os.Getenv("CI") == "true" {
		tb.Fatalf("building versitygw: %v\n%s", err, &errOut)
	}
	tb.Skipf("no S3 server: building versitygw: %v\n%s", err, &errOut)
	return ""
}

// start runs the server until the test ends, and waits until it answers.
func start(tb testing.TB, program, socket string, args ...string) {
	tb.Helper()
	var output bytes.Buffer
	ctx, stop := context.WithCancel(context.Background()) // the test's own ends before what is cleaned up
	server := exec.CommandContext(ctx, program, args...)
	server.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Dir(socket)}
	server.Stdout, server.Stderr = &output, &output
	if err := server.Start(); err != nil {
		stop()
		tb.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Wait()
	}()
	tb.Cleanup(func() {
		stop()
		<-ended
		if tb.Failed() {
			tb.Logf("the S3 server said:\n%s", &output)
		}
	})
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := net.Dial("unix", socket); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ended:
			tb.Fatalf("the S3 server ended:\n%s", &output)
		case <-tb.Context().Done():
			tb.Fatal("the S3 server does not answer")
		case <-tick.C:
		}
	}
}

// forward listens on a free port for connections to the socket. The server cannot choose a port and tell it, and a port
// chosen for it may be taken by another test until it starts.
func forward(tb testing.TB, socket string) (address string) {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	var open sync.WaitGroup
	tb.Cleanup(func() {
		_ = listener.Close()
		open.Wait() // the server is stopped after this, so close its connections first
	})
	ctx, stop := context.WithCancel(context.Background())
	tb.Cleanup(stop)
	go func() {
		for {
			client, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				open.Go(func() { join(ctx, client, socket) })
			}
		}
	}()
	return listener.Addr().String()
}

// join passes on what either side says, until one has nothing more to say or ctx ends.
func join(ctx context.Context, client net.Conn, socket string) {
	defer client.Close()
	server, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer server.Close()
	done := make(chan struct{}, 2)
	pass := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		done <- struct{}{}
	}
	go pass(server, client)
	go pass(client, server)
	select {
	case <-done:
	case <-ctx.Done():
	}
}
