-- Hookline: webhooks in, WhatsApp out.
-- SPDX-License-Identifier: Apache-2.0
--
-- The tables as a service left them that knew seven migrations; written down once, and never changed.

PRAGMA application_id = 1214999662;
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    account TEXT,
    secret_fingerprint BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE attempts (
    message INTEGER NOT NULL,
    number INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    partner_id TEXT,
    retry_after INTEGER,
    status INTEGER,
    code TEXT,
    reason TEXT,
    body TEXT,
    PRIMARY KEY (message, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    wall INTEGER NOT NULL,
    keys INTEGER NOT NULL
) STRICT;
CREATE TABLE dedupe_keys (
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    event_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE event_bodies (
    event INTEGER PRIMARY KEY,
    headers TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    type TEXT NOT NULL,
    sender_id TEXT,
    time INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    disposition TEXT NOT NULL,
    disposition_reason TEXT,
    duplicates INTEGER NOT NULL DEFAULT 0,
    last_duplicate_at INTEGER,
    message_count INTEGER NOT NULL
, secret_label TEXT) STRICT;
CREATE TABLE facts (
    rule TEXT NOT NULL,
    recipient TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    message_id TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (rule, recipient, kind, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO "grdb_migrations" VALUES('1');
INSERT INTO "grdb_migrations" VALUES('2');
INSERT INTO "grdb_migrations" VALUES('3');
INSERT INTO "grdb_migrations" VALUES('4');
INSERT INTO "grdb_migrations" VALUES('5');
INSERT INTO "grdb_migrations" VALUES('6');
INSERT INTO "grdb_migrations" VALUES('7');
CREATE TABLE idempotency_keys (
    api_key TEXT NOT NULL,
    key TEXT NOT NULL,
    body_fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    answer BLOB NOT NULL,
    event_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (api_key, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE look_ups (
    event INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    payload BLOB NOT NULL,
    since INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER,
    result BLOB
) STRICT;
CREATE TABLE messages (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    event INTEGER NOT NULL,
    source TEXT NOT NULL,
    rule TEXT NOT NULL,
    account TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    due_at INTEGER,
    expires_at INTEGER,
    on_uncertain TEXT NOT NULL,
    claims INTEGER NOT NULL DEFAULT 0,
    claimed_at INTEGER,
    lease_ends INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    ages_from INTEGER NOT NULL,
    steps INTEGER NOT NULL DEFAULT 0,
    partner_id TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    request TEXT,
    CHECK ((due_at IS NOT NULL) = (state IN ('scheduled', 'queued', 'retrying', 'deferred'))),
    CHECK ((lease_ends IS NOT NULL) = (state = 'sending'))
) STRICT;
CREATE TABLE rejections (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    source TEXT NOT NULL,
    status INTEGER NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL
, count INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE TABLE timeline (
    message INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (message, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_source ON events(source);
CREATE INDEX events_received ON events(received_at);
CREATE INDEX events_noteworthy ON events(disposition) WHERE disposition <> 'matched';
CREATE INDEX dedupe_keys_expiry ON dedupe_keys(expires_at);
CREATE INDEX messages_event ON messages(event);
CREATE INDEX messages_due ON messages(account, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX messages_lease ON messages(lease_ends) WHERE lease_ends IS NOT NULL;
CREATE INDEX messages_state ON messages(state);
CREATE INDEX messages_rule ON messages(rule);
CREATE INDEX rejections_at ON rejections(at);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys(expires_at);
CREATE INDEX look_ups_due ON look_ups(source, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX facts_until ON facts(until);
