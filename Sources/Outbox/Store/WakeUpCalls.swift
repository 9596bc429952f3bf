// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers

/// The streams of everyone who wants to know that a message got a due time, for stores to keep.
package final class WakeUpCalls: Sendable {
    private let state = NIOLockedValueBox(State())

    private struct State {
        var nextID = 0
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var isClosed = false
    }

    /// Nobody listens yet.
    package init() {}

    /// A new stream; at most one element waits in it.
    package func stream() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
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

    /// Wakes everyone.
    package func ring() {
        for listener in state.withLockedValue({ Array($0.listeners.values) }) { listener.yield() }
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
