// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

// What people and programs see.

extension MemoryOutbox {
    package func event(_ id: EventID, messages most: Int) async throws(StoreError) -> StoredEvent? {
        try read { book in book.events[id].map { book.stored($0, messages: most) } }
    }

    package func events(_ filter: EventFilter) async throws(StoreError) -> Page<EventSummary> {
        try read { book in
            let found = book.events.values.filter { filter.takes($0, in: book) }
            return Page(found.map { ($0.seq, $0.summary) }, limit: filter.limit, after: filter.cursor)
        }
    }

    package func archive(after cursor: PageCursor?, limit: Int) async throws(StoreError) -> Page<ArchivedEvent> {
        try read { book in
            let seq = cursor.flatMap { Int($0.rawValue) } ?? 0
            let rows = book.events.values.filter { $0.seq > seq }.sorted { $0.seq < $1.seq }
            let page = rows.prefix(limit)
            let next = rows.count > limit ? page.last.map { PageCursor(rawValue: String($0.seq)) } : nil
            return Page(elements: page.map(book.archived), next: next)
        }
    }

    package func message(_ id: MessageID) async throws(StoreError) -> MessageDetail? {
        try read { book in
            book.messages[id].map { row in
                let successor = row.record.message.state == .failed ? book.successor(of: row)?.message : nil
                return row.detail(book.digestItems[id] ?? [], replay: book.replays[id], successor: successor)
            }
        }
    }

    package func messages(_ filter: MessageFilter) async throws(StoreError) -> Page<Message> {
        try read { book in
            let found = book.messages.values.filter { filter.takes($0.record) }
            return Page(found.map { ($0.seq, $0.record.message) }, limit: filter.limit, after: filter.cursor)
        }
    }

    package func leavingNext(limit: Int) async throws(StoreError) -> [Message] {
        try read { book in
            let waiting = book.messages.values.filter { $0.record.message.dueAt != nil }
            let places = waiting.map { (due: $0.record.message.dueAt?.microseconds ?? 0, row: $0) }
            return places.sorted { ($0.due, $0.row.seq) < ($1.due, $1.row.seq) }.prefix(limit).map(\.row.record.message)
        }
    }

    package func rejections(_ filter: RejectionFilter) async throws(StoreError) -> Page<Rejection> {
        try read { book in
            let found = book.rejections.filter { filter.takes($0.element) }
            return Page(found, limit: filter.limit, after: filter.cursor)
        }
    }

    package func count(_ filter: EventFilter, upTo bound: Int) async throws(StoreError) -> Int {
        try read { book in min(bound, book.events.values.count { filter.takes($0, in: book) }) }
    }

    package func count(_ filter: MessageFilter, upTo bound: Int) async throws(StoreError) -> Int {
        try read { book in min(bound, book.messages.values.count { filter.takes($0.record) }) }
    }

    package func countsByState() async throws(StoreError) -> [MessageState: Int] {
        try read { book in
            Dictionary(grouping: book.messages.values, by: \.record.message.state).mapValues(\.count)
        }
    }

    package func growth(
        since start: ListEnds?,
        through end: ListEnds?,
        upTo bound: Int
    ) async throws(StoreError) -> Growth {
        try read { book in
            let (events, messages) = (book.events.values.map(\.seq), book.messages.values.map(\.seq))
            func count(_ numbers: [Int], _ start: Int64?, _ end: Int64?) -> Int {
                guard let start else { return 0 }
                return min(bound, numbers.count { $0 > start && $0 <= end ?? .max })
            }
            return Growth(
                ends: ListEnds(event: Int64(events.max() ?? 0), message: Int64(messages.max() ?? 0)),
                events: count(events, start?.event, end?.event),
                messages: count(messages, start?.message, end?.message)
            )
        }
    }

    package func countsByState(of rule: String, newest limit: Int) async throws(StoreError) -> [MessageState: Int] {
        let newest = try await messages(MessageFilter(rule: rule, limit: limit)).elements
        return Dictionary(grouping: newest, by: \.state).mapValues(\.count)
    }
}

extension Page {
    /// A page of what was found, the newest first; a cursor that none of ours made begins at the front.
    init(_ found: [(seq: Int, element: Element)], limit: Int, after cursor: PageCursor?) {
        let place = ListPlace(cursor)
        let rows = found.filter { row in
            place.map { $0.isBack ? row.seq > $0.number : row.seq < $0.number } ?? true
        }
        .sorted { (place?.isBack ?? false) == ($0.seq < $1.seq) }
        self.init(rows.prefix(limit + 1).map { (Int64($0.seq), $0.element) }, limit: limit, at: place)
    }
}

extension Book {
    /// An event with all that is kept of it.
    func stored(_ row: EventRow, messages most: Int = .max) -> StoredEvent {
        StoredEvent(
            event: row.event,
            duplicates: row.duplicates,
            lastDuplicateAt: row.lastDuplicateAt,
            lookUp: row.lookUp.map { LookUpRecord(failures: $0.failures, dueAt: $0.dueAt, result: $0.result) },
            messages: messages(of: row.event.id).prefix(most).map(\.record.message),
            messageCount: row.summary.messages,
            calledOff: row.calledOff,
            hasBody: row.hasBody
        )
    }
}

extension Book {
    /// An event as one looks back at it.
    func archived(_ row: EventRow) -> ArchivedEvent {
        ArchivedEvent(
            event: row.event,
            hasBody: row.hasBody,
            payload: row.lookUp?.payload,
            lookUp: stored(row).lookUp,
            messages: row.messages.compactMap { id in
                messages[id].map { row in
                    ArchivedMessage(
                        message: row.record.message,
                        agesFrom: row.record.agesFrom,
                        timeline: row.timeline,
                        recipient: row.record.recipient
                    )
                }
            }
        )
    }
}

extension Book.EventRow {
    fileprivate var summary: EventSummary {
        var summary = EventSummary(
            id: event.id,
            source: event.source,
            type: event.type,
            senderID: event.senderID,
            time: event.time,
            receivedAt: event.receivedAt,
            secretLabel: event.secretLabel,
            disposition: event.disposition,
            duplicates: duplicates,
            lastDuplicateAt: lastDuplicateAt,
            messages: messages.count + joined.count
        )
        summary.calledOff = calledOff
        return summary
    }
}

extension Book.MessageRow {
    fileprivate func detail(_ items: [Book.DigestEntry], replay: JobID?, successor: MessageID?) -> MessageDetail {
        let tries = attempts.values.sorted { $0.number < $1.number }
        let events = items.prefix(Digest.mostKept).map(\.event)
        let digest = record.digest.map { DigestDetail($0, events: events) }
        return MessageDetail(
            message: record.message,
            attempts: tries,
            timeline: timeline,
            digest: digest,
            replay: replay,
            successor: successor
        )
    }
}

extension EventFilter {
    fileprivate func takes(_ row: Book.EventRow, in book: Book) -> Bool {
        let (event, own) = (row.event, row.messages.compactMap { book.messages[$0]?.record.recipient })
        return (recipients.isEmpty || own.contains(where: recipients.contains)) && takes(event)
    }

    private func takes(_ event: NewEvent) -> Bool {
        source.allows(event.source) && type.allows(event.type) && disposition.allows(event.disposition.name)
            && (secretLabel == nil || secretLabel == event.secretLabel) && event.receivedAt >= since ?? event.receivedAt
    }
}

extension MessageFilter {
    fileprivate func takes(_ record: MessageRecord) -> Bool {
        let message = record.message
        guard state.allows(message.state), arrival == nil || arrival == message.arrival?.status,
            rule.allows(message.rule), source.allows(message.source),
            event.allows(message.event), message.createdAt >= since ?? message.createdAt,
            until.map({ message.createdAt < $0 }) ?? true
        else { return false }
        if let rules = notOf {
            guard message.state.isWaiting, !rules.contains(message.rule), message.rule != NewMessage.apiRule else {
                return false
            }
        }
        return (key == nil || key == record.key) && (partnerID == nil || partnerID == message.partnerID)
            && (recipients.isEmpty || recipients.contains(record.recipient ?? ""))
    }
}

extension RejectionFilter {
    fileprivate func takes(_ rejection: Rejection) -> Bool {
        source.allows(rejection.source) && rejection.at >= since ?? rejection.at
    }
}

extension Optional where Wrapped: Equatable {
    /// What is left out does not restrict.
    func allows(_ value: Wrapped) -> Bool { self == nil || self == value }
}
