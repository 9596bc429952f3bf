// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Testing

/// Keeps what a service tells of itself, so that a test can wait for it instead of for time.
package final class EventRecorder<Element: Sendable>: Sendable {
    private let recorded = Watchers<[Element]>([])

    package init() {}

    /// What was recorded so far, in order.
    package var elements: [Element] { recorded.value }

    /// Adds one.
    package func record(_ element: Element) {
        recorded.change { $0.append(element) }
    }

    /// Returns everything once it satisfies a condition, which may be at once.
    @discardableResult
    package func until(
        at place: SourceLocation = #_sourceLocation,
        _ isSatisfied: @escaping @Sendable ([Element]) -> Bool
    ) async -> [Element] {
        await recorded.until(at: place, isSatisfied)
    }

    /// Returns once so many elements that satisfy a condition were recorded.
    package func untilCount(
        _ count: Int,
        at place: SourceLocation = #_sourceLocation,
        where isWanted: @escaping @Sendable (Element) -> Bool
    ) async {
        await until(at: place) { $0.count(where: isWanted) >= count }
    }
}
