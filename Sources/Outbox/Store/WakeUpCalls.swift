// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers

/// The streams of everyone who wants to know that a message got a due time, for stores to keep.
package typealias WakeUpCalls = Calls<Void>

/// The streams of everyone who wants to hear of something that was committed, for stores to keep.
package final class Calls<Element: Sendable>: Sendable {
    private let most: Int
    private let state = NIOLockedValueBox(State())

    private struct State {
        var nextID = 0
        var listeners: [Int: AsyncStream<Element>.Continuation] = [:]
        var isClosed = false
    }

    /// Nobody listens yet.
    ///
    /// - Parameter most: So many elements at most wait in a stream; of more, the oldest are forgotten.
    package init(keeping most: Int = 1) {
        self.most = most
    }

    /// A new stream.
    package func stream() -> AsyncStream<Element> {
        let (stream, continuation) = AsyncStream.makeStream(of: Element.self, bufferingPolicy: .bufferingNewest(most))
        let id = state.withLockedValue { state -> Int? in
            guard !state.isClosed else { return nil }
            state.nextID += 1
            state.listeners[state.nextID] = continuation
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.forget(id) }
        return stream
    }

    /// Tells everyone.
    ///
    /// - Parameter element: What there is to hear.
    package func ring(_ element: Element) {
        for listener in state.withLockedValue({ Array($0.listeners.values) }) { listener.yield(element) }
    }

    /// Ends all streams, and those that are asked for later.
    package func close() {
        let listeners = state.withLockedValue { state in
            state.isClosed = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }

    private func forget(_ id: Int) {
        state.withLockedValue { _ = $0.listeners.removeValue(forKey: id) }
    }
}

extension Calls<Void> {
    /// Wakes everyone.
    package func ring() { ring(()) }
}
