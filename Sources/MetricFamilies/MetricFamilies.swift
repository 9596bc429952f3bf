// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CoreMetrics
internal import NIOConcurrencyHelpers

/// Metrics that are made once, by what they are of: counting looks nothing up in the backend.
package final class Kept<Kind: Hashable & Sendable, Metric: Sendable>: Sendable {
    private let known = NIOLockedValueBox<[Kind: Metric]>([:])

    /// None is made yet.
    package init() {}

    /// The metric of something.
    ///
    /// - Parameters:
    ///   - kind: Of what.
    ///   - make: Makes it where there is none yet.
    /// - Returns: The metric.
    package func metric(of kind: Kind, make: () -> Metric) -> Metric {
        known.withLockedValue { known in
            if let metric = known[kind] { return metric }
            let metric = make()
            known[kind] = metric
            return metric
        }
    }
}

/// Counters of one label that differ in the values of their dimensions, each made when it counts first and kept.
package final class CounterFamily<Key: Hashable & Sendable>: Sendable {
    private let label: String
    private let factory: any MetricsFactory
    private let dimensions: @Sendable (Key) -> [(String, String)]
    private let counters = Kept<Key, Counter>()

    /// Counters of which none is made yet.
    ///
    /// - Parameters:
    ///   - label: Their label.
    ///   - factory: Makes them.
    ///   - dimensions: The dimensions of one.
    package init(
        _ label: String,
        factory: any MetricsFactory,
        dimensions: @escaping @Sendable (Key) -> [(String, String)]
    ) {
        self.label = label
        self.factory = factory
        self.dimensions = dimensions
    }

    /// Adds to one of them.
    ///
    /// - Parameters:
    ///   - key: Which one.
    ///   - count: How much.
    package func increment(_ key: Key, by count: Int = 1) {
        counters.metric(of: key) { Counter(label: label, dimensions: dimensions(key), factory: factory) }
            .increment(by: count)
    }
}

/// Gauges of one label that differ in one dimension; one that is told nothing any more shows zero.
package final class GaugeFamily: Sendable {
    private let label: String
    private let dimension: String
    private let factory: any MetricsFactory
    private let gauges = NIOLockedValueBox<[String: Gauge]>([:])

    /// Gauges of which none is made yet.
    ///
    /// - Parameters:
    ///   - label: Their label.
    ///   - dimension: In what they differ.
    ///   - factory: Makes them.
    package init(_ label: String, _ dimension: String, factory: any MetricsFactory) {
        self.label = label
        self.dimension = dimension
        self.factory = factory
    }

    /// Sets them all.
    ///
    /// - Parameter values: By the value of the dimension, of which there are few.
    package func set(_ values: [String: Int]) {
        let all = gauges.withLockedValue { gauges in
            for value in values.keys where gauges[value] == nil {
                gauges[value] = Gauge(label: label, dimensions: [(dimension, value)], factory: factory)
            }
            return gauges
        }
        for (value, gauge) in all { gauge.record(values[value] ?? 0) }
    }
}
