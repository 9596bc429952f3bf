// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The tables, as numbered migrations: a migration that was ever released is never changed.
///
/// Times are microseconds since 1970. `due_at` is set exactly while a message waits, `lease_ends` exactly while it is
/// `sending`, so that two small partial indexes answer "what next?" and "what was lost?". Bodies have a table of their
/// own: lists and counts then read dense pages, and counting a duplicate does not rewrite a body.
enum Schema {
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: first) }
        migrator.registerMigration("2") { try $0.execute(sql: durableFront) }
        migrator.registerMigration("3") { try $0.execute(sql: secretLabels) }
        migrator.registerMigration("4") { try $0.execute(sql: lookUps) }
        migrator.registerMigration("5") { try $0.execute(sql: rejectionCounts) }
        migrator.registerMigration("6") { database in
            try database.execute(sql: clock)
            try database.execute(sql: "PRAGMA application_id = \(DatabaseIdentity.applicationID)")
        }
        migrator.registerMigration("7") { try $0.execute(sql: facts) }
        migrator.registerMigration("8") { try $0.execute(sql: narrowMessages) }
        migrator.registerMigration("9") { try $0.execute(sql: gates) }
        migrator.registerMigration("10") { try $0.execute(sql: subjects) }
        migrator.registerMigration("11") { try $0.execute(sql: consents) }
        migrator.registerMigration("12") { try $0.execute(sql: alternatives) }
        migrator.registerMigration("13") { try $0.execute(sql: jobs) }
        migrator.registerMigration("14") { try $0.execute(sql: access) }
        migrator.registerMigration("15") { try $0.execute(sql: arrivals) }
        migrator.registerMigration("16") { try $0.execute(sql: conversations) }
        migrator.registerMigration("17") { try $0.execute(sql: erasures) }
        migrator.registerMigration("18") { try $0.execute(sql: search) }
        migrator.registerMigration("19") { try $0.execute(sql: digests) }
        migrator.registerMigration("20") { try $0.execute(sql: lines) }
        migrator.registerMigration("21") { try $0.execute(sql: replays) }
        migrator.registerMigration("22") { try $0.execute(sql: lighter) }
        migrator.registerMigration("23") { try $0.execute(sql: traces) }
        migrator.registerMigration("24") { try $0.execute(sql: digestBytes) }
        migrator.registerMigration("25") { try $0.execute(sql: kinds) }
        return migrator
    }()

    /// The number of the newest migration that this build knows.
    static var newest: String { migrator.migrations.last ?? "0" }

    private static let first = """
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
        ) STRICT;
        CREATE INDEX events_source ON events(source);
        CREATE INDEX events_received ON events(received_at);
        CREATE INDEX events_noteworthy ON events(disposition) WHERE disposition <> 'matched';

        CREATE TABLE event_bodies (
            event INTEGER PRIMARY KEY,
            headers TEXT NOT NULL,
            body BLOB NOT NULL
        ) STRICT;

        CREATE TABLE dedupe_keys (
            source TEXT NOT NULL,
            key TEXT NOT NULL,
            event_id TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (source, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX dedupe_keys_expiry ON dedupe_keys(expires_at);

        CREATE TABLE once_keys (
            rule TEXT NOT NULL,
            recipient TEXT NOT NULL,
            key TEXT NOT NULL,
            message_id TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (rule, recipient, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX once_keys_expiry ON once_keys(expires_at);

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
        CREATE INDEX messages_event ON messages(event);
        CREATE INDEX messages_due ON messages(account, due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX messages_lease ON messages(lease_ends) WHERE lease_ends IS NOT NULL;
        CREATE INDEX messages_state ON messages(state);
        CREATE INDEX messages_rule ON messages(rule);

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

        CREATE TABLE rejections (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            source TEXT NOT NULL,
            status INTEGER NOT NULL,
            code TEXT NOT NULL,
            reason TEXT NOT NULL
        ) STRICT;
        CREATE INDEX rejections_at ON rejections(at);
        """

    /// Who may hand us messages over the partner API, and which of their requests were repeated.
    private static let durableFront = """
        CREATE TABLE api_keys (
            id TEXT PRIMARY KEY,
            label TEXT NOT NULL,
            account TEXT,
            secret_fingerprint BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            revoked_at INTEGER
        ) STRICT, WITHOUT ROWID;

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
        CREATE INDEX idempotency_keys_expiry ON idempotency_keys(expires_at);
        """

    /// Which of a source's live secrets had signed an event.
    private static let secretLabels = "ALTER TABLE events ADD COLUMN secret_label TEXT"

    /// Events whose rules wait for a look-up: `due_at` is set exactly while they wait.
    private static let lookUps = """
        CREATE TABLE look_ups (
            event INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            payload BLOB NOT NULL,
            since INTEGER NOT NULL,
            failures INTEGER NOT NULL DEFAULT 0,
            due_at INTEGER,
            result BLOB
        ) STRICT;
        CREATE INDEX look_ups_due ON look_ups(source, due_at) WHERE due_at IS NOT NULL;
        """

    /// How many requests a record of refused ones stands for.
    private static let rejectionCounts = "ALTER TABLE rejections ADD COLUMN count INTEGER NOT NULL DEFAULT 1"

    /// What time it was last: the one row is written every minute and when the store is closed.
    private static let clock = """
        CREATE TABLE clock (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            wall INTEGER NOT NULL,
            keys INTEGER NOT NULL
        ) STRICT;
        """

    /// What is told once, of more than one kind: before, only `once_per` of messages that leave.
    private static let facts = """
        CREATE TABLE facts (
            rule TEXT NOT NULL,
            recipient TEXT NOT NULL,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            message_id TEXT NOT NULL,
            until INTEGER NOT NULL,
            PRIMARY KEY (rule, recipient, kind, key)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO facts (rule, recipient, kind, key, message_id, until)
            SELECT rule, recipient, 'once', key, message_id, expires_at FROM once_keys;
        CREATE INDEX facts_until ON facts(until);
        DROP TABLE once_keys;
        """

    /// A message's row is narrow, its request stands beside it, its timeline within it; the counts are kept and not counted.
    ///
    /// Nothing that was there is moved: requests, timelines and attempts of before stay where they are until they are
    /// pruned, and whoever reads looks in both places. Only the counts are taken, from an index, before that goes.
    private static let narrowMessages = """
        CREATE TABLE message_requests (
            message INTEGER PRIMARY KEY,
            request TEXT NOT NULL
        ) STRICT;
        ALTER TABLE messages ADD COLUMN story TEXT NOT NULL DEFAULT '';
        CREATE TABLE message_counts (
            state TEXT PRIMARY KEY,
            count INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO message_counts (state, count) SELECT state, count(*) FROM messages GROUP BY state;
        DROP INDEX messages_state;
        CREATE INDEX messages_noteworthy ON messages(state) WHERE state NOT IN ('accepted', 'sending');
        """

    /// Who gets a message, and what stands between its claims and its send; nothing of either for messages of before.
    private static let gates = """
        ALTER TABLE messages ADD COLUMN recipient TEXT;
        ALTER TABLE messages ADD COLUMN gates TEXT;
        """

    /// What messages are about, so that events can call them off; what was called off; what `when_changed` saw last.
    ///
    /// The messages of before have no key: nothing calls them off.
    private static let subjects = """
        ALTER TABLE messages ADD COLUMN key TEXT;
        ALTER TABLE messages ADD COLUMN once_key TEXT;
        ALTER TABLE messages ADD COLUMN called_off_by TEXT;
        CREATE INDEX messages_key ON messages(rule, key) WHERE key IS NOT NULL;
        ALTER TABLE facts ADD COLUMN value TEXT;
        ALTER TABLE facts ADD COLUMN at INTEGER;
        ALTER TABLE facts ADD COLUMN since INTEGER;
        ALTER TABLE events ADD COLUMN called_off TEXT;
        """

    /// Who wants which messages: all that was ever said, and what stands of it.
    ///
    /// What a message is for is not known of those of before.
    private static let consents = """
        CREATE TABLE consents (
            seq INTEGER PRIMARY KEY,
            recipient TEXT NOT NULL,
            scope TEXT NOT NULL,
            account TEXT,
            decision TEXT NOT NULL,
            origin TEXT NOT NULL,
            at INTEGER NOT NULL,
            who TEXT NOT NULL,
            reason TEXT,
            event_id TEXT,
            recorded_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX consents_recipient ON consents(recipient);
        CREATE TABLE opt_outs (
            recipient TEXT NOT NULL,
            consent INTEGER NOT NULL,
            PRIMARY KEY (recipient, consent)
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE messages ADD COLUMN category TEXT;
        CREATE INDEX messages_held ON messages(recipient) WHERE state IN ('scheduled', 'retrying', 'deferred');
        """

    /// Who left and whose turn comes in the line of a limit, in order of time; what waits for something to happen.
    private static let lines = """
        CREATE INDEX facts_line ON facts(rule, recipient, until) WHERE kind IN ('departure', 'turn');
        CREATE TABLE waiting_messages (
            account TEXT NOT NULL,
            condition TEXT NOT NULL,
            message INTEGER NOT NULL,
            PRIMARY KEY (account, condition, message)
        ) STRICT, WITHOUT ROWID;
        """

    /// What messages leave as when the partner does not take them as they are; those of before have no such thing.
    private static let alternatives = """
        CREATE TABLE message_alternatives (
            message INTEGER PRIMARY KEY,
            account TEXT NOT NULL,
            category TEXT,
            request TEXT NOT NULL
        ) STRICT;
        ALTER TABLE messages ADD COLUMN alternative TEXT;
        """

    /// What people decided about many messages at once, and how far that is.
    private static let jobs = """
        CREATE TABLE jobs (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            key TEXT UNIQUE,
            job_order TEXT NOT NULL,
            state TEXT NOT NULL,
            total INTEGER NOT NULL,
            bound INTEGER NOT NULL,
            place INTEGER NOT NULL,
            tally TEXT NOT NULL,
            note TEXT,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            next_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX jobs_running ON jobs(state) WHERE state = 'running';
        """

    /// Who may use the admin API, and what was done by hand: lines that no statement changes or deletes.
    private static let access = """
        CREATE TABLE access_tokens (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            scope TEXT NOT NULL,
            pii INTEGER NOT NULL,
            fingerprint BLOB NOT NULL UNIQUE,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            last_used_at INTEGER,
            revoked_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE audit (
            seq INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            who TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            reason TEXT,
            count INTEGER NOT NULL,
            result TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never changed'); END;
        CREATE TRIGGER audit_keeps BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never deleted'); END;
        """

    /// How far messages got after the partner had taken them; nobody tells of those of before.
    ///
    /// The index has a message once the partner took it, and only where a source tells what becomes of it.
    private static let arrivals = """
        ALTER TABLE messages ADD COLUMN arrival TEXT;
        CREATE INDEX messages_partner ON messages(partner_id) WHERE partner_id IS NOT NULL AND arrival IS NOT NULL;
        CREATE TABLE early_reports (
            partner_id TEXT NOT NULL,
            status TEXT NOT NULL,
            code INTEGER,
            words TEXT,
            at INTEGER NOT NULL,
            source TEXT NOT NULL,
            event_id TEXT NOT NULL,
            until INTEGER NOT NULL,
            PRIMARY KEY (partner_id, status)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX early_reports_until ON early_reports(until);
        """

    /// When recipients last wrote to an account, and what they wrote that may be meant as a STOP.
    private static let conversations = """
        CREATE TABLE conversations (
            recipient TEXT NOT NULL,
            account TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (recipient, account)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE consent_doubts (
            seq INTEGER PRIMARY KEY,
            recipient TEXT NOT NULL,
            at INTEGER NOT NULL,
            text TEXT NOT NULL,
            source TEXT NOT NULL,
            event_id TEXT NOT NULL
        ) STRICT;
        CREATE INDEX consent_doubts_recipient ON consent_doubts(recipient);
        ALTER TABLE messages ADD COLUMN overrides_until INTEGER;
        CREATE TABLE undeliverable (
            recipient TEXT PRIMARY KEY,
            count INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// The key by which the ledger knows whom somebody erased.
    private static let erasures = """
        CREATE TABLE erasure_key (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            key BLOB NOT NULL
        ) STRICT;
        """

    /// By what people look for messages: who gets them, their key, the partner's id.
    ///
    /// Those of before migration 9, which had no recipient, get the one of their request.
    private static let search = """
        UPDATE messages SET recipient = (
            SELECT CASE
                WHEN json_extract(request, '$.phone') IS NOT NULL
                    THEN 'phone:' || replace(json_extract(request, '$.phone'), '+', '')
                WHEN json_extract(request, '$.contactId') IS NOT NULL
                    THEN 'contact:' || json_extract(request, '$.contactId')
                END
            FROM (
                SELECT coalesce(
                    (SELECT r.request FROM message_requests r WHERE r.message = messages.seq), messages.request
                ) AS request
            )
            WHERE json_valid(request)
        )
        WHERE recipient IS NULL;
        CREATE INDEX messages_recipient ON messages(recipient) WHERE recipient IS NOT NULL;
        DROP INDEX messages_key;
        CREATE INDEX messages_key ON messages(key, rule) WHERE key IS NOT NULL;
        DROP INDEX messages_partner;
        CREATE INDEX messages_partner ON messages(partner_id) WHERE partner_id IS NOT NULL;
        """

    /// Messages that collect events, at most one of them open for a rule, a recipient and a key; and those events.
    private static let digests = """
        CREATE TABLE digests (
            message INTEGER PRIMARY KEY,
            rule TEXT NOT NULL,
            recipient TEXT NOT NULL,
            key TEXT NOT NULL,
            mode TEXT NOT NULL,
            is_open INTEGER NOT NULL,
            is_built INTEGER NOT NULL,
            size INTEGER NOT NULL,
            kept INTEGER NOT NULL,
            version INTEGER NOT NULL,
            CHECK (is_open = 0 OR is_built = 0)
        ) STRICT;
        CREATE UNIQUE INDEX digests_open ON digests(rule, recipient, key, mode) WHERE is_open = 1;
        CREATE TABLE digest_items (
            seq INTEGER PRIMARY KEY,
            message INTEGER NOT NULL,
            event INTEGER NOT NULL,
            rule TEXT NOT NULL,
            key TEXT,
            joined_at INTEGER NOT NULL,
            payload BLOB
        ) STRICT;
        CREATE INDEX digest_items_message ON digest_items(message);
        CREATE INDEX digest_items_event ON digest_items(event);
        CREATE INDEX digest_items_key ON digest_items(rule, key) WHERE key IS NOT NULL;
        """

    /// Which replay made which message, at most one at each place among an event's; those of before were made by none.
    private static let replays = """
        CREATE TABLE replayed_messages (
            message INTEGER PRIMARY KEY,
            job INTEGER NOT NULL,
            event INTEGER NOT NULL,
            rule TEXT NOT NULL,
            place INTEGER NOT NULL,
            UNIQUE (event, rule, job, place)
        ) STRICT;
        """

    /// How much the events of a digest say that are kept with it.
    private static let digestBytes = """
        ALTER TABLE digests ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
        UPDATE digests SET bytes = (SELECT coalesce(sum(length(payload)), 0) FROM digest_items i WHERE i.message = digests.message)
            WHERE is_built = 0;
        """

    /// Indexes that cost every message something: one that `messages_recipient` has made needless, and one that is for messages
    /// of which a source tells; and one by which what a deleted message waited for is found.
    private static let lighter = """
        DROP INDEX messages_held;
        DROP INDEX messages_partner;
        CREATE INDEX messages_partner ON messages(partner_id) WHERE partner_id IS NOT NULL AND arrival IS NOT NULL;
        CREATE INDEX waiting_messages_message ON waiting_messages(message);
        """

    /// Events by what they are: of a type that is rare, or never came, no list goes through all.
    private static let kinds = "CREATE INDEX events_kind ON events(type, source)"

    /// Where the acceptance of an event stands in a trace; most events are in none.
    private static let traces = """
        CREATE TABLE event_traces (
            event INTEGER PRIMARY KEY,
            traceparent TEXT NOT NULL
        ) STRICT;
        """
}
