// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages

/// The attempts that did not end well, and what was written of messages before they had a ``Story``.
struct TimelineTable {
    let database: Database

    /// The changes of a message's state before migration 8.
    func entries(of message: Int64) throws -> [TimelineEntry] {
        try database.rows(
            "SELECT at, who, from_state, to_state, why FROM timeline WHERE message = ? ORDER BY number",
            [message]
        ) { row in
            let from = (row[2] as String?).flatMap(MessageState.init)
            return try TimelineEntry(at: row.time(0), who: row[1], from: from, to: row.name(3), why: row[4])
        }
    }

    /// Writes an attempt, in place of what was known of the same claim before; one that the partner took is a line of the
    /// story instead.
    func put(_ attempt: Attempt, to message: MessageID) throws {
        guard let detail = attempt.outcome.detail else { return }
        var retryAfter: Duration?
        if case .retryable(_, let wait) = attempt.outcome { retryAfter = wait }
        try database.run(
            """
            INSERT OR REPLACE INTO attempts (message, number, started_at, duration, outcome, retry_after, status, code,
                reason, body) VALUES ((SELECT seq FROM messages WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                message.rawValue, attempt.number, attempt.startedAt.microseconds, attempt.duration.microseconds,
                attempt.outcome.name.rawValue, retryAfter?.microseconds, detail.status, detail.code, detail.reason,
                detail.body,
            ]
        )
    }

    func attempts(of message: Int64) throws -> [Attempt] {
        try database.rows(
            """
            SELECT number, started_at, duration, outcome, partner_id, retry_after, status, code, reason, body
            FROM attempts WHERE message = ? ORDER BY number
            """,
            [message]
        ) { row in
            try Attempt(
                number: row[0],
                startedAt: row.time(1),
                duration: .microseconds(row[2] as Int64),
                outcome: Self.outcome(row)
            )
        }
    }

    private static func outcome(_ row: Row) throws -> Outcome {
        let detail = AttemptDetail(status: row[6], code: row[7] ?? "", reason: row[8] ?? "", body: row[9])
        let name: Outcome.Name = try row.name(3)
        return switch name {
        case .accepted: .accepted(partnerID: row[4] ?? "")
        case .refused: .refused(detail)
        case .retryable: .retryable(detail, retryAfter: (row[5] as Int64?).map { .microseconds($0) })
        case .uncertain: .uncertain(detail)
        case .unauthorized: .unauthorized(detail)
        case .held: .held(detail, for: (row[5] as Int64?).map { .microseconds($0) } ?? .zero)
        }
    }
}
