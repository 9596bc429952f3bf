// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers
package import Testing

/// A value that changes, and those who wait until it satisfies a condition.
///
/// A wait ends as well when its task is cancelled, as a test's time limit does. It records then what it waited for and
/// what there was instead, so that one event that never comes fails one test and does not hang the run.
package final class Watchers<Value: Sendable>: Sendable {
    private struct Watcher {
        let isSatisfied: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Value?, Never>
    }

    private struct State {
        var value: Value
        var nextID = 0
        var watchers: [Int: Watcher] = [:]
        /// Waits that were cancelled before they began.
        var cancelled: Set<Int> = []
    }

    private let state: NIOLockedValueBox<State>

    /// A value that nobody waits for yet.
    package init(_ value: Value) {
        state = NIOLockedValueBox(State(value: value))
    }

    /// The value now.
    package var value: Value { state.withLockedValue { $0.value } }

    /// Changes the value, and wakes those whom it satisfies now.
    ///
    /// - Parameter body: Changes it, and must not come back here.
    /// - Returns: What the body returned.
    @discardableResult
    package func change<Result>(_ body: (inout Value) -> Result) -> Result {
        state.withLockedValue { state in
            let result = body(&state.value)
            for (id, watcher) in state.watchers where watcher.isSatisfied(state.value) {
                state.watchers[id] = nil
                watcher.continuation.resume(returning: state.value)
            }
            return result
        }
    }

    /// Waits until the value satisfies a condition, which it may already.
    ///
    /// - Parameters:
    ///   - place: Where the test waits; `nil` where a cancelled wait is what the test is about.
    ///   - report: Takes what a cancelled wait has to say; an issue of the test if left out.
    ///   - isSatisfied: What it waits for.
    /// - Returns: The value that satisfied it; of a wait that was cancelled, the value then.
    @discardableResult
    package func until(
        at place: SourceLocation?,
        report: (String, SourceLocation) -> Void = { Issue.record("\($0)", sourceLocation: $1) },
        _ isSatisfied: @escaping @Sendable (Value) -> Bool
    ) async -> Value {
        let id = state.withLockedValue { state in
            state.nextID += 1
            return state.nextID
        }
        let satisfied = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                wait(id, Watcher(isSatisfied: isSatisfied, continuation: continuation))
            }
        } onCancel: {
            cancel(id)
        }
        if let satisfied { return satisfied }
        let value = value
        if let place { report("the wait was cancelled; by then there was \(value)", place) }
        return value
    }

    private func wait(_ id: Int, _ watcher: Watcher) {
        state.withLockedValue { state in
            if watcher.isSatisfied(state.value) {
                watcher.continuation.resume(returning: state.value)
            } else if state.cancelled.remove(id) != nil {
                watcher.continuation.resume(returning: nil)
            } else {
                state.watchers[id] = watcher
            }
        }
    }

    private func cancel(_ id: Int) {
        state.withLockedValue { state in
            guard let watcher = state.watchers.removeValue(forKey: id) else {
                state.cancelled.insert(id)
                return
            }
            watcher.continuation.resume(returning: nil)
        }
    }
}

/// A door that stays shut until a test opens it.
package final class Gate: Sendable {
    private let isOpen = Watchers(false)

    package init() {}

    /// Lets everyone pass, now and from now on.
    package func open() {
        isOpen.change { $0 = true }
    }

    /// Waits until it is open.
    ///
    /// - Returns: Whether it is; `false` when the waiting task was cancelled.
    @discardableResult
    package func pass() async -> Bool {
        await isOpen.until(at: nil) { $0 }
    }
}
