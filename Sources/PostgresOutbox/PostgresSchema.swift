// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox
import PostgresConnection

/// The tables, as numbered migrations: a migration that was ever released is never changed.
///
/// What is hot stands apart from what is cold: a message waits in `waiting` and is on its way in `leases`, rows that come
/// and go; `messages` is written when it is stored and when it is settled, and no column that settling changes is in an
/// index. Only on an empty database the tables are made by the way; else somebody asks for it (``migrate(_:partitions:by:)``).
enum PostgresSchema {
    /// What stands in the database.
    enum Standing: Equatable {
        /// Nothing of ours.
        case empty
        /// What so many migrations made.
        case number(Int64)
    }

    /// The number of the newest migration that this build knows.
    static let newest = Int64(migrations.count)

    /// What stands in the database; nothing is written.
    static func standing(_ session: PostgresSession, by deadline: ContinuousClock.Instant) throws -> Standing {
        let table = PostgresQuery("SELECT to_regclass('hookline.meta') IS NOT NULL")
        guard try session.rows(table, by: deadline).first?.flag(0) == true else { return .empty }
        let version = PostgresQuery("SELECT version FROM hookline.meta")
        // The first table is made before the others, by whoever begins at the same moment.
        let number = try session.rows(version, by: deadline).first?.number(0) ?? 0
        return number == 0 ? .empty : .number(number)
    }

    /// Makes the database fit for this build, or says why it is not.
    ///
    /// Of nodes that begin on an empty database at once one makes the tables and the others find them.
    ///
    /// - Returns: In which pieces the tables are.
    static func prepare(
        _ session: PostgresSession,
        _ options: PostgresOutbox.Options,
        by deadline: ContinuousClock.Instant
    ) throws -> PostgresPartitions {
        let wanted = options.partitions
        switch try standing(session, by: deadline) {
        case .empty where options.makesTables: try migrate(session, partitions: wanted ?? .week, by: deadline)
        case .empty: throw StoreError(.cannotOpen, "the database has no tables yet; 'hookline serve' makes them")
        case .number(newest): break
        case .number(let number) where number > newest:
            throw StoreError(.newerSchema, "the database has schema \(number); this Hookline knows \(newest)")
        case .number(let number):
            throw StoreError(
                .cannotOpen,
                "the database has schema \(number), and \(newest) is needed: migrate it first"
            )
        }
        if try CopyRows.exist(session, by: deadline) { throw CopyRows.refusal }
        let found = try partitions(session, by: deadline)
        guard wanted == nil || wanted == found else {
            throw StoreError(
                .cannotOpen,
                "the tables of the database were made with partitions: \(found.rawValue), which cannot be changed; the configuration says \(wanted?.rawValue ?? "")"
            )
        }
        return found
    }

    /// In which pieces the tables are that are there.
    static func partitions(
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws -> PostgresPartitions {
        let name = try session.rows(plain("SELECT partitions FROM hookline.meta"), by: deadline).first?.text(0)
        guard let found = name.flatMap(PostgresPartitions.init) else {
            throw StoreError(.newerSchema, "the tables are in pieces that this Hookline does not know")
        }
        return found
    }

    /// Applies the migrations that are missing, all or none.
    static func migrate(
        _ session: PostgresSession,
        partitions: PostgresPartitions,
        by deadline: ContinuousClock.Instant
    ) throws {
        try makeMeta(session, by: deadline)
        try session.transaction(by: deadline) { transaction in
            try apply(partitions, &transaction)
        }
    }

    private static func apply(_ partitions: PostgresPartitions, _ transaction: inout PostgresTransaction) throws {
        // Whoever else migrates or makes partitions waits here.
        transaction.write(plain("LOCK TABLE hookline.meta IN SHARE ROW EXCLUSIVE MODE"))
        let found = try transaction.rows(plain("SELECT version FROM hookline.meta")).first?.number(0) ?? 0
        guard found < newest else { return }
        for statement in statements(after: found, partitions) { transaction.write(plain(statement)) }
        let kind = found == 0 ? ", partitions = '\(partitions.rawValue)'" : ""
        transaction.write(plain("UPDATE hookline.meta SET version = \(newest)\(kind)"))
    }

    /// The statements of the migrations that come after the first so many.
    static func statements(after number: Int64, _ partitions: PostgresPartitions) -> [String] {
        migrations[Int(number)...].flatMap { $0(partitions) }
    }

    /// The one table that every build knows; made by itself, so that it can be locked.
    private static func makeMeta(_ session: PostgresSession, by deadline: ContinuousClock.Instant) throws {
        let statements = [
            "CREATE SCHEMA IF NOT EXISTS hookline",
            """
            CREATE TABLE IF NOT EXISTS hookline.meta (
                id bigint PRIMARY KEY CHECK (id = 1), version bigint NOT NULL, checked_at timestamptz, partitions text)
            """,
            "INSERT INTO hookline.meta (id, version) VALUES (1, 0) ON CONFLICT DO NOTHING",
        ]
        for statement in statements { try make(statement, session, by: deadline) }
    }

    /// Of two that make the same name at the same moment one is told that it is taken, and finds it then.
    private static func make(
        _ statement: String,
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws(PostgresError) {
        for _ in 0..<5 {
            guard let refusal = refusal(of: statement, session, by: deadline) else { return }
            guard refusal.kind == .refused, collisions.contains(refusal.sqlState) else { throw refusal }
        }
        _ = try session.rows(plain(statement), by: deadline)
    }

    private static func refusal(
        of statement: String,
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) -> PostgresError? {
        do throws(PostgresError) {
            _ = try session.rows(plain(statement), by: deadline)
            return nil
        } catch {
            return error
        }
    }

    private static let collisions: Set<SQLState?> = [
        .uniqueViolation, .duplicateTable, SQLState("42P06"), SQLState("42710"), SQLState("XX000"),
    ]

    static func plain(_ sql: String) -> PostgresQuery { PostgresQuery(sql, prepared: false) }

    private static let migrations: [@Sendable (PostgresPartitions) -> [String]] = [first]

    /// How tables are kept that grow with the events.
    private static func kept(_ partitions: PostgresPartitions, by column: String) -> String {
        partitions == .none ? "" : " PARTITION BY RANGE (\(column))"
    }

    /// Rows that come and go want to be cleaned up at once.
    private static let busy = """
        WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)
        """

    @Sendable private static func first(_ partitions: PostgresPartitions) -> [String] {
        events(partitions) + messages(partitions) + queues + keys + AccessRows.tables + IdempotencyRows.tables
            + JobRows.tables + ReplayRows.tables + ClockRows.tables
            + [SubjectTables.alternatives(kept(partitions, by: "message"))] + SubjectTables.statements
            + LookUpRows.statements(kept(partitions, by: "event"), busy) + DigestRows.statements
            + NodeRows.tables + PaceRows.tables + TurnLines.tables + PortfolioRows.tables + [MessageCounts.table(busy)]
    }

    private static func events(_ partitions: PostgresPartitions) -> [String] {
        [
            "CREATE SEQUENCE hookline.event_places", "CREATE SEQUENCE hookline.message_places",
            """
            CREATE TABLE hookline.events (
                id uuid PRIMARY KEY, place bigint NOT NULL, source text NOT NULL, type text NOT NULL, sender_id text,
                time timestamptz NOT NULL, received_at timestamptz NOT NULL, secret_label text, disposition text NOT NULL,
                disposition_reason text, duplicates bigint NOT NULL DEFAULT 0, last_duplicate_at timestamptz,
                message_count bigint NOT NULL, traceparent text, called_off text)\(kept(partitions, by: "id"))
            """,
            "CREATE INDEX events_place ON hookline.events (place)",
            """
            CREATE TABLE hookline.event_bodies (
                event uuid PRIMARY KEY, headers text NOT NULL, body bytea NOT NULL)\(kept(partitions, by: "event"))
            """,
        ]
    }

    /// What settling changes stands behind what it does not, since the log has of an update in place what comes after the first
    /// difference; and the first settlement's lines stand with the message (`went`), and not in a row of their own.
    private static func messages(_ partitions: PostgresPartitions) -> [String] {
        // A partitioned table has no rows of its own, and no parameters for them.
        let room = partitions == .none ? " \(PostgresPartitions.room)" : ""
        return [
            """
            CREATE TABLE hookline.messages (
                id uuid PRIMARY KEY, place bigint NOT NULL, event uuid NOT NULL, ages_from timestamptz NOT NULL,
                created_at timestamptz NOT NULL, expires_at timestamptz, source text NOT NULL, rule text NOT NULL,
                account text NOT NULL, on_uncertain text NOT NULL, recipient text, gates text, key text, once_key text,
                category text, alternative text, digest text, began text NOT NULL,
                due_at timestamptz, updated_at timestamptz NOT NULL, claimed_at timestamptz,
                claims integer NOT NULL DEFAULT 0, attempts integer NOT NULL DEFAULT 0, steps integer NOT NULL,
                noteworthy boolean NOT NULL, state text NOT NULL, reason text NOT NULL, partner_id text, went text,
                called_off_by text, arrival text, overrides_until timestamptz)\(kept(partitions, by: "id"))\(room)
            """,
            "CREATE INDEX messages_place ON hookline.messages (place)",
            "CREATE INDEX messages_event ON hookline.messages (event)",
            "CREATE INDEX messages_rule ON hookline.messages (rule, place)",
            "CREATE INDEX messages_recipient ON hookline.messages (recipient) WHERE recipient IS NOT NULL",
            "CREATE INDEX messages_noteworthy ON hookline.messages (place) WHERE noteworthy",
            """
            CREATE TABLE hookline.message_requests (
                message uuid PRIMARY KEY, request bytea NOT NULL)\(kept(partitions, by: "message"))
            """,
            """
            CREATE TABLE hookline.stories (
                message uuid NOT NULL, number bigint NOT NULL, lines text NOT NULL,
                PRIMARY KEY (message, number))\(kept(partitions, by: "message"))
            """,
            """
            CREATE TABLE hookline.attempts (
                message uuid NOT NULL, number bigint NOT NULL, started_at timestamptz NOT NULL, duration bigint NOT NULL,
                outcome text NOT NULL, retry_after bigint, status bigint, code text NOT NULL, reason text NOT NULL,
                body text, PRIMARY KEY (message, number))\(kept(partitions, by: "message"))
            """,
        ]
    }

    /// What comes and goes.
    private static let queues = [
        """
        CREATE TABLE hookline.waiting (
            account text NOT NULL, due_at timestamptz NOT NULL, place bigint NOT NULL, message uuid NOT NULL, turn text,
            PRIMARY KEY (account, due_at, place)) \(busy)
        """,
        // Those alone that wait for a turn (``TurnLines``) are in it: nobody else pays for their count.
        "CREATE INDEX waiting_turns ON hookline.waiting (account, turn) WHERE turn IS NOT NULL",
        """
        CREATE TABLE hookline.leases (
            message uuid PRIMARY KEY, exchange uuid, claimed_at timestamptz NOT NULL, lease_ends timestamptz NOT NULL,
            claim integer NOT NULL, steps integer NOT NULL, called_off boolean NOT NULL DEFAULT false,
            reason text NOT NULL, story text NOT NULL) \(busy)
        """,
    ]

    /// What is unique over all time is in no partitioned table.
    private static let keys = [
        """
        CREATE TABLE hookline.dedupe_keys (
            source text NOT NULL, key bytea NOT NULL, event uuid NOT NULL, expires_at timestamptz NOT NULL,
            PRIMARY KEY (source, key))
        """,
        // Whoever looks for old keys reads many; an entry for each would cost every accept more than that is worth.
        "CREATE INDEX dedupe_keys_expiry ON hookline.dedupe_keys USING brin (expires_at)",
        """
        CREATE TABLE hookline.facts (
            rule text NOT NULL, recipient text NOT NULL, kind text NOT NULL, key bytea NOT NULL, message uuid NOT NULL,
            until timestamptz NOT NULL, value text, at timestamptz, since timestamptz,
            PRIMARY KEY (rule, recipient, kind, key))
        """,
        "CREATE INDEX facts_until ON hookline.facts (until)",
        """
        CREATE TABLE hookline.rejections (
            place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, source text NOT NULL,
            status bigint NOT NULL, code text NOT NULL, reason text NOT NULL, count bigint NOT NULL)
        """,
    ]
}
