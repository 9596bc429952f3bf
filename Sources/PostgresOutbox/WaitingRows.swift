// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Messages
package import Outbox
import PostgresConnection

/// The table `waiting_messages`: which deferred messages wait for something to happen, inside the caller's transaction.
///
/// They are not looked at until then, however many they are. A row may outlive its message's wait; whoever reads it
/// looks at the message.
enum WaitingRows {
    /// Notes what messages wait for.
    static func put(_ conditions: [(message: MessageID, condition: String)]) -> PostgresQuery {
        let sql = """
            INSERT INTO hookline.waiting_messages (account, condition, message)
            SELECT m.account, s.condition, m.id FROM unnest($1::uuid[], $2::text[]) AS s(id, condition)
                JOIN hookline.messages m ON \(byKey("m.id", "s.id"))
            ON CONFLICT DO NOTHING
            """
        return PostgresQuery(sql) {
            $0.add(conditions.map { PostgresUUID($0.message) })
            $0.add(conditions.map(\.condition))
        }
    }

    /// Takes messages that wait for something, or for one thing, no more than a limit; others take others.
    private static func take(
        of account: String,
        _ condition: String?,
        limit: Int,
        _ transaction: inout PostgresTransaction
    ) throws -> [PostgresUUID] {
        let sql = """
            WITH w AS MATERIALIZED (
                SELECT account, condition, message FROM hookline.waiting_messages
                WHERE account = $1 AND condition = coalesce($2, condition)
                ORDER BY condition, message LIMIT $3 FOR UPDATE SKIP LOCKED)
            DELETE FROM hookline.waiting_messages d USING w
            WHERE \(byKey("d.account", "w.account")) AND (d.condition, d.message) = (w.condition, w.message) RETURNING d.message
            """
        let query = PostgresQuery(sql) {
            $0.add(account)
            $0.add(condition)
            $0.add(limit)
        }
        return try transaction.rows(query).map { try $0.uuid(0) }
    }

    /// Makes such messages due.
    ///
    /// - Returns: How many there were.
    static func hasten(
        _ account: String,
        _ condition: String?,
        because reason: String,
        at now: Timestamp,
        limit: Int,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> Int {
        let found = try take(of: account, condition, limit: limit, &transaction)
        var changed: [StoredMessage] = []
        for var message in try MessageRows.lock(found, &transaction) {
            message.added = message.record.hasten(because: reason, at: now)
            if !message.added.isEmpty { changed.append(message) }
        }
        try MessageRows.save(changed, &effects, &transaction)
        if !found.isEmpty { effects.wakes = true }
        return found.count
    }

    /// Asks whether any message of an account waits so.
    fileprivate static func question(_ account: String, _ condition: String?) -> PostgresQuery {
        let sql = """
            SELECT 1::bigint FROM hookline.waiting_messages WHERE account = $1 AND condition = coalesce($2, condition) LIMIT 1
            """
        return PostgresQuery(sql) {
            $0.add(account)
            $0.add(condition)
        }
    }
}

extension PostgresOutbox {
    package func hasten(
        _ account: String,
        _ condition: String?,
        because reason: String,
        at now: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        // Mostly there is nothing, and that costs no transaction.
        let found = try await read { try $0.rows(WaitingRows.question(account, condition)).count }
        guard found > 0 else { return 0 }
        return try await change { effects, transaction in
            try WaitingRows.hasten(account, condition, because: reason, at: now, limit: limit, &effects, &transaction)
        }
    }
}
