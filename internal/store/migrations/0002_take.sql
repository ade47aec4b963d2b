-- +goose Up

-- Which tab of which browser holds a candidate's attempt.
CREATE TABLE attempts (
    org_id    TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    invite_id TEXT PRIMARY KEY REFERENCES invites (id) ON DELETE CASCADE,
    tab       TEXT NOT NULL,
    seated_at BIGINT NOT NULL
);

CREATE TABLE accommodations (
    org_id      TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    invite_id   TEXT PRIMARY KEY REFERENCES invites (id) ON DELETE CASCADE,
    time_factor INTEGER NOT NULL,
    extra_takes INTEGER NOT NULL,
    extra_plays INTEGER NOT NULL,
    instead     TEXT NOT NULL
);

-- What a candidate has given to a question and what it has cost them. takes counts the recordings that have not failed.
CREATE TABLE answers (
    org_id      TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    invite_id   TEXT NOT NULL REFERENCES invites (id) ON DELETE CASCADE,
    question_id TEXT NOT NULL,
    plays       INTEGER NOT NULL DEFAULT 0,
    forgiven    BOOLEAN NOT NULL DEFAULT FALSE,
    takes       INTEGER NOT NULL DEFAULT 0,
    extra_takes INTEGER NOT NULL DEFAULT 0,
    begun_at    BIGINT NOT NULL DEFAULT 0,
    text        TEXT NOT NULL DEFAULT '',
    revision    INTEGER NOT NULL DEFAULT 0,
    saved_at    BIGINT NOT NULL DEFAULT 0,
    by_text     BOOLEAN NOT NULL DEFAULT FALSE,
    sent_at     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (invite_id, question_id)
);

CREATE TABLE plays (
    org_id       TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id           TEXT PRIMARY KEY,
    invite_id    TEXT NOT NULL REFERENCES invites (id) ON DELETE CASCADE,
    question_id  TEXT NOT NULL,
    recording_id TEXT NOT NULL,
    duration_ms  BIGINT NOT NULL,
    granted_at   BIGINT NOT NULL,
    key          TEXT NOT NULL
);
CREATE INDEX plays_invite ON plays (invite_id, question_id);
CREATE UNIQUE INDEX plays_key ON plays (org_id, invite_id, key) WHERE key <> '';

-- invite_id is empty for prompts, assessment_id for all else. key is of the request that opened it, which may be repeated. The
-- columns from content_type on are known once ready.
CREATE TABLE recordings (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    mode          TEXT NOT NULL,
    id            TEXT PRIMARY KEY,
    purpose       TEXT NOT NULL,
    invite_id     TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    question_id   TEXT NOT NULL,
    number        INTEGER NOT NULL,
    mime          TEXT NOT NULL,
    key           TEXT NOT NULL,
    length_ms     BIGINT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('open', 'uploaded', 'ready', 'failed')),
    failure       TEXT NOT NULL,
    chunks        INTEGER NOT NULL,
    bytes         BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    touched_at    BIGINT NOT NULL,
    finished_at   BIGINT NOT NULL,
    content_type  TEXT NOT NULL DEFAULT '',
    size          BIGINT NOT NULL DEFAULT 0,
    sha256        TEXT NOT NULL DEFAULT '',
    duration_ms   BIGINT NOT NULL DEFAULT 0,
    width         INTEGER NOT NULL DEFAULT 0,
    height        INTEGER NOT NULL DEFAULT 0,
    sound         BOOLEAN NOT NULL DEFAULT FALSE,
    quiet         BOOLEAN NOT NULL DEFAULT FALSE,
    waveform      BOOLEAN NOT NULL DEFAULT FALSE,
    poster        BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX recordings_number ON recordings (org_id, invite_id, assessment_id, purpose, question_id, number);
CREATE UNIQUE INDEX recordings_key ON recordings (org_id, invite_id, key) WHERE key <> '';
CREATE INDEX recordings_open ON recordings (touched_at) WHERE state = 'open';
CREATE INDEX recordings_failed ON recordings (finished_at) WHERE state = 'failed';

CREATE TABLE recording_chunks (
    org_id       TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    recording_id TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    bytes        BIGINT NOT NULL,
    sha256       TEXT NOT NULL,
    PRIMARY KEY (recording_id, number)
);

CREATE TABLE signals (
    org_id    TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    invite_id TEXT NOT NULL REFERENCES invites (id) ON DELETE CASCADE,
    number    INTEGER NOT NULL,
    type      TEXT NOT NULL,
    at        BIGINT NOT NULL,
    length_ms BIGINT NOT NULL,
    detail    TEXT NOT NULL,
    PRIMARY KEY (invite_id, number)
);

CREATE INDEX invites_overdue ON invites (complete_by) WHERE status = 'started';

-- +goose Down
