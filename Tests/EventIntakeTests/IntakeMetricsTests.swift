// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EventIntake
import Messages
import MetricsTestKit
import TestSupport
import Testing

@Suite("What is counted of events and their messages")
struct IntakeMetricsTests {
    private func entry(_ rule: String, _ state: MessageState, _ obstacle: Beginning.Obstacle?) -> Receipt.Entry {
        Receipt.Entry(id: MessageID(at: TestClock().now), rule: rule, state: state, obstacle: obstacle)
    }

    @Test(
        "messages that do not leave are counted by rule and by one of six reasons, and those of a repetition not again"
    )
    func suppressed() throws {
        let metrics = TestMetrics()
        let source = IntakeMetrics(factory: metrics).source("shop")
        let entries = Beginning.Obstacle.allCases.map { entry("paid", .suppressed, $0) }
        let more = [entry("paid", .queued, nil), entry("paid", .suppressed, .repeated)]
        let submission = Make.submission()
        let receipt = Receipt(event: submission.event.id, isDuplicate: false, messages: entries + more)
        source.stored(submission, receipt)
        source.stored(submission, Receipt(event: submission.event.id, isDuplicate: true, messages: entries + more))
        let reasons = ["called_off", "unchanged", "expired", "repeated", "shadow", "opted_out"]
        #expect(Beginning.Obstacle.allCases.map(\.rawValue) == reasons)
        for reason in reasons {
            let labels = [("rule", "paid"), ("reason", reason)]
            let counter = try metrics.expectCounter("hookline_messages_suppressed_total", labels)
            #expect(counter.totalValue == (reason == "repeated" ? 2 : 1), "\(reason)")
        }
    }

    @Test("messages that an event calls off are counted by whether that was in time")
    func calledOff() throws {
        let metrics = TestMetrics()
        let source = IntakeMetrics(factory: metrics).source("shop")
        let submission = Make.submission()
        var report = CallOffReport()
        let cancellation = Cancellation(rule: "paid", key: "1", delay: .zero)
        report.add(CallOffCount(cancelled: 3, leaving: 0, tooLate: 2), under: cancellation)
        let receipt = Receipt(event: submission.event.id, isDuplicate: false, messages: [], calledOff: report)
        for _ in 0..<2 { source.stored(submission, receipt) }
        for (result, count) in [("cancelled", Int64(6)), ("too_late", 4)] {
            let counter = try metrics.expectCounter("hookline_messages_called_off_total", [("result", result)])
            #expect(counter.totalValue == count)
        }
        #expect(throws: (any Error).self) {
            try metrics.expectCounter("hookline_messages_called_off_total", [("result", "leaving")])
        }
    }
}
