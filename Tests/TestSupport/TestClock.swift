// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import NIOConcurrencyHelpers
package import Testing

/// A clock that stands still until a test moves it; a test may also set it, as a person or a time server would.
///
/// Deadlines are kept on the steady line: ``step(by:)`` wakes nobody.
///
/// Whoever sleeps on it wakes when the test advances past the deadline, in the order of the deadlines. A test waits
/// with ``untilSleeping(to:)`` or ``untilSleeping(atLeast:)`` before it advances, so that nobody misses the move.
package final class TestClock: WallClock {
    private let state: NIOLockedValueBox<State>
    /// The deadlines of those who sleep, changed under the lock of the state.
    private let sleeping = Watchers<[Timestamp]>([])
    /// Those whom ``advance(by:)`` has woken and who have not left their sleep yet.
    private let leaving = Watchers<Set<Int>>([])

    private typealias Sleep = CheckedContinuation<Void, any Error>

    private struct Sleeper {
        let id: Int
        let deadline: Timestamp
        let continuation: Sleep
    }

    private struct State {
        /// The steady time.
        var now: Timestamp
        /// How far the wall clock was set ahead of the steady time.
        var lead: Duration = .zero
        var nextID = 0
        var sleepers: [Sleeper] = []
        /// Sleeps that were cancelled before they began.
        var cancelled: Set<Int> = []
    }

    private enum Start {
        case asleep
        case over
        case cancelled
    }

    /// A clock that shows a time.
    ///
    /// - Parameter start: 2026-01-15T04:30:00Z unless a test needs another one.
    package init(_ start: Timestamp = Timestamp(seconds: 1_768_451_400)) {
        state = NIOLockedValueBox(State(now: start))
    }

    /// The time that the clock shows.
    package var now: Timestamp { state.withLockedValue { $0.now.advanced(by: $0.lead) } }

    /// What the clock would show had nobody set it.
    package var steadyNow: Timestamp { state.withLockedValue { $0.now } }

    /// Sets the wall clock ahead, or back by a negative span; no time passes.
    package func step(by span: Duration) {
        state.withLockedValue { $0.lead += span }
    }

    /// One microsecond.
    package var minimumResolution: Duration { .microseconds(1) }

    /// The deadlines of those who sleep now on the steady line, the next one first.
    package var deadlines: [Timestamp] { state.withLockedValue { $0.sleepers.map(\.deadline).sorted() } }

    package func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {
        let (id, steady) = state.withLockedValue { state in
            state.nextID += 1
            return (state.nextID, deadline.advanced(by: .zero - state.lead))
        }
        defer {
            state.withLockedValue { _ = $0.cancelled.remove(id) }
            leaving.change { _ = $0.remove(id) }
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                begin(Sleeper(id: id, deadline: steady, continuation: continuation))
            }
        } onCancel: {
            cancel(id)
        }
    }

    package func sleep(untilSteady deadline: Timestamp) async throws {
        try await sleep(until: wallTime(ofSteady: deadline), tolerance: nil)
    }

    /// Moves the time, and wakes everyone whose deadline it passes, one deadline after the other: the next one is woken
    /// when the one before has left its sleep.
    ///
    /// Returns when all have left; what they do then, a test waits for, with an event of the service or
    /// ``untilSleeping(to:)``.
    package func advance(by duration: Duration) async {
        let target = steadyNow.advanced(by: duration)
        while let sleeper = wakeNext(until: target) {
            sleeper.continuation.resume()
            await leaving.until(at: nil) { !$0.contains(sleeper.id) }
        }
    }

    /// Returns when so many sleep on the clock.
    package func untilSleeping(atLeast count: Int = 1, at place: SourceLocation = #_sourceLocation) async {
        _ = await sleeping.until(at: place) { $0.count >= count }
    }

    /// Returns when somebody sleeps until that time.
    package func untilSleeping(to deadline: Timestamp, at place: SourceLocation = #_sourceLocation) async {
        _ = await sleeping.until(at: place) { $0.contains(deadline) }
    }

    private func begin(_ sleeper: Sleeper) {
        let start = state.withLockedValue { state -> Start in
            if state.cancelled.contains(sleeper.id) { return .cancelled }
            if sleeper.deadline <= state.now { return .over }
            state.sleepers.append(sleeper)
            tell(state)
            return .asleep
        }
        switch start {
        case .asleep: break
        case .over: sleeper.continuation.resume()
        case .cancelled: sleeper.continuation.resume(throwing: CancellationError())
        }
    }

    private func tell(_ state: State) {
        let deadlines = state.sleepers.map(\.deadline)
        sleeping.change { $0 = deadlines }
    }

    private func wakeNext(until target: Timestamp) -> Sleeper? {
        state.withLockedValue { state in
            let due = state.sleepers.filter { $0.deadline <= target }
            guard let next = due.min(by: { ($0.deadline, $0.id) < ($1.deadline, $1.id) }) else {
                state.now = max(state.now, target)
                return nil
            }
            state.sleepers.removeAll { $0.id == next.id }
            leaving.change { _ = $0.insert(next.id) }
            tell(state)
            state.now = max(state.now, next.deadline)
            return next
        }
    }

    private func cancel(_ id: Int) {
        let sleeper = state.withLockedValue { state -> Sleeper? in
            guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            defer { tell(state) }
            return state.sleepers.remove(at: index)
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
