// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Foundation
import GRDB
package import Messages
package import Outbox

/// The tables `consents` and `opt_outs`, inside the caller's transaction or snapshot.
///
/// `consents` is the ledger, to which rows are only ever added; `opt_outs` names those of its rows that stand, as the law
/// says, so that who is about to send looks into a small table, and into none while nobody has opted out.
struct ConsentTable {
    let database: Database

    private static let columns =
        "c.seq, c.recipient, c.scope, c.account, c.decision, c.origin, c.at, c.who, c.reason, c.event_id"

    // MARK: Who is about to send

    /// What stands of a recipient.
    ///
    /// - Parameters:
    ///   - subject: The recipient, as the ledger names it; `nil` has nothing. Asked only when there are any.
    ///   - effects: Remembers over the transaction whether there is any opt-out at all.
    /// - Returns: The opt-outs.
    /// - Throws: What SQLite says.
    func optOuts(
        of subject: @autoclosure () -> String?,
        _ effects: inout WriteQueue.Effects
    ) throws -> [ConsentEntry] {
        if effects.hasOptOuts == nil {
            let sql = "SELECT 1, (SELECT key FROM erasure_key) FROM opt_outs LIMIT 1"
            let found = try database.row(sql, []) { $0[1] as Data? }
            effects.hasOptOuts = found != nil
            effects.erasureKey = found.flatMap { $0 }.map(Array.init)
        }
        guard effects.hasOptOuts == true, let subject = subject() else { return [] }
        return try standing(of: subject, effects.erasureKey)
    }

    /// What stands of a recipient, for who wants to know it whether or not anything is sent.
    func standing(of subject: String) throws -> [ConsentEntry] { try standing(of: subject, key()) }

    private func standing(of subject: String, _ key: [UInt8]?) throws -> [ConsentEntry] {
        let own = try standing(named: subject)
        guard let key else { return own }
        return own + (try standing(named: ErasedSubject.name(of: subject, key: key)))
    }

    private func standing(named name: String) throws -> [ConsentEntry] {
        try database.rows(
            """
            SELECT \(Self.columns) FROM opt_outs o JOIN consents c ON c.seq = o.consent
                WHERE o.recipient = ? ORDER BY c.at, c.seq
            """,
            [name],
            ConsentEntry.init
        )
    }

    /// The key of the names of those who were erased; `nil` when nobody was.
    private func key() throws -> [UInt8]? {
        try database.row("SELECT key FROM erasure_key", []) { Array($0[0] as Data) }
    }

    /// The names that a recipient has in the ledger: theirs, and the one that is left of them when they were erased.
    private func names(of subject: String) throws -> [String] {
        try [subject] + (key().map { [ErasedSubject.name(of: subject, key: $0)] } ?? [])
    }

    // MARK: The ledger

    /// Writes a line, and what stands from then on, unless it says nothing new.
    func record(_ entry: ConsentEntry, at now: Timestamp, _ effects: inout WriteQueue.Effects) throws -> ConsentReceipt
    {
        let names = try names(of: entry.recipient)
        var entries: [(seq: Int64, entry: ConsentEntry)] = []
        for name in names {
            entries += try database.rows(
                "SELECT \(Self.columns) FROM consents c WHERE c.recipient = ? ORDER BY c.seq",
                [name]
            ) { row in (seq: row[0] as Int64, entry: try ConsentEntry(row)) }
        }
        entries.sort { $0.seq < $1.seq }
        guard entry.isNews(to: entries.map(\.entry)) else { return ConsentReceipt(known: 1) }
        try insert(entry, at: now)
        let all = entries + [(database.lastInsertedRowID, entry)]
        let standing = ConsentEntry.standing(all.map(\.entry))
        for name in names { try database.run("DELETE FROM opt_outs WHERE recipient = ?", [name]) }
        // Lines that stand differ in kind or time, and the first of the same is the one.
        for line in standing {
            guard let seq = all.first(where: { $0.entry == line })?.seq else { continue }
            try database.run("INSERT INTO opt_outs (recipient, consent) VALUES (?, ?)", [line.recipient, seq])
        }
        effects.forgetOptOuts()
        guard entry.decision == .optedOut else { return ConsentReceipt(added: 1) }
        return try suppress(entry.recipient, standing, at: now, &effects)
    }

    /// Suppresses what waits for a later time, and counts what is on its way.
    private func suppress(
        _ subject: String,
        _ standing: [ConsentEntry],
        at now: Timestamp,
        _ effects: inout WriteQueue.Effects
    ) throws -> ConsentReceipt {
        let (table, names) = (MessageTable(database: database), ConsentEntry.names(of: subject))
        var receipt = ConsentReceipt(added: 1)
        for name in names {
            let held = try table.rows(
                "WHERE m.recipient = ? AND m.state IN ('scheduled', 'retrying', 'deferred') ORDER BY m.seq",
                [name]
            )
            for var row in held {
                let entries = row.record.suppress(by: standing, at: now)
                guard !entries.isEmpty else { continue }
                try table.update(row, entries, effects: &effects)
                receipt.suppressed += 1
            }
            let leaving = try table.rows("WHERE m.lease_ends IS NOT NULL AND m.recipient = ?", [name])
            for var row in leaving {
                let entries = row.record.noteTooLate(standing, at: now)
                guard !entries.isEmpty else { continue }
                try table.update(row, entries, effects: &effects)
                receipt.tooLate += 1
            }
        }
        return receipt
    }

    private func insert(_ entry: ConsentEntry, at now: Timestamp) throws {
        try database.write(
            """
            INSERT INTO consents (recipient, scope, account, decision, origin, at, who, reason, event_id, recorded_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ) { row in
            row.add(entry.recipient)
            row.add(entry.scope.rawValue)
            row.add(entry.account)
            row.add(entry.decision.rawValue)
            row.add(entry.origin.rawValue)
            row.add(entry.at)
            row.add(entry.who)
            row.add(entry.reason)
            row.add(entry.event?.rawValue)
            row.add(now)
        }
    }

    func page(_ filter: ConsentFilter) throws -> Page<ConsentEntry> {
        var query = ListQuery("SELECT \(Self.columns) FROM consents c", key: "c.seq")
        if let recipient = filter.recipient {
            let names = try names(of: recipient)
            query.add("(c.recipient = ? OR c.recipient = ?)", names[0], names.last ?? names[0])
        }
        if filter.isStanding { query.add("c.seq IN (SELECT consent FROM opt_outs)") }
        return try query.page(database, limit: filter.limit, cursor: filter.cursor, ConsentEntry.init)
    }
}

extension ConsentEntry {
    fileprivate init(_ row: Row) throws {
        self.init(
            row[1],
            try row.name(4),
            try row.name(2),
            account: row[3],
            origin: try row.name(5),
            at: row.time(6),
            who: row[7],
            reason: row[8],
            event: (row[9] as String?).map(EventID.init(rawValue:))
        )
    }
}

extension SQLiteOutbox: ConsentStore {
    package func doubts(limit: Int) async throws(StoreError) -> [ConsentDoubt] {
        try await read { try HeardWork(database: $0).doubts(limit: limit) }
    }

    package func lastInbound(of recipient: String, to account: String) async throws(StoreError) -> Timestamp? {
        let subject = ConsentEntry.subject(recipient)
        return try await read { try HeardWork(database: $0).lastInbound(of: subject, to: account) }
    }

    package func suggestions(limit: Int) async throws(StoreError) -> [ConsentSuggestion] {
        try await read { try CodeWork(database: $0).suggestions(limit: limit) }
    }

    package func openConsent(upTo most: Int) async throws(StoreError) -> OpenConsent {
        try await read { database in
            OpenConsent(
                doubts: try HeardWork(database: database).countDoubts(upTo: most),
                suggestions: try CodeWork(database: database).countSuggestions(upTo: most)
            )
        }
    }

    package func consents(_ filter: ConsentFilter) async throws(StoreError) -> Page<ConsentEntry> {
        try await read { try ConsentTable(database: $0).page(filter) }
    }
}
