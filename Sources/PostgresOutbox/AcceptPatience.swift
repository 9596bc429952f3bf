// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOConcurrencyHelpers
import Outbox
import PostgresConnection

/// Somebody who waits for an answer, and hears the first one there is.
final class AcceptCaller: Sendable {
    private let answered = NIOLockedValueBox(false)

    /// Whether it has its answer.
    var isAnswered: Bool { answered.withLockedValue(\.self) }

    /// Takes the right to answer; only the first one gets it.
    func answer() -> Bool {
        answered.withLockedValue { isAnswered in
            defer { isAnswered = true }
            return !isAnswered
        }
    }
}

/// Answers callers when their patience is over, whatever the connection does meanwhile.
///
/// A write has a deadline, but several of them may come one after the other: the group before, one run again on another
/// connection, the hosts that are tried for that. A sender gives up after a few seconds, and comes again when it is told to
/// in time. What was under way goes on: where their source has a key to know repetitions by, its events are found when they come
/// again, and are stored twice where it has none.
final class AcceptPatience: Sendable {
    private struct Waiting {
        let until: ContinuousClock.Instant
        let caller: AcceptCaller
        let fail: @Sendable (StoreError) -> Void
    }

    private struct State {
        var waiting: [Waiting] = []
        var isClosed = false
    }

    private let patience: Duration
    private let alarm = Alarm()
    private let state = NIOLockedValueBox(State())
    /// How often those are let go who have their answer.
    private static let pause: Duration = .milliseconds(500)

    /// Starts a thread; close it in the end.
    ///
    /// - Parameter patience: How long a caller waits at most.
    init(_ patience: Duration) {
        self.patience = patience
        let thread = Thread { [self] in work() }
        thread.name = "postgres patience"
        thread.start()
    }

    /// Waits with a caller.
    ///
    /// - Parameters:
    ///   - caller: Who waits.
    ///   - fail: Tells it that its time is up.
    func watch(_ caller: AcceptCaller, _ fail: @escaping @Sendable (StoreError) -> Void) {
        let waiting = Waiting(until: ContinuousClock.now.advanced(by: patience), caller: caller, fail: fail)
        let isFirst = state.withLockedValue { state in
            state.waiting.append(waiting)
            return state.waiting.count == 1
        }
        if isFirst { alarm.ring() }
    }

    /// Ends the thread.
    func close() {
        state.withLockedValue { $0.isClosed = true }
        alarm.ring()
    }

    private func work() {
        while true {
            let now = ContinuousClock.now
            let (late, isEmpty, isClosed) = state.withLockedValue { state in
                state.waiting.removeAll(where: \.caller.isAnswered)
                // They came in the order of their deadlines.
                let late = state.waiting.prefix { $0.until <= now }
                state.waiting.removeFirst(late.count)
                return (Array(late), state.waiting.isEmpty, state.isClosed)
            }
            for waiting in late {
                waiting.fail(StoreError(.busy, "the database did not answer in time"))
            }
            if isClosed { return }
            alarm.wait(until: now.advanced(by: isEmpty ? .seconds(3_600) : Self.pause))
        }
    }
}
