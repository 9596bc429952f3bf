// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// What recipients told us, inside the caller's transaction: the ledger, what is doubtful, and when they last wrote.
struct HeardWork {
    let database: Database

    /// Writes down what a recipient told.
    func take(
        _ heard: Heard,
        stopping scope: ConsentScope,
        from event: EventID,
        at now: Timestamp,
        _ effects: inout WriteQueue.Effects
    ) throws -> ConsentReceipt? {
        if heard.isMessage { try open(heard) }
        if let doubt = heard.doubt { try keep(doubt, heard, event) }
        let table = ConsentTable(database: database)
        let standing = { () throws in try table.standing(of: heard.recipient) }
        guard let entry = try heard.entry(stopping: scope, event: event, standing: try standing()) else { return nil }
        return try table.record(entry, at: now, &effects)
    }

    /// Writes down when they last wrote; what comes late changes nothing newer.
    private func open(_ heard: Heard) throws {
        try database.run(
            """
            INSERT INTO conversations (recipient, account, at) VALUES (?, ?, ?)
                ON CONFLICT (recipient, account) DO UPDATE SET at = excluded.at WHERE at < excluded.at
            """,
            [heard.recipient, heard.account ?? "", heard.at.microseconds]
        )
    }

    /// What a closed window makes of a message; `nil` while it is open, or nobody knows.
    func closedWindow(of record: MessageRecord, at now: Timestamp) throws -> Hold? {
        guard let subject = record.subject else { return nil }
        return ServiceWindow.hold(lastInbound: try lastInbound(of: subject, to: record.message.account), at: now)
    }

    /// When a recipient last wrote to an account, or to a number of nobody knows whom.
    func lastInbound(of subject: String, to account: String) throws -> Timestamp? {
        let last = try database.row(
            "SELECT max(at) FROM conversations WHERE recipient = ? AND account IN (?, '')",
            [subject, account]
        ) { $0.optionalTime(0) }
        return last.flatMap { $0 }
    }

    private func keep(_ doubt: String, _ heard: Heard, _ event: EventID) throws {
        try database.run(
            "INSERT INTO consent_doubts (recipient, at, text, source, event_id) VALUES (?, ?, ?, ?, ?)",
            [heard.recipient, heard.at.microseconds, doubt, heard.source, event.rawValue]
        )
    }

    private static let open = """
        FROM consent_doubts d
            WHERE NOT EXISTS (SELECT 1 FROM consents c WHERE c.recipient = d.recipient AND c.at >= d.at)
        """

    /// What a person has not judged yet: those about whom the ledger has a later line are judged.
    func doubts(limit: Int) throws -> [ConsentDoubt] {
        try database.rows(
            "SELECT d.recipient, d.at, d.text, d.source, d.event_id \(Self.open) ORDER BY d.seq DESC LIMIT ?",
            [limit]
        ) { row in
            ConsentDoubt(
                recipient: row[0],
                at: row.time(1),
                text: row[2],
                source: row[3],
                event: EventID(rawValue: row[4])
            )
        }
    }

    /// How many of them there are, counted no further than that.
    func countDoubts(upTo most: Int) throws -> Int {
        try database.row("SELECT count(*) FROM (SELECT 1 \(Self.open) LIMIT ?)", [most]) { $0[0] as Int } ?? 0
    }
}
