// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers

/// Spans that have ended and wait for whoever exports them; bounded, so that a collector that is gone costs no memory.
package final class SpanQueue: Sendable {
    /// So many wait at most; more are dropped, the newest.
    private let capacity: Int
    /// So many together are worth a request.
    package let batch: Int
    private let spans = NIOLockedValueBox<[Span]>([])
    private let ring: @Sendable () -> Void
    private let dropped: @Sendable () -> Void

    /// A queue that is empty.
    ///
    /// - Parameters:
    ///   - capacity: So many wait at most.
    ///   - batch: So many together are worth a request.
    ///   - ring: Called when the first span waits, and when a batch does; it must not wait.
    ///   - dropped: Called for each span that found no room; it must not wait.
    package init(
        capacity: Int = 8_192,
        batch: Int = 512,
        ring: @escaping @Sendable () -> Void = {},
        dropped: @escaping @Sendable () -> Void = {}
    ) {
        self.capacity = capacity
        self.batch = batch
        self.ring = ring
        self.dropped = dropped
    }

    /// How many wait.
    package var count: Int { spans.withLockedValue(\.count) }

    /// Adds a span, or drops it when there is no room; never waits.
    package func add(_ span: Span) {
        let count = spans.withLockedValue { spans -> Int? in
            guard spans.count < capacity else { return nil }
            spans.append(span)
            return spans.count
        }
        switch count {
        case nil: dropped()
        case 1, batch: ring()
        default: break
        }
    }

    /// Takes the oldest that wait, a batch at most.
    package func take() -> [Span] {
        spans.withLockedValue { spans in
            let taken = Array(spans.prefix(batch))
            spans.removeFirst(taken.count)
            return taken
        }
    }
}
