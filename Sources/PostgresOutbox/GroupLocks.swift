// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Locks the recipients, slots and messages that a transaction is going to change one after the other, before it changes any.
///
/// Who takes several of them in an order of his own, and somebody else in another one, would wait for each other. So all are
/// named first, and are locked in the order of docs/postgres.md; what comes up meanwhile is locked when it is changed. Facts
/// come before all of them (``LockedFacts``).
struct GroupLocks {
    private var cancellations: [Cancellation] = []
    private var reports: [DeliveryReport] = []
    private var heard: [Heard] = []
    private var recipients: Set<String> = []
    private var slots: Set<DigestRows.Key> = []
    private var others: [PostgresUUID] = []
    /// How often messages are going to be locked.
    private var rounds = 0

    /// Names what an event is going to do beside its messages.
    mutating func add(_ sideEffects: SideEffects) {
        cancellations += sideEffects.cancellations
        reports += sideEffects.reports
        heard += sideEffects.heard
        add(recipients: sideEffects.heard.filter(\.isWish).map(\.recipient))
        // Messages and digests are called off one after the other.
        rounds += sideEffects.cancellations.reduce(0) { $0 + ($1.collects ? 2 : 1) } + sideEffects.reports.count
    }

    /// Names recipients who opt in or out.
    mutating func add(recipients subjects: [String]) {
        recipients.formUnion(subjects)
        rounds += subjects.count
    }

    /// Names slots of digests that events are going to join.
    mutating func add(_ items: [DigestItem]) {
        guard !items.isEmpty else { return }
        slots.formUnion(items.map { DigestRows.Key($0.slot) })
        rounds += 1
    }

    /// Names messages.
    mutating func add(messages: [PostgresUUID]) {
        others += messages
        rounds += 1
    }

    /// Locks what was named; nothing where one round follows, which has its own order.
    ///
    /// Conversations come before all of it; only of one recipient who writes, and nothing else, the one round sees to that.
    func lock(_ transaction: inout PostgresTransaction) throws {
        let isAlone = heard.count < 2 && rounds <= heard.count(where: \.isWish)
        if !isAlone, let query = HeardRows.open(heard) { transaction.write(query) }
        let recipients = recipients.union(try stopped(&transaction))
        guard rounds > 1 || recipients.count > self.recipients.count else { return }
        try ConsentRows.lock(recipients, &transaction)
        let queries = [calledOff, collected, reported, ConsentRows.concerned(recipients)].compactMap(\.self)
        let found = queries.isEmpty ? [] : try transaction.rows(queries)
        var ids = Set(others + (try found.flatMap { try $0.map { try $0.uuid(0) } }))
        let all = slots.union(try DigestRows.slots(of: Array(ids), &transaction))
        ids.formUnion(try DigestRows.hold(all, &transaction).values)
        _ = try MessageRows.lock(Array(ids), holding: all, &transaction)
    }

    /// Messages that are to be called off.
    private var calledOff: PostgresQuery? {
        guard !cancellations.isEmpty else { return nil }
        let sql = """
            SELECT m.id FROM unnest($1::text[], $2::text[]) AS s(rule, key)
                JOIN hookline.messages m ON \(byKey("left(m.key, 64)", "left(s.key, 64)")) AND m.rule = s.rule AND m.key = s.key
                LEFT JOIN hookline.leases l ON \(byKey("l.message", "m.id"))
            WHERE l.message IS NOT NULL OR m.state IN (\(MessageRows.kept))
            """
        return PostgresQuery(sql) {
            $0.add(cancellations.map(\.rule))
            $0.add(cancellations.map(\.key))
        }
    }

    /// Digests of which events are to be called off.
    private var collected: PostgresQuery? {
        let collecting = cancellations.filter(\.collects)
        guard !collecting.isEmpty else { return nil }
        let sql = """
            SELECT DISTINCT i.message FROM unnest($1::text[], $2::text[]) AS s(rule, key)
                JOIN hookline.digest_items i ON \(byKey("left(i.key, 64)", "left(s.key, 64)")) AND i.rule = s.rule AND i.key = s.key
            """
        return PostgresQuery(sql) {
            $0.add(collecting.map(\.rule))
            $0.add(collecting.map(\.key))
        }
    }

    /// Messages of which something is reported.
    private var reported: PostgresQuery? {
        guard !reports.isEmpty else { return nil }
        return PostgresQuery("SELECT message FROM hookline.partner_ids WHERE partner = ANY($1::bytea[])") {
            $0.add(blobs: reports.map { indexed($0.partnerID) })
        }
    }

    /// Recipients of whom a report says that they want no more.
    private func stopped(_ transaction: inout PostgresTransaction) throws -> Set<String> {
        let stopping = reports.filter { $0.code.flatMap { RecipientCode($0) } == .stoppedMarketing }
        guard !stopping.isEmpty else { return [] }
        let sql = """
            SELECT m.recipient FROM hookline.partner_ids p JOIN hookline.messages m ON \(byKey("m.id", "p.message"))
            WHERE p.partner = ANY($1::bytea[])
            """
        let query = PostgresQuery(sql) { $0.add(blobs: stopping.map { indexed($0.partnerID) }) }
        let names = try transaction.rows(query).map { try $0.optionalText(0) }
        return Set(names.compactMap(\.self).map(ConsentEntry.subject))
    }
}
