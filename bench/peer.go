package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// startPeer builds PocketBase from its module and starts it with the rows of a database; nil and why where it cannot.
func (b *bench) startPeer(ctx context.Context, database string) (p *process, missing string) {
	if !b.peer {
		return nil, "switched off"
	}
	b.progress("building PocketBase")
	binary := filepath.Join(b.dir, "pocketbase")
	if err := b.build(ctx, binary, ".", peerDir()); err != nil {
		return nil, lastLine(err)
	}
	b.progress("copying the rows to PocketBase")
	p, err := b.start(ctx, "pocketbase", binary, filepath.Join(b.dir, "pocketbase-data"), database)
	if err != nil {
		return nil, lastLine(err)
	}
	if err := b.checkPeer(ctx, p); err != nil {
		return nil, lastLine(err)
	}
	return p, ""
}

// checkPeer makes sure that PocketBase answers each list with a full page.
func (b *bench) checkPeer(ctx context.Context, p *process) error {
	for _, l := range b.listings() {
		if l.peer == "" {
			continue
		}
		body, err := p.do(ctx, http.MethodGet, l.peer, "", http.Header{"Authorization": {p.token}}, http.StatusOK)
		if err != nil {
			return err
		}
		var list struct {
			Items      []json.RawMessage
			TotalItems int
		}
		if err := json.Unmarshal(body, &list); err != nil || len(list.Items) != pageSize || list.TotalItems < pageSize {
			return fmt.Errorf("%d items of %d at %s: %w", len(list.Items), list.TotalItems, l.peer, err)
		}
	}
	return nil
}

// peerDir is where PocketBase's module is, beside this file.
func peerDir() string {
	_, file, _, _ := runtime.Caller(0)
	if dir := filepath.Join(filepath.Dir(file), "pocketbase"); exists(dir) {
		return dir
	}
	return filepath.Join("bench", "pocketbase") // built with -trimpath, started in the root of the repository
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// lastLine is what an error says at its end, where builds and servers say what is wrong.
func lastLine(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	return lines[len(lines)-1]
}
