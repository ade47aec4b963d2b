package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// recorded is how large the recording is that is uploaded, and quickly the one of a smoke test.
const (
	recorded = 200 << 20
	quickly  = 20 << 20
)

// readSize is how much of it a player asks for at once.
const readSize = 1 << 20

// recordings measures P6: memory while one recording is uploaded in slices and put together, and reading parts of it.
func (b *bench) recordings(ctx context.Context) error {
	b.progress("P6  recordings")
	c, err := b.startRecorder(ctx)
	if err != nil {
		return err
	}
	if err := c.upload(ctx); err != nil {
		return err
	}
	return b.readParts(ctx, c)
}

// recorder is a candidate whose screen is recorded.
type recorder struct {
	bench   *bench
	process *process
	dir     string // the program's data
	token   string
	url     string // of the recording
	file    []byte
	http    *http.Client
}

// startRecorder starts the program with a candidate who has accepted an invite.
func (b *bench) startRecorder(ctx context.Context) (*recorder, error) {
	r := &recorder{bench: b, token: "bench", file: film(recorded), http: &http.Client{Timeout: time.Minute}}
	if b.quick {
		r.file = film(quickly)
	}
	var err error
	if r.dir, err = b.copyOfSeed("alfaone-recordings"); err != nil {
		return nil, err
	}
	if err := r.invite(ctx); err != nil {
		return nil, err
	}
	if r.process, err = b.startProgram(ctx, "alfaone-recordings", home{dir: r.dir}); err != nil {
		return nil, err
	}
	var opened struct{ URL string }
	answer, err := r.do(ctx, http.MethodPost, "/take/evidence", []byte(`{"purpose":"screen","mime":"video/webm"}`), http.StatusCreated)
	if err == nil {
		err = json.Unmarshal(answer, &opened)
	}
	r.url = opened.URL
	return r, err
}

// invite adds an accepted invite whose link is known.
func (r *recorder) invite(ctx context.Context) error {
	db, err := store.Open(ctx, store.Options{DataDir: r.dir})
	if err != nil {
		return err
	}
	err = db.Tx(ctx, func(tx *store.Tx) error {
		all, err := tx.Organizations()
		if err != nil {
			return err
		}
		now := tx.Now()
		a := newAssessment(all[0].ID, 0, now)
		inv := newInvite(a, 0, 0, 1, now)
		inv.ID, inv.Stored, inv.AcceptedAt = assess.InviteID(uuid.NewString()), assess.Accepted, now
		sum := sha256.Sum256([]byte(r.token))
		if err := errors.Join(tx.InsertAssessment(a), tx.InsertAssessmentVersion(a)); err != nil {
			return err
		}
		_, err = tx.InsertInvite(inv, hex.EncodeToString(sum[:]))
		return err
	})
	return errors.Join(err, db.Close())
}

func (r *recorder) cookie() string { return "alfaone_invite=" + r.token }

// do sends a request as the candidate's page does.
func (r *recorder) do(ctx context.Context, method, path string, body []byte, status int, header ...string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, r.process.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Cookie", r.cookie())
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	resp, err := r.http.Do(request)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err == nil && resp.StatusCode != status {
		err = fmt.Errorf("%s %s: %s\n%s", method, path, resp.Status, answer)
	}
	return answer, err
}

// upload sends the recording, two slices at a time as the page does, has it put together, and reports the memory that each took.
func (r *recorder) upload(ctx context.Context) error {
	time.Sleep(min(idleFor, r.bench.duration))
	idle, known := r.process.memory()
	begin := time.Now()
	sending, err := r.process.mostMemory(func() error { return r.send(ctx) })
	if err != nil {
		return err
	}
	took := time.Since(begin)
	finishing, err := r.process.mostMemory(func() error { return r.finish(ctx) })
	if err != nil {
		return err
	}
	title := fmt.Sprintf("P6  PUT …/chunks: %d MB in slices of %d MB", len(r.file)/megabyte, assess.MaxChunkBytes/megabyte)
	report := report{contest: contest{title: title, connections: 2}, goals: []goal{
		{what: "a second", got: float64(len(r.file)) / megabyte / took.Seconds(), unit: megabytes},
	}}
	if known {
		above := func(peak int64) float64 { return float64(peak-idle) / megabyte }
		report.goals = append(report.goals,
			goal{what: "above idle while it is sent", got: above(sending), unit: megabytes, target: 40, atMost: true},
			goal{what: "above idle while it is put together", got: above(finishing), unit: megabytes, target: 40, atMost: true})
	}
	return report.print(r.bench.out)
}

// mostMemory is the most memory that the process has while do runs.
func (p *process) mostMemory(do func() error) (most int64, err error) {
	var over atomic.Bool
	var watch sync.WaitGroup
	watch.Go(func() {
		for !over.Load() {
			now, _ := p.memory()
			most = max(most, now)
			time.Sleep(2 * time.Millisecond)
		}
	})
	err = do()
	over.Store(true)
	watch.Wait()
	return most, err
}

func (r *recorder) send(ctx context.Context) error {
	parts := slices.Collect(slices.Chunk(r.file, assess.MaxChunkBytes))
	var all sync.WaitGroup
	errs := make([]error, 2)
	for sender := range errs {
		all.Go(func() {
			for n := sender; n < len(parts) && errs[sender] == nil; n += len(errs) {
				sum := sha256.Sum256(parts[n])
				_, errs[sender] = r.do(ctx, http.MethodPut, fmt.Sprintf("%s/chunks/%d", r.url, n), parts[n], http.StatusNoContent,
					"Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// finish waits until the recording can be played.
func (r *recorder) finish(ctx context.Context) error {
	parts := (len(r.file) + assess.MaxChunkBytes - 1) / assess.MaxChunkBytes
	if _, err := r.do(ctx, http.MethodPost, r.url+"/finish", fmt.Appendf(nil, `{"chunks":%d,"bytes":%d}`, parts, len(r.file)), http.StatusAccepted); err != nil {
		return err
	}
	for ctx.Err() == nil {
		answer, err := r.do(ctx, http.MethodGet, r.url, nil, http.StatusOK)
		if err != nil {
			return err
		}
		var status struct{ State, Failure string }
		if err := json.Unmarshal(answer, &status); err != nil {
			return err
		}
		switch status.State {
		case "ready":
			return nil
		case "failed":
			return fmt.Errorf("the recording failed: %s", status.Failure)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return ctx.Err()
}

// readParts measures reading a part of the recording, beside a bare file server that has the same file.
func (b *bench) readParts(ctx context.Context, r *recorder) error {
	found, err := filepath.Glob(filepath.Join(r.dir, "media", "*", "recordings", filepath.Base(r.url), "media"))
	if err != nil || len(found) != 1 {
		return fmt.Errorf("the recording is not where it should be: %v, %w", found, err)
	}
	limit, err := b.startLimit(ctx, "limit-recordings", home{dir: b.seed}, "-files", filepath.Dir(found[0]))
	if err != nil {
		return err
	}
	part := fmt.Sprintf("bytes=%d-%d", len(r.file)/2, len(r.file)/2+readSize-1)
	if err := r.samePart(ctx, limit, part); err != nil {
		return err
	}
	c := contest{
		title: fmt.Sprintf("    GET …/media: %d MB of %d", readSize/megabyte, len(r.file)/megabyte), connections: b.connections,
		contestants: []*contestant{
			getter(nameProgram, r.process, r.url+"/media", "Cookie", r.cookie(), "Range", part),
			getter(nameFiles, limit, "/files/media", "Range", part),
		},
	}
	for _, contestant := range c.contestants {
		contestant.status = http.StatusPartialContent
	}
	turns, err := b.measure(ctx, c)
	if err != nil {
		return err
	}
	result := report{contest: c, turns: turns}
	program, files := result.of(nameProgram), result.of(nameFiles)
	result.goals = []goal{
		{what: "of the file server's requests/s", got: program.rate / files.rate, unit: percent, target: 0.6},
		{what: "a second", got: program.rate * readSize / megabyte, unit: megabytes},
	}
	return result.print(b.out)
}

// nameFiles is the limit of reading.
const nameFiles = "limit, http.FileServer"

// samePart makes sure that both answer with the same part.
func (r *recorder) samePart(ctx context.Context, limit *process, part string) error {
	one, err := r.do(ctx, http.MethodGet, r.url+"/media", nil, http.StatusPartialContent, "Range", part)
	if err != nil {
		return err
	}
	other, err := limit.do(ctx, http.MethodGet, "/files/media", "", http.Header{"Range": {part}}, http.StatusPartialContent)
	if err == nil && (!bytes.Equal(one, other) || len(one) != readSize) {
		err = fmt.Errorf("%d and %d bytes of the recording are not the same", len(one), len(other))
	}
	return err
}

// film is a WebM of about so many bytes, as a recorder writes it: live, in clusters of unknown size (RFC 9559). Its picture is
// noise.
func film(size int) []byte {
	const perBlock, perCluster = 60_000, 30
	chance := rand.NewChaCha8([32]byte{})
	out := slices.Concat(
		element(0x1A45DFA3, element(0x4282, []byte("webm"))), // EBML with its DocType
		endless(0x18538067), // Segment
		element(0x1549A966, element(0x2AD7B1, []byte{0x0F, 0x42, 0x40})), // Info: milliseconds
		element(0x1654AE6B, element(0xAE, slices.Concat( // Tracks
			element(0xD7, []byte{1}), element(0x73C5, []byte{1}), element(0x83, []byte{1}), element(0x86, []byte("V_VP9")),
			element(0xE0, slices.Concat(element(0xB0, []byte{0x05, 0x00}), element(0xBA, []byte{0x02, 0xD0}))),
		))),
	)
	for at := uint64(0); len(out) < size; at += 1_000 {
		out = append(out, endless(0x1F43B675)...)
		out = append(out, element(0xE7, binary.BigEndian.AppendUint64(nil, at))...)
		for i := range perCluster {
			block := make([]byte, perBlock)
			_, _ = chance.Read(block) // it does not fail
			copy(block, []byte{0x81, byte(i * 33 >> 8), byte(i * 33), 0x80})
			out = append(out, element(0xA3, block)...)
		}
	}
	return out
}

// element is an EBML element (RFC 8794): its id, its length in eight bytes, its data.
func element(id uint32, data []byte) []byte {
	return append(binary.BigEndian.AppendUint64(elementID(id), 1<<56|uint64(len(data))), data...)
}

// endless begins an element whose length nobody knows yet.
func endless(id uint32) []byte {
	return append(elementID(id), 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)
}

func elementID(id uint32) []byte {
	return bytes.TrimLeft(binary.BigEndian.AppendUint32(nil, id), "\x00")
}
