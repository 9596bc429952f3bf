// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CoreMetrics
package import Delivery
package import EventIntake
package import Events
internal import FairThreads
package import Logging
internal import Messages
internal import MetricFamilies
package import Outbox
internal import ServiceLifecycle

/// Builds digests when they are due: reads their events, has the rules as they are then make the message, and has the
/// store close and queue them in one transaction.
///
/// What was due while the service was down is built once when it starts. Asked to stop, it ends after the write that runs;
/// what is not closed waits in the store.
package final class DigestService: Service {
    private let store: any DigestStore
    private let rules: RulesEngine
    private let conventions: [String: DataConventions]
    private let clock: any WallClock
    private let metrics: DigestMetrics
    private let logger: Logger
    /// Hears of every look at what is due, with what became of it; for tests.
    private let onLook: @Sendable ([DigestResult]) -> Void
    /// Rung when a digest gets a due time.
    private let doorbell = Doorbell()

    /// So many digests at most are built for one transaction.
    private static let batch = 20
    /// How long nothing is asked of a store that has failed.
    private static let storePause: Duration = .seconds(5)
    private let polling: Polling

    /// A service that builds, to be run once.
    ///
    /// - Parameters:
    ///   - store: Where the digests are.
    ///   - rules: The rules that run.
    ///   - conventions: How the senders of the sources write their data.
    ///   - polling: How often what is due is looked at, at least (somebody may set the clock, and a tool may retry one), and
    ///     how often open digests are counted.
    ///   - clock: What time it is, and what is waited on.
    ///   - metrics: Counts the digests.
    ///   - logger: Receives a line for each digest that cannot be built.
    ///   - onLook: Hears of every look at what is due; for tests.
    package init(
        store: any DigestStore,
        rules: RulesEngine,
        conventions: [String: DataConventions],
        polling: Polling = .ofOneProcess,
        clock: any WallClock,
        metrics: DigestMetrics,
        logger: Logger,
        onLook: @escaping @Sendable ([DigestResult]) -> Void = { _ in }
    ) {
        self.store = store
        self.rules = rules
        self.conventions = conventions
        self.polling = polling
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.onLook = onLook
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                let calls = self.store.digestCalls()
                group.addTask {
                    for await _ in calls { self.doorbell.ring() }
                }
                group.addTask { await self.build() }
                group.addTask {
                    await periodically(every: self.polling.openDigests, on: self.clock) { await self.countOpen() }
                }
            }
        }
    }

    private func build() async {
        while !Task.isCancelled {
            let next = await step()
            await doorbell.untilRung(orSteady: next, on: clock)
        }
    }

    /// Builds what is due.
    ///
    /// - Returns: When to look again, on the steady line, unless the bell rings before.
    private func step() async -> Timestamp {
        do throws(StoreError) {
            while !Task.isCancelled {
                let due = try await store.dueDigests(at: clock.now, limit: Self.batch)
                guard !due.orders.isEmpty else {
                    onLook([])
                    let wait = due.next.map { clock.now.duration(to: $0) } ?? polling.digests
                    return clock.steadyNow.advanced(by: max(.zero, min(wait, polling.digests)))
                }
                try await build(due.orders)
            }
        } catch {
            logger.error(
                "the store failed while digests are due",
                metadata: ["code": "\(error.code)", "reason": "\(error.reason)"]
            )
        }
        return clock.steadyNow.advanced(by: Self.storePause)
    }

    private func build(_ orders: [DigestOrder]) async throws(StoreError) {
        var closings: [DigestClosing] = []
        for order in orders {
            let now = clock.now
            let content = await EvaluationThreads.shared.runInTurn(of: order.source) { [rules, conventions] in
                rules.build(order, conventions: conventions, at: now)
            }
            closings.append(DigestClosing(order, content))
        }
        let results = try await store.close(closings, at: clock.now)
        for (closing, result) in zip(closings, results) { note(closing, result) }
        onLook(results)
    }

    private func note(_ closing: DigestClosing, _ result: DigestResult) {
        guard case .became(let state) = result else { return }
        metrics.became(state)
        guard state == .failed, case .failed(let reason) = closing.content else { return }
        logger.error(
            "a digest cannot be built; 'hookline messages retry' has it built again",
            metadata: ["message.id": "\(closing.message)", "reason": "\(NumberHiding.hide(in: reason))"]
        )
    }

    private func countOpen() async {
        do throws(StoreError) {
            metrics.open(try await store.openDigests())
        } catch {
            logger.error(
                "the open digests could not be counted",
                metadata: ["code": "\(error.code)", "reason": "\(error.reason)"]
            )
        }
    }
}

/// What is counted of digests.
package struct DigestMetrics: Sendable {
    private let openOnes: Gauge
    private let ends: CounterFamily<MessageState>

    /// - Parameter factory: Makes the counters.
    package init(factory: any MetricsFactory) {
        openOnes = Gauge(label: "hookline_digests_open", dimensions: [], factory: factory)
        ends = CounterFamily("hookline_digests_total", factory: factory) { [("state", $0.rawValue)] }
    }

    /// What the metrics mean, for their `HELP` lines.
    package static let help = [
        "hookline_digests_open": "Digests that take events.",
        "hookline_digests_total": "Digests that were due, by what became of them.",
    ]

    func open(_ count: Int) {
        openOnes.record(count)
    }

    func became(_ state: MessageState) {
        ends.increment(state)
    }
}
