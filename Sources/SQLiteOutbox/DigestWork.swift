// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import GRDB
import Messages
package import Outbox

/// What becomes of digests, inside the caller's transaction: reads records, asks the law, writes records.
struct DigestWork {
    private let database: Database
    private let keys: Timestamp
    private let table: DigestTable
    private let messages: MessageTable

    init(database: Database, keys: Timestamp) {
        self.database = database
        self.keys = keys
        table = DigestTable(database: database)
        messages = MessageTable(database: database)
    }

    // MARK: Collecting

    /// Puts an event into digests; one that stays out of them all gets a message that says so.
    func add(
        _ digests: DigestItems,
        _ verdicts: [Change: ChangeVerdict],
        event: (seq: Int64, id: EventID, source: String),
        now: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> [Receipt.Entry] {
        try digests.items.map { item in
            let open = try open(item.slot, at: now, &effects)
            let begun = try begin(item, joining: open?.record, verdicts, now, &effects)
            guard begun.obstacle == nil, var row = open else {
                let bytes = digests.payload.count
                let record = MessageRecord(item, of: (event.id, event.source), begun, bytes: bytes, at: now)
                let seq = try messages.insert(record, [record.firstEntry], event: event.seq, effects: &effects)
                guard record.digest != nil else {
                    return Receipt.Entry(record.message, obstacle: begun.obstacle)
                }
                try table.add(item, event: event.seq, to: seq, payload: digests.payload, at: now)
                return Receipt.Entry(record.message)
            }
            let isKept = row.record.join(bytes: digests.payload.count)
            try table.update(row, otherwise: nil)
            let payload = isKept ? digests.payload : nil
            try table.add(item, event: event.seq, to: row.seq, payload: payload, at: now)
            return Receipt.Entry(row.record.message)
        }
    }

    /// The digest that takes an event now; one whose window is over takes no more, unless a gate holds it.
    private func open(
        _ slot: DigestSlot,
        at now: Timestamp,
        _ effects: inout WriteQueue.Effects
    ) throws -> StoredMessage? {
        guard let seq = try table.open(slot),
            var row = try messages.row(seq)
        else { return nil }
        guard let due = row.record.message.dueAt, due <= now else { return row }
        let facts = FactTable(database: database)
        let hold = try row.record.hold(at: now, keys: keys) { try facts.departure($0) }
        let entries = row.record.endWindow(at: now, held: hold)
        try messages.update(row, entries, effects: &effects)
        if let turn = hold?.turn { try facts.put(turn) }
        return row.record.digest?.isOpen == true ? try messages.row(seq) : nil
    }

    private func begin(
        _ item: DigestItem,
        joining open: MessageRecord?,
        _ verdicts: [Change: ChangeVerdict],
        _ now: Timestamp,
        _ effects: inout WriteQueue.Effects
    ) throws -> Beginning {
        let optOuts = try ConsentTable(database: database).optOuts(of: item.subject, &effects)
        if let refused = item.beginning(against: optOuts, at: now) { return refused }
        return try Acceptance(database: database, keys: keys).begin(
            open?.message.id ?? item.id,
            of: item.rule,
            telling: item.fact,
            item.terms(joining: open, at: now),
            verdicts,
            now
        )
    }

    // MARK: Calling off

    /// Takes out of digests what a cancellation concerns.
    func callOff(
        _ meant: StatementArguments,
        by event: CallingEvent,
        at now: Timestamp,
        _ count: inout CallOffCount,
        _ effects: inout WriteQueue.Effects
    ) throws {
        for (seq, part) in try table.parts(meant) {
            guard var row = try messages.row(seq) else { continue }
            let (effect, isTakenOut, entries) = row.record.callOff(part, by: event, at: now)
            count.add(effect, times: part.count)
            if isTakenOut { try table.takeOut(meant, of: seq) }
            if !entries.isEmpty { try messages.update(row, entries, effects: &effects) }
        }
    }

    /// Takes an event that is erased out of the digests that have not left; what has left tells it still.
    func erase(_ event: Int64, at now: Timestamp, _ effects: inout WriteQueue.Effects) throws {
        for (seq, part) in try table.parts(of: event) {
            guard var row = try messages.row(seq), let entries = row.record.erase(part, at: now) else { continue }
            try table.takeOut(event, of: seq)
            try messages.update(row, entries, effects: &effects)
        }
    }

    // MARK: Building

    /// The digests that are due, with their events.
    func due(at now: Timestamp, limit: Int) throws -> DueDigests {
        let (rows, next) = try messages.due("", at: now, limit: limit)
        var orders: [DigestOrder] = []
        var (items, bytes) = (0, 0)
        for row in rows {
            items += row.record.digest?.kept ?? 0
            bytes += row.record.digest?.bytes ?? 0
            // No more is in memory at once than one digest may have.
            guard orders.isEmpty || items <= Digest.mostKept && bytes <= Digest.mostBytes else {
                return DueDigests(orders: orders, next: row.record.message.dueAt)
            }
            guard let order = DigestOrder(row.record, try table.items(of: row.seq)) else { continue }
            orders.append(order)
        }
        return DueDigests(orders: orders, next: next)
    }

    /// Gives a digest its text and queues it, or does what its gates and the law say.
    func close(
        _ closing: DigestClosing,
        at now: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> DigestResult {
        guard var row = try messages.row(closing.message), row.record.isToBuild else { return .over }
        guard row.record.digest?.version == closing.version else { return .changed }
        // What does not read must not let the message leave.
        let content = row.record.damage.map(DigestContent.failed) ?? closing.content
        let (gates, category) = (row.record.gates, row.record.category)
        row.record.take(content)
        if gates != row.record.gates || category != row.record.category { try table.updateTerms(row) }
        let facts = FactTable(database: database)
        let optOuts = try ConsentTable(database: database).optOuts(of: row.record.subject, &effects)
        let hold =
            try row.record.hold(against: optOuts, at: now)
            ?? row.record.hold(at: now, keys: keys) { try facts.departure($0) }
        let entries = row.record.close(content, at: now, held: hold)
        try table.reopen(&row.record)
        try messages.update(row, entries, otherwise: content.alternative, effects: &effects)
        if let turn = hold?.turn, row.record.message.state == .deferred { try facts.put(turn) }
        if row.record.message.state == .queued { effects.wakes = true }
        return .became(row.record.message.state)
    }
}

extension SQLiteOutbox: DigestStore {
    package func dueDigests(at now: Timestamp, limit: Int) async throws(StoreError) -> DueDigests {
        let keys = times(at: now).keys
        return try await read { try DigestWork(database: $0, keys: keys).due(at: now, limit: limit) }
    }

    package func close(_ closings: [DigestClosing], at now: Timestamp) async throws(StoreError) -> [DigestResult] {
        let keys = times(at: now).keys
        return try await writes.perform { database, effects in
            let work = DigestWork(database: database, keys: keys)
            return try closings.map { try work.close($0, at: now, effects: &effects) }
        }
    }

    package func openDigests() async throws(StoreError) -> Int {
        try await read { try DigestTable(database: $0).count() }
    }

    package func digestCalls() -> AsyncStream<Void> {
        digestWakeUps.stream()
    }
}
