// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CoreMetrics
package import Delivery
internal import Enrichment
internal import EventIntake
package import Events
internal import Logging
internal import Messages
internal import NIOConcurrencyHelpers
internal import Outbox
internal import ServiceLifecycle

/// Looks up what thin events leave out, and evaluates their rules afterwards.
///
/// Each source has a queue of its own, so that an API that hangs holds up nobody else. Asked to stop, it breaks off
/// look-ups that run: their events wait in the store, and the next start tries them again.
package final class LookUpService: Service, EventLookUps {
    private let queues: [String: LookUpQueue]
    private let store: any PendingEventStore
    private let clock: any WallClock
    private let metrics: LookUpMetrics
    private let logger: Logger
    /// Sources that events wait for and that are gone; each is said once.
    private let missing = NIOLockedValueBox<Set<String>>([])
    /// The store is asked so often who waits: a tool beside the service may have resumed an event.
    private let pause: Duration

    /// - Parameters:
    ///   - sources: The sources of the configuration.
    ///   - context: What their queues share.
    ///   - polling: How often the store is asked who waits.
    package init(
        _ sources: [LookUpQueue.Source],
        _ context: LookUpQueue.Context,
        polling: Polling = .ofOneProcess
    ) {
        pause = polling.lookUps
        queues = Dictionary(sources.map { ($0.name, LookUpQueue($0, context)) }) { first, _ in first }
        store = context.store
        clock = context.clock
        metrics = context.metrics
        logger = context.logger
    }

    package func areNeeded(for event: Event) -> Bool {
        queues[event.source]?.isLookUpNeeded(for: event) ?? false
    }

    package func eventsArrived(of source: String) {
        queues[source]?.doorbell.ring()
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for queue in self.queues.values { group.addTask { await queue.run() } }
                group.addTask {
                    await periodically(every: self.pause, on: self.clock) { await self.look() }
                }
            }
        }
    }

    /// Counts who waits, and wakes their queues.
    private func look() async {
        do throws(StoreError) {
            let counts = try await store.pendingCounts()
            for (name, queue) in queues {
                metrics.pending(counts[name] ?? 0, source: name)
                if counts[name] != nil { queue.doorbell.ring() }
            }
            for (name, count) in counts where queues[name] == nil { reportMissing(name, count) }
        } catch {
            logger.error(
                "the waiting events could not be counted",
                metadata: ["code": "\(error.code)", "reason": "\(error.reason)"]
            )
        }
    }

    private func reportMissing(_ source: String, _ count: Int) {
        guard missing.withLockedValue({ $0.insert(source).inserted }) else { return }
        logger.error(
            "events wait for a source that the configuration does not have any more",
            metadata: ["source": "\(source)", "count": "\(count)"]
        )
    }
}
