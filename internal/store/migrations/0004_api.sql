-- +goose Up

-- external_id is what a client calls the invite. duplicate marks an invite that was wanted although its address had an open one.
ALTER TABLE invites ADD COLUMN external_id TEXT NOT NULL DEFAULT '';
ALTER TABLE invites ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
ALTER TABLE invites ADD COLUMN redirect_url TEXT NOT NULL DEFAULT '';
ALTER TABLE invites ADD COLUMN duplicate BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX invites_external ON invites (org_id, mode, external_id) WHERE external_id <> '';
DROP INDEX invites_open;
CREATE UNIQUE INDEX invites_open ON invites (org_id, mode, assessment_id, lower(email))
    WHERE status IN ('pending', 'accepted', 'started') AND NOT duplicate;
CREATE INDEX invites_email ON invites (org_id, mode, lower(email), sent_at, id);
CREATE INDEX invites_updated ON invites (org_id, mode, updated_at, id);

-- Where blocks of invites begin in the default list, and of how many each is: see store/invite_rank.go.
CREATE TABLE invite_blocks (
    org_id  TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    mode    TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    id      TEXT NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (org_id, mode, sent_at, id)
);
INSERT INTO invite_blocks
SELECT org_id, mode, CASE place WHEN 0 THEN 0 ELSE sent_at END, CASE place WHEN 0 THEN '' ELSE id END,
    CASE WHEN total - place < 2048 THEN total - place ELSE 2048 END
FROM (
    SELECT org_id, mode, sent_at, id, ROW_NUMBER() OVER (PARTITION BY org_id, mode ORDER BY sent_at, id) - 1 AS place,
        COUNT(*) OVER (PARTITION BY org_id, mode) AS total
    FROM invites
) AS placed WHERE place % 2048 = 0;

-- What is left of an invite whose candidate's data were erased: nothing of the candidate.
CREATE TABLE erasures (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    mode          TEXT NOT NULL,
    invite_id     TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    status        TEXT NOT NULL,
    answers       INTEGER NOT NULL,
    recordings    INTEGER NOT NULL,
    bytes         BIGINT NOT NULL,
    actor         TEXT NOT NULL,
    actor_id      TEXT NOT NULL,
    actor_name    TEXT NOT NULL,
    erased_at     BIGINT NOT NULL,
    PRIMARY KEY (org_id, mode, invite_id)
);

-- Whom a kept letter speaks of.
CREATE TABLE letter_invites (
    org_id    TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    letter_id TEXT NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
    invite_id TEXT NOT NULL,
    PRIMARY KEY (letter_id, invite_id)
);
CREATE INDEX letter_invites_invite ON letter_invites (org_id, invite_id);
CREATE INDEX idempotency_keys_resource ON idempotency_keys (org_id, resource_id) WHERE resource_id <> '';

-- Events are numbered without gaps in each mode of an organization, since who follows them sees one mode only.
CREATE TABLE events_by_mode (
    org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    mode          TEXT NOT NULL,
    sequence      BIGINT NOT NULL,
    id            TEXT NOT NULL,
    type          TEXT NOT NULL,
    invite_id     TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    external_id   TEXT NOT NULL,
    webhook_id    TEXT NOT NULL,
    status        TEXT NOT NULL,
    actor         TEXT NOT NULL,
    actor_id      TEXT NOT NULL,
    actor_name    TEXT NOT NULL,
    note          TEXT NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (org_id, mode, sequence)
);
INSERT INTO events_by_mode
SELECT org_id, mode, ROW_NUMBER() OVER (PARTITION BY org_id, mode ORDER BY sequence), id,
    CASE type WHEN 'invite.graded' THEN 'attempt.graded' ELSE type END, invite_id, assessment_id, '', '',
    CASE type WHEN 'invite.created' THEN 'pending' WHEN 'invite.accepted' THEN 'accepted' WHEN 'invite.started' THEN 'started'
        WHEN 'invite.completed' THEN 'completed' WHEN 'invite.graded' THEN 'completed' WHEN 'invite.expired' THEN 'expired'
        WHEN 'invite.revoked' THEN 'revoked' ELSE '' END,
    actor, actor_id, actor_name, note, at
FROM events;
DROP TABLE events;
ALTER TABLE events_by_mode RENAME TO events;
CREATE INDEX events_invite ON events (org_id, invite_id, sequence) WHERE invite_id <> '';
ALTER TABLE organizations ADD COLUMN test_event_sequence BIGINT NOT NULL DEFAULT 0;
UPDATE organizations SET
    event_sequence = (SELECT COALESCE(MAX(sequence), 0) FROM events WHERE org_id = organizations.id AND mode = 'live'),
    test_event_sequence = (SELECT COALESCE(MAX(sequence), 0) FROM events WHERE org_id = organizations.id AND mode = 'test');

-- secret and old_secret are sealed. failing_since is 0 while the newest attempt succeeded; rest_until keeps an endpoint that is
-- overloaded or away from being tried for every event.
CREATE TABLE webhooks (
    org_id           TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    mode             TEXT NOT NULL,
    id               TEXT PRIMARY KEY,
    url              TEXT NOT NULL,
    description      TEXT NOT NULL,
    events           TEXT NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('enabled', 'disabled')),
    disabled_reason  TEXT NOT NULL,
    secret           TEXT NOT NULL,
    old_secret       TEXT NOT NULL,
    old_secret_until BIGINT NOT NULL,
    failing_since    BIGINT NOT NULL,
    failed_at        BIGINT NOT NULL,
    rest_until       BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL
);
CREATE INDEX webhooks_org ON webhooks (org_id, mode, created_at, id);

-- One event on its way to one webhook. attempts counts those since it was last sent by hand.
CREATE TABLE deliveries (
    org_id      TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    mode        TEXT NOT NULL,
    id          TEXT PRIMARY KEY,
    webhook_id  TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    sequence    BIGINT NOT NULL,
    event_id    TEXT NOT NULL,
    type        TEXT NOT NULL,
    invite_id   TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts    INTEGER NOT NULL,
    next_at     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX deliveries_event ON deliveries (webhook_id, org_id, event_id);
CREATE INDEX deliveries_due ON deliveries (webhook_id, next_at, id) WHERE state = 'pending';
CREATE INDEX deliveries_webhook ON deliveries (org_id, webhook_id, created_at, id);
CREATE INDEX deliveries_created ON deliveries (created_at);
CREATE INDEX deliveries_invite ON deliveries (org_id, invite_id) WHERE invite_id <> '';

CREATE TABLE delivery_attempts (
    org_id      TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    delivery_id TEXT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    at          BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    status      INTEGER NOT NULL,
    error       TEXT NOT NULL,
    response    TEXT NOT NULL,
    PRIMARY KEY (delivery_id, number)
);
CREATE INDEX jobs_waiting ON jobs (kind, key, run_at) WHERE state = 'queued' AND key <> '';
CREATE INDEX jobs_due ON jobs (kind, run_at, id) WHERE state = 'queued';

-- What a key may do, as words with blanks between them. replaces is the key that this one follows; exposed_at is when the key
-- last came in a URL.
ALTER TABLE api_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT 'assessments:read assessments:write invites:read invites:write results:read members:read tags:write webhooks:write';
ALTER TABLE api_keys ADD COLUMN replaces TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN exposed_at BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX api_keys_replaces ON api_keys (org_id, replaces) WHERE replaces <> '';

CREATE TABLE api_key_uses (
    org_id   TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    key_id   TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    day      TEXT NOT NULL,
    route    TEXT NOT NULL,
    requests BIGINT NOT NULL,
    refused  BIGINT NOT NULL,
    PRIMARY KEY (key_id, day, route)
);
CREATE INDEX api_key_uses_org ON api_key_uses (org_id, day);
INSERT INTO api_key_uses SELECT org_id, key_id, day, '', requests, 0 FROM api_key_usage;
DROP TABLE api_key_usage;

-- +goose Down
