// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox
import PostgresConnection

/// What recipients told us, inside the caller's transaction: the ledger, what is doubtful, and when they last wrote.
struct HeardRows {
    /// The event that tells it.
    let event: EventID
    /// What a STOP is about.
    let scope: ConsentScope
    let now: Timestamp

    /// Writes down what a recipient told.
    func take(
        _ heard: Heard,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> ConsentReceipt? {
        if let query = Self.open([heard]) { transaction.write(query) }
        if let doubt = heard.doubt { transaction.write(keep(doubt, heard)) }
        guard heard.isWish else { return nil }
        // Of a STOP on one node and a START on another the second sees the first.
        try ConsentRows.lock(heard.recipient, &transaction)
        let entry = try heard.entry(
            stopping: scope,
            event: event,
            standing: try ConsentRows.standing(of: heard.recipient, &transaction)
        )
        return try entry.map { try ConsentRows.record($0, at: now, &effects, &transaction) }
    }

    /// Writes down when recipients last wrote, in one order; what comes late changes nothing newer.
    ///
    /// - Returns: The statement; `nil` where nobody wrote.
    static func open(_ heard: [Heard]) -> PostgresQuery? {
        let messages = heard.filter(\.isMessage)
        guard !messages.isEmpty else { return nil }
        let sql = """
            INSERT INTO hookline.conversations AS c (recipient, account, at)
            SELECT recipient, account, max(at) FROM unnest($1::text[], $2::text[], $3::timestamptz[])
                AS s(recipient, account, at) GROUP BY 1, 2 ORDER BY 1, 2
            ON CONFLICT (recipient, account) DO UPDATE SET at = greatest(c.at, excluded.at)
            """
        return PostgresQuery(sql) {
            $0.add(messages.map(\.recipient))
            $0.add(messages.map { $0.account ?? "" })
            $0.add(messages.map(\.at))
        }
    }

    private func keep(_ doubt: String, _ heard: Heard) -> PostgresQuery {
        let sql = """
            INSERT INTO hookline.consent_doubts (recipient, at, text, source, event) VALUES ($1, $2, $3, $4, $5)
            """
        return PostgresQuery(sql) {
            $0.add(heard.recipient)
            $0.add(heard.at)
            $0.add(doubt)
            $0.add(heard.source)
            $0.add(event.rawValue)
        }
    }

    // MARK: Windows

    /// When recipients last wrote, by their names in the ledger and then by account; an account that nobody knows is empty.
    static func lastInbound(
        of subjects: Set<String>,
        _ transaction: inout PostgresTransaction
    ) throws -> [String: [String: Timestamp]] {
        guard !subjects.isEmpty else { return [:] }
        let query = PostgresQuery(
            "SELECT recipient, account, at FROM hookline.conversations WHERE recipient = ANY($1::text[])"
        ) { $0.add(subjects.sorted()) }
        var last: [String: [String: Timestamp]] = [:]
        _ = try transaction.rows(query).map { row in
            last[try row.text(0), default: [:]][try row.text(1)] = try row.time(2)
        }
        return last
    }

    /// Of what recipients wrote to accounts, when one last wrote to an account, or to a number of nobody knows whom.
    static func lastInbound(_ last: [String: Timestamp]?, to account: String) -> Timestamp? {
        last.flatMap { [$0[account], $0[""]].compactMap(\.self).max() }
    }

    // MARK: Doubts

    private static let open = """
        FROM hookline.consent_doubts d WHERE NOT EXISTS (
            SELECT 1 FROM hookline.consents c WHERE c.recipient = d.recipient AND c.at >= d.at)
        """

    /// What a person has not judged yet: those about whom the ledger has a later line are judged.
    static func doubts(limit: Int, _ transaction: inout PostgresTransaction) throws -> [ConsentDoubt] {
        let query = PostgresQuery(
            "SELECT d.recipient, d.at, d.text, d.source, d.event \(open) ORDER BY d.place DESC LIMIT $1"
        ) { $0.add(limit) }
        return try transaction.rows(query).map { row in
            ConsentDoubt(
                recipient: try row.text(0),
                at: try row.time(1),
                text: try row.text(2),
                source: try row.text(3),
                event: EventID(rawValue: try row.text(4))
            )
        }
    }

    /// How many of them there are, counted no further than the second parameter.
    static let counting = "SELECT count(*) FROM (SELECT 1 \(open) LIMIT $2) counted"
}

extension PostgresOutbox {
    package func doubts(limit: Int) async throws(StoreError) -> [ConsentDoubt] {
        try await read { try HeardRows.doubts(limit: limit, &$0) }
    }

    package func lastInbound(of recipient: String, to account: String) async throws(StoreError) -> Timestamp? {
        let subject = ConsentEntry.subject(recipient)
        return try await read { transaction in
            let last = try HeardRows.lastInbound(of: [subject], &transaction)
            return HeardRows.lastInbound(last[subject], to: account)
        }
    }

    package func suggestions(limit: Int) async throws(StoreError) -> [ConsentSuggestion] {
        try await read { try CodeRows.suggestions(limit: limit, &$0) }
    }

    package func openConsent(upTo most: Int) async throws(StoreError) -> OpenConsent {
        try await ask { transaction in
            let query = PostgresQuery("SELECT (\(HeardRows.counting)), (\(CodeRows.counting))") {
                $0.add(ConsentSuggestion.least)
                $0.add(most)
            }
            guard let row = try transaction.rows(query).first else { return OpenConsent(doubts: 0, suggestions: 0) }
            return OpenConsent(doubts: Int(try row.number(0)), suggestions: Int(try row.number(1)))
        }
    }

    package func consents(_ filter: ConsentFilter) async throws(StoreError) -> Page<ConsentEntry> {
        try await read { try ConsentRows.page(filter, &$0) }
    }
}
