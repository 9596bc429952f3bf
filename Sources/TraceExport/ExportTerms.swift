// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CoreMetrics
package import CurlTransport
import MetricFamilies

extension TraceExporter {
    /// When it asks, and how long it waits.
    package struct Pace: Hashable, Sendable {
        /// How long a span waits for others.
        package var interval: Duration = .seconds(2)
        /// How long a request may take.
        package var timeout: Duration = .seconds(10)
        /// How long a batch is tried.
        package var patience: Duration = .seconds(60)
        /// The wait after the first failure; each further one is twice as long.
        package var backoff: Duration = .seconds(1)
        /// The longest wait, that of `Retry-After` aside.
        package var longestBackoff: Duration = .seconds(15)
        /// How long a shutdown waits.
        package var drain: Duration = .seconds(5)

        package init() {}
    }

    /// Where spans go.
    package struct Collector: Sendable {
        /// The whole address, such as `http://127.0.0.1:4318/v1/traces`.
        package let url: String
        /// What every request has in its head; secrets are among it.
        package let headers: HeaderList

        /// A collector.
        ///
        /// - Parameters:
        ///   - url: The whole address.
        ///   - headers: What the configuration adds to each request.
        /// - Throws: `TransportError` when a header is none.
        package init(url: String, headers: [HeaderField]) throws(TransportError) {
            self.url = url
            self.headers = try HeaderList([HeaderField("Content-Type", "application/json")] + headers)
        }
    }
}

/// What is counted of spans, so that a trace that is missing is no riddle.
package struct TraceMetrics: Sendable {
    /// What became of a span.
    package enum Result: String, Hashable, Sendable {
        /// The collector has it.
        case exported
        /// Too many waited.
        case queueFull = "queue_full"
        /// The collector did not take it in time.
        case gaveUp = "gave_up"
        /// The collector does not want it.
        case refused
        /// The service ended before the collector had it.
        case shutDown = "shut_down"
    }

    private let spans: CounterFamily<Result>

    /// - Parameter factory: Makes the counters.
    package init(factory: any MetricsFactory) {
        spans = CounterFamily("hookline_spans_total", factory: factory) { [("result", $0.rawValue)] }
    }

    /// What the metrics mean, for their `HELP` lines.
    package static let help = ["hookline_spans_total": "Spans of traces, by what became of them."]

    /// Counts spans.
    ///
    /// - Parameters:
    ///   - result: What became of them.
    ///   - count: How many.
    package func count(_ result: Result, _ count: Int = 1) {
        if count > 0 { spans.increment(result, by: count) }
    }
}
