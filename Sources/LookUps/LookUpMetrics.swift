// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CoreMetrics
internal import Events
internal import MetricFamilies

/// What is counted of look-ups.
package struct LookUpMetrics: Sendable {
    /// How a look-up ended.
    package enum Result: String, CaseIterable, Sendable {
        /// The event's rules were evaluated.
        case succeeded
        /// It is tried again.
        case failed
        /// It is not tried any more.
        case gaveUp = "gave_up"
    }

    private struct End: Hashable {
        let source: String
        let result: Result
    }

    private let factory: any MetricsFactory
    private let ends: CounterFamily<End>
    private let waiting = Kept<String, Gauge>()

    /// - Parameter factory: Makes the counters.
    package init(factory: any MetricsFactory) {
        self.factory = factory
        ends = CounterFamily("hookline_look_ups_total", factory: factory) {
            [("source", $0.source), ("result", $0.result.rawValue)]
        }
    }

    /// What the metrics mean, for their `HELP` lines.
    package static let help = [
        "hookline_events_pending": "Events that wait for a look-up, by source.",
        "hookline_look_ups_total": "Look-ups for thin events by how they ended.",
    ]

    /// Begins the counters of a source at zero, so that the first of a kind is an increase.
    func begin(source: String) {
        for result in Result.allCases { ends.increment(End(source: source, result: result), by: 0) }
    }

    func ended(_ result: Result, source: String) {
        ends.increment(End(source: source, result: result))
    }

    func pending(_ count: Int, source: String) {
        waiting.metric(of: source) {
            Gauge(label: "hookline_events_pending", dimensions: [("source", source)], factory: factory)
        }.record(count)
    }
}
