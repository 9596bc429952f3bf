// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues
import Messages
package import Outbox
internal import PartnerAPI
internal import Presentation
package import ServiceConfiguration
internal import Webhooks

/// Watches what becomes of posted events in the store until nothing happens to them any more, and shows it.
package struct EventFollower: Sendable {
    /// How often the store is asked; another process writes it, so nobody can wake us.
    private static let interval: Duration = .milliseconds(100)

    private let store: any ReadingStore
    private let settings: Settings

    /// A follower over a store.
    ///
    /// - Parameters:
    ///   - store: Where the messages are.
    ///   - settings: The configuration, to fetch the templates with.
    package init(store: any ReadingStore, settings: Settings) {
        self.store = store
        self.settings = settings
    }

    /// Follows events to their end.
    ///
    /// - Parameters:
    ///   - events: The events that the service's answer names; none where the sender gets an answer that names none.
    ///   - source: The name of their source.
    ///   - show: Receives what became of each event, each change of its messages, and in the end the bubble that the
    ///     customer sees.
    /// - Returns: Whether an event was not evaluated, or any message was not accepted.
    /// - Throws: `StoreError`, and `CancellationError` when cancelled.
    package func follow(
        _ events: [PostAnswer.Event],
        of source: String,
        show: (String) -> Void
    ) async throws -> Bool {
        if events.isEmpty {
            show("the answer names no event; 'hookline events list --source \(source)' shows what became of the body\n")
        }
        var hasFailed = false
        for event in events {
            if try await follow(event, of: source, show: show) { hasFailed = true }
        }
        return hasFailed
    }

    private func follow(_ posted: PostAnswer.Event, of source: String, show: (String) -> Void) async throws -> Bool {
        let id = VisibleText.line(posted.id)
        guard let stored = try await evaluated(EventID(rawValue: posted.id), show: show) else {
            show("event \(id) is not in the store of this configuration: is the service another one's?\n")
            return true
        }
        if posted.isDuplicate {
            let first = "the event \(id), which came first at \(stored.event.receivedAt.rfc3339)"
            show("a repetition of \(first): nothing new is sent; this became of the first one:\n")
        }
        guard case .matched = stored.event.disposition else { return tell(stored.event, of: source, show) }
        return try await follow(stored.messages.map(\.id.rawValue), show)
    }

    /// Says why an event has no messages.
    ///
    /// - Returns: Whether that is a failure.
    private func tell(_ event: NewEvent, of source: String, _ show: (String) -> Void) -> Bool {
        let reason = VisibleText.line(event.disposition.reason ?? "")
        let look = "'hookline events show \(event.id)' shows it"
        switch event.disposition {
        case .matched, .pending: return false
        case .unmatched:
            let explain = "hookline explain FILE --source \(source)\(typeOption(of: event))"
            show("no rule matched: no message; '\(explain)' says why of each rule\n")
            return false
        case .parked:
            show("the body was kept and could not be read, so no rule saw it: \(reason); \(look)\n")
        case .evaluationFailed:
            show("the rules could not be evaluated: \(reason); \(look)\n")
        }
        return true
    }

    /// The option that says the event's type to a command which sees its body alone; nothing where the body says it.
    private func typeOption(of event: NewEvent) -> String {
        guard let source = settings.sources.first(where: { $0.name == event.source }) else { return "" }
        let headers = HTTPFields(event.headers.filter { $0.name == .contentType })
        let bare = InboundRequest(method: .post, target: source.path, headers: headers, body: event.rawBody)
        guard source.leavesOutType(bare, now: event.receivedAt) else { return "" }
        return " --type \(event.type.isEmpty ? "TYPE" : VisibleText.line(event.type))"
    }

    /// The event once its rules were evaluated; says so when it has to wait for that.
    private func evaluated(_ id: EventID, show: (String) -> Void) async throws -> StoredEvent? {
        var told: String?
        while let stored = try await store.event(id) {
            guard case .pending(let reason) = stored.event.disposition else { return stored }
            if told != reason { show("waiting for its look-up: \(VisibleText.line(reason))\n") }
            told = reason
            try await pause()
        }
        return nil
    }

    private func follow(_ ids: [String], _ show: (String) -> Void) async throws -> Bool {
        var hasFailed = false
        for id in ids {
            let message = try await settled(MessageID(rawValue: id), show: show)
            hasFailed = hasFailed || message?.state != .accepted
            switch message {
            case nil: show("message \(VisibleText.line(id)) is not in the store of this configuration\n")
            case let message? where message.state == .accepted:
                if let request = message.request?.message { try await self.show(request, show) }
            case let message?:
                let next = "'hookline messages show \(message.id)' shows its tries"
                show("not sent: \(message.state.rawValue), \(VisibleText.line(message.reason)); \(next)\n")
            }
        }
        return hasFailed
    }

    private func settled(_ id: MessageID, show: (String) -> Void) async throws -> Message? {
        var shown = 0
        while let detail = try await store.message(id) {
            for entry in detail.timeline.dropFirst(shown) {
                show("\(entry.at.rfc3339)  \(entry.to.rawValue.padding(to: 10))  \(VisibleText.line(entry.why))\n")
            }
            shown = detail.timeline.count
            if detail.message.state.isSettled { return detail.message }
            try await pause()
        }
        return nil
    }

    private func pause() async throws {
        try await SystemClock().sleep(until: SystemClock().now.advanced(by: Self.interval), tolerance: nil)
    }

    /// The message as the customer reads it; as it leaves where the templates cannot be had.
    private func show(_ request: MessageRequest, _ show: (String) -> Void) async throws {
        let catalogue = try? await PartnerAccess.catalogue(account: nil, settings: settings)
        show("\nto \(OutboxViews.recipient(request))\n")
        if let rendering = catalogue?.render(request) {
            show(ChatBubble.draw(rendering) + "\n")
        } else {
            show(request.json().text(.indented) + "\n")
        }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
