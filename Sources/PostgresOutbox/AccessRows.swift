// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import NIOConcurrencyHelpers
import Outbox
import PostgresConnection

/// Who may use the partner API and the admin API, and what was changed by hand: rows that people make, and few of them.
enum AccessRows {
    /// What triggers refuse of the audit log, so that a line stays as it is whoever is connected.
    static let tables = [
        """
        CREATE TABLE hookline.api_keys (
            id text PRIMARY KEY, label text NOT NULL, account text, secret_fingerprint bytea NOT NULL,
            created_at timestamptz NOT NULL, revoked_at timestamptz)
        """,
        """
        CREATE TABLE hookline.access_tokens (
            id text PRIMARY KEY, name text NOT NULL, scope text NOT NULL, pii boolean NOT NULL,
            fingerprint bytea NOT NULL UNIQUE, created_at timestamptz NOT NULL, expires_at timestamptz,
            last_used_at timestamptz, revoked_at timestamptz)
        """,
        """
        CREATE TABLE hookline.audit (
            place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, actor text NOT NULL,
            who text NOT NULL, action text NOT NULL, subject text NOT NULL, reason text, count bigint NOT NULL,
            result text NOT NULL, detail text NOT NULL)
        """,
        """
        CREATE FUNCTION hookline.refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'a line of the audit log is never changed or deleted'; END $$
        """,
        """
        CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON hookline.audit
            FOR EACH STATEMENT EXECUTE FUNCTION hookline.refuse()
        """,
    ]
}

/// The keys of the durable partner API, inside the caller's transaction or snapshot.
enum APIKeyRows {
    private static let select =
        "SELECT id, label, account, secret_fingerprint, created_at, revoked_at FROM hookline.api_keys"

    static func add(_ key: APIKey, _ transaction: inout PostgresTransaction) throws {
        let sql = """
            INSERT INTO hookline.api_keys (id, label, account, secret_fingerprint, created_at, revoked_at)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id
            """
        let query = PostgresQuery(sql) {
            $0.add(key.id)
            $0.add(key.label)
            $0.add(key.account)
            $0.add(blob: key.secretFingerprint)
            $0.add(key.createdAt)
            $0.add(key.revokedAt)
        }
        guard try transaction.rows(query).count == 1 else {
            throw StoreError(.conflict, "there is a key with this id already")
        }
    }

    static func key(_ id: String, _ transaction: inout PostgresTransaction) throws -> APIKey? {
        try transaction.rows(PostgresQuery("\(select) WHERE id = $1") { $0.add(id) }).first.map(key)
    }

    static func all(_ transaction: inout PostgresTransaction) throws -> [APIKey] {
        try transaction.rows(PostgresQuery("\(select) ORDER BY created_at, id COLLATE \"C\"")).map(key)
    }

    static func revoke(_ id: String, at now: Timestamp, _ transaction: inout PostgresTransaction) throws -> APIKey {
        let sql = """
            UPDATE hookline.api_keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1
            RETURNING id, label, account, secret_fingerprint, created_at, revoked_at
            """
        let query = PostgresQuery(sql) {
            $0.add(id)
            $0.add(now)
        }
        guard let row = try transaction.rows(query).first else {
            throw StoreError(.notFound, "there is no key with this id")
        }
        return try key(row)
    }

    private static func key(_ row: PostgresRow) throws -> APIKey {
        APIKey(
            id: try row.text(0),
            label: try row.text(1),
            account: try row.optionalText(2),
            secretFingerprint: try row.blob(3),
            createdAt: try row.time(4),
            revokedAt: try row.optionalTime(5)
        )
    }
}

/// The tokens of the admin API, inside the caller's transaction or snapshot.
enum TokenRows {
    private static let columns =
        "id, name, scope, pii, fingerprint, created_at, expires_at, last_used_at, revoked_at"
    private static let select = "SELECT \(columns) FROM hookline.access_tokens"

    /// Adds a token, unless a live one has its name; of two nodes that add one at the same time the second waits for the
    /// first.
    static func add(_ token: AccessToken, at now: Timestamp, _ transaction: inout PostgresTransaction) throws {
        transaction.write(PostgresQuery("LOCK TABLE hookline.access_tokens IN SHARE ROW EXCLUSIVE MODE"))
        guard AccessToken.isFree(token.name, among: try all(&transaction), at: now) else {
            throw StoreError(.conflict, "there is a live token named '\(token.name)' already")
        }
        let sql = """
            INSERT INTO hookline.access_tokens (id, name, scope, pii, fingerprint, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """
        transaction.write(
            PostgresQuery(sql) {
                $0.add(token.id)
                $0.add(token.name)
                $0.add(token.scope.rawValue)
                $0.add(token.seesPersonalData)
                $0.add(blob: token.fingerprint)
                $0.add(token.createdAt)
                $0.add(token.expiresAt)
            }
        )
    }

    static func token(fingerprint: [UInt8], _ transaction: inout PostgresTransaction) throws -> AccessToken? {
        let query = PostgresQuery("\(select) WHERE fingerprint = $1") { $0.add(blob: fingerprint) }
        return try transaction.rows(query).first.map(token)
    }

    static func all(_ transaction: inout PostgresTransaction) throws -> [AccessToken] {
        try transaction.rows(PostgresQuery("\(select) ORDER BY created_at, id COLLATE \"C\"")).map(token)
    }

    static func revoke(
        _ id: String,
        at now: Timestamp,
        _ transaction: inout PostgresTransaction
    ) throws -> AccessToken {
        let sql = """
            UPDATE hookline.access_tokens SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1 RETURNING \(columns)
            """
        let query = PostgresQuery(sql) {
            $0.add(id)
            $0.add(now)
        }
        guard let row = try transaction.rows(query).first else {
            throw StoreError(.notFound, "there is no token with this id")
        }
        return try token(row)
    }

    /// Writes down when tokens were used.
    static func used(_ uses: [String: Timestamp]) -> PostgresQuery {
        let uses = uses.sorted { $0.key < $1.key }
        let sql = """
            UPDATE hookline.access_tokens t SET last_used_at = s.at
            FROM unnest($1::text[], $2::timestamptz[]) AS s(id, at) WHERE t.id = s.id
            """
        return PostgresQuery(sql) {
            $0.add(uses.map(\.key))
            $0.add(uses.map(\.value))
        }
    }

    private static func token(_ row: PostgresRow) throws -> AccessToken {
        AccessToken(
            id: try row.text(0),
            name: try row.text(1),
            scope: try row.name(2),
            seesPersonalData: try row.flag(3),
            fingerprint: try row.blob(4),
            createdAt: try row.time(5),
            expiresAt: try row.optionalTime(6),
            lastUsedAt: try row.optionalTime(7),
            revokedAt: try row.optionalTime(8)
        )
    }
}

/// When tokens were used, on its way into the database: whoever notes it never waits, and what is too much is dropped.
final class TokenUses: Sendable {
    private let waiting = NIOLockedValueBox<[String: Timestamp]>([:])
    private static let most = 1_000

    /// Has a use written down, together with those that wait.
    func note(_ id: String, at now: Timestamp, on lane: PostgresLane) {
        let isFirst = waiting.withLockedValue { waiting in
            let isFirst = waiting.isEmpty
            if waiting.count < Self.most || waiting[id] != nil { waiting[id] = now }
            return isFirst
        }
        guard isFirst else { return }
        _ = lane.submit { [self] session in
            let uses = waiting.withLockedValue { waiting in
                defer { waiting = [:] }
                return waiting
            }
            guard case .success(let session) = session else { return }
            let deadline = ContinuousClock.now.advanced(by: .seconds(5))
            // What cannot be written is dropped.
            _ = try? session.rows(TokenRows.used(uses), by: deadline)
        }
    }
}

/// The audit log, inside the caller's transaction or snapshot.
enum AuditRows {
    static func add(_ line: AuditLine) -> PostgresQuery {
        let sql = """
            INSERT INTO hookline.audit (at, actor, who, action, subject, reason, count, result, detail)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """
        return PostgresQuery(sql) {
            $0.add(line.at)
            $0.add(line.who.kind.rawValue)
            $0.add(line.who.name)
            $0.add(line.action)
            $0.add(line.subject)
            $0.add(line.reason)
            $0.add(line.count)
            $0.add(line.result.rawValue)
            $0.add(line.detail)
        }
    }

    static func page(_ filter: AuditFilter, _ transaction: inout PostgresTransaction) throws -> Page<AuditLine> {
        let select = "SELECT place, at, actor, who, action, subject, reason, count, result, detail FROM hookline.audit"
        var list = ListQuery(select, along: "place")
        list.add("who = ?", filter.who)
        list.add("action = ?", filter.action)
        list.add("subject = ?", filter.subject)
        list.add("at >= ?", filter.since)
        return try list.page(&transaction, limit: filter.limit, cursor: filter.cursor) { row in
            let line = AuditLine(
                at: try row.time(1),
                who: Operator(try row.name(2), try row.text(3)),
                action: try row.text(4),
                subject: try row.text(5),
                reason: try row.optionalText(6),
                count: Int(try row.number(7)),
                result: try row.name(8),
                detail: try row.text(9)
            )
            return (try row.number(0), line)
        }
    }
}
