// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
package import Outbox
internal import PartnerAPI

/// Watches messages in the store until nothing happens to them any more, and shows what becomes of them.
package struct MessageFollower: Sendable {
    /// How often the store is asked; another process writes it, so nobody can wake us.
    private static let interval: Duration = .milliseconds(100)

    private let store: any OutboxStore
    private let settings: Settings

    /// A follower over a store.
    ///
    /// - Parameters:
    ///   - store: Where the messages are.
    ///   - settings: The configuration, to fetch the templates with.
    package init(store: any OutboxStore, settings: Settings) {
        self.store = store
        self.settings = settings
    }

    /// Follows messages to their end.
    ///
    /// - Parameters:
    ///   - ids: The messages' ids; `nil` where the answer to the event does not name them.
    ///   - show: Receives each change of state, and in the end the bubble that the customer sees.
    /// - Returns: Whether any of them was not accepted.
    /// - Throws: `StoreError`, and `CancellationError` when cancelled.
    package func follow(_ ids: [String]?, show: (String) -> Void) async throws -> Bool {
        guard let ids else {
            show("this sender's answer names no messages, so none can be followed; see 'hookline messages list'\n")
            return false
        }
        if ids.isEmpty { show("no rule matched: no message\n") }
        var hasFailed = false
        for id in ids {
            let message = try await settled(MessageID(rawValue: id), show: show)
            hasFailed = hasFailed || message?.state != .accepted
            switch message {
            case nil: show("message \(VisibleText.line(id)) is not in the store of this configuration\n")
            case let message? where message.state == .accepted:
                if let request = message.request { try await self.show(request, show) }
            case let message?: show("not sent: \(message.state.rawValue), \(VisibleText.line(message.reason))\n")
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
            try await SystemClock().sleep(until: SystemClock().now.advanced(by: Self.interval), tolerance: nil)
        }
        return nil
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
