package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	mode     = "live"
	pageSize = 20
)

type pagination struct {
	Page       int `json:"page"`
	Limit      int `json:"limit"`
	Total      int `json:"total"`
	TotalPages int `json:"totalPages"`
}

func paginate(page, total int) pagination {
	return pagination{Page: page, Limit: pageSize, Total: total, TotalPages: (total + pageSize - 1) / pageSize}
}

type assessment struct {
	ID                    string          `json:"id"`
	Name                  string          `json:"name"`
	DefaultQuestionFormat string          `json:"defaultQuestionFormat"`
	DefaultAnswerFormat   string          `json:"defaultAnswerFormat"`
	Languages             json.RawMessage `json:"languages"`
	QuestionCount         int             `json:"questionCount"`
	InviteCount           int             `json:"inviteCount"`
	CreatedAt             string          `json:"createdAt"`
	UpdatedAt             string          `json:"updatedAt"`
}

type assessmentList struct {
	Assessments []assessment `json:"assessments"`
	Pagination  pagination   `json:"pagination"`
}

type invite struct {
	ID                  string  `json:"id"`
	AssessmentID        string  `json:"assessmentId"`
	AssessmentName      string  `json:"assessmentName"`
	RecipientEmail      string  `json:"recipientEmail"`
	RecipientName       *string `json:"recipientName"`
	Status              string  `json:"status"`
	QuestionReplayLimit int     `json:"questionReplayLimit"`
	AnswerRecordLimit   int     `json:"answerRecordLimit"`
	SentAt              string  `json:"sentAt"`
	ExpiresAt           string  `json:"expiresAt"`
	AcceptedAt          *string `json:"acceptedAt"`
	StartedAt           *string `json:"startedAt"`
	CompletedAt         *string `json:"completedAt"`
}

type inviteList struct {
	Invites    []invite   `json:"invites"`
	Pagination pagination `json:"pagination"`
}

func when(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

func maybeWhen(ms int64) *string {
	if ms == 0 {
		return nil
	}
	text := when(ms)
	return &text
}

func (l *limit) listAssessments(r *http.Request) (any, error) {
	ctx := r.Context()
	list := assessmentList{Assessments: make([]assessment, 0, pageSize)}
	var total int
	if err := l.lists.countAssessments.QueryRowContext(ctx, l.org, "archived").Scan(&total); err != nil {
		return nil, err
	}
	list.Pagination = paginate(1, total)
	err := each(ctx, l.lists.assessments, []any{l.org, "archived", pageSize, 0}, func(rows *sql.Rows) error {
		var a assessment
		var org, status, languages string
		var screen, webcam, identity, unpublished bool
		var points, version int
		var created, updated int64
		err := rows.Scan(&org, &a.ID, &a.Name, &status, &a.DefaultQuestionFormat, &a.DefaultAnswerFormat, &languages, &screen, &webcam,
			&identity, &a.QuestionCount, &points, &version, &unpublished, &created, &updated, &a.InviteCount)
		a.Languages, a.CreatedAt, a.UpdatedAt = json.RawMessage(languages), when(created), when(updated)
		list.Assessments = append(list.Assessments, a)
		return err
	})
	return list, err
}

func (l *limit) listInvites(r *http.Request) (any, error) {
	ctx, q := r.Context(), r.URL.Query()
	page := 1
	if p := q.Get("page"); p != "" {
		page, _ = strconv.Atoi(p)
	}
	counts, total, err := l.counts(ctx)
	if err != nil {
		return nil, err
	}
	var stmt *sql.Stmt
	offset, size, args, backwards := (page-1)*pageSize, pageSize, []any{l.org, mode}, false
	status := q.Get("status")
	switch {
	case status != "":
		stmt, args, total = l.lists.statusSentDown, append(args, status), counts[status]
	case q.Get("sort") == "status": // the last by name has enough for the first page
		stmt, args = l.lists.statusDown, append(args, "started")
	case offset > total/2:
		size = min(size, total-offset)
		stmt, offset, backwards = l.lists.sentUp, total-offset-size, true
	default:
		stmt = l.lists.sentDown
	}
	if status != "" || q.Get("sort") == "status" {
		if err := each(ctx, l.lists.overdue, []any{l.org, mode, time.Now().UnixMilli()}, func(*sql.Rows) error { return nil }); err != nil {
			return nil, err
		}
	}
	list := inviteList{Invites: make([]invite, 0, pageSize), Pagination: paginate(page, total)}
	err = each(ctx, stmt, append(args, size, offset), func(rows *sql.Rows) error {
		i, err := scanInvite(rows)
		list.Invites = append(list.Invites, i)
		return err
	})
	if backwards {
		slices.Reverse(list.Invites)
	}
	return list, err
}

func (l *limit) counts(ctx context.Context) (counts map[string]int, total int, err error) {
	counts = map[string]int{}
	err = each(ctx, l.lists.counts, []any{l.org, mode}, func(rows *sql.Rows) error {
		var status string
		var n int
		err := rows.Scan(&status, &n)
		counts[status] = n
		total += n
		return err
	})
	return counts, total, err
}

func scanInvite(rows *sql.Rows) (i invite, err error) {
	var org, mode, name, delivery string
	var sent, expires, accepted, started, completed int64
	err = rows.Scan(&i.ID, &org, &mode, &i.AssessmentID, &i.AssessmentName, &i.RecipientEmail, &name, &i.Status, &delivery,
		&i.QuestionReplayLimit, &i.AnswerRecordLimit, &sent, &expires, &accepted, &started, &completed)
	if name != "" {
		i.RecipientName = &name
	}
	i.SentAt, i.ExpiresAt = when(sent), when(expires)
	i.AcceptedAt, i.StartedAt, i.CompletedAt = maybeWhen(accepted), maybeWhen(started), maybeWhen(completed)
	return i, err
}

// each runs a query and hands every row to do.
func each(ctx context.Context, stmt *sql.Stmt, args []any, do func(*sql.Rows) error) error {
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
