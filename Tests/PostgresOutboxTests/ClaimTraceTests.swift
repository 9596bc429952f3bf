// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import TestSupport
import Testing

/// What it takes to know where the events of claims were accepted.
@Suite("Claims in traces", .timeLimit(.minutes(5)))
struct ClaimTraceTests {
    private let now = TestClock().now

    @Test("a claim asks no statement more for its event's trace, and where sends are not traced it hears nothing of it")
    func statements() async throws {
        var (asked, origins): ([Int], [TraceOrigin?]) = ([], [])
        let trace = TraceContext(trace: .random(), span: .random(), isSampled: true)
        for readsTraces in [false, true] {
            let meter = StatementMeter()
            var options = testOptions
            (options.readsTraces, options.session.meter) = (readsTraces, meter)
            try await withNodes(1, options) { nodes, _ in
                var submission = Make.submission(messages: [try Make.message()], at: now)
                submission.event.trace = trace
                _ = try await nodes[0].accept(submission)
                let before = meter.count
                let claimed = try await nodes[0].claim(at: now)
                asked.append(meter.count - before)
                origins += claimed.map(\.origin)
            }
        }
        #expect(asked[0] == asked[1])
        #expect(origins == [nil, TraceOrigin([trace], isAtOnce: true)])
    }
}
