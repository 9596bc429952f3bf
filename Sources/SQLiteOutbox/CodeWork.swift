// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// What one of Meta's codes says about a recipient, whether it came with an answer or with a report, inside the caller's
/// transaction.
struct CodeWork {
    let database: Database

    /// Writes down what a code says about the recipient of a message: most say nothing.
    ///
    /// - Parameters:
    ///   - code: Meta's code.
    ///   - record: The message that got it.
    ///   - teller: Who told it: the service for an answer, a source with its event for a report.
    ///   - time: When it was told.
    ///   - now: The time now.
    ///   - effects: What the transaction did.
    /// - Throws: What SQLite says.
    func note(
        _ code: Int,
        of record: MessageRecord,
        by teller: RecipientCode.Teller,
        at time: Timestamp,
        now: Timestamp,
        _ effects: inout WriteQueue.Effects
    ) throws {
        guard let kind = RecipientCode(code), let subject = record.subject else { return }
        switch kind {
        case .stoppedMarketing:
            let entry = kind.entry(of: subject, account: record.message.account, by: teller, at: time)
            _ = try ConsentTable(database: database).record(entry, at: now, &effects)
        case .undeliverable:
            try database.run(
                """
                INSERT INTO undeliverable (recipient, count, at) VALUES (?, 1, ?)
                    ON CONFLICT (recipient) DO UPDATE SET count = count + 1, at = max(at, excluded.at)
                """,
                [subject, time.microseconds]
            )
        }
    }

    /// A message reached its recipient: whatever did not before counts no more.
    func reached(_ record: MessageRecord) throws {
        guard let subject = record.subject else { return }
        try database.run("DELETE FROM undeliverable WHERE recipient = ?", [subject])
    }

    private static let open = """
        FROM undeliverable u WHERE u.count >= ? AND NOT EXISTS (SELECT 1 FROM opt_outs o WHERE o.recipient = u.recipient)
        """

    /// Whom nothing reaches and who has not opted out, those last that were tried first.
    func suggestions(limit: Int) throws -> [ConsentSuggestion] {
        try database.rows(
            "SELECT u.recipient, u.count, u.at \(Self.open) ORDER BY u.at DESC LIMIT ?",
            [ConsentSuggestion.least, limit]
        ) { ConsentSuggestion(recipient: $0[0], failures: $0[1], at: $0.time(2)) }
    }

    /// How many of them there are, counted no further than that.
    func countSuggestions(upTo most: Int) throws -> Int {
        let sql = "SELECT count(*) FROM (SELECT 1 \(Self.open) LIMIT ?)"
        return try database.row(sql, [ConsentSuggestion.least, most]) { $0[0] as Int } ?? 0
    }
}
