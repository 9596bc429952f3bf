// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers

/// Keeps what a service tells of itself, so that a test can wait for it instead of for time.
package final class EventRecorder<Element: Sendable>: Sendable {
    private let state = NIOLockedValueBox(State())

    private struct Watcher {
        let isSatisfied: @Sendable ([Element]) -> Bool
        let continuation: CheckedContinuation<[Element], Never>
    }

    private struct State {
        var elements: [Element] = []
        var watchers: [Watcher] = []
    }

    package init() {}

    /// What was recorded so far, in order.
    package var elements: [Element] { state.withLockedValue { $0.elements } }

    /// Adds one.
    package func record(_ element: Element) {
        let (elements, satisfied) = state.withLockedValue { state in
            state.elements.append(element)
            let elements = state.elements
            let satisfied = state.watchers.filter { $0.isSatisfied(elements) }
            if !satisfied.isEmpty { state.watchers.removeAll { $0.isSatisfied(elements) } }
            return (elements, satisfied)
        }
        for watcher in satisfied { watcher.continuation.resume(returning: elements) }
    }

    /// Returns everything once it satisfies a condition, which may be at once.
    @discardableResult
    package func until(_ isSatisfied: @escaping @Sendable ([Element]) -> Bool) async -> [Element] {
        await withCheckedContinuation { continuation in
            let ready = state.withLockedValue { state -> [Element]? in
                if isSatisfied(state.elements) { return state.elements }
                state.watchers.append(Watcher(isSatisfied: isSatisfied, continuation: continuation))
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    /// Returns once so many elements that satisfy a condition were recorded.
    package func untilCount(_ count: Int, where isWanted: @escaping @Sendable (Element) -> Bool) async {
        await until { $0.count(where: isWanted) >= count }
    }
}
