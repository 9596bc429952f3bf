// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Messages
internal import Outbox
internal import Presentation

/// What came to the service since it was last asked, in lines for people.
struct WorkbenchLog {
    /// So many of the newest are looked at each time; of a flood the others are not told.
    private static let most = 50

    let store: any ReadingStore
    private var events: Set<EventID> = []
    private var newest: Rejection?

    init(store: any ReadingStore) { self.store = store }

    /// Leaves out what came before.
    mutating func skipWhatIsThere() async throws(StoreError) {
        events = Set(try await store.events(EventFilter(limit: Self.most)).elements.map(\.id))
        newest = try await store.rejections(RejectionFilter(limit: 1)).elements.first
    }

    /// The lines about what came, the oldest first.
    mutating func next() async throws(StoreError) -> [String] {
        let page = try await store.events(EventFilter(limit: Self.most)).elements
        // What waits for its look-up is told when that has ended.
        let new = page.filter { event in
            if case .pending = event.disposition { return false }
            return !events.contains(event.id)
        }
        events = events.intersection(page.map(\.id)).union(new.map(\.id))
        var lines: [String] = []
        for event in new.reversed() { lines.append(try await line(event)) }
        let refused = try await store.rejections(RejectionFilter(limit: Self.most)).elements
        // A record that stands for several requests counts on.
        lines += refused.prefix { $0.at != newest?.at || $0.reason != newest?.reason }.reversed().map(line)
        newest = refused.first
        return lines
    }

    private func line(_ event: EventSummary) async throws(StoreError) -> String {
        let messages = event.messages > 0 ? try await store.event(event.id)?.messages ?? [] : []
        let what: String
        switch event.disposition {
        case .unmatched:
            what = "no rule matched; 'hookline explain --source \(event.source) FILE' says why of each rule"
        case .parked(let reason): what = "kept, and not read: \(VisibleText.line(reason))"
        case .evaluationFailed(let reason): what = "the rules failed: \(VisibleText.line(reason))"
        case .pending, .matched:
            let told = messages.map { message in
                let reason =
                    message.state.isSettled && message.state != .accepted ? ", \(VisibleText.line(message.reason))" : ""
                return "\(VisibleText.line(message.rule)): \(message.state.rawValue)\(reason)"
            }
            what = told.isEmpty ? "matched, and told already" : told.joined(separator: "; ")
        }
        return "\(event.receivedAt.rfc3339)  \(event.source)  \(VisibleText.line(event.type))  \(what)\n"
    }

    private func line(_ rejection: Rejection) -> String {
        let source = VisibleText.line(rejection.source)
        return
            "\(rejection.at.rfc3339)  \(source)  refused with \(rejection.status): \(VisibleText.line(rejection.reason))\n"
    }
}
