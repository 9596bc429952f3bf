// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
package import Messages
package import Outbox
import PostgresConnection

/// Erases what is kept of a recipient, inside the caller's transaction or snapshot: all but a keyed hash, by which the
/// ledger of consent knows them.
struct ErasureWork {
    /// Who, as the ledger names them.
    let subject: String

    /// The rows that are found.
    struct Traces {
        var messages: [PostgresUUID] = []
        var events: [PostgresUUID] = []
        var lines = 0
        var others = 0

        var counts: Erasure {
            Erasure(messages: messages.count, events: events.count, lines: lines, others: others)
        }
    }

    private var names: [String] { ConsentEntry.names(of: subject) }

    /// Tables with their name in the column `recipient`, which are deleted from, and counted.
    private static let others = ["conversations", "consent_doubts", "undeliverable", "facts"]

    // MARK: Finding

    /// What there is of the recipient: messages by their recipient, and the events of those; events that joined a digest of
    /// theirs; events that the ledger and doubts name; and others that were found already.
    ///
    /// - Parameters:
    ///   - bodies: Events of which the bodies have the digits of the number.
    ///   - transaction: The transaction.
    /// - Returns: What there is.
    /// - Throws: `PostgresError`.
    func traces(and bodies: [PostgresUUID], _ transaction: inout PostgresTransaction) throws -> Traces {
        let counts = (["consents"] + Self.others).map { table in
            PostgresQuery("SELECT count(*) FROM hookline.\(table) WHERE recipient = ANY($1::text[])") { $0.add(names) }
        }
        let found = try transaction.rows(
            [
                PostgresQuery("SELECT id, event FROM hookline.messages WHERE recipient = ANY($1::text[]) ORDER BY id") {
                    $0.add(names)
                },
                PostgresQuery(Self.named) { $0.add(names) }, PostgresQuery(Self.joined) { $0.add(names) },
            ] + counts
        )
        var traces = Traces()
        traces.messages = try found[0].map { try $0.uuid(0) }
        let told = try found[1].map { try $0.optionalText(0) }.compactMap { text in
            text.flatMap { PostgresUUID(EventID(rawValue: $0)) }
        }
        let joined = try found[2].map { try $0.uuid(0) }
        let events = Set(try found[0].map { try $0.uuid(1) } + joined + told + bodies)
        traces.events = try kept(events, &transaction)
        let numbers = try found[3...].map { Int(try $0.first?.number(0) ?? 0) }
        (traces.lines, traces.others) = (numbers[0], numbers[1...].reduce(0, +))
        return traces
    }

    private static let joined = """
        SELECT i.event FROM hookline.digest_items i JOIN hookline.messages m ON m.id = i.message
        WHERE m.recipient = ANY($1::text[])
        """

    private static let named = """
        SELECT event FROM hookline.consents WHERE recipient = ANY($1::text[])
        UNION SELECT event FROM hookline.consent_doubts WHERE recipient = ANY($1::text[])
        """

    /// Those events that still say something.
    private func kept(
        _ events: Set<PostgresUUID>,
        _ transaction: inout PostgresTransaction
    ) throws -> [PostgresUUID] {
        let sql = """
            SELECT event FROM hookline.event_bodies WHERE event = ANY($1::uuid[])
            UNION SELECT event FROM hookline.look_ups WHERE event = ANY($1::uuid[]) ORDER BY event
            """
        return try transaction.rows(PostgresQuery(sql) { $0.add(Array(events)) }).map { try $0.uuid(0) }
    }

    /// So many bodies are read at once.
    private static let bodiesAtOnce = 2_000

    /// The events after one whose bodies have the digits of the number, as far as they are read at once.
    ///
    /// - Returns: The events, and the last one that was read; `nil` when all were.
    func eventsWithDigits(
        after event: PostgresUUID?,
        _ transaction: inout PostgresTransaction
    ) throws -> (events: [PostgresUUID], last: PostgresUUID?) {
        let digits = names.filter { $0.hasPrefix("phone:") }.map { String($0.dropFirst(6)) }
        let sql = """
            SELECT event, EXISTS (SELECT 1 FROM unnest($3::bytea[]) d WHERE position(d in body) > 0)
            FROM hookline.event_bodies WHERE event > $1 ORDER BY event LIMIT $2
            """
        let query = PostgresQuery(sql) {
            $0.add(event ?? PostgresUUID(high: 0, low: 0))
            $0.add(Self.bodiesAtOnce)
            $0.add(blobs: digits.map { Array($0.utf8) })
        }
        let rows = try transaction.rows(query).map { (try $0.uuid(0), try $0.flag(1)) }
        return (rows.filter(\.1).map(\.0), rows.count < Self.bodiesAtOnce ? nil : rows.last?.0)
    }

    // MARK: Erasing

    /// Deletes messages with all that hangs on them; whoever is sending one has no say about it any more.
    func erase(messages: [PostgresUUID], _ transaction: inout PostgresTransaction) throws {
        let locked = try MessageRows.lock(messages, &transaction)
        Pruning.delete(messages: locked.compactMap(\.uuid), &transaction)
    }

    /// Empties events: that they came stays, and what was in them goes.
    func erase(
        events: [PostgresUUID],
        at now: Timestamp,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws {
        guard !events.isEmpty else { return }
        // Digests of others go on without the events.
        _ = try MessageRows.lock(try DigestRows.digests(with: events, &transaction), &transaction)
        for event in events { try DigestCallingOff.erase(event, at: now, &effects, &transaction) }
        EventContents.erase(events, inDigests: Array("{}".utf8), &transaction)
        let sql = """
            UPDATE hookline.events SET disposition = $2, disposition_reason = $3
            WHERE id = ANY($1::uuid[]) AND disposition = $4
            """
        transaction.write(
            PostgresQuery(sql) {
                $0.add(events)
                $0.add(Disposition.Name.failed.rawValue)
                $0.add("it was erased before it was looked up")
                $0.add(Disposition.Name.pending.rawValue)
            }
        )
    }

    /// Gives the recipient's lines of the ledger to their hash, and deletes everything else about them.
    func eraseName(_ transaction: inout PostgresTransaction) throws {
        for table in ["consent_subjects"] + Self.others + ["limit_lines"] {
            let sql = "DELETE FROM hookline.\(table) WHERE recipient = ANY($1::text[])"
            transaction.write(PostgresQuery(sql) { $0.add(names) })
        }
        let hash = ErasedSubject.name(of: subject, key: try key(&transaction))
        for table in ["consents", "opt_outs"] {
            let sql = "UPDATE hookline.\(table) SET recipient = $2 WHERE recipient = $1"
            transaction.write(
                PostgresQuery(sql) {
                    $0.add(subject)
                    $0.add(hash)
                }
            )
        }
    }

    /// The store's own key, which is drawn when somebody is erased for the first time; of nodes that draw at once the first
    /// one's counts.
    private func key(_ transaction: inout PostgresTransaction) throws -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        let drawn = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let sql = """
            INSERT INTO hookline.erasure_key AS k (id, key) VALUES (1, $1)
            ON CONFLICT (id) DO UPDATE SET key = k.key RETURNING key
            """
        guard let row = try transaction.rows(PostgresQuery(sql) { $0.add(blob: drawn) }).first else {
            throw StoreError(.failed, "the key of those who were erased could not be drawn")
        }
        return try row.blob(0)
    }
}

extension PostgresOutbox {
    /// So many rows are erased in a transaction, so that nobody waits long.
    private static let erasedAtOnce = 200

    package func traces(of recipient: String, searchingBodies: Bool) async throws(StoreError) -> Erasure {
        try await found(ErasureWork(subject: ConsentEntry.subject(recipient)), searchingBodies).counts
    }

    private func found(_ work: ErasureWork, _ searchesBodies: Bool) async throws(StoreError) -> ErasureWork.Traces {
        var (bodies, last): ([PostgresUUID], PostgresUUID?) = ([], nil)
        while searchesBodies {
            let start = last
            let part = try await read { try work.eventsWithDigits(after: start, &$0) }
            bodies += part.events
            last = part.last
            if last == nil { break }
        }
        let found = bodies
        return try await read { try work.traces(and: found, &$0) }
    }

    package func erase(
        _ recipient: String,
        searchingBodies: Bool,
        on order: ErasureOrder
    ) async throws(StoreError) -> Erasure {
        let work = ErasureWork(subject: ConsentEntry.subject(recipient))
        var erased = Erasure()
        // What comes meanwhile is found in the next round.
        for _ in 0..<5 {
            let found = try await found(work, searchingBodies)
            guard found.counts != Erasure() else { break }
            try await erase(found, work, at: order.at)
            erased += found.counts
        }
        let line = order.line(erased)
        try await write { $0.write(AuditRows.add(line)) }
        return erased
    }

    private func erase(
        _ found: ErasureWork.Traces,
        _ work: ErasureWork,
        at now: Timestamp
    ) async throws(StoreError) {
        var (messages, events) = (found.messages[...], found.events[...])
        while !messages.isEmpty || !events.isEmpty {
            let (some, others) = (Array(messages.prefix(Self.erasedAtOnce)), Array(events.prefix(Self.erasedAtOnce)))
            try await change { effects, transaction in
                try work.erase(events: others, at: now, &effects, &transaction)
            }
            try await write { try work.erase(messages: some, &$0) }
            messages = messages.dropFirst(Self.erasedAtOnce)
            events = events.dropFirst(Self.erasedAtOnce)
        }
        try await write { try work.eraseName(&$0) }
    }
}
