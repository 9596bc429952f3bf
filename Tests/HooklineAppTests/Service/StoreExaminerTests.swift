// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import HooklineApp
import InMemoryLogging
import Logging
import MetricsTestKit
import Outbox
import TestSupport
import Testing

@Suite("A store that was too big to be examined whole at the start", .timeLimit(.minutes(5)))
struct StoreExaminerTests {
    private let metrics = TestMetrics()
    private let looks = EventRecorder<Duration>()

    private func examiner(_ begun: StoreExamination, _ found: StoreExamination) -> StoreExaminer {
        StoreExaminer(begunWith: begun, metrics: metrics, logger: quietLogger) { [looks] limit in
            looks.record(limit)
            return found
        }
    }

    private func gauge() throws -> Double? { try metrics.expectGauge("hookline_store_examined").lastValue }

    @Test("is examined beside the service, for longer, and is known to be sound then")
    func sound() async throws {
        let examiner = examiner(.unfinished(after: .milliseconds(100)), .sound)
        #expect(try gauge() == 0)
        _ = try await running(examiner) { await looks.until { $0 == [.seconds(5)] } }
        #expect(try gauge() == 1)
    }

    @Test("is damaged: that ends the service as it would have kept it from beginning")
    func damaged() async throws {
        let examiner = examiner(.unfinished(after: .zero), .damaged("row 1 missing from index"))
        let error = await #expect(throws: StartError.self) { try await examiner.run() }
        #expect(error?.kind == .store && error?.description.contains("row 1 missing from index") == true)
    }

    @Test("has an index that is half built: it is told of, and the service goes on")
    func flawed() async throws {
        let log = InMemoryLogHandler()
        let examiner = StoreExaminer(
            begunWith: nil,
            metrics: metrics,
            logger: Logger(label: "store") { _ in log }
        ) { [looks] limit in
            looks.record(limit)
            return .flawed("the index hookline.x is invalid")
        }
        _ = try await running(examiner) { await looks.until { $0.count == 1 } }
        #expect(try gauge() == 1)
        let warnings = log.entries.filter { $0.level == .warning }
        #expect(warnings.map { $0.metadata["finding"].map { "\($0)" } } == ["the index hookline.x is invalid"])
    }

    @Test("cannot be examined just then: the service goes on, and does not call it examined")
    func busy() async throws {
        let examiner = StoreExaminer(begunWith: .unfinished(after: .zero), metrics: metrics, logger: quietLogger) {
            [looks] limit throws(StoreError) in
            looks.record(limit)
            throw StoreError(.busy, "another program has it")
        }
        _ = try await running(examiner) { await looks.until { $0.count == 1 } }
        #expect(try gauge() == 0)
    }

    @Test("one that was examined whole is not examined again")
    func whole() async throws {
        let examiner = examiner(.sound, .damaged("nothing"))
        try await running(examiner) {}
        #expect(looks.elements == [])
        #expect(try gauge() == 1)
    }
}
