// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers

/// A value that becomes known once, and those who wait for it.
package final class OnceValue<Value: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Value, any Error>

    private struct State {
        var known: Value?
        var waiting: [Int: Waiter] = [:]
        var nextID = 0
    }

    private let state = NIOLockedValueBox(State())

    package init() {}

    /// The value, once it is known; waits for it.
    ///
    /// - Throws: `CancellationError` when the waiting task is cancelled.
    package var value: Value {
        get async throws {
            let id = state.withLockedValue { state in
                state.nextID += 1
                return state.nextID
            }
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { wait(id, $0) }
            } onCancel: {
                end(id)
            }
        }
    }

    /// Makes the value known; the first call counts.
    ///
    /// - Parameter value: What everyone waited for.
    package func set(_ value: Value) {
        let waiting = state.withLockedValue { state -> [Waiter] in
            guard state.known == nil else { return [] }
            state.known = value
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for waiter in waiting { waiter.resume(returning: value) }
    }

    private func wait(_ id: Int, _ waiter: Waiter) {
        let known = state.withLockedValue { state -> Value? in
            if state.known == nil { state.waiting[id] = waiter }
            return state.known
        }
        if let known { return waiter.resume(returning: known) }
        // A cancel that came before the waiter was there found nothing to end.
        if Task.isCancelled { end(id) }
    }

    /// Ends one wait that has no value yet; whoever takes the waiter out of the table resumes it.
    private func end(_ id: Int) {
        state.withLockedValue { $0.waiting.removeValue(forKey: id) }?.resume(throwing: CancellationError())
    }
}
