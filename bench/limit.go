package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"alfaone/internal/store"
)

// limitCommand makes this program the limit, in a process of its own.
const limitCommand = "limit"

// limit answers the measured requests with no more than they need: the program's own statements, prepared; encoding/json; no
// checks, no headers, no log. It looks the API key up when one is sent.
type limit struct {
	db     *sql.DB
	org    string
	hash   string // of the API key
	lists  lists
	invite inviter
}

// lists are the statements of reading.
type lists struct {
	key, countAssessments, assessments, counts, overdue *sql.Stmt

	sentDown, sentUp, statusDown, statusSentDown *sql.Stmt
}

func serveLimit(args []string) error {
	flags := flag.NewFlagSet(limitCommand, flag.ExitOnError)
	dir := flags.String("data-dir", "", "where the database is")
	url := flags.String("database-url", "", "PostgreSQL, instead; for reading only")
	files := flags.String("files", "", "a directory to serve below /files/")
	batch := flags.Int("batch", 0, "how many writing requests may share a commit; 0 refuses them")
	_ = flags.Parse(args) // it exits
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	l, err := openLimit(ctx, *dir, *url)
	if err != nil {
		return err
	}
	defer func() { _ = l.db.Close() }()
	if *batch > 0 {
		if err := l.openWriter(ctx, filepath.Join(*dir, store.File), *batch); err != nil {
			return err
		}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "msg=serving url=http://%s \n", listener.Addr())
	server := &http.Server{Handler: l.handler(*files), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// dsn has the settings of the program's connections.
func dsn(path, more string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=secure_delete(1)&_pragma=journal_size_limit(8388608)&" + more
}

// How many connections read at once, as in the program.
const (
	readers             = 8
	postgresConnections = 32
)

func openLimit(ctx context.Context, dir, url string) (*limit, error) {
	driver, name, most := "sqlite", dsn(filepath.Join(dir, store.File), "_pragma=query_only(1)"), readers
	if url != "" {
		driver, name, most = "pgx", url, postgresConnections
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	l := &limit{db: db}
	if err := db.QueryRowContext(ctx, "SELECT org_id, hash FROM api_keys").Scan(&l.org, &l.hash); err != nil {
		return nil, err
	}
	return l, l.prepareLists(ctx)
}

const inviteSummaryColumns = `id, org_id, mode, assessment_id, assessment_name, email, name, status, delivery, replay_limit, record_limit,
	sent_at, expires_at, accepted_at, started_at, completed_at`

func (l *limit) prepareLists(ctx context.Context) error {
	const invites = "SELECT " + inviteSummaryColumns + " FROM invites WHERE org_id = $1 AND mode = $2"
	s := &l.lists
	return prepare(ctx, l.db, map[**sql.Stmt]string{
		&s.key: `SELECT k.org_id, k.id, k.mode, k.name, k.expires_at, k.revoked_at, o.rate_per_minute
			FROM api_keys k JOIN organizations o ON o.id = k.org_id WHERE k.hash = $1`,
		&s.countAssessments: "SELECT COUNT(*) FROM assessments WHERE org_id = $1 AND status <> $2",
		&s.assessments: `SELECT org_id, id, name, status, format, answer_format, languages, screen_recording, webcam, id_capture,
			question_count, total_points, version, version > 0 AND NOT is_published, created_at, updated_at, live_invites
			FROM assessments WHERE org_id = $1 AND status <> $2 ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4`,
		&s.counts: "SELECT status, n FROM invite_totals WHERE org_id = $1 AND mode = $2",
		&s.overdue: `SELECT status, COUNT(*) FROM invites WHERE org_id = $1 AND mode = $2 AND status IN ('pending', 'accepted')
			AND expires_at <= $3 GROUP BY status`,
		&s.sentDown:       invites + " ORDER BY sent_at DESC, id DESC LIMIT $3 OFFSET $4",
		&s.sentUp:         invites + " ORDER BY sent_at ASC, id ASC LIMIT $3 OFFSET $4",
		&s.statusDown:     invites + " AND status = $3 ORDER BY id DESC LIMIT $4 OFFSET $5",
		&s.statusSentDown: invites + " AND status = $3 ORDER BY sent_at DESC, id DESC LIMIT $4 OFFSET $5",
	})
}

// preparer is what *sql.DB and *sql.Conn have in common.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

func prepare(ctx context.Context, db preparer, texts map[**sql.Stmt]string) error {
	for into, text := range texts {
		stmt, err := db.PrepareContext(ctx, text) //nolint:sqlclosecheck // it is kept as long as the process lives
		if err != nil {
			return err
		}
		*into = stmt
	}
	return nil
}

func (l *limit) handler(files string) http.Handler {
	mux := http.NewServeMux()
	if files != "" {
		mux.Handle("GET /files/", http.StripPrefix("/files/", http.FileServer(http.Dir(files))))
	}
	mux.HandleFunc("GET /api/v1/assessments", l.answer(http.StatusOK, l.listAssessments))
	mux.HandleFunc("GET /api/v1/invites", l.answer(http.StatusOK, l.listInvites))
	mux.HandleFunc("POST /api/v1/invites", l.answer(http.StatusCreated, l.makeInvite))
	return mux
}

// answer checks the key and writes what do returns.
func (l *limit) answer(status int, do func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := l.checkKey(r)
		var result any
		if err == nil {
			result, err = do(r)
		}
		var body bytes.Buffer
		if err == nil {
			encoder := json.NewEncoder(&body)
			encoder.SetEscapeHTML(false)
			err = encoder.Encode(result)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		body.Truncate(body.Len() - 1)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
		w.WriteHeader(status)
		_, _ = w.Write(body.Bytes())
	}
}

func (l *limit) checkKey(r *http.Request) error {
	if r.Header.Get("X-Api-Key") == "" {
		return nil
	}
	var org, id, mode, name string
	var expires, revoked, rate int64
	return l.lists.key.QueryRowContext(r.Context(), l.hash).Scan(&org, &id, &mode, &name, &expires, &revoked, &rate)
}
