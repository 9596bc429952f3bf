// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CoreMetrics
internal import NIOConcurrencyHelpers

/// The numbers of one metric with one set of labels.
protocol PrometheusSeries: AnyObject, Sendable {
    /// The sample lines, each with its line break.
    func lines(name: String, labels: String) -> String
}

/// A number that only grows.
final class PrometheusCounter: PrometheusSeries, CounterHandler, FloatingPointCounterHandler {
    private let total = NIOLockedValueBox<Double>(0)

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { total.withLockedValue { $0 += amount } }
    func reset() { total.withLockedValue { $0 = 0 } }

    func lines(name: String, labels: String) -> String {
        "\(name)\(labels) \(PrometheusText.number(total.withLockedValue { $0 }))\n"
    }
}

/// A number that goes up and down.
final class PrometheusGauge: PrometheusSeries, MeterHandler, RecorderHandler {
    private let current = NIOLockedValueBox<Double>(0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLockedValue { $0 = value } }
    func increment(by amount: Double) { current.withLockedValue { $0 += amount } }
    func decrement(by amount: Double) { current.withLockedValue { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    func lines(name: String, labels: String) -> String {
        "\(name)\(labels) \(PrometheusText.number(current.withLockedValue { $0 }))\n"
    }
}

/// How many values fell under each of some bounds, their count and their sum.
final class PrometheusHistogram: PrometheusSeries, TimerHandler, RecorderHandler {
    /// Bounds for durations: half a millisecond (one fsync on a fast disk) to half a minute (the total time-out).
    static let seconds: [Double] = [
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
    /// Bounds for sizes of groups.
    static let sizes: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]

    private struct Totals {
        var buckets: [Int64]
        var count: Int64 = 0
        var sum = 0.0
    }

    private let bounds: [Double]
    private let totals: NIOLockedValueBox<Totals>

    init(bounds: [Double]) {
        self.bounds = bounds
        totals = NIOLockedValueBox(Totals(buckets: Array(repeating: 0, count: bounds.count)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 }
        totals.withLockedValue { totals in
            if let bucket { totals.buckets[bucket] += 1 }
            totals.count += 1
            totals.sum += value
        }
    }

    func lines(name: String, labels: String) -> String {
        let totals = totals.withLockedValue { $0 }
        var below: Int64 = 0
        var text = ""
        for (bound, count) in zip(bounds, totals.buckets) {
            below += count
            let bucketLabels = PrometheusText.labels(labels, adding: "le", PrometheusText.number(bound))
            text += "\(name)_bucket\(bucketLabels) \(below)\n"
        }
        text += "\(name)_bucket\(PrometheusText.labels(labels, adding: "le", "+Inf")) \(totals.count)\n"
        return text + "\(name)_sum\(labels) \(totals.sum)\n\(name)_count\(labels) \(totals.count)\n"
    }
}

/// The type that a metric's `TYPE` line names.
enum PrometheusKind: String {
    case counter
    case gauge
    case histogram
}

/// The spelling rules of Prometheus' text format.
enum PrometheusText {
    /// A metric's name with every character that Prometheus does not take made an underscore.
    static func name(_ label: String) -> String {
        String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" || $0 == ":" ? $0 : "_" })
    }

    /// `{a="1",b="2"}` by label name, or nothing.
    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        let pairs = dimensions.sorted { $0.0 < $1.0 }.map { "\(name($0.0))=\"\(escapeLabel($0.1))\"" }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    /// The same labels with one more at the end.
    static func labels(_ labels: String, adding name: String, _ value: String) -> String {
        let pair = "\(name)=\"\(value)\""
        return labels.isEmpty ? "{\(pair)}" : "\(labels.dropLast()),\(pair)}"
    }

    /// A number as Prometheus reads it: whole where it is whole.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    static func escapeHelp(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    private static func escapeLabel(_ text: String) -> String {
        escapeHelp(text).replacing("\"", with: "\\\"")
    }
}
