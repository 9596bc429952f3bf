// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Foundation
import GRDB
package import Outbox

/// The tokens of the admin API, inside the caller's transaction or snapshot.
struct TokenTable {
    let database: Database

    private static let select = """
        SELECT id, name, scope, pii, fingerprint, created_at, expires_at, last_used_at, revoked_at FROM access_tokens
        """

    func add(_ token: AccessToken, at now: Timestamp) throws {
        guard AccessToken.isFree(token.name, among: try all(), at: now) else {
            throw StoreError(.conflict, "there is a live token named '\(token.name)' already")
        }
        try database.run(
            """
            INSERT INTO access_tokens (id, name, scope, pii, fingerprint, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                token.id, token.name, token.scope.rawValue, token.seesPersonalData, Data(token.fingerprint),
                token.createdAt.microseconds, token.expiresAt?.microseconds,
            ]
        )
    }

    func token(fingerprint: [UInt8]) throws -> AccessToken? {
        try database.row("\(Self.select) WHERE fingerprint = ?", [Data(fingerprint)], Self.token)
    }

    func all() throws -> [AccessToken] {
        try database.rows("\(Self.select) ORDER BY created_at, id", [], Self.token)
    }

    func revoke(_ id: String, at now: Timestamp) throws -> AccessToken {
        try database.run(
            "UPDATE access_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
            [now.microseconds, id]
        )
        guard let token = try database.row("\(Self.select) WHERE id = ?", [id], Self.token) else {
            throw StoreError(.notFound, "there is no token with this id")
        }
        return token
    }

    func noteUse(of id: String, at now: Timestamp) throws {
        try database.run("UPDATE access_tokens SET last_used_at = ? WHERE id = ?", [now.microseconds, id])
    }

    private static func token(_ row: Row) throws -> AccessToken {
        AccessToken(
            id: row[0],
            name: row[1],
            scope: try row.name(2),
            seesPersonalData: row[3],
            fingerprint: [UInt8](row[4] as Data),
            createdAt: row.time(5),
            expiresAt: row.optionalTime(6),
            lastUsedAt: row.optionalTime(7),
            revokedAt: row.optionalTime(8)
        )
    }
}

/// The audit log, inside the caller's transaction or snapshot; triggers keep what is in it.
struct AuditTable {
    let database: Database

    private static let columns =
        "a.seq, a.at, a.actor, a.who, a.action, a.subject, a.reason, a.count, a.result, a.detail"

    func add(_ line: AuditLine) throws {
        try database.run(
            """
            INSERT INTO audit (at, actor, who, action, subject, reason, count, result, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                line.at.microseconds, line.who.kind.rawValue, line.who.name, line.action, line.subject, line.reason,
                line.count, line.result.rawValue, line.detail,
            ]
        )
    }

    func page(_ filter: AuditFilter) throws -> Page<AuditLine> {
        var query = ListQuery("SELECT \(Self.columns) FROM audit a", key: "a.seq")
        query.add("a.who = ?", filter.who)
        query.add("a.action = ?", filter.action)
        query.add("a.subject = ?", filter.subject)
        query.add("a.at >= ?", filter.since?.microseconds)
        return try query.page(database, limit: filter.limit, cursor: filter.cursor) { row in
            AuditLine(
                at: row.time(1),
                who: Operator(try row.name(2), row[3]),
                action: row[4],
                subject: row[5],
                reason: row[6],
                count: row[7],
                result: try row.name(8),
                detail: row[9]
            )
        }
    }
}

extension SQLiteOutbox: TokenStore {
    package func token(fingerprint: [UInt8]) async throws(StoreError) -> AccessToken? {
        try await read { try TokenTable(database: $0).token(fingerprint: fingerprint) }
    }

    package func tokens() async throws(StoreError) -> [AccessToken] {
        try await read { try TokenTable(database: $0).all() }
    }

    package func noteUse(ofToken id: String, at now: Timestamp) {
        writes.performUnattended { database, _ in try TokenTable(database: database).noteUse(of: id, at: now) }
    }
}
