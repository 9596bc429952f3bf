// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import PartnerAPI

/// A message's record with its place in the table.
struct StoredMessage {
    let seq: Int64
    var record: MessageRecord
}

/// The table `messages` with the entries of their timelines, inside the caller's transaction.
///
/// Reads records and writes them as they are; what may become of one is the law's business (``MessageRecord``).
struct MessageTable {
    let database: Database

    /// Selects what a ``StoredMessage`` is read from; a condition follows.
    static let select = """
        SELECT m.seq, m.id, e.id, m.source, m.rule, m.account, m.state, m.reason, m.due_at, m.expires_at,
            m.on_uncertain, m.claims, m.claimed_at, m.lease_ends, m.attempts, m.ages_from, m.steps, m.partner_id,
            m.created_at, m.updated_at, m.request
        FROM messages m JOIN events e ON e.seq = m.event
        """

    /// The messages that a condition names, which may end with an order and a limit.
    func rows(_ condition: String, _ arguments: StatementArguments) throws -> [StoredMessage] {
        try database.rows("\(Self.select) \(condition)", arguments, StoredMessage.init)
    }

    func row(_ id: MessageID) throws -> StoredMessage? {
        try database.row("\(Self.select) WHERE m.id = ?", [id.rawValue], StoredMessage.init)
    }

    /// Writes a message that begins.
    ///
    /// - Parameters:
    ///   - record: The message.
    ///   - event: The row of its event.
    ///   - request: Its request as text.
    /// - Throws: What SQLite says.
    func insert(_ record: MessageRecord, event: Int64, request: String?) throws {
        let message = record.message
        try database.run(
            """
            INSERT INTO messages (id, event, source, rule, account, state, reason, due_at, expires_at, on_uncertain,
                ages_from, created_at, updated_at, request, steps) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                message.id.rawValue, event, message.source, message.rule, message.account, message.state.rawValue,
                message.reason, message.dueAt?.microseconds, message.expiresAt?.microseconds,
                message.onUncertain.rawValue, record.agesFrom.microseconds, message.createdAt.microseconds,
                message.updatedAt.microseconds, request, record.timelineLength,
            ]
        )
        try TimelineTable(database: database).add([record.firstEntry], to: database.lastInsertedRowID)
    }

    /// Writes what has changed, with the entries that say so.
    func update(_ row: StoredMessage, _ entries: [MessageRecord.NumberedEntry]) throws {
        try TimelineTable(database: database).add(entries, to: row.seq)
        let (record, message) = (row.record, row.record.message)
        try database.run(
            """
            UPDATE messages SET state = ?, reason = ?, due_at = ?, expires_at = ?, claims = ?, claimed_at = ?,
                lease_ends = ?, attempts = ?, ages_from = ?, steps = ?, partner_id = ?, updated_at = ? WHERE seq = ?
            """,
            [
                message.state.rawValue, message.reason, message.dueAt?.microseconds, message.expiresAt?.microseconds,
                record.claims, record.claimedAt?.microseconds, record.leaseEnds?.microseconds, message.attempts,
                record.agesFrom.microseconds, record.timelineLength, message.partnerID,
                message.updatedAt.microseconds, row.seq,
            ]
        )
    }
}

extension StoredMessage {
    init(_ row: Row) throws {
        let message = Message(
            id: MessageID(rawValue: row[1]),
            event: EventID(rawValue: row[2]),
            source: row[3],
            rule: row[4],
            account: row[5],
            request: (row[20] as String?).map { RenderedRequest(kept: Array($0.utf8)) },
            state: try row.name(6),
            reason: row[7],
            dueAt: row.optionalTime(8),
            expiresAt: row.optionalTime(9),
            onUncertain: try row.name(10),
            attempts: row[14],
            partnerID: row[17],
            createdAt: row.time(18),
            updatedAt: row.time(19)
        )
        seq = row[0]
        record = MessageRecord(
            message: message,
            agesFrom: row.time(15),
            claims: row[11],
            claimedAt: row.optionalTime(12),
            leaseEnds: row.optionalTime(13),
            timelineLength: row[16]
        )
    }
}
