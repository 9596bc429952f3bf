// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// The tables `consents` and `opt_outs`, inside the caller's transaction or snapshot.
///
/// `consents` is the ledger, to which rows are only ever added; `opt_outs` names those of its rows that stand, as the law
/// says, so that who is about to send looks into a small table, and into none while nobody has opted out.
enum ConsentRows {
    private static let columns =
        "c.place, c.recipient, c.scope, c.account, c.decision, c.origin, c.at, c.who, c.reason, c.event"

    // MARK: Who is about to send

    /// What stands of recipients.
    struct OptOuts {
        fileprivate var lines: [String: [ConsentEntry]] = [:]
        fileprivate var unread: [String: StoreError] = [:]

        /// What stands of a recipient, as the ledger names it; `nil` has nothing.
        ///
        /// - Throws: `StoreError` with `corrupt` when one of the lines cannot be read.
        func of(_ subject: String?) throws(StoreError) -> [ConsentEntry] {
            guard let subject else { return [] }
            if let error = unread[subject] { throw error }
            return lines[subject] ?? []
        }
    }

    /// Asks whether anybody has opted out, and for the key of the names of those who were erased.
    static let question = PostgresQuery(
        "SELECT EXISTS (SELECT 1 FROM hookline.opt_outs), (SELECT key FROM hookline.erasure_key)"
    )

    /// What stands of recipients.
    ///
    /// - Parameters:
    ///   - subjects: Whom, as the ledger names them; asked for only when anybody has opted out.
    ///   - answer: What ``question`` brought.
    ///   - transaction: The transaction.
    /// - Returns: The opt-outs.
    /// - Throws: `PostgresError`.
    static func optOuts(
        of subjects: @autoclosure () -> Set<String>,
        _ answer: PostgresRows,
        _ transaction: inout PostgresTransaction
    ) throws -> OptOuts {
        guard let row = answer.first, try row.flag(0) else { return OptOuts() }
        let (key, subjects) = (try row.optionalBlob(1), subjects().sorted())
        guard !subjects.isEmpty else { return OptOuts() }
        var asking: [String: String] = [:]
        for subject in subjects {
            for name in names(of: subject, key) { asking[name] = subject }
        }
        let sql = """
            SELECT \(columns), o.recipient FROM hookline.opt_outs o JOIN hookline.consents c ON c.place = o.consent
            WHERE o.recipient = ANY($1::text[]) ORDER BY c.at, c.place
            """
        var optOuts = OptOuts()
        _ = try transaction.rows(PostgresQuery(sql) { $0.add(asking.keys.sorted()) }).map { row in
            guard let subject = asking[try row.text(10)] else { return }
            do throws(StoreError) {
                optOuts.lines[subject, default: []].append(try entry(row))
            } catch {
                optOuts.unread[subject] = error
            }
        }
        return optOuts
    }

    /// The same for one, who is not locked.
    static func standing(of subject: String, _ transaction: inout PostgresTransaction) throws -> [ConsentEntry] {
        let answer = try transaction.rows(question)
        return try optOuts(of: [subject], answer, &transaction).of(subject)
    }

    /// The names that a recipient has in the ledger: theirs, and the one that is left of them when they were erased.
    private static func names(of subject: String, _ key: [UInt8]?) -> [String] {
        [subject] + (key.map { [ErasedSubject.name(of: subject, key: $0)] } ?? [])
    }

    // MARK: The ledger

    /// Writes a line, and what stands from then on, unless it says nothing new.
    ///
    /// Nobody else writes about the recipient meanwhile.
    static func record(
        _ entry: ConsentEntry,
        at now: Timestamp,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> ConsentReceipt {
        let key = try lock(entry.recipient, &transaction)
        let names = names(of: entry.recipient, key)
        let sql = "SELECT \(columns) FROM hookline.consents c WHERE c.recipient = ANY($1::text[]) ORDER BY c.place"
        let before = try transaction.rows(PostgresQuery(sql) { $0.add(names) })
            .map { row in (place: try row.number(0), entry: try Self.entry(row)) }
        guard entry.isNews(to: before.map(\.entry)) else { return ConsentReceipt(known: 1) }
        guard let place = try transaction.rows(insertion(of: entry, at: now)).first?.number(0) else {
            throw StoreError(.failed, "the ledger did not say where its line is")
        }
        let all = before + [(place, entry)]
        let standing = ConsentEntry.standing(all.map(\.entry))
        replace(names, standing.compactMap { line in all.first { $0.entry == line } }, &transaction)
        guard entry.decision == .optedOut else { return ConsentReceipt(added: 1) }
        return try suppress(entry.recipient, standing, at: now, &effects, &transaction)
    }

    /// Waits until nobody else writes about a recipient.
    ///
    /// - Returns: The key of the names of those who were erased; `nil` when nobody was.
    @discardableResult
    static func lock(_ subject: String, _ transaction: inout PostgresTransaction) throws -> [UInt8]? {
        let sql = """
            INSERT INTO hookline.consent_subjects (recipient) VALUES ($1)
            ON CONFLICT (recipient) DO UPDATE SET recipient = excluded.recipient
            """
        transaction.write(PostgresQuery(sql) { $0.add(subject) })
        return try transaction.rows(question).first?.optionalBlob(1)
    }

    /// The same for several, in one order.
    static func lock(_ subjects: Set<String>, _ transaction: inout PostgresTransaction) throws {
        guard !subjects.isEmpty else { return }
        let sql = """
            INSERT INTO hookline.consent_subjects (recipient) SELECT * FROM unnest($1::text[]) ORDER BY 1
            ON CONFLICT (recipient) DO UPDATE SET recipient = excluded.recipient
            """
        _ = try transaction.rows(PostgresQuery(sql) { $0.add(Array(subjects)) })
    }

    /// Which messages an opt-out is about.
    private static let meant = """
        m.recipient = ANY($1::text[])
        AND (l.message IS NOT NULL OR m.state IN ('scheduled', 'retrying', 'deferred'))
        """

    /// Asks which messages opt-outs of recipients would be about; `nil` for nobody.
    static func concerned(_ subjects: Set<String>) -> PostgresQuery? {
        guard !subjects.isEmpty else { return nil }
        let sql = """
            SELECT m.id FROM hookline.messages m LEFT JOIN hookline.leases l ON \(byKey("l.message", "m.id"))
            WHERE \(meant)
            """
        return PostgresQuery(sql) { $0.add(subjects.flatMap(ConsentEntry.names)) }
    }

    private static func insertion(of entry: ConsentEntry, at now: Timestamp) -> PostgresQuery {
        let sql = """
            INSERT INTO hookline.consents (recipient, scope, account, decision, origin, at, who, reason, event, recorded_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING place
            """
        return PostgresQuery(sql) {
            $0.add(entry.recipient)
            $0.add(entry.scope.rawValue)
            $0.add(entry.account)
            $0.add(entry.decision.rawValue)
            $0.add(entry.origin.rawValue)
            $0.add(entry.at)
            $0.add(entry.who)
            $0.add(entry.reason)
            $0.add(entry.event?.rawValue)
            $0.add(now)
        }
    }

    /// Writes which lines of a recipient stand.
    private static func replace(
        _ names: [String],
        _ lines: [(place: Int64, entry: ConsentEntry)],
        _ transaction: inout PostgresTransaction
    ) {
        transaction.write(
            PostgresQuery("DELETE FROM hookline.opt_outs WHERE recipient = ANY($1::text[])") { $0.add(names) }
        )
        guard !lines.isEmpty else { return }
        let sql = "INSERT INTO hookline.opt_outs (recipient, consent) SELECT * FROM unnest($1::text[], $2::bigint[])"
        transaction.write(
            PostgresQuery(sql) {
                $0.add(lines.map(\.entry.recipient))
                $0.add(lines.map(\.place))
            }
        )
    }

    /// Suppresses what waits for a later time, and counts what is on its way.
    private static func suppress(
        _ subject: String,
        _ standing: [ConsentEntry],
        at now: Timestamp,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> ConsentReceipt {
        var (receipt, changed): (ConsentReceipt, [StoredMessage]) = (ConsentReceipt(added: 1), [])
        for var message in try MessageRows.lock(where: meant, &transaction, { $0.add(ConsentEntry.names(of: subject)) })
        {
            let isLeaving = message.record.message.state == .sending
            message.added =
                isLeaving
                ? message.record.noteTooLate(standing, at: now) : message.record.suppress(by: standing, at: now)
            guard !message.added.isEmpty else { continue }
            if isLeaving { receipt.tooLate += 1 } else { receipt.suppressed += 1 }
            changed.append(message)
        }
        try MessageRows.save(changed, &effects, &transaction)
        return receipt
    }

    // MARK: Reading

    static func page(
        _ filter: ConsentFilter,
        _ transaction: inout PostgresTransaction
    ) throws -> Page<ConsentEntry> {
        var list = ListQuery("SELECT \(columns) FROM hookline.consents c", along: "c.place")
        if let recipient = filter.recipient {
            let key = try transaction.rows(question).first?.optionalBlob(1)
            list.add("c.recipient = ANY(?::text[])", anyOf: names(of: recipient, key))
        }
        if filter.isStanding { list.add("c.place IN (SELECT consent FROM hookline.opt_outs)") }
        return try list.page(&transaction, limit: filter.limit, cursor: filter.cursor) { row in
            (try row.number(0), try entry(row))
        }
    }

    private static func entry(_ row: PostgresRow) throws(StoreError) -> ConsentEntry {
        do {
            return ConsentEntry(
                try row.text(1),
                try row.name(4),
                try row.name(2),
                account: try row.optionalText(3),
                origin: try row.name(5),
                at: try row.time(6),
                who: try row.text(7),
                reason: try row.optionalText(8),
                event: try row.optionalText(9).map(EventID.init(rawValue:))
            )
        } catch {
            throw StoreError(error)
        }
    }
}
