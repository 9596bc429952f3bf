// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers
import NIOCore

/// Counts up to a number that somebody waits for, and knows when it was reached.
final class Tally: Sendable {
    private struct State {
        var count = 0
        var target = Int.max
        var result: Result<ContinuousClock.Instant, any Error>?
        var waiter: CheckedContinuation<ContinuousClock.Instant, any Error>?

        mutating func end(_ result: Result<ContinuousClock.Instant, any Error>) -> CheckedContinuation<
            ContinuousClock.Instant, any Error
        >? {
            guard self.result == nil else { return nil }
            self.result = result
            defer { waiter = nil }
            return waiter
        }
    }

    private let name: String
    private let state = NIOLockedValueBox(State())

    /// A tally; its name is for errors.
    init(_ name: String) {
        self.name = name
    }

    /// How many were counted since ``begin(_:)``.
    var count: Int { state.withLockedValue { $0.count } }

    /// Counts from zero to a number.
    func begin(_ target: Int) {
        state.withLockedValue { $0 = State(target: target) }
    }

    /// Counts one.
    func add() {
        let waiter = state.withLockedValue { state -> CheckedContinuation<ContinuousClock.Instant, any Error>? in
            state.count += 1
            return state.count == state.target ? state.end(.success(.now)) : nil
        }
        waiter?.resume(returning: .now)
    }

    /// Ends the wait with an error.
    func fail(_ error: any Error) {
        state.withLockedValue { $0.end(.failure(error)) }?.resume(throwing: error)
    }

    /// When the number was reached; waits for it.
    ///
    /// - Parameter loop: Runs the timer that ends a wait of more than two minutes.
    /// - Returns: The moment.
    /// - Throws: What ``fail(_:)`` was told, or ``BenchmarkError`` after two minutes.
    func end(on loop: any EventLoop) async throws -> ContinuousClock.Instant {
        let timer = loop.scheduleTask(in: .minutes(2)) { [self] in
            fail(BenchmarkError("\(name): only \(count) came within two minutes"))
        }
        defer { timer.cancel() }
        _ = try await withCheckedThrowingContinuation { waiter in
            let result = state.withLockedValue { state in
                if state.result == nil { state.waiter = waiter }
                return state.result
            }
            if let result { waiter.resume(with: result) }
        }
        return try state.withLockedValue { $0.result }?.get() ?? .now
    }
}
