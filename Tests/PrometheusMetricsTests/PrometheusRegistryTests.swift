// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Metrics
import PrometheusMetrics
import Testing

@Suite("The metrics page")
struct PrometheusRegistryTests {
    @Test("counts the same name and labels as one series, in whatever order the labels come")
    func oneSeries() {
        let registry = PrometheusRegistry(help: ["hits_total": "Hits."])
        Counter(label: "hits_total", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Counter(label: "hits_total", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment(by: 4)
        Counter(label: "hits_total", dimensions: [("a", "2"), ("b", "2")], factory: registry).increment()
        #expect(
            registry.text() == """
                # HELP hits_total Hits.
                # TYPE hits_total counter
                hits_total{a="1",b="2"} 5
                hits_total{a="2",b="2"} 1

                """
        )
    }

    @Test("escapes what a label's value may hold")
    func escapes() {
        let registry = PrometheusRegistry()
        Gauge(label: "g", dimensions: [("path", "a\"b\\c\nd")], factory: registry).record(1.5)
        #expect(registry.text() == "# TYPE g gauge\ng{path=\"a\\\"b\\\\c\\nd\"} 1.5\n")
    }

    @Test("writes a timer as a cumulative histogram in seconds")
    func histogram() throws {
        let registry = PrometheusRegistry()
        let timer = Timer(label: "t_seconds", dimensions: [("x", "y")], factory: registry)
        timer.recordNanoseconds(2_000_000)
        timer.recordNanoseconds(40_000_000_000)
        let lines = registry.text().split(separator: "\n").map(String.init)
        #expect(lines.first == "# TYPE t_seconds histogram")
        #expect(lines.contains(#"t_seconds_bucket{x="y",le="0.001"} 0"#))
        #expect(lines.contains(#"t_seconds_bucket{x="y",le="0.0025"} 1"#))
        #expect(lines.contains(#"t_seconds_bucket{x="y",le="30"} 1"#))
        #expect(
            lines.suffix(3) == [
                #"t_seconds_bucket{x="y",le="+Inf"} 2"#, #"t_seconds_sum{x="y"} 40.002"#, #"t_seconds_count{x="y"} 2"#,
            ]
        )
    }

    @Test("loses no count when many tasks count at once")
    func concurrent() async {
        let registry = PrometheusRegistry()
        await withTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    for _ in 0..<100 { Counter(label: "c_total", dimensions: [], factory: registry).increment() }
                }
            }
        }
        #expect(registry.text() == "# TYPE c_total counter\nc_total 5000\n")
    }
}
