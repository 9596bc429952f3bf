// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Delivery
import Events
import FaultServer
import InMemoryLogging
import Logging
import PrometheusMetrics
import TestSupport
import TraceCollector
import TraceExport
import Traces

/// An exporter over real sockets, on a clock that stands still.
struct ExporterFixture {
    let queue: SpanQueue
    let clock = TestClock()
    let registry = PrometheusRegistry(help: TraceMetrics.help)
    let log = InMemoryLogHandler()
    let exporter: TraceExporter
    private let transport: CurlHTTPTransport
    /// So many spans wait at most, so many go together.
    static let (capacity, batch) = (6, 3)

    /// An exporter that does not run yet.
    ///
    /// - Parameters:
    ///   - url: The collector.
    ///   - timeout: How long a request may take, in real time.
    /// - Throws: When there can be no transport.
    init(_ url: String, timeout: Duration = .seconds(600)) throws {
        let (bell, metrics) = (Doorbell(), TraceMetrics(factory: registry))
        queue = SpanQueue(capacity: Self.capacity, batch: Self.batch) {
            bell.ring()
        } dropped: {
            metrics.count(.queueFull)
        }
        var options = TransportOptions()
        // However long a busy machine takes between two requests.
        options.maxIdle = .seconds(600)
        transport = try CurlHTTPTransport(options)
        var pace = TraceExporter.Pace()
        pace.timeout = timeout
        exporter = TraceExporter(
            queue: queue,
            bell: bell,
            collector: try TraceExporter.Collector(url: url, headers: [HeaderField("Authorization", "Bearer t0ken")]),
            origin: OTLPText.Origin(service: "shop", version: "1.2", instance: "one"),
            transport: transport,
            pace: pace,
            clock: clock,
            metrics: metrics,
            logger: Logger(label: "test") { [log] _ in log }
        )
    }

    /// Runs the exporter beside a body, then cancels it; the transport ends with it.
    func run(_ body: (ExporterFixture) async throws -> Void) async throws {
        let task = Task { await exporter.run() }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(self))
        } catch {
            result = .failure(error)
        }
        task.cancel()
        await task.value
        await transport.shutdown()
        try result.get()
    }

    /// Ends the transport, for a test that runs the exporter itself.
    func end() async { await transport.shutdown() }

    /// Adds spans, numbered from a first one.
    func add(_ count: Int, from first: UInt64 = 1) {
        for number in first..<first + UInt64(count) { queue.add(Self.span(number)) }
    }

    static func span(_ number: UInt64, _ attributes: [Span.Attribute] = []) -> Span {
        let context = TraceContext(
            trace: TraceID(high: 0, low: number),
            span: SpanID(rawValue: number),
            isSampled: true
        )
        let start = Timestamp(microseconds: 1_768_451_400_000_001)
        return Span(
            "s\(number)",
            .client,
            Span.Place(context),
            from: start,
            to: start.advanced(by: .seconds(1)),
            attributes
        )
    }

    /// How many spans ended so, as `/metrics` says it.
    func counted(_ result: String) -> Int {
        let start = "hookline_spans_total{result=\"\(result)\"} "
        let line = registry.text().split(separator: "\n").first { $0.hasPrefix(start) }
        return line.flatMap { Int($0.dropFirst(start.count)) } ?? 0
    }

    /// What was logged: level and message.
    var lines: [String] { log.entries.map { "\($0.level): \($0.message)" } }
}

extension ScriptedServer {
    /// The names of the spans that came, a list each request.
    var names: [[String]] {
        get throws { try requests.map { try CollectedSpan.read($0.body).map(\.name) } }
    }
}
