-- +goose Up

-- Who grades the invites of an assessment. An assessment without a row assigns nobody.
CREATE TABLE grading_plans (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    assessment_id TEXT PRIMARY KEY REFERENCES assessments (id) ON DELETE CASCADE,
    graders       TEXT NOT NULL,
    per_invite    INTEGER NOT NULL,
    blind         BOOLEAN NOT NULL,
    gap           INTEGER NOT NULL,
    due_days      INTEGER NOT NULL,
    turn          INTEGER NOT NULL,
    revision      INTEGER NOT NULL
);

-- One grader's scoring of one invite. told_at is when the grader was told of it by mail, and late_at, that it is overdue.
CREATE TABLE evaluations (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    mode          TEXT NOT NULL,
    id            TEXT PRIMARY KEY,
    invite_id     TEXT NOT NULL REFERENCES invites (id) ON DELETE CASCADE,
    assessment_id TEXT NOT NULL,
    grader_id     TEXT NOT NULL,
    grader_name   TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('open', 'submitted', 'withdrawn')),
    blind         BOOLEAN NOT NULL,
    adjudicates   BOOLEAN NOT NULL,
    assigned_at   BIGINT NOT NULL,
    ready_at      BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    submitted_at  BIGINT NOT NULL,
    revision      INTEGER NOT NULL,
    note          TEXT NOT NULL,
    points        INTEGER NOT NULL,
    reopened      TEXT NOT NULL,
    told_at       BIGINT NOT NULL DEFAULT 0,
    late_at       BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX evaluations_grader ON evaluations (invite_id, org_id, grader_id);
CREATE INDEX evaluations_queue ON evaluations (org_id, mode, grader_id, state, ready_at, id);
CREATE INDEX evaluations_waiting ON evaluations (org_id, mode, grader_id) WHERE state = 'open' AND ready_at > 0;
CREATE INDEX evaluations_assessment ON evaluations (org_id, mode, assessment_id, state, invite_id);

-- points repeats the sum of scores once all are there, and is -1 before.
CREATE TABLE marks (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    evaluation_id TEXT NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
    question_id   TEXT NOT NULL,
    revision      INTEGER NOT NULL,
    scores        TEXT NOT NULL,
    points        INTEGER NOT NULL,
    comment       TEXT NOT NULL,
    saved_at      BIGINT NOT NULL,
    PRIMARY KEY (evaluation_id, question_id)
);

CREATE TABLE comments (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    evaluation_id TEXT NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
    id            TEXT NOT NULL,
    question_id   TEXT NOT NULL,
    at_ms         BIGINT NOT NULL,
    text          TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (evaluation_id, id)
);

-- What an invite's evaluations amount to. An invite that nobody is to grade has no row.
CREATE TABLE grades (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    mode          TEXT NOT NULL,
    invite_id     TEXT PRIMARY KEY REFERENCES invites (id) ON DELETE CASCADE,
    assessment_id TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('grading', 'disputed', 'graded')),
    points        DOUBLE PRECISION NOT NULL,
    max_points    INTEGER NOT NULL,
    graded_at     BIGINT NOT NULL
);
CREATE INDEX grades_assessment ON grades (org_id, mode, assessment_id, state, points);

CREATE TABLE decisions (
    org_id      TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    invite_id   TEXT NOT NULL REFERENCES invites (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    outcome     TEXT NOT NULL CHECK (outcome IN ('advance', 'hold', 'reject')),
    reason      TEXT NOT NULL,
    member_id   TEXT NOT NULL,
    member_name TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (invite_id, number)
);

CREATE TABLE transcripts (
    org_id       TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    recording_id TEXT PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE,
    state        TEXT NOT NULL CHECK (state IN ('queued', 'ready', 'failed')),
    language     TEXT NOT NULL,
    segments     TEXT NOT NULL,
    failure      TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    edited_by    TEXT NOT NULL,
    edited_at    BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);

-- Who has looked at or listened to a recording, once for each quarter of an hour: written before the first byte leaves.
CREATE TABLE recording_views (
    org_id       TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    recording_id TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    invite_id    TEXT NOT NULL,
    actor        TEXT NOT NULL,
    actor_id     TEXT NOT NULL,
    actor_name   TEXT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (recording_id, actor_id, at)
);
CREATE INDEX recording_views_invite ON recording_views (org_id, invite_id, at);

-- The grader that an invite was given is the first of its evaluations, under the invite's own id.
INSERT INTO evaluations (org_id, mode, id, invite_id, assessment_id, grader_id, grader_name, state, blind,
    adjudicates, assigned_at, ready_at, due_at, submitted_at, revision, note, points, reopened)
SELECT org_id, mode, id, id, assessment_id, grader_id, '', 'open', FALSE, FALSE, sent_at, completed_at, 0, 0, 1, '', 0, ''
FROM invites WHERE grader_id <> '';
INSERT INTO grades (org_id, mode, invite_id, assessment_id, state, points, max_points, graded_at)
SELECT org_id, mode, id, assessment_id, 'grading', 0, 0, 0 FROM invites WHERE grader_id <> '';
DROP INDEX invites_grader;
ALTER TABLE invites DROP COLUMN grader_id;

-- +goose Down
