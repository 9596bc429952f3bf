// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

// What the store keeps for its service: the callers' keys, what time it is, and no more than it has to.

extension MemoryOutbox {
    package func addAPIKey(_ key: APIKey) async throws(StoreError) {
        try write { book throws(StoreError) in
            guard book.apiKeys[key.id] == nil else {
                throw StoreError(.conflict, "there is a key with this id already")
            }
            book.apiKeys[key.id] = key
        }
    }

    package func apiKey(_ id: String) async throws(StoreError) -> APIKey? {
        try read { book in book.apiKeys[id] }
    }

    package func apiKeys() async throws(StoreError) -> [APIKey] {
        try read { book in book.apiKeys.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) } }
    }

    package func revokeAPIKey(_ id: String, at now: Timestamp) async throws(StoreError) -> APIKey {
        try write { book throws(StoreError) in
            guard let key = book.apiKeys[id] else { throw StoreError(.notFound, "there is no key with this id") }
            let revoked = APIKey(
                id: id,
                label: key.label,
                account: key.account,
                secretFingerprint: key.secretFingerprint,
                createdAt: key.createdAt,
                revokedAt: key.revokedAt ?? now
            )
            book.apiKeys[id] = revoked
            return revoked
        }
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

    package func prune(_ retention: Retention, now: Timestamp, limit: Int) async throws(StoreError) -> Pruned {
        let times = times(at: now)
        return try write { $0.prune(retention, at: times, limit: limit) }
    }
}

extension Book {
    /// Deletes what need not be kept any more, a bounded number of each kind.
    fileprivate mutating func prune(_ retention: Retention, at times: ReckonedTime.Times, limit: Int) -> Pruned {
        let (now, keys) = (times.deleting, times.keys)
        let pruned = pruneEvents(before: now.advanced(by: .zero - retention.events), limit: limit)
        let cutoff = now.advanced(by: .zero - retention.rejections)
        let old = Set(rejections.filter { $0.element.at < cutoff }.map(\.seq).prefix(limit))
        rejections.removeAll { old.contains($0.seq) }
        let over = [
            Self.forget(&dedupeKeys, limit) { $0.until <= keys },
            Self.forget(&facts, limit) { $0.until <= keys },
            Self.forget(&idempotencyKeys, limit) { $0.until <= keys },
        ]
        let most = (over + [pruned.events, old.count]).max() ?? 0
        return Pruned(
            events: pruned.events,
            messages: pruned.messages,
            rejections: old.count,
            keys: over.reduce(0, +),
            isComplete: most < limit
        )
    }

    private mutating func pruneEvents(before cutoff: Timestamp, limit: Int) -> (events: Int, messages: Int) {
        let old = events.values.filter { $0.event.receivedAt < cutoff && !isKept($0) }
            .sorted { ($0.event.receivedAt, $0.seq) < ($1.event.receivedAt, $1.seq) }
            .prefix(limit)
        for row in old {
            for id in row.messages { messages[id] = nil }
            events[row.event.id] = nil
        }
        return (old.count, old.reduce(0) { $0 + $1.messages.count })
    }

    /// Whether an event stays however old it is: it waits, or one of its messages is not settled.
    private func isKept(_ row: EventRow) -> Bool {
        row.lookUp?.dueAt != nil
            || row.messages.compactMap { messages[$0] }.contains { MessageState.kept.contains($0.record.message.state) }
    }

    /// Forgets keys whose window is over.
    private static func forget<Key, Value>(
        _ keys: inout [Key: Value],
        _ limit: Int,
        where isOver: (Value) -> Bool
    ) -> Int {
        let over = keys.filter { isOver($0.value) }.keys.prefix(limit)
        for key in over { keys[key] = nil }
        return over.count
    }
}
