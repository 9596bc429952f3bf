// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Delivery
package import Enrichment
package import EventIntake
package import Events
internal import FairThreads
package import Logging
internal import Messages
internal import NIOConcurrencyHelpers
package import Outbox
package import Traces

/// The events of one source that wait for a look-up: tries each when it is due, a few at the same time.
package final class LookUpQueue: Sendable {
    /// A source of the configuration.
    package struct Source: Sendable {
        let name: String
        /// What is looked up; `nil` when nothing is any more: events that wait still are evaluated then.
        let enrichment: Enrichment?
        /// How long an event is tried.
        let period: Duration
        /// Where phone numbers without country code are at home.
        let country: String?
        /// How the sender writes its data.
        let conventions: DataConventions
        /// Kinds of phone numbers that are otherwise refused.
        let allowedNumbers: [String]

        /// - Parameters:
        ///   - name: Its name in the configuration.
        ///   - enrichment: What is looked up; `nil` when nothing is any more.
        ///   - period: How long an event is tried.
        ///   - country: Where phone numbers without country code are at home.
        ///   - conventions: How the sender writes its data.
        ///   - allowedNumbers: Kinds of phone numbers that are otherwise refused.
        package init(
            name: String,
            enrichment: Enrichment?,
            period: Duration,
            country: String?,
            conventions: DataConventions,
            allowedNumbers: [String] = []
        ) {
            self.name = name
            self.enrichment = enrichment
            self.period = period
            self.country = country
            self.conventions = conventions
            self.allowedNumbers = allowedNumbers
        }
    }

    /// What all queues share.
    package struct Context: Sendable {
        let enricher: Enricher
        let rules: RulesEngine
        let store: any PendingEventStore
        /// Where payloads are decoded and rules are evaluated.
        var threads = EvaluationThreads.shared
        let clock: any WallClock
        let metrics: LookUpMetrics
        let messages: IntakeMetrics
        let tracer: Tracer
        let logger: Logger
        /// Hears of every try that has ended, for tests.
        var onEnd: @Sendable (EventID, LookUpMetrics.Result) -> Void = { _, _ in }

        /// - Parameters:
        ///   - enricher: Asks the senders' APIs.
        ///   - rules: The rules that run.
        ///   - store: Where the events wait.
        ///   - clock: What time it is, and what is waited on.
        ///   - metrics: Counts the look-ups.
        ///   - messages: Counts the messages that come of them.
        ///   - tracer: Takes a span of each try.
        ///   - logger: Receives a line for each look-up that fails.
        package init(
            enricher: Enricher,
            rules: RulesEngine,
            store: any PendingEventStore,
            clock: any WallClock,
            metrics: LookUpMetrics,
            messages: IntakeMetrics,
            tracer: Tracer = .off,
            logger: Logger
        ) {
            self.enricher = enricher
            self.rules = rules
            self.store = store
            self.clock = clock
            self.metrics = metrics
            self.messages = messages
            self.tracer = tracer
            self.logger = logger
        }
    }

    /// So many look-ups of a source at most run at the same time.
    package static let concurrency = 4
    /// How long nothing is asked of a store that has failed.
    private static let storePause: Duration = .seconds(5)
    /// Without anything due only the doorbell wakes the queue.
    private static let longPause: Duration = .seconds(86_400)
    /// What waits is looked at so often at least: due times are in wall time, and somebody may set the clock.
    private static let look: Duration = .seconds(60)

    /// Rung when an event arrives or is resumed, and when a try ends.
    let doorbell = Doorbell()
    private let source: Source
    private let context: Context
    private let ended = NIOLockedValueBox<[Ended]>([])

    private struct Ended: Sendable {
        let event: EventID
        let storeFailed: Bool
    }

    init(_ source: Source, _ context: Context) {
        self.source = source
        self.context = context
        if source.enrichment != nil { context.metrics.begin(source: source.name) }
    }

    func isLookUpNeeded(for event: Event) -> Bool {
        source.enrichment?.applies(to: event) ?? false
    }

    /// Runs until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            var running: Set<EventID> = []
            while !Task.isCancelled {
                let finished = ended.withLockedValue { ended in
                    defer { ended = [] }
                    return ended
                }
                running.subtract(finished.map(\.event))
                // After a failure of the store the same event would fail again at once.
                let storeFailed = finished.contains(where: \.storeFailed)
                let next = storeFailed ? storePause() : await start(&running, in: &group)
                await doorbell.untilRung(orSteady: next, on: context.clock)
            }
            group.cancelAll()
        }
    }

    /// Starts what is due and has room.
    ///
    /// - Returns: When to look again, on the steady line, unless the bell rings before.
    private func start(_ running: inout Set<EventID>, in group: inout DiscardingTaskGroup) async -> Timestamp {
        let steady = context.clock.steadyNow
        let longPause = steady.advanced(by: Self.longPause)
        let due: [PendingEvent.Due]
        do throws(StoreError) {
            due = try await context.store.pendingEvents(of: source.name, limit: running.count + Self.concurrency + 1)
        } catch {
            report(error)
            return storePause()
        }
        for item in due where !running.contains(item.event) {
            let wait = context.clock.now.duration(to: item.at)
            guard wait <= .zero else { return steady.advanced(by: min(wait, Self.look)) }
            guard running.count < Self.concurrency else { return longPause }
            running.insert(item.event)
            group.addTask {
                let storeFailed = await self.attempt(item.event)
                self.ended.withLockedValue { $0.append(Ended(event: item.event, storeFailed: storeFailed)) }
                self.doorbell.ring()
            }
        }
        return longPause
    }

    private func storePause() -> Timestamp {
        context.clock.steadyNow.advanced(by: Self.storePause)
    }

    /// Tries one event.
    ///
    /// - Returns: Whether the store failed.
    private func attempt(_ id: EventID) async -> Bool {
        do throws(StoreError) {
            guard let pending = try await context.store.pendingEvent(id) else { return false }
            let attempt = LookUpAttempt(pending, source: source, context: context)
            guard let result = try await attempt.run() else { return false }
            context.metrics.ended(result, source: source.name)
            context.onEnd(id, result)
            return false
        } catch {
            report(error)
            return true
        }
    }

    private func report(_ error: StoreError) {
        context.logger.error(
            "the store failed while events wait for look-ups",
            metadata: ["source": "\(source.name)", "code": "\(error.code)", "reason": "\(error.reason)"]
        )
    }
}
