// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Messages
package import Outbox
internal import Rehearsal
package import ServiceConfiguration

/// A backtest for which somebody waits: of a span of time, and no longer than that is worth waiting for.
package struct BoundedBacktest: Sendable {
    /// So many events are rehearsed at most.
    package static let mostEvents = 100_000
    /// So long it takes at most, and a page more.
    package static let mostTime: Duration = .seconds(10)
    /// A page is read and rehearsed in one piece; between two of them others have their turn.
    private static let page = 100

    /// What was found.
    package let answer: BacktestAnswer
    /// What ended it before its last event; `nil` where all events of the time were rehearsed.
    package let bound: Bound?
    /// Whether all events of the time were rehearsed.
    package var isWhole: Bool { bound == nil }

    /// What ends one early.
    package enum Bound: String, Hashable, Sendable {
        /// ``mostEvents`` were rehearsed.
        case events
        /// ``mostTime`` was up.
        case time
    }

    /// Rehearses the events of a span of time, and sends nothing.
    ///
    /// What came before is not rehearsed: where it decides about a message, the report says that nobody knows.
    ///
    /// - Parameters:
    ///   - question: What is compared with what; its scope says of which time.
    ///   - store: Where the events are.
    ///   - settings: The configuration, for its sources and accounts.
    ///   - most: So many events at most, and what fills a page more.
    ///   - now: What a clock says that nobody sets.
    /// - Throws: `StoreError` when the store cannot be read.
    package init(
        _ question: ArchiveBacktest.Question,
        over store: any JobStore,
        _ settings: Settings,
        most: Int = mostEvents,
        now: @Sendable () -> ContinuousClock.Instant = { .now }
    ) async throws(StoreError) {
        let scope = ReplayScope(since: question.scope.since, until: question.scope.until)
        let end = now().advanced(by: Self.mostTime)
        var run = ArchiveBacktest.Run(question, settings)
        var (place, count, isOver) = (Int64(0), 0, false)
        while !isOver, count < most, now() < end, !Task.isCancelled {
            let events = try await store.events(scope, after: place, upTo: .max, limit: Self.page)
            for event in events { run.take(event.archived) }
            place = events.last?.place ?? place
            count += events.count
            isOver = events.count < Self.page
        }
        answer = run.answer()
        bound = isOver ? nil : count < most ? .time : .events
    }

    /// The answer as data; `complete` says whether it is of the whole time, `ended_by` what ended it before.
    package var json: JSON {
        answer.json.adding(["complete": .bool(isWhole), "ended_by": bound.map { .string($0.rawValue) } ?? .null])
    }

    /// The answer for people.
    package var text: String {
        let end =
            switch bound {
            case nil: ""
            case .events: "\nit ended after \(answer.archive.events) events: a shorter span is rehearsed whole\n"
            case .time: "\nits time was up there: a shorter span is rehearsed whole\n"
            }
        return answer.text + end
    }
}
