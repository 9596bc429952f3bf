// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CoreMetrics
internal import NIOConcurrencyHelpers

/// Holds every metric of one service and prints them for Prometheus.
///
/// A backend of swift-metrics that is passed around, never installed globally, so that two services in one
/// process (as in the tests) count apart. A timer is a histogram in seconds, an aggregating recorder a histogram,
/// a meter and a plain recorder a gauge. The same name with the same labels is the same metric.
///
/// - SeeAlso: [Exposition format](https://prometheus.io/docs/instrumenting/exposition_formats/)
package final class PrometheusRegistry: MetricsFactory {
    private let state = NIOLockedValueBox(State())
    private let help: [String: String]

    /// Metrics of one name: one type, one series a set of labels.
    private struct Family {
        let kind: PrometheusKind
        var series: [String: any PrometheusSeries] = [:]
    }

    private struct State {
        var families: [String: Family] = [:]
        /// Series by label and dimensions as callers write them, so that the texts of a series are made once.
        ///
        /// Callers ask for their metrics anew at every event; escaping and sorting each time costs more than counting.
        var known: [[String]: any PrometheusSeries] = [:]
    }

    /// An empty registry.
    ///
    /// - Parameter help: What a metric's name means, for its `HELP` line.
    package init(help: [String: String] = [:]) {
        self.help = help
    }

    /// Every metric in the text format, by name, then by labels.
    package func text() -> String {
        state.withLockedValue { $0.families }.sorted { $0.key < $1.key }.map(render).joined()
    }

    private func render(name: String, family: Family) -> String {
        var text = ""
        if let help = help[name] { text += "# HELP \(name) \(PrometheusText.escapeHelp(help))\n" }
        text += "# TYPE \(name) \(family.kind.rawValue)\n"
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
            text += series.lines(name: name, labels: labels)
        }
        return text
    }

    /// The series of that name and labels, made when it is new.
    private func series<Series: PrometheusSeries>(
        _ label: String,
        _ dimensions: [(String, String)],
        _ kind: PrometheusKind,
        make: () -> Series
    ) -> Series {
        let key = dimensions.reduce(into: [label]) { $0 += [$1.0, $1.1] }
        return state.withLockedValue { state in
            if let known = state.known[key] as? Series { return known }
            let series = Self.series(label, dimensions, kind, in: &state.families, make: make)
            state.known[key] = series
            return series
        }
    }

    private static func series<Series: PrometheusSeries>(
        _ label: String,
        _ dimensions: [(String, String)],
        _ kind: PrometheusKind,
        in families: inout [String: Family],
        make: () -> Series
    ) -> Series {
        let name = PrometheusText.name(label)
        let labels = PrometheusText.labels(dimensions)
        if let known = families[name]?.series[labels] as? Series { return known }
        let series = make()
        if families[name] == nil || families[name]?.kind == kind {
            families[name, default: Family(kind: kind)].series[labels] = series
        }
        return series
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { PrometheusCounter() }
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter) { PrometheusCounter() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { PrometheusGauge() }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return series(label, dimensions, .gauge) { PrometheusGauge() } }
        let bounds = label.hasSuffix("_seconds") ? PrometheusHistogram.seconds : PrometheusHistogram.sizes
        return series(label, dimensions, .histogram) { PrometheusHistogram(bounds: bounds) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .histogram) { PrometheusHistogram(bounds: PrometheusHistogram.seconds) }
    }

    // Metrics live as long as their service; there is nothing to give back.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
