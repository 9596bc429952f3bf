// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

// What the store keeps for its service: the callers' keys, what time it is, and no more than it has to.

extension MemoryOutbox {
    package func apiKey(_ id: String) async throws(StoreError) -> APIKey? {
        try read { book in book.apiKeys[id] }
    }

    package func apiKeys() async throws(StoreError) -> [APIKey] {
        try read { book in book.apiKeys.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) } }
    }

    package func remember(_ mark: Reckoning.Mark) async throws(StoreError) {
        try write { $0.mark = mark }
    }

    package func lastTime() async throws(StoreError) -> Timestamp? {
        try read { book in book.mark?.wall ?? book.events.values.map(\.event.receivedAt).max() }
    }

    /// There is no file that could be damaged.
    package func examine(within limit: Duration) async throws(StoreError) -> StoreExamination {
        try read { _ in .sound }
    }

    package func standing() async throws(StoreError) -> StoreStanding {
        try read { _ in StoreStanding(durability: .memory) }
    }

    package func prune(_ retention: Retention, now: Timestamp, limit: Int) async throws(StoreError) -> Pruned {
        let times = times(at: now)
        let rule = PruneRule(retention, deleting: times.deleting, keys: times.keys)
        return try write { $0.prune(rule, limit: limit) }
    }
}

extension Book {
    /// Deletes what a rule says need not be kept any more, a bounded number of each kind.
    fileprivate mutating func prune(_ rule: PruneRule, limit: Int) -> Pruned {
        let pruned = pruneEvents(rule, limit: limit)
        let old = Set(rejections.filter { rule.takes(rejectionFrom: $0.element.at) }.map(\.seq).prefix(limit))
        rejections.removeAll { old.contains($0.seq) }
        doubts.removeAll { $0.at < rule.eventsBefore }
        let keys = [
            Self.forget(&dedupeKeys, limit, rule), facts.forget(atMost: limit) { rule.takes(keyHeldUntil: $0) },
            Self.forget(&idempotencyKeys, limit, rule),
        ]
        return Pruned(
            events: pruned.events,
            messages: pruned.messages,
            rejections: old.count,
            keys: keys,
            contents: eraseContents(rule, limit: limit),
            limit: limit
        )
    }

    private mutating func pruneEvents(_ rule: PruneRule, limit: Int) -> (events: Int, messages: Int) {
        let old = events.values.filter { row in
            let states = row.messages.compactMap { messages[$0]?.record.message.state }
            let isTold = row.joined.contains { messages[$0] != nil && holds(row.event.id, in: $0) }
            let isPending = row.lookUp?.dueAt != nil || isTold
            return rule.takes(eventFrom: row.event.receivedAt, isPending: isPending, states)
        }
        .sorted { ($0.event.receivedAt, $0.seq) < ($1.event.receivedAt, $1.seq) }
        .prefix(limit)
        for row in old {
            for id in row.messages { (messages[id], digestItems[id]) = (nil, nil) }
            events[row.event.id] = nil
        }
        return (old.count, old.reduce(0) { $0 + $1.messages.count })
    }

    private func holds(_ event: EventID, in digest: MessageID) -> Bool {
        digestItems[digest]?.contains { $0.event == event } ?? false
    }

    /// Erases what old events and their messages say, and keeps that they were.
    private mutating func eraseContents(_ rule: PruneRule, limit: Int) -> Int {
        let old = events.values.filter { row in
            let states = row.messages.compactMap { messages[$0]?.record.message.state }
            let waits = row.joined.contains { id in
                guard let message = messages[id]?.record.message, holds(row.event.id, in: id) else { return false }
                return MessageState.kept.contains(message.state)
            }
            let isPending = row.lookUp?.dueAt != nil || waits
            return row.hasBody && rule.takes(contentsFrom: row.event.receivedAt, isPending: isPending, states)
        }
        .sorted { $0.seq < $1.seq }.prefix(limit)
        for row in old {
            for id in row.messages {
                guard var message = messages[id] else { continue }
                (message.record.message.request, message.alternative) = (nil, nil)
                message.attempts = message.attempts.mapValues(\.withoutBody)
                messages[id] = message
            }
            for id in row.messages + row.joined {
                digestItems[id] = digestItems[id]?.map { $0.event == row.event.id ? $0.told : $0 }
            }
            events[row.event.id]?.eraseContents()
        }
        return old.count
    }

    /// Forgets keys that are free.
    private static func forget<Value>(_ keys: inout [ScopedKey: Held<Value>], _ limit: Int, _ rule: PruneRule) -> Int {
        let free = keys.filter { rule.takes(keyHeldUntil: $0.value.until) }.keys.prefix(limit)
        for key in free { keys[key] = nil }
        return free.count
    }
}

extension Book {
    mutating func add(_ key: APIKey) throws(StoreError) {
        guard apiKeys[key.id] == nil else { throw StoreError(.conflict, "there is a key with this id already") }
        apiKeys[key.id] = key
    }

    mutating func revokeKey(_ id: String, at now: Timestamp) throws(StoreError) -> APIKey {
        guard let key = apiKeys[id] else { throw StoreError(.notFound, "there is no key with this id") }
        let revoked = APIKey(
            id: id,
            label: key.label,
            account: key.account,
            secretFingerprint: key.secretFingerprint,
            createdAt: key.createdAt,
            revokedAt: key.revokedAt ?? now
        )
        apiKeys[id] = revoked
        return revoked
    }
}

extension Attempt {
    /// The attempt without what the partner's answer said.
    fileprivate var withoutBody: Attempt {
        func erased(_ detail: AttemptDetail) -> AttemptDetail {
            AttemptDetail(status: detail.status, code: detail.code, reason: detail.reason)
        }
        return switch outcome {
        case .accepted: self
        case .refused(let detail): ended(.refused(erased(detail)))
        case .retryable(let detail, let wait): ended(.retryable(erased(detail), retryAfter: wait))
        case .uncertain(let detail): ended(.uncertain(erased(detail)))
        case .unauthorized(let detail): ended(.unauthorized(erased(detail)))
        case .held(let detail, let wait): ended(.held(erased(detail), for: wait))
        }
    }
}

extension Book.EventRow {
    /// Keeps the record alone.
    mutating func eraseContents() {
        let trace = event.trace
        (hasBody, lookUp) = (false, nil)
        event = NewEvent(
            id: event.id,
            source: event.source,
            type: event.type,
            senderID: event.senderID,
            time: event.time,
            receivedAt: event.receivedAt,
            rawBody: [],
            secretLabel: event.secretLabel,
            disposition: event.disposition
        )
        event.trace = trace
    }
}
