// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Messages
package import Outbox

// Events that share a message.

extension MemoryOutbox {
    package func dueDigests(at now: Timestamp, limit: Int) async throws(StoreError) -> DueDigests {
        try read { book in
            let waiting = book.rows(
                where: { $0.isToBuild ? $0.message.dueAt : nil },
                upTo: Timestamp(microseconds: .max)
            )
            let due = waiting.prefix { ($0.record.message.dueAt ?? now) <= now }.prefix(limit)
            return DueDigests(
                orders: due.compactMap { book.order($0.record) },
                next: waiting.dropFirst(due.count).first?.record.message.dueAt
            )
        }
    }

    package func close(_ closings: [DigestClosing], at now: Timestamp) async throws(StoreError) -> [DigestResult] {
        let keys = times(at: now).keys
        return try write { book throws(StoreError) in
            var results: [DigestResult] = []
            for closing in closings { results.append(try book.close(closing, at: now, keys: keys)) }
            return results
        }
    }

    package func openDigests() async throws(StoreError) -> Int {
        try read { book in book.messages.values.count { $0.record.digest?.isOpen == true } }
    }

    package func digestCalls() -> AsyncStream<Void> {
        digestWakeUps.stream()
    }
}

extension Book {
    /// An event in a digest.
    struct DigestEntry: Sendable {
        let event: EventID
        /// By which a later event calls it off.
        let key: String?
        let joinedAt: Timestamp
        /// What the rules saw of the event; `nil` where it is only counted.
        let payload: [UInt8]?

        /// That it was there, without what it said.
        var told: DigestEntry { DigestEntry(event: event, key: key, joinedAt: joinedAt, payload: nil) }
    }

    fileprivate func order(_ record: MessageRecord) -> DigestOrder? {
        let items = (digestItems[record.message.id] ?? []).compactMap { entry -> DigestOrder.Item? in
            guard let payload = entry.payload, let event = events[entry.event]?.event else { return nil }
            return DigestOrder.Item(event: event.withoutBody, payload: payload)
        }
        return DigestOrder(record, items)
    }

    private func open(_ slot: DigestSlot) -> MessageRow? {
        messages.values.first { $0.record.digest?.isOpen == true && $0.record.slot == slot }
    }

    /// Lets a digest take events again that waits for long, unless another one does.
    func reopen(_ record: inout MessageRecord) {
        guard record.isToBuild, record.digest?.isOpen == false, let slot = record.slot else { return }
        record.reopen(whenFree: open(slot) == nil)
    }

    // MARK: Collecting

    /// Puts an event into digests; one that stays out of them all gets a message that says so.
    mutating func collect(
        _ digests: DigestItems,
        of id: EventID,
        at now: Timestamp,
        keys: Timestamp
    ) throws(StoreError) {
        guard let source = events[id]?.event.source else { return }
        for item in digests.items {
            var open = try open(item.slot, at: now, keys: keys)
            let terms = item.terms(joining: open?.record, at: now)
            let holder = open?.record.message.id ?? item.id
            let beginning =
                item.beginning(against: optOuts(of: item.subject), at: now)
                ?? facts.begin(holder, of: item.rule, telling: item.fact, terms, at: now, keys: keys)
            guard beginning.obstacle == nil, var row = open.take() else {
                try insert(MessageRecord(item, of: (id, source), beginning, bytes: digests.payload.count, at: now))
                events[id]?.obstacles[item.id] = beginning.obstacle
                if beginning.obstacle == nil { add(item, of: id, to: item.id, digests.payload, at: now) }
                continue
            }
            let isKept = row.record.join(bytes: digests.payload.count)
            try put(row, [])
            add(item, of: id, to: row.record.message.id, isKept ? digests.payload : nil, at: now)
            events[id]?.joined.append(row.record.message.id)
        }
    }

    private mutating func add(
        _ item: DigestItem,
        of event: EventID,
        to message: MessageID,
        _ payload: [UInt8]?,
        at now: Timestamp
    ) {
        let entry = DigestEntry(event: event, key: item.terms.key, joinedAt: now, payload: payload)
        digestItems[message, default: []].append(entry)
    }

    /// The digest that takes an event now; one whose window is over takes no more, unless a gate holds it.
    private mutating func open(
        _ slot: DigestSlot,
        at now: Timestamp,
        keys: Timestamp
    ) throws(StoreError) -> MessageRow? {
        guard var row = open(slot) else { return nil }
        guard let due = row.record.message.dueAt, due <= now else { return row }
        let hold = row.record.hold(at: now, keys: keys) { facts.departure($0) }
        let entries = row.record.endWindow(at: now, held: hold)
        facts.wait(for: hold?.turn)
        try put(row, entries)
        return open(slot)
    }

    // MARK: Calling off

    /// Takes out of digests what a cancellation concerns.
    mutating func callOffItems(
        _ cancellation: Cancellation,
        of event: CallingEvent,
        _ seq: Int,
        at now: Timestamp,
        _ count: inout CallOffCount
    ) throws(StoreError) {
        let last = cancellation.lastConcerned(by: event)
        func isMeant(_ entry: DigestEntry) -> Bool {
            guard entry.key == cancellation.key, let cause = events[entry.event]?.seq, cause != seq else {
                return false
            }
            return cause < seq || entry.joinedAt <= last
        }
        let rows = messages.values.filter { $0.record.message.rule == cancellation.rule }
        for var row in rows.sorted(by: { $0.seq < $1.seq }) {
            let id = row.record.message.id
            let meant = (digestItems[id] ?? []).filter(isMeant)
            guard !meant.isEmpty else { continue }
            let part = meant.part
            let (effect, isTakenOut, entries) = row.record.callOff(part, by: event, at: now)
            count.add(effect, times: part.count)
            if isTakenOut {
                let left = (digestItems[id] ?? []).filter { !isMeant($0) }
                digestItems[id] = left
                for entry in meant { events[entry.event]?.joined.removeAll { $0 == id } }
            }
            if !entries.isEmpty { try put(row, entries) }
        }
    }

    // MARK: Building

    fileprivate mutating func close(
        _ closing: DigestClosing,
        at now: Timestamp,
        keys: Timestamp
    ) throws(StoreError) -> DigestResult {
        guard var row = messages[closing.message], row.record.isToBuild else { return .over }
        guard row.record.digest?.version == closing.version else { return .changed }
        let content = row.record.damage.map(DigestContent.failed) ?? closing.content
        row.record.take(content)
        let hold =
            row.record.hold(against: optOuts(of: row.record.subject), at: now)
            ?? row.record.hold(at: now, keys: keys) { facts.departure($0) }
        let entries = row.record.close(content, at: now, held: hold)
        if row.record.message.state == .deferred { facts.wait(for: hold?.turn) }
        row.alternative = row.record.alternative == nil ? nil : content.alternative
        reopen(&row.record)
        try put(row, entries)
        if row.record.message.state == .queued { wakes = true }
        return .became(row.record.message.state)
    }
}

extension NewEvent {
    /// The event without its body as it was received: that is not what the rules saw.
    fileprivate var withoutBody: NewEvent {
        NewEvent(
            id: id,
            source: source,
            type: type,
            senderID: senderID,
            time: time,
            receivedAt: receivedAt,
            headers: headers,
            rawBody: [],
            secretLabel: secretLabel,
            disposition: disposition
        )
    }
}

extension [Book.DigestEntry] {
    /// How much of a digest they are.
    var part: DigestPart {
        let kept = compactMap(\.payload)
        return DigestPart(count: count, kept: kept.count, bytes: kept.reduce(0) { $0 + $1.count })
    }
}
