-- +goose Up

-- Times are unix milliseconds (BIGINT); 0 means never. Ids are UUIDs as text. Every tenant's table has org_id, and every
-- query on it names org_id. What is compared whatever its case is kept folded beside it, because lower() knows no letters but
-- ASCII's; addresses make do with those.

CREATE TABLE instance (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE organizations (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    sender_name     TEXT NOT NULL,
    accent          TEXT NOT NULL,
    time_zone       TEXT NOT NULL,
    languages       TEXT NOT NULL,
    expires_in_days INTEGER NOT NULL,
    replay_limit    INTEGER NOT NULL,
    record_limit    INTEGER NOT NULL,
    rate_per_minute INTEGER NOT NULL,
    notices         TEXT NOT NULL,
    notice_version  INTEGER NOT NULL,
    logo_id         TEXT NOT NULL,
    event_sequence  BIGINT NOT NULL DEFAULT 0,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL
);

CREATE TABLE logos (
    org_id       TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id           TEXT PRIMARY KEY,
    content_type TEXT NOT NULL,
    base64       TEXT NOT NULL
);

CREATE TABLE members (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id            TEXT PRIMARY KEY,
    first_name    TEXT NOT NULL,
    last_name     TEXT NOT NULL,
    email         TEXT NOT NULL,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    joined_at     BIGINT NOT NULL,
    last_seen_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX members_email ON members (lower(email));
CREATE INDEX members_org ON members (org_id, created_at, id);

CREATE TABLE member_tokens (
    hash       TEXT PRIMARY KEY,
    org_id     TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    member_id  TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX member_tokens_member ON member_tokens (member_id);

CREATE TABLE sessions (
    id           TEXT PRIMARY KEY,
    hash         TEXT NOT NULL,
    org_id       TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    member_id    TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    user_agent   TEXT NOT NULL,
    address      TEXT NOT NULL,
    mode         TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sessions_hash ON sessions (hash);
CREATE INDEX sessions_member ON sessions (member_id);

CREATE TABLE login_failures (
    key        TEXT PRIMARY KEY,
    failures   INTEGER NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE api_keys (
    org_id       TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id           TEXT PRIMARY KEY,
    hash         TEXT NOT NULL,
    mode         TEXT NOT NULL,
    name         TEXT NOT NULL,
    start        TEXT NOT NULL,
    created_by   TEXT NOT NULL,
    creator      TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    revoked_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);
CREATE INDEX api_keys_org ON api_keys (org_id, created_at);

CREATE TABLE api_key_usage (
    org_id   TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    key_id   TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    day      TEXT NOT NULL,
    requests BIGINT NOT NULL,
    PRIMARY KEY (key_id, day)
);

CREATE TABLE rate_limits (
    key    TEXT PRIMARY KEY,
    tat    BIGINT NOT NULL,
    denied INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE tags (
    org_id     TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL,
    color      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX tags_name ON tags (org_id, folded);

-- The columns from name to total_points repeat what the newest version says, or the draft while there is none, so that lists
-- and inviting need not open documents. live_invites and test_invites count those ever sent.
CREATE TABLE assessments (
    org_id           TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id               TEXT PRIMARY KEY,
    status           TEXT NOT NULL CHECK (status IN ('draft', 'published', 'archived')),
    version          INTEGER NOT NULL,
    revision         INTEGER NOT NULL,
    is_published     BOOLEAN NOT NULL,
    name             TEXT NOT NULL,
    folded           TEXT NOT NULL,
    format           TEXT NOT NULL,
    answer_format    TEXT NOT NULL,
    languages        TEXT NOT NULL,
    screen_recording BOOLEAN NOT NULL,
    webcam           BOOLEAN NOT NULL,
    id_capture       BOOLEAN NOT NULL,
    question_count   INTEGER NOT NULL,
    total_points     INTEGER NOT NULL,
    live_invites     BIGINT NOT NULL DEFAULT 0,
    test_invites     BIGINT NOT NULL DEFAULT 0,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    published_at     BIGINT NOT NULL
);
CREATE INDEX assessments_status ON assessments (org_id, status);
CREATE INDEX assessments_created ON assessments (org_id, created_at, id);
CREATE INDEX assessments_updated ON assessments (org_id, updated_at, id);
CREATE INDEX assessments_name ON assessments (org_id, folded, id);

CREATE TABLE assessment_drafts (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    assessment_id TEXT PRIMARY KEY REFERENCES assessments (id) ON DELETE CASCADE,
    content       TEXT NOT NULL
);

CREATE TABLE assessment_versions (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    assessment_id TEXT NOT NULL REFERENCES assessments (id) ON DELETE CASCADE,
    version       INTEGER NOT NULL,
    content       TEXT NOT NULL,
    published_at  BIGINT NOT NULL,
    PRIMARY KEY (assessment_id, version)
);

CREATE TABLE assessment_tags (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    assessment_id TEXT NOT NULL REFERENCES assessments (id) ON DELETE CASCADE,
    tag_id        TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (assessment_id, tag_id)
);
CREATE INDEX assessment_tags_tag ON assessment_tags (tag_id);

CREATE TABLE invites (
    org_id           TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    mode             TEXT NOT NULL,
    id               TEXT PRIMARY KEY,
    assessment_id    TEXT NOT NULL REFERENCES assessments (id),
    version          INTEGER NOT NULL,
    assessment_name  TEXT NOT NULL,
    email            TEXT NOT NULL,
    name             TEXT NOT NULL,
    folded           TEXT NOT NULL,
    language         TEXT NOT NULL,
    message          TEXT NOT NULL,
    grader_id        TEXT NOT NULL,
    replay_limit     INTEGER NOT NULL,
    record_limit     INTEGER NOT NULL,
    screen_recording BOOLEAN NOT NULL,
    webcam           BOOLEAN NOT NULL,
    id_capture       BOOLEAN NOT NULL,
    status           TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'started', 'completed', 'expired', 'revoked')),
    reason           TEXT NOT NULL,
    delivery         TEXT NOT NULL,
    delivery_error   TEXT NOT NULL,
    token_version    INTEGER NOT NULL,
    token_hash       TEXT NOT NULL,
    sent_at          BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    accepted_at      BIGINT NOT NULL,
    started_at       BIGINT NOT NULL,
    completed_at     BIGINT NOT NULL,
    revoked_at       BIGINT NOT NULL,
    complete_by      BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL
);
CREATE UNIQUE INDEX invites_token ON invites (token_hash);
CREATE UNIQUE INDEX invites_open ON invites (org_id, mode, assessment_id, lower(email)) WHERE status IN ('pending', 'accepted', 'started');
-- One index for each way to filter (all, assessment, status, both) and sort, so that no list walks over the set.
CREATE INDEX invites_sent ON invites (org_id, mode, sent_at, id);
CREATE INDEX invites_expires ON invites (org_id, mode, expires_at, id);
CREATE INDEX invites_status ON invites (org_id, mode, status, id);
CREATE INDEX invites_status_sent ON invites (org_id, mode, status, sent_at, id);
CREATE INDEX invites_status_expires ON invites (org_id, mode, status, expires_at, id);
CREATE INDEX invites_assessment_sent ON invites (org_id, mode, assessment_id, sent_at, id);
CREATE INDEX invites_assessment_expires ON invites (org_id, mode, assessment_id, expires_at, id);
CREATE INDEX invites_assessment_status ON invites (org_id, mode, assessment_id, status, id);
CREATE INDEX invites_assessment_status_sent ON invites (org_id, mode, assessment_id, status, sent_at, id);
CREATE INDEX invites_assessment_status_expires ON invites (org_id, mode, assessment_id, status, expires_at, id);
CREATE INDEX invites_due ON invites (expires_at) WHERE status IN ('pending', 'accepted');
CREATE INDEX invites_grader ON invites (org_id, mode, grader_id, sent_at, id) WHERE grader_id <> '';

CREATE TABLE invite_tags (
    org_id    TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    invite_id TEXT NOT NULL REFERENCES invites (id) ON DELETE CASCADE,
    tag_id    TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (invite_id, tag_id)
);
CREATE INDEX invite_tags_tag ON invite_tags (tag_id);

-- How many invites stand in each stored status, by assessment and in all, kept in the transactions that change invites: a total
-- must never cost a count over the set.
CREATE TABLE invite_counts (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    mode          TEXT NOT NULL,
    assessment_id TEXT NOT NULL REFERENCES assessments (id) ON DELETE CASCADE,
    status        TEXT NOT NULL,
    n             BIGINT NOT NULL,
    PRIMARY KEY (org_id, mode, assessment_id, status)
);

CREATE TABLE invite_totals (
    org_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    mode   TEXT NOT NULL,
    status TEXT NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (org_id, mode, status)
);

CREATE TABLE acceptances (
    org_id         TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    invite_id      TEXT PRIMARY KEY REFERENCES invites (id) ON DELETE CASCADE,
    notice_version INTEGER NOT NULL,
    notice_sha256  TEXT NOT NULL,
    notice         TEXT NOT NULL,
    language       TEXT NOT NULL,
    network        TEXT NOT NULL,
    at             BIGINT NOT NULL
);

CREATE TABLE events (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    sequence      BIGINT NOT NULL,
    id            TEXT NOT NULL,
    mode          TEXT NOT NULL,
    type          TEXT NOT NULL,
    invite_id     TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    actor         TEXT NOT NULL,
    actor_id      TEXT NOT NULL,
    actor_name    TEXT NOT NULL,
    note          TEXT NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (org_id, sequence)
);
CREATE INDEX events_invite ON events (org_id, invite_id, sequence) WHERE invite_id <> '';

CREATE TABLE idempotency_keys (
    org_id      TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    mode        TEXT NOT NULL,
    route       TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    status      INTEGER NOT NULL,
    body        TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (org_id, mode, route, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

CREATE TABLE jobs (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    args         TEXT NOT NULL,
    key          TEXT NOT NULL,
    unique_key   TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'parked')),
    run_at       BIGINT NOT NULL,
    lease_until  BIGINT NOT NULL,
    lease_token  TEXT NOT NULL,
    attempt      INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    last_error   TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    finished_at  BIGINT NOT NULL
);
CREATE INDEX jobs_queued ON jobs (run_at, id) WHERE state = 'queued';
CREATE INDEX jobs_lease ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE state IN ('done', 'parked');
CREATE INDEX jobs_parked ON jobs (id) WHERE state = 'parked';
CREATE UNIQUE INDEX jobs_key ON jobs (key) WHERE state = 'running' AND key <> '';
CREATE UNIQUE INDEX jobs_unique ON jobs (kind, unique_key) WHERE unique_key <> '' AND state IN ('queued', 'running');

CREATE TABLE mailbox (
    org_id  TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id      TEXT PRIMARY KEY,
    mode    TEXT NOT NULL,
    sender  TEXT NOT NULL,
    rcpt    TEXT NOT NULL,
    subject TEXT NOT NULL,
    text    TEXT NOT NULL,
    html    TEXT NOT NULL,
    sent_at BIGINT NOT NULL
);
CREATE INDEX mailbox_org ON mailbox (org_id, sent_at, id);
CREATE INDEX mailbox_sent ON mailbox (sent_at, id);

-- +goose Down
