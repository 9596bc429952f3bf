// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

// What comes in: events with their messages, requests that must not count twice, requests that were turned away.

extension MemoryOutbox {
    package func accept(
        _ submissions: [Submission],
        completion: @escaping @Sendable (Result<[Receipt], StoreError>) -> Void
    ) {
        let keys = times(at: submissions.first?.event.receivedAt ?? Timestamp(seconds: 0)).keys
        completion(
            Result { () throws(StoreError) in
                try write { book throws(StoreError) in
                    var receipts: [Receipt] = []
                    for submission in submissions { receipts.append(try book.accept(submission, keys: keys)) }
                    return receipts
                }
            }
        )
    }

    package func use(of key: IdempotencyKey, at now: Timestamp) async throws(StoreError) -> IdempotencyUse? {
        let keys = times(at: now).keys
        return try write { $0.countedUse(of: key, at: now, keys: keys) }
    }

    package func accept(
        _ submission: Submission,
        key: IdempotencyKey,
        answer: KeptAnswer
    ) async throws(StoreError) -> IdempotentReceipt {
        let now = submission.event.receivedAt
        let keys = times(at: now).keys
        return try write { book throws(StoreError) in
            if let use = book.countedUse(of: key, at: now, keys: keys) { return .used(use) }
            let receipt = try book.accept(submission, keys: keys)
            let name = Book.ScopedKey(scope: key.apiKey, key: key.key)
            book.idempotencyKeys[name] = key.kept(answer, for: receipt.event, at: keys)
            return .stored(receipt)
        }
    }

    package func recordRejection(_ rejection: Rejection) {
        changeInPlace { $0.record(rejection) }
    }
}

extension Book {
    /// Stores the event, or counts it as a duplicate of the one that came first.
    mutating func accept(_ submission: Submission, keys: Timestamp) throws(StoreError) -> Receipt {
        let event = submission.event
        let key = submission.dedupe.map { ScopedKey(scope: event.source, key: $0.key) }
        switch Recognition.of(submission.dedupe, holder: key.flatMap { dedupeKeys[$0] }, at: keys) {
        case .duplicate(let first):
            countDuplicate(of: first, at: event.receivedAt)
            return Receipt(event: first, isDuplicate: true, messages: entries(of: first))
        case .new(let until): if let key, let until { dedupeKeys[key] = Held(event.id, until: until) }
        }
        try insert(event, pendingPayload: submission.pendingPayload)
        try carryOut(submission.sideEffects, of: event.id, at: event.receivedAt, keys: keys)
        let now = event.receivedAt
        try insert(submission.messages, submission.digests, submission.failures, of: event.id, at: now, keys: keys)
        return Receipt(
            event: event.id,
            isDuplicate: false,
            messages: beginnings(of: event.id),
            calledOff: events[event.id]?.calledOff,
            reports: events[event.id]?.reports ?? [],
            consent: events[event.id]?.consent
        )
    }

    private mutating func insert(_ event: NewEvent, pendingPayload: [UInt8]?) throws(StoreError) {
        guard events[event.id] == nil else { throw StoreError(.failed, "there is an event '\(event.id)' already") }
        let now = event.receivedAt
        events[event.id] = EventRow(
            seq: nextSeq(),
            event: event.disposed(event.disposition),
            lookUp: pendingPayload.map { LookUp(payload: $0, since: now, dueAt: now) }
        )
    }

    /// Stores the messages of an event, those that could not be built last.
    mutating func insert(
        _ new: [NewMessage],
        _ digests: DigestItems,
        _ failures: [FailedMessage],
        of id: EventID,
        at now: Timestamp,
        keys: Timestamp
    ) throws(StoreError) {
        guard let source = events[id]?.event.source else { return }
        for message in new {
            let refused = message.beginning(against: optOuts(of: message.subject), at: now)
            let beginning = refused ?? facts.begin(message, at: now, keys: keys)
            let record = MessageRecord(message, of: (id, source), beginning, at: now)
            try insert(record, otherwise: message.alternative)
            events[id]?.obstacles[message.id] = beginning.obstacle
        }
        try collect(digests, of: id, at: now, keys: keys)
        for failure in failures { try insert(MessageRecord(failure, of: (id, source), at: now)) }
    }

    mutating func insert(_ record: MessageRecord, otherwise: Alternative? = nil) throws(StoreError) {
        let message = record.message
        guard messages[message.id] == nil else { throw StoreError(.failed, "there is a message \(message.id) already") }
        var record = record
        record.arrival = Arrival()
        var timeline = [record.firstEntry]
        do throws(MessageStateMachine.IllegalTransition) {
            if closedWindow(of: record, at: message.createdAt) == nil {
                timeline += try standing?.claim(&record, at: message.createdAt) ?? []
            }
        } catch {
            throw StoreError(.failed, "\(message.id): \(error)")
        }
        if let claimed = traced(record) { riders = (riders.claims + [claimed], standing?.riding) }
        try put(MessageRow(seq: nextSeq(), record: record, timeline: [], alternative: otherwise), timeline)
        events[message.event]?.messages.append(message.id)
        if record.message.state.isWaiting { wakes = true }
    }

    /// The messages of an event as they began.
    func beginnings(of id: EventID) -> [Receipt.Entry] {
        let joined = Set(events[id]?.joined ?? [])
        return messages(of: id).map { row in
            let message = row.record.message
            let first = joined.contains(message.id) ? nil : row.timeline.first?.to
            return Receipt.Entry(
                id: message.id,
                rule: message.rule,
                state: first ?? message.state,
                obstacle: events[id]?.obstacles[message.id]
            )
        }
    }

    /// The messages of an event as they stand.
    func entries(of id: EventID) -> [Receipt.Entry] {
        messages(of: id).map { Receipt.Entry($0.record.message) }
    }

    /// The messages of an event and the digests that it went into, in the order in which they were stored.
    func messages(of id: EventID) -> [MessageRow] {
        let ids = (events[id]?.messages ?? []) + (events[id]?.joined ?? [])
        return ids.compactMap { messages[$0] }.sorted { $0.seq < $1.seq }
    }

    /// Counts a repeated delivery; the first event may have been pruned, then there is nothing to count it on.
    private mutating func countDuplicate(of first: EventID, at now: Timestamp) {
        events[first]?.duplicates += 1
        events[first]?.lastDuplicateAt = now
    }

    /// How the key was used; a repetition is counted on the event that came first.
    mutating func countedUse(of key: IdempotencyKey, at now: Timestamp, keys: Timestamp) -> IdempotencyUse? {
        let held = idempotencyKeys[ScopedKey(scope: key.apiKey, key: key.key)]
        guard let (use, repeated) = held?.use(by: key, at: keys) else { return nil }
        if let repeated { countDuplicate(of: repeated, at: now) }
        return use
    }

    /// Keeps a record of what was turned away: strangers can cause them, so they are bounded.
    mutating func record(_ rejection: Rejection) {
        rejections.append((nextSeq(), rejection))
        rejections.removeFirst(max(0, rejections.count - Rejection.capacity))
    }
}
