// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Delivery
internal import Enrichment
internal import EventIntake
internal import Events
internal import FairThreads
internal import Logging
internal import Messages
internal import NIOConcurrencyHelpers
internal import Outbox

/// The events of one source that wait for a look-up: tries each when it is due, a few at the same time.
final class LookUpQueue: Sendable {
    /// A source of the configuration.
    struct Source: Sendable {
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
        var allowedNumbers: [String] = []
    }

    /// What all queues share.
    struct Parts: Sendable {
        let enricher: Enricher
        let rules: RulesEngine
        let store: any PendingEventStore
        /// Where payloads are decoded and rules are evaluated.
        var threads = EvaluationThreads.shared
        let clock: any WallClock
        let metrics: LookUpMetrics
        let messages: IntakeMetrics
        let logger: Logger
        /// Hears of every try that has ended, for tests.
        var onEnd: @Sendable (EventID, LookUpMetrics.Result) -> Void = { _, _ in }
    }

    /// So many look-ups of a source at most run at the same time.
    static let concurrency = 4
    /// How long nothing is asked of a store that has failed.
    private static let storePause: Duration = .seconds(5)
    /// Without anything due only the doorbell wakes the queue.
    private static let longPause: Duration = .seconds(86_400)
    /// What waits is looked at so often at least: due times are in wall time, and somebody may set the clock.
    private static let look: Duration = .seconds(60)

    /// Rung when an event arrives or is resumed, and when a try ends.
    let doorbell = Doorbell()
    private let source: Source
    private let parts: Parts
    private let ended = NIOLockedValueBox<[Ended]>([])

    private struct Ended: Sendable {
        let event: EventID
        let storeFailed: Bool
    }

    init(_ source: Source, _ parts: Parts) {
        self.source = source
        self.parts = parts
        if source.enrichment != nil { parts.metrics.begin(source: source.name) }
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
                await doorbell.untilRung(orSteady: next, on: parts.clock)
            }
            group.cancelAll()
        }
    }

    /// Starts what is due and has room.
    ///
    /// - Returns: When to look again, on the steady line, unless the bell rings before.
    private func start(_ running: inout Set<EventID>, in group: inout DiscardingTaskGroup) async -> Timestamp {
        let steady = parts.clock.steadyNow
        let longPause = steady.advanced(by: Self.longPause)
        let due: [PendingEvent.Due]
        do throws(StoreError) {
            due = try await parts.store.pendingEvents(of: source.name, limit: running.count + Self.concurrency + 1)
        } catch {
            report(error)
            return storePause()
        }
        for item in due where !running.contains(item.event) {
            let wait = parts.clock.now.duration(to: item.at)
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
        parts.clock.steadyNow.advanced(by: Self.storePause)
    }

    /// Tries one event.
    ///
    /// - Returns: Whether the store failed.
    private func attempt(_ id: EventID) async -> Bool {
        do throws(StoreError) {
            guard let pending = try await parts.store.pendingEvent(id) else { return false }
            let attempt = LookUpAttempt(pending, source: source, parts: parts)
            guard let result = try await attempt.run() else { return false }
            parts.metrics.ended(result, source: source.name)
            parts.onEnd(id, result)
            return false
        } catch {
            report(error)
            return true
        }
    }

    private func report(_ error: StoreError) {
        parts.logger.error(
            "the store failed while events wait for look-ups",
            metadata: ["source": "\(source.name)", "code": "\(error.code)", "reason": "\(error.reason)"]
        )
    }
}
