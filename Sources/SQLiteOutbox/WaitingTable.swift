// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import GRDB
import Messages
package import Outbox

/// The table `waiting_messages`: which deferred messages wait for something to happen, inside the caller's transaction.
///
/// They are not looked at until then, however many they are. A row may outlive its message's wait; whoever reads it
/// looks at the message.
struct WaitingTable {
    let database: Database

    /// Notes what a message waits for.
    func put(_ message: MessageID, waitsFor condition: String) throws {
        try database.run(
            """
            INSERT OR IGNORE INTO waiting_messages (account, condition, message)
                SELECT account, ?, seq FROM messages WHERE id = ?
            """,
            [condition, message.rawValue]
        )
    }

    /// The messages of an account that wait for something, or for one thing, no more than a limit.
    func messages(
        of account: String,
        _ condition: String?,
        limit: Int
    ) throws -> [(condition: String, message: Int64)] {
        let one = condition == nil ? "" : "AND condition = ?"
        let arguments = StatementArguments([account] + (condition.map { [$0] } ?? [])) + [limit]
        return try database.rows(
            "SELECT condition, message FROM waiting_messages WHERE account = ? \(one) ORDER BY condition, message LIMIT ?",
            arguments
        ) { ($0[0], $0[1]) }
    }

    /// Makes such messages due.
    ///
    /// - Returns: How many there were.
    func hasten(
        _ account: String,
        _ condition: String?,
        because reason: String,
        at now: Timestamp,
        limit: Int,
        effects: inout WriteQueue.Effects
    ) throws -> Int {
        let (table, found) = (MessageTable(database: database), try messages(of: account, condition, limit: limit))
        for (condition, seq) in found {
            try database.run(
                "DELETE FROM waiting_messages WHERE account = ? AND condition = ? AND message = ?",
                [account, condition, seq]
            )
            guard var row = try table.row(seq) else { continue }
            let entries = row.record.hasten(because: reason, at: now)
            guard !entries.isEmpty else { continue }
            try table.update(row, entries, effects: &effects)
            effects.wakes = true
        }
        return found.count
    }
}

extension SQLiteOutbox {
    package func hasten(
        _ account: String,
        _ condition: String?,
        because reason: String,
        at now: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        // Mostly there is nothing, and that costs no transaction.
        let found = try await read { database in
            try WaitingTable(database: database).messages(of: account, condition, limit: 1).count
        }
        guard found > 0 else { return 0 }
        return try await writes.perform { database, effects in
            try WaitingTable(database: database).hasten(
                account,
                condition,
                because: reason,
                at: now,
                limit: limit,
                effects: &effects
            )
        }
    }
}
