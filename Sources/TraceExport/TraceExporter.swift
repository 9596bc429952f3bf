// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CurlTransport
package import Delivery
package import Events
package import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
package import Traces

/// Brings spans to a collector by OTLP over HTTP, a batch at a time.
///
/// It is beside everything: who records a span only puts it into the queue. While the collector is slow or gone the
/// queue fills, and what finds no room is dropped and counted. Asked to stop, it brings what waits for as long as
/// ``Pace/drain`` says.
package final class TraceExporter: Service {
    private let queue: SpanQueue
    private let bell: Doorbell
    private let collector: Collector
    private let origin: OTLPText.Origin
    private let transport: any HTTPTransport
    private let pace: Pace
    private let clock: any WallClock
    private let metrics: TraceMetrics
    private let logger: Logger
    private let stopping = StopSign()

    /// An exporter, to be run once.
    ///
    /// - Parameters:
    ///   - queue: What it exports.
    ///   - bell: What the queue rings.
    ///   - collector: Where spans go.
    ///   - origin: Who says it.
    ///   - transport: What carries the requests; the caller shuts it down.
    ///   - pace: When it asks, and how long it waits.
    ///   - clock: What is waited on.
    ///   - metrics: What is counted.
    ///   - logger: Receives a line when the collector stops taking spans, and one when it takes them again.
    package init(
        queue: SpanQueue,
        bell: Doorbell,
        collector: Collector,
        origin: OTLPText.Origin,
        transport: any HTTPTransport,
        pace: Pace = Pace(),
        clock: any WallClock = SystemClock(),
        metrics: TraceMetrics,
        logger: Logger
    ) {
        self.queue = queue
        self.bell = bell
        self.collector = collector
        self.origin = origin
        self.transport = transport
        self.pace = pace
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    /// Runs until a graceful shutdown and the drain, or until the task is cancelled.
    package func run() async {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withTaskGroup { group in
                    group.addTask { await self.exportAll() }
                    group.addTask { await self.untilDrained() }
                    await group.next()
                    group.cancelAll()
                    // Whichever goes on notices.
                    self.stop()
                }
            } onGracefulShutdown: {
                self.stop()
            }
        } onCancel: {
            stop()
        }
        while queue.count > 0 { metrics.count(.shutDown, queue.take().count) }
    }

    private func stop() {
        stopping.raise()
        bell.ring()
    }

    /// Returns when the time for a shutdown is over.
    private func untilDrained() async {
        await stopping.bell.untilRung()
        try? await clock.sleep(untilSteady: clock.steadyNow.advanced(by: pace.drain))
    }

    /// Brings batch after batch, until it was told to stop and nothing waits.
    private func exportAll() async {
        var outage = Outage()
        while !Task.isCancelled {
            if queue.count == 0 {
                if stopping.isUp { return }
                await bell.untilRung()
            }
            if !stopping.isUp, queue.count < queue.batch { await gather() }
            let spans = queue.take()
            if !spans.isEmpty { await bring(spans, &outage) }
        }
    }

    /// Lets a span wait for others, unless a batch is full.
    private func gather() async {
        let end = clock.steadyNow.advanced(by: pace.interval)
        while !stopping.isUp, !Task.isCancelled, queue.count > 0, queue.count < queue.batch, clock.steadyNow < end {
            await bell.untilRung(orSteady: end, on: clock)
        }
    }

    /// Brings a batch, again and again until the collector has it or has had its time.
    private func bring(_ spans: [Span], _ outage: inout Outage) async {
        let body = OTLPText.encode(spans, of: origin)
        let end = clock.steadyNow.advanced(by: pace.patience)
        var wait = pace.backoff
        while true {
            switch await answer(to: body) {
            case .taken(let rejected):
                metrics.count(.exported, spans.count - min(rejected, spans.count))
                metrics.count(.refused, min(rejected, spans.count))
                if outage.ends() { logger.notice("the collector takes spans again") }
                return
            case .refused(let reason):
                note(reason, &outage)
                return metrics.count(.refused, spans.count)
            case .again(let asked, let reason):
                note(reason, &outage)
                guard !Task.isCancelled else { return metrics.count(.shutDown, spans.count) }
                let next = clock.steadyNow.advanced(by: asked ?? wait)
                guard next < end else { return metrics.count(.gaveUp, spans.count) }
                wait = min(wait * 2, pace.longestBackoff)
                // No longer than the shutdown does.
                try? await clock.sleep(untilSteady: next)
            }
        }
    }

    private func answer(to body: [UInt8]) async -> CollectorAnswer {
        let request = TransferRequest(
            method: .post,
            url: collector.url,
            headers: collector.headers,
            body: body,
            timeout: pace.timeout,
            maxResponseBytes: 64 << 10
        )
        do throws(TransportError) {
            return CollectorAnswer(.success(try await transport.perform(request)), now: clock.now)
        } catch {
            return CollectorAnswer(.failure(error), now: clock.now)
        }
    }

    private func note(_ reason: String, _ outage: inout Outage) {
        guard outage.begins(), !Task.isCancelled else { return }
        logger.warning(
            "the collector of traces does not take spans; nothing else waits for it",
            metadata: ["reason": "\(reason)"]
        )
    }
}

/// Says that a service is to end, to one who waits for it and to all who look.
private final class StopSign: Sendable {
    /// Rings when it is raised.
    let bell = Doorbell()
    private let isRaised = NIOLockedValueBox(false)

    /// Whether it was raised.
    var isUp: Bool { isRaised.withLockedValue { $0 } }

    /// Raises it; more than once does no harm.
    func raise() {
        isRaised.withLockedValue { $0 = true }
        bell.ring()
    }
}
