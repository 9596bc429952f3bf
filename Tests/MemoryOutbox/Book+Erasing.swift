// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox

// Erasing what is kept of a recipient, but for a hash by which the ledger knows them.

extension Book {
    /// What there is of a recipient.
    struct Traces {
        var messages: [MessageID] = []
        var events: [EventID] = []
        var lines = 0
        var others = 0

        var counts: Erasure {
            Erasure(messages: messages.count, events: events.count, lines: lines, others: others)
        }
    }

    private static let key: [UInt8] = Array(0..<32)

    func traces(of subject: String, searchingBodies: Bool) -> Traces {
        var traces = Traces()
        traces.messages = messages.values.filter { $0.record.subject == subject }.map(\.record.message.id)
        var events = Set(traces.messages.compactMap { messages[$0]?.record.message.event })
        events.formUnion(traces.messages.flatMap { digestItems[$0] ?? [] }.map(\.event))
        let lines = consents.map(\.element).filter { $0.recipient == subject }
        events.formUnion(lines.compactMap(\.event))
        let mine = doubts.filter { $0.recipient == subject }
        events.formUnion(mine.map(\.event))
        if searchingBodies {
            let digits = ConsentEntry.names(of: subject).map { Array($0.dropFirst(6).utf8) }
            events.formUnion(
                self.events.values.filter { row in digits.contains { row.event.rawBody.contains($0) } }.map(\.event.id)
            )
        }
        traces.events = events.filter { self.events[$0]?.hasBody == true }
        traces.lines = lines.count
        var counted = facts
        traces.others =
            mine.count + conversations.keys.count { $0.key == subject } + (undeliverable[subject] == nil ? 0 : 1)
            + counted.forget(ConsentEntry.names(of: subject))
        return traces
    }

    mutating func erase(_ subject: String, searchingBodies: Bool, at now: Timestamp) throws(StoreError) -> Erasure {
        let traces = traces(of: subject, searchingBodies: searchingBodies)
        for id in traces.messages {
            if let event = messages[id]?.record.message.event { events[event]?.messages.removeAll { $0 == id } }
            for entry in digestItems[id] ?? [] { events[entry.event]?.joined.removeAll { $0 == id } }
            (messages[id], digestItems[id]) = (nil, nil)
        }
        for id in traces.events {
            events[id]?.eraseContents()
            for digest in digestItems.keys { try erase(id, from: digest, at: now) }
        }
        doubts.removeAll { $0.recipient == subject }
        conversations = conversations.filter { $0.key.key != subject }
        undeliverable[subject] = nil
        _ = facts.forget(ConsentEntry.names(of: subject))
        consents = consents.map { line in
            (
                line.seq,
                line.element.recipient == subject ? line.element.named(Self.erasedName(of: subject)) : line.element
            )
        }
        return traces.counts
    }

    /// Takes an event out of a digest that has not left; what has left tells it still.
    private mutating func erase(_ event: EventID, from digest: MessageID, at now: Timestamp) throws(StoreError) {
        let meant = (digestItems[digest] ?? []).filter { $0.event == event }
        guard !meant.isEmpty, var row = messages[digest] else { return }
        guard let entries = row.record.erase(meant.part, at: now) else {
            digestItems[digest] = digestItems[digest]?.map { $0.event == event ? $0.emptied : $0 }
            return
        }
        digestItems[digest]?.removeAll { $0.event == event }
        events[event]?.joined.removeAll { $0 == digest }
        try put(row, entries)
    }

    /// What is left of somebody's name once they were erased.
    static func erasedName(of subject: String) -> String { ErasedSubject.name(of: subject, key: key) }
}

extension Book.DigestEntry {
    /// The event in a digest of somebody else, without what it said.
    fileprivate var emptied: Self {
        Self(event: event, key: key, joinedAt: joinedAt, payload: payload == nil ? nil : Array("{}".utf8))
    }
}

extension ConsentEntry {
    /// The line about somebody of another name.
    fileprivate func named(_ name: String) -> ConsentEntry {
        ConsentEntry(
            name,
            decision,
            scope,
            account: account,
            origin: origin,
            at: at,
            who: who,
            reason: reason,
            event: event
        )
    }
}
