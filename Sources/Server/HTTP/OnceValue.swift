// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers

/// A value that becomes known once, and those who wait for it.
package final class OnceValue<Value: Sendable>: Sendable {
    private enum State {
        case unknown([CheckedContinuation<Value, Never>])
        case known(Value)
    }

    private let state = NIOLockedValueBox(State.unknown([]))

    package init() {}

    /// The value, once it is known; waits for it.
    package var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let known: Value? = state.withLockedValue { state in
                    switch state {
                    case .known(let value): return value
                    case .unknown(let waiting):
                        state = .unknown(waiting + [continuation])
                        return nil
                    }
                }
                if let known { continuation.resume(returning: known) }
            }
        }
    }

    /// Makes the value known; the first call counts.
    ///
    /// - Parameter value: What everyone waited for.
    package func set(_ value: Value) {
        let waiting: [CheckedContinuation<Value, Never>] = state.withLockedValue { state in
            guard case .unknown(let waiting) = state else { return [] }
            state = .known(value)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }
}
